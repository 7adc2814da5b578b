//! The story: connect, sync, edit in all three tools, sync again, and once more with nothing to do.

use std::time::Duration;

use connector_core::engine::Report;
use connector_core::plan::Side;
use connector_core::store::RunStatus;
use connector_core::value::Value;
use rust_decimal::Decimal;
use serde_json::json;

use super::world::{Filled, Held, World};
use crate::app::{AIRTABLE, NOTION};
use crate::cli::Console;
use crate::crm;
use crate::failure::Failure;
use crate::messages::{self, Chapter};
use crate::report::{self, Speaker};
use crate::service::configure::{self, KeyField, Wanted};
use crate::service::connection::Configured;
use crate::service::sync::{self, Order};

/// The deal that three people edit.
const DISPUTED: &str = "Clinique Saint-Roch";
/// The deal that two people edit after the story.
const DISPUTED_NEXT: &str = "Énergies du Littoral";
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
        let Filled { deals, records, pages } = world.fill().await?;
        self.console.line(&messages::demo_start(lang, deals, records, pages, &world.folder));

        self.chapter(Chapter::Connect);
        let sandbox = &world.sandbox;
        let configured = [
            self.connect(AIRTABLE, sandbox.airtable_base_id(), Some(sandbox.airtable_table_id())).await?,
            self.connect(NOTION, sandbox.notion_database_id(), None).await?,
        ];

        self.chapter(Chapter::First);
        self.sync(&configured).await?;
        if self.order.cancel.is_cancelled() {
            return Ok(());
        }

        self.chapter(Chapter::Edit);
        self.edit_everywhere().await?;

        self.chapter(Chapter::Decide);
        let reports = self.sync(&configured).await?;
        if self.order.cancel.is_cancelled() {
            return Ok(());
        }
        self.explain(&reports).await?;

        self.idle(&configured).await
    }

    /// With the data of an earlier demo.
    pub(super) async fn again(&self, configured: &[Configured]) -> Result<(), Failure> {
        self.chapter(Chapter::Again);
        let written = writes(&self.sync(configured).await?);
        self.console.line(&messages::demo_writes(self.console.lang, written));
        if written == 0 { Ok(()) } else { self.idle(configured).await }
    }

    /// What people edit after the story, for the reader to preview and to apply in the pages.
    pub(super) async fn leave_work(&self) -> Result<(), Failure> {
        self.chapter(Chapter::Onwards);
        let world = self.world;
        let disputed = world.deal_of(DISPUTED_NEXT).await?;
        world.person_edits_crm(&disputed, Value::Number(Decimal::from(95_000))).await?;
        let qualified = world.deal_of("Groupe Champollion").await?;
        world.person_edits_remote(AIRTABLE, &qualified.id, json!({"Status": "Négociation"})).await?;
        world.person_adds_record(json!({"Name": "Hôtel Bréhat", "Amount": 4_200, "Status": "Prospect"}))?;
        let sold = world.deal_of("Librairie Vauban").await?;
        world.person_edits_crm(&sold, Value::Number(Decimal::from(4_650))).await?;
        tokio::time::sleep(PAUSE).await;
        world.person_edits_remote(AIRTABLE, &disputed.id, json!({"Amount": 98_000})).await
    }

    async fn idle(&self, configured: &[Configured]) -> Result<(), Failure> {
        if self.order.cancel.is_cancelled() {
            return Ok(());
        }
        self.chapter(Chapter::Idle);
        let (lang, written) = (self.console.lang, writes(&self.sync(configured).await?));
        self.console.line(&messages::demo_writes(lang, written));
        if written == 0 { Ok(()) } else { Err(Failure::Demo(messages::demo_wrote(lang, written))) }
    }

    async fn connect(&self, remote: &str, base: &str, table: Option<&str>) -> Result<Configured, Failure> {
        let wanted = Wanted {
            base: Some(base.to_owned()),
            table: table.map(ToOwned::to_owned),
            key_field: KeyField::Create,
            natural_key: Some(vec![crm::CLIENT.to_owned()]),
            ..Wanted::default()
        };
        let outcome = configure::configure(&self.world.app, remote, wanted).await?;
        self.console.line(&report::configured(&self.speaker(remote), &outcome));
        self.console.line("");
        Ok(outcome.configured)
    }

    /// One amount, three people: in the CRM, then in Notion, where the stage moves too, then in Airtable.
    async fn edit_everywhere(&self) -> Result<(), Failure> {
        let (world, lang) = (self.world, self.console.lang);
        let deal = world.deal_of(DISPUTED).await?;
        let before = world.value(&deal, crm::MONTANT_BRUT);
        let told = |side, remote: &str, after: u32, also: &str| {
            let place = messages::capitalised(&messages::in_side(lang, side, remote));
            let shown = |amount: &Value| self.shown(crm::MONTANT_BRUT, amount);
            let after = shown(&Value::Number(after.into()));
            let edit = messages::demo_edit(lang, &place, DISPUTED, &shown(before), &after);
            self.console.line(&format!("{edit}{also}"));
        };
        told(Side::Crm, AIRTABLE, 45_000, "");
        world.person_edits_crm(&deal, Value::Number(Decimal::from(45_000))).await?;
        told(Side::Remote, NOTION, 50_000, &messages::demo_edit_stage(lang, "Gagné"));
        let fields = json!({"Amount": 50_000, "Status": "Gagné"});
        world.person_edits_remote(NOTION, &deal.id, fields).await?;
        tokio::time::sleep(PAUSE).await;
        told(Side::Remote, AIRTABLE, 52_000, "");
        world.person_edits_remote(AIRTABLE, &deal.id, json!({"Amount": 52_000})).await
    }

    /// Why the deal is what it is now, and that it is the same everywhere.
    async fn explain(&self, reports: &[Report]) -> Result<(), Failure> {
        let lang = self.console.lang;
        let plans = reports.iter().filter_map(|report| report.plan.as_ref());
        let is_tie =
            plans.flat_map(|plan| &plan.ops).flat_map(|op| &op.conflicts).any(|conflict| conflict.tie);
        let amount = self.shown(crm::MONTANT_BRUT, &Value::Number(52_000.into()));
        self.console.line(&messages::demo_three_way(lang, &amount, is_tie));
        let held = self.world.held(DISPUTED).await?;
        for (remote, Held { amount, stage }) in &held {
            let side = if remote.is_some() { Side::Remote } else { Side::Crm };
            let place = messages::side_name(lang, side, remote.unwrap_or_default());
            let (amount, stage) = (self.shown(crm::MONTANT_BRUT, amount), self.shown(crm::STATUT, stage));
            self.console.line(&messages::demo_held(lang, &messages::capitalised(&place), &amount, &stage));
        }
        let agreed = held.windows(2).all(|pair| matches!(pair, [(_, one), (_, other)] if one == other));
        if agreed { Ok(()) } else { Err(Failure::Demo(messages::demo_disagrees(lang, DISPUTED))) }
    }

    /// All remotes in one pass, each run with its plan and its result.
    async fn sync(&self, configured: &[Configured]) -> Result<Vec<Report>, Failure> {
        let progress: Vec<_> = configured.iter().map(|one| self.console.progress(&one.remote)).collect();
        let order = |watch| Order { watch, ..self.order.clone() };
        let runs: Vec<_> =
            configured.iter().zip(&progress).map(|(one, progress)| (one, order(progress.clone()))).collect();
        let passes = sync::all(&self.world.app, &runs).await;
        for progress in &progress {
            progress.end();
        }
        let mut reports = Vec::with_capacity(passes.len());
        for pass in passes {
            let report = pass.outcome?;
            let remote = configured.get(pass.place).map(|one| one.remote.as_str()).unwrap_or_default();
            self.show(remote, &report)?;
            reports.push(report);
        }
        Ok(reports)
    }

    fn show(&self, remote: &str, report: &Report) -> Result<(), Failure> {
        let (lang, speaker) = (self.console.lang, self.speaker(remote));
        if let Some(plan) = &report.plan {
            self.console.line(&report::plan(&speaker, plan));
            self.console.line("");
        }
        self.console.line(&report::result(&speaker, report));
        self.console.line("");
        match report.record.status {
            RunStatus::Ok | RunStatus::Partial | RunStatus::Cancelled => Ok(()),
            status => Err(Failure::Demo(messages::demo_failed(lang, &messages::run_status(lang, status)))),
        }
    }

    fn chapter(&self, chapter: Chapter) {
        self.console.heading(&messages::chapter(self.console.lang, chapter));
    }

    /// A value as people write it.
    fn shown(&self, unit: &str, value: &Value) -> String {
        let unit = self.world.app.units().get(unit);
        messages::value(self.console.lang, unit.map(|unit| &unit.kind), value)
    }

    fn speaker<'s>(&'s self, remote: &'s str) -> Speaker<'s> {
        Speaker { lang: self.console.lang, units: self.world.app.units(), remote }
    }
}

fn writes(reports: &[Report]) -> u64 {
    let written = |report: &Report| {
        report.record.counts.written(Side::Crm) + report.record.counts.written(Side::Remote)
    };
    reports.iter().map(written).sum()
}
