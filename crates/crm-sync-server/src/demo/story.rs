//! The story: connect, sync, edit on both sides, sync again, and once more with nothing to do.

use std::time::Duration;

use connector_core::engine::Report;
use connector_core::plan::Side;
use connector_core::store::RunStatus;
use connector_core::value::Value;
use rust_decimal::Decimal;

use super::world::World;
use crate::app::AIRTABLE;
use crate::cli::Console;
use crate::crm;
use crate::failure::Failure;
use crate::messages::{self, Chapter};
use crate::report::{self, Speaker};
use crate::service::configure::{self, KeyField, Wanted};
use crate::service::connection::Configured;
use crate::service::sync::{self, Order};

/// The deal that two people edit.
const DISPUTED: &str = "Clinique Saint-Roch";
/// Airtable dates edits in whole seconds, and its clock is known to a second: later than this is surely later.
const PAUSE: Duration = Duration::from_millis(2_500);

/// The one who tells it, and to whom.
#[derive(Debug)]
pub(super) struct Story<'a> {
    pub(super) world: &'a World,
    pub(super) console: &'a Console,
    pub(super) order: Order,
}

impl Story<'_> {
    /// From nothing to agreement.
    pub(super) async fn tell(&self) -> Result<(), Failure> {
        let (world, lang) = (self.world, self.console.lang);
        let (deals, records) = world.fill().await?;
        self.console.line(&messages::demo_start(lang, deals, records, &world.folder));

        self.chapter(Chapter::Connect);
        let wanted = Wanted {
            base: Some(world.sandbox.airtable_base_id().to_owned()),
            table: Some(world.sandbox.airtable_table_id().to_owned()),
            key_field: KeyField::Create,
            natural_key: Some(vec![crm::CLIENT.to_owned()]),
            ..Wanted::default()
        };
        let outcome = configure::configure(&world.app, AIRTABLE, wanted).await?;
        self.console.line(&report::configured(&self.speaker(), &outcome));
        let configured = outcome.configured;

        self.chapter(Chapter::First);
        self.sync(&configured).await?;
        if self.order.cancel.is_cancelled() {
            return Ok(());
        }

        self.chapter(Chapter::Edit);
        self.edit_both_sides().await?;

        self.chapter(Chapter::Decide);
        self.sync(&configured).await?;

        self.idle(&configured).await
    }

    /// With the data of an earlier demo.
    pub(super) async fn again(&self, configured: &Configured) -> Result<(), Failure> {
        self.chapter(Chapter::Again);
        let report = self.sync(configured).await?;
        self.console.line(&messages::demo_writes(self.console.lang, writes(&report)));
        if writes(&report) == 0 { Ok(()) } else { self.idle(configured).await }
    }

    async fn idle(&self, configured: &Configured) -> Result<(), Failure> {
        if self.order.cancel.is_cancelled() {
            return Ok(());
        }
        self.chapter(Chapter::Idle);
        let report = self.sync(configured).await?;
        let (lang, writes) = (self.console.lang, writes(&report));
        self.console.line(&messages::demo_writes(lang, writes));
        if writes == 0 { Ok(()) } else { Err(Failure::Demo(messages::demo_wrote(lang, writes))) }
    }

    async fn edit_both_sides(&self) -> Result<(), Failure> {
        let (world, lang) = (self.world, self.console.lang);
        let deal = world.deal_of(DISPUTED).await?;
        let before = world.value(&deal, crm::MONTANT_BRUT).clone();
        let shown = |value: &Value| {
            messages::value(lang, world.app.units().get(crm::MONTANT_BRUT).map(|unit| &unit.kind), value)
        };
        let amount = |thousands: i64| Value::Number(Decimal::from(thousands * 1_000));
        let (in_crm, in_airtable) = (amount(45), amount(52));
        for (side, after) in [(Side::Crm, &in_crm), (Side::Remote, &in_airtable)] {
            let place = messages::capitalised(&messages::in_side(lang, side, AIRTABLE));
            self.console.line(&messages::demo_edit(lang, &place, DISPUTED, &shown(&before), &shown(after)));
            match side {
                Side::Crm => {
                    world.person_edits_crm(&deal, after.clone()).await?;
                    tokio::time::sleep(PAUSE).await;
                }
                Side::Remote => world.person_edits_amount(&deal.id, "52000").await?,
            }
        }
        Ok(())
    }

    /// One sync, with its plan and its result.
    async fn sync(&self, configured: &Configured) -> Result<Report, Failure> {
        let progress = self.console.progress(AIRTABLE);
        let order = Order { watch: progress.clone(), ..self.order.clone() };
        let report = sync::run(&self.world.app, configured, &order).await;
        progress.end();
        let report = report?;
        let speaker = self.speaker();
        if let Some(plan) = &report.plan {
            self.console.line(&report::plan(&speaker, plan));
            self.console.line("");
        }
        self.console.line(&report::result(&speaker, &report));
        let lang = self.console.lang;
        match report.record.status {
            RunStatus::Ok | RunStatus::Partial | RunStatus::Cancelled => Ok(report),
            status => Err(Failure::Demo(messages::demo_failed(lang, &messages::run_status(lang, status)))),
        }
    }

    fn chapter(&self, chapter: Chapter) {
        self.console.heading(&messages::chapter(self.console.lang, chapter));
    }

    fn speaker(&self) -> Speaker<'_> {
        Speaker { lang: self.console.lang, units: self.world.app.units(), remote: AIRTABLE }
    }
}

fn writes(report: &Report) -> u64 {
    report.record.counts.written(Side::Crm) + report.record.counts.written(Side::Remote)
}
