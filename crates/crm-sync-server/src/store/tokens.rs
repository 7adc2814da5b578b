//! The column of the CRM's rows that holds tokens, as texts that mean nothing here: see
//! [`secrets`](crate::secrets).

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection as _;
use diesel::dsl::now;
use diesel::prelude::*;
use secrecy::zeroize::Zeroizing;

use super::columns::Loose;
use super::conn::{Conn, on_backend};
use super::failure::Failure;
use super::schema::{connector_configs as configs, sync_settings as settings};

/// A change of one token; `None` removes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TokenEdit {
    /// The remote.
    pub(crate) provider: String,
    /// What to hold from now on.
    pub(crate) token: Option<String>,
}

impl TokenEdit {
    pub(crate) fn new(provider: &str, token: Option<String>) -> Self {
        Self { provider: provider.to_owned(), token }
    }
}

/// What the rows hold as tokens, by remote.
pub(crate) type Tokens = BTreeMap<String, Zeroizing<String>>;

/// The setting that says that an old text may be left in the database's files.
const UNWIPED: &str = "unwiped_tokens";

/// Nobody adds or changes a row until the transaction ends; before the first query, which fixes what it sees.
const LOCK: &str = "SET LOCAL lock_timeout = '10s'; LOCK TABLE connector_configs IN SHARE ROW EXCLUSIVE MODE";

/// What the row of this remote holds.
pub(super) fn find(conn: &mut Conn, provider: &str) -> Result<Option<Zeroizing<String>>, Failure> {
    let row = configs::table.filter(configs::provider.eq(provider)).select(configs::api_token);
    let held: Option<Option<Loose>> = row.first(conn).optional()?;
    Ok(held.flatten().map(|text| Zeroizing::new(text.0)))
}

/// All that the rows hold.
pub(super) fn list(conn: &mut Conn) -> Result<Tokens, Failure> {
    let rows = configs::table.filter(configs::api_token.is_not_null());
    let rows: Vec<(String, Option<Loose>)> =
        rows.select((configs::provider, configs::api_token)).load(conn)?;
    Ok(rows.into_iter().filter_map(|(provider, text)| Some((provider, Zeroizing::new(text?.0)))).collect())
}

/// Reads all tokens and changes some, in one transaction that no other edit of tokens, of ours or the CRM's, comes
/// between. If `edit` refuses, nothing is changed.
pub(super) fn edit<T, E>(
    conn: &mut Conn,
    mut edit: impl FnMut(&Tokens) -> Result<(Vec<TokenEdit>, T), E>,
) -> Result<Result<T, E>, Failure> {
    if let Conn::Sqlite(inner) = conn {
        // What is overwritten in a page is overwritten in the file.
        inner.batch_execute("PRAGMA secure_delete = ON")?;
    }
    conn.write(|conn| {
        if let Conn::Postgres(inner) = conn {
            inner.batch_execute(LOCK)?;
        }
        let held = list(conn)?;
        let (edits, outcome) = match edit(&held) {
            Ok(edited) => edited,
            Err(refusal) => return Ok(Err(refusal)),
        };
        for edit in &edits {
            set(conn, edit)?;
        }
        if edits.iter().any(|edit| held.contains_key(&edit.provider)) {
            let row = (settings::name.eq(UNWIPED), settings::value.eq("yes"));
            on_backend!(conn, |inner| diesel::insert_into(settings::table)
                .values(row)
                .on_conflict_do_nothing()
                .execute(inner))?;
        }
        Ok(Ok(outcome))
    })
}

fn set(conn: &mut Conn, edit: &TokenEdit) -> Result<(), Failure> {
    if edit.token.is_some() {
        super::configs::make(conn, &edit.provider)?;
    }
    diesel::update(configs::table.filter(configs::provider.eq(&edit.provider)))
        .set((configs::api_token.eq(edit.token.as_deref()), configs::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

/// Wipes replaced tokens from the database's files, if there are any; whether nothing is left of them.
pub(super) fn wipe(conn: &mut Conn) -> Result<bool, Failure> {
    let unwiped = settings::table.find(UNWIPED);
    if unwiped.select(settings::name).first::<String>(conn).optional()?.is_none() {
        return Ok(true);
    }
    let wiped = match conn {
        Conn::Sqlite(inner) => wipe_sqlite(inner),
        Conn::Postgres(inner) => wipe_postgres(inner),
    };
    match wiped {
        Ok(true) => {
            diesel::delete(unwiped).execute(conn)?;
            Ok(true)
        }
        // Somebody else is at work in the database: not today.
        Ok(false) => Ok(false),
        Err(error) => {
            tracing::warn!(%error, "replaced tokens could not be wiped from the database's files");
            Ok(false)
        }
    }
}

#[derive(QueryableByName)]
struct Checkpoint {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    busy: i32,
}

/// Every page is written anew, then the log of writes is emptied, where older versions of the pages are.
fn wipe_sqlite(conn: &mut SqliteConnection) -> QueryResult<bool> {
    conn.batch_execute("PRAGMA secure_delete = ON; VACUUM")?;
    let checkpoint: Checkpoint = diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(conn)?;
    Ok(checkpoint.busy == 0)
}

/// The table moves into a new file. It has a few rows, and whoever holds it is not waited for.
fn wipe_postgres(conn: &mut PgConnection) -> QueryResult<bool> {
    conn.batch_execute("SET lock_timeout = '3s'")?;
    let wiped = conn.batch_execute("VACUUM (FULL) connector_configs");
    conn.batch_execute("RESET lock_timeout")?;
    wiped.map(|()| true)
}
