//! A call under way: what every endpoint needs, and the JSON of records.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use crate::airtable::auth::Holder;
use crate::airtable::failure::Failure;
use crate::airtable::field::Field;
use crate::airtable::read::Reader;
use crate::airtable::route::Route;
use crate::airtable::table::{Row, Table};
use crate::airtable::world::Base;
use crate::provider::Request;
use crate::query::Query;
use crate::settings::Knobs;

/// A routed request of a known holder.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) request: &'a Request,
    pub(crate) route: Route,
    pub(crate) query: Query,
    pub(crate) holder: Holder,
    pub(crate) knobs: &'a Knobs,
    pub(crate) now: DateTime<Utc>,
    pub(crate) site: &'a str,
}

impl Call<'_> {
    pub(crate) fn reader<'b>(&'b self, base: &'b Base) -> Reader<'b> {
        Reader { base, site: self.site, now: self.now }
    }

    /// How long a new attachment is incomplete.
    pub(crate) fn attachment_delay(&self) -> TimeDelta {
        TimeDelta::milliseconds(i64::try_from(self.knobs.attachment_delay_ms).unwrap_or(i64::MAX))
    }

    /// The table of the path in a base that the token may use.
    pub(crate) fn table<'b>(&self, base: &'b Base) -> Result<&'b Table, Failure> {
        base.table(&self.route.table).ok_or_else(Failure::model_not_found)
    }
}

/// How cells are shown.
#[derive(Clone, Debug, Default)]
pub(crate) enum CellFormat {
    #[default]
    Json,
    /// Texts for a reader in this zone and locale.
    Text { zone: Tz, locale: String },
}

/// Which of a record's cells are shown, and how.
#[derive(Clone, Debug, Default)]
pub(crate) struct Display {
    pub(crate) format: CellFormat,
    pub(crate) by_id: bool,
    /// Field ids; none means all.
    pub(crate) only: Option<Vec<crate::id::Id>>,
    pub(crate) comment_count: bool,
}

impl Display {
    /// Reads `cellFormat`, `timeZone` and `userLocale`.
    pub(crate) fn format(
        format: Option<&str>,
        zone: Option<&str>,
        locale: Option<&str>,
    ) -> Result<CellFormat, Failure> {
        match format {
            None | Some("json") => Ok(CellFormat::Json),
            Some("string") => {
                let zone = zone.and_then(|zone| zone.parse().ok()).ok_or_else(Failure::invalid_request)?;
                let locale = locale.ok_or_else(Failure::invalid_request)?.to_ascii_lowercase();
                Ok(CellFormat::Text { zone, locale })
            }
            Some(_) => Err(Failure::invalid_request()),
        }
    }

    /// What a get asks for in its query.
    pub(crate) fn of_query(call: &Call<'_>) -> Result<Self, Failure> {
        let query = &call.query;
        Ok(Self {
            format: Self::format(query.get("cellFormat"), query.get("timeZone"), query.get("userLocale"))?,
            by_id: query.switch("returnFieldsByFieldId", call.knobs.strict_booleans),
            ..Self::default()
        })
    }

    /// A record as the data API shows it: cells that are empty are left out.
    pub(crate) fn record<'a>(&self, reader: &Reader<'a>, table: &'a Table, row: &'a Row) -> Value {
        let mut cells = Map::new();
        let wanted = |field: &&Field| self.only.as_ref().is_none_or(|only| only.contains(&field.id));
        for field in table.fields.iter().filter(wanted) {
            let value = match &self.format {
                CellFormat::Json => reader.value(table, row, field),
                CellFormat::Text { zone, locale } => {
                    reader.text(table, row, field, (*zone, locale)).map(|text| json!(text))
                }
            };
            if let Some(value) = value {
                let key = if self.by_id { (*field.id).to_owned() } else { field.name.clone() };
                cells.insert(key, value);
            }
        }
        let mut record = json!({
            "id": &*row.id,
            "createdTime": crate::airtable::time_format::iso(row.created),
            "fields": cells,
        });
        if self.comment_count
            && !row.comments.is_empty()
            && let Some(object) = record.as_object_mut()
        {
            object.insert("commentCount".to_owned(), json!(row.comments.len()));
        }
        record
    }
}
