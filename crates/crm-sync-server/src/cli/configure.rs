//! `configure`

use std::collections::BTreeMap;

use connector_core::plan::Side;
use serde_json::json;

use super::args::ConfigureArgs;
use super::{Console, Exit};
use crate::app::App;
use crate::failure::Failure;
use crate::report::{self, Speaker};
use crate::service::configure::{self, KeyField, Wanted};

/// What was chosen, by side.
fn sides<T>(crm: Option<T>, remote: Option<T>) -> BTreeMap<Side, T> {
    let chosen = [(Side::Crm, crm), (Side::Remote, remote)];
    chosen.into_iter().filter_map(|(side, chosen)| Some((side, chosen?))).collect()
}

pub(super) async fn run(app: &App, console: Console, args: ConfigureArgs) -> Result<Exit, Failure> {
    let remote = args.remote.to_string();
    let none = |name: &str| name.eq_ignore_ascii_case("none");
    // Without a value, nothing marks.
    let mark = |(name, value): (String, String)| {
        if value.is_empty() { (String::new(), value) } else { (name, value) }
    };
    let wanted = Wanted {
        base: args.base,
        table: args.table,
        fields: args.map.into_iter().collect(),
        strategy: args.strategy,
        tie: args.tie,
        precedence: args.precedence,
        pairing: args.pairing,
        copies: args.copies,
        stamp: args.stamp,
        key_field: match args.key_field {
            None => KeyField::Found,
            Some(name) if none(&name) => KeyField::None,
            Some(name) if name.eq_ignore_ascii_case("create") => KeyField::Create,
            Some(name) => KeyField::Named(name),
        },
        natural_key: args.natural_key.map(|units| units.into_iter().filter(|unit| !none(unit)).collect()),
        create_options: args.create_options,
        deletions: sides(args.deletions_in_crm, args.deletions_in_remote),
        approve_deletions: args.deletions_ask,
        marks: sides(args.mark_deal.map(mark), args.mark_record.map(mark)),
        delete_beats_edit: args.deletions_win,
        monthly_calls: args.monthly_calls,
        ..Wanted::default()
    };
    let outcome = configure::configure(app, &remote, wanted).await?;
    if console.json {
        let configured = &outcome.configured;
        console.document(&json!({
            "remote": remote,
            "status": "ok",
            "settings": configured.settings,
            "findings": outcome.findings,
        }));
    } else {
        let speaker = Speaker { lang: console.lang, units: app.units(), remote: &remote };
        console.line(&report::configured(&speaker, &outcome));
    }
    Ok(Exit::Ok)
}
