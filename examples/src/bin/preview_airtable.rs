//! What a table of Airtable looks like, how its columns line up, and five of its rows: without writing anything.
//!
//! It runs against the sandbox; give `AirtableProvider::new` the address `connector_airtable::ENDPOINT` and a token of
//! yours for the real one.

use connector_airtable::AirtableProvider;
use connector_core::connector::Listing;
use connector_core::mapping::Mapping;
use connector_core::provider::{ConnectorSettings, Provider as _};
use connector_core::unit::{Unit, UnitKind, Units};
use connector_sandbox::{Sandbox, Settings};
use futures::StreamExt as _;
use secrecy::SecretString;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let sandbox = Sandbox::start(Settings::default())?;
    let token = SecretString::from(sandbox.airtable_token().to_owned());
    let airtable = AirtableProvider::new(sandbox.airtable_url(), &token)?;

    for base in airtable.bases().await? {
        let tables = airtable.containers(&base.id).await?;
        let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
        examples::say(&format!("base {}: {}", base.name, names.join(", ")))?;
    }

    let deals = airtable.connect(ConnectorSettings {
        base: sandbox.airtable_base_id().into(),
        container: "Deals".into(),
        create_options: false,
    })?;
    let units = Units::new([
        Unit::new("client", UnitKind::Text { max: None }, "Client").also_called(&["Name"]).required(),
        Unit::new("amount", UnitKind::Money { scale: 2 }, "Amount"),
        Unit::new("due", UnitKind::Date, "Due Date"),
    ])?;
    let schema = deals.schema().await?;
    let suggestion = Mapping::suggest(&units, &schema);
    for (pair, guess) in suggestion.mapping.pairs.iter().zip(&suggestion.guesses) {
        examples::say(&format!("{} = {} ({}, {})", pair.unit, pair.label, guess.confidence, guess.reason))?;
    }

    let fields: Vec<_> = suggestion.mapping.pairs.iter().map(|pair| pair.field.clone()).collect();
    let mut pages = deals.list(Listing::sample(fields.clone(), 5));
    while let Some(page) = pages.next().await {
        for deal in page?.deals {
            let cells: Vec<String> = fields.iter().map(|field| deal.cell(field).to_string()).collect();
            examples::say(&format!("{}: {}", deal.id, cells.join(" | ")))?;
        }
    }
    Ok(())
}
