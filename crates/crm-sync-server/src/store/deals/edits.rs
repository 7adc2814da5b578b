//! When deals were edited: noted by triggers on the CRM's table, whoever writes to it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::graves;
use crate::store::columns::Moment;
use crate::store::conn::{CHUNK, Conn, on_backend};
use crate::store::failure::Failure;
use crate::store::schema::{sync_deal_edits, sync_settings};

const SETTING: &str = "edit_times";
const ON: &str = "on";
const OFF: &str = "off";

/// When each deal was last edited, as far as the triggers saw it.
#[derive(Debug)]
pub(in crate::store) struct EditTimes(HashMap<i32, Moment>);

#[derive(Debug, Insertable)]
#[diesel(table_name = sync_deal_edits, treat_none_as_default_value = false)]
struct EditRow {
    deal: i32,
    edited_at: Moment,
}

impl EditTimes {
    /// Of all deals.
    pub(super) fn all(conn: &mut Conn) -> Result<Self, Failure> {
        Ok(Self(sync_deal_edits::table.load(conn)?.into_iter().collect()))
    }

    /// Of these; of one that is gone, as of when it was deleted.
    pub(in crate::store) fn some(conn: &mut Conn, deals: &[i32]) -> Result<Self, Failure> {
        let mut times = HashMap::with_capacity(deals.len());
        for deals in deals.chunks(CHUNK) {
            let found: Vec<(i32, Moment)> =
                sync_deal_edits::table.filter(sync_deal_edits::deal.eq_any(deals)).load(conn)?;
            times.extend(found);
            times.extend(graves::edit_times(conn, deals)?);
        }
        Ok(Self(times))
    }

    pub(in crate::store) fn of(&self, deal: i32) -> Option<DateTime<Utc>> {
        self.0.get(&deal).copied().map(Into::into)
    }
}

/// Makes the times of these deals again what they were: what a sync brings is no edit.
pub(in crate::store) fn put_back(conn: &mut Conn, deals: &[i32], before: &EditTimes) -> Result<(), Failure> {
    for deals in deals.chunks(CHUNK) {
        diesel::delete(sync_deal_edits::table.filter(sync_deal_edits::deal.eq_any(deals))).execute(conn)?;
        let known = |deal: &i32| Some(EditRow { deal: *deal, edited_at: *before.0.get(deal)? });
        let rows: Vec<EditRow> = deals.iter().filter_map(known).collect();
        on_backend!(conn, |inner| diesel::insert_into(sync_deal_edits::table).values(&rows).execute(inner))?;
    }
    Ok(())
}

/// Whether the triggers note edit times.
pub(in crate::store) fn edit_times(conn: &mut Conn) -> Result<bool, Failure> {
    let setting = sync_settings::table.find(SETTING).select(sync_settings::value).first::<String>(conn);
    Ok(setting.optional()?.as_deref() == Some(ON))
}

/// Has the triggers note edit times, or not. Switched off, the times known so far are forgotten: they would soon be
/// wrong, and no time is better than a wrong one.
pub(in crate::store) fn set_edit_times(conn: &mut Conn, on: bool) -> Result<(), Failure> {
    diesel::update(sync_settings::table.find(SETTING))
        .set(sync_settings::value.eq(if on { ON } else { OFF }))
        .execute(conn)?;
    if !on {
        diesel::delete(sync_deal_edits::table).execute(conn)?;
    }
    Ok(())
}
