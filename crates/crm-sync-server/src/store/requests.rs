//! Requests that carry an idempotency key, with their answers: shared by all servers beside one database.

use chrono::{DateTime, TimeDelta, Utc};
use connector_core::store::StoreError;
use diesel::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::DieselStore;
use super::columns::{Document, Moment};
use super::conn::{Conn, on_backend};
use super::failure::Failure;
use super::schema::sync_requests as requests;

/// How long an answer is given again.
const LIFE: TimeDelta = TimeDelta::hours(24);
/// How long a request is under way before its server is taken for dead. What it began is not begun twice by trying
/// again: a connection has one run, and a plan is applied once.
const ABANDONED: TimeDelta = TimeDelta::minutes(1);

/// Whose a key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim<A> {
    /// The caller's, from now on: it does the work and answers, or gives the key back.
    Ours,
    /// The same request was answered.
    Answered(A),
    /// The same request is under way elsewhere.
    UnderWay,
    /// Another request has the key.
    Other,
}

impl DieselStore {
    /// Takes the key for the request of this fingerprint, unless it was taken before.
    pub async fn claim_request<A>(&self, key: &str, fingerprint: &str) -> Result<Claim<A>, StoreError>
    where
        A: DeserializeOwned + Send + 'static,
    {
        let (key, fingerprint, now) = (key.to_owned(), fingerprint.to_owned(), self.clock.now());
        self.run(move |conn| conn.write(|conn| claim(conn, &key, &fingerprint, now))).await
    }

    /// Keeps the answer to the request that has the key.
    pub async fn answer_request(&self, key: &str, answer: &impl Serialize) -> Result<(), StoreError> {
        let answer = Document::of(answer).map_err(|error| StoreError::Database(error.into()))?;
        let key = key.to_owned();
        self.run(move |conn| {
            conn.write(|conn| {
                let request = diesel::update(requests::table.find(&key));
                request.set(requests::answer.eq(Some(&answer))).execute(conn)?;
                Ok(())
            })
        })
        .await
    }

    /// Gives the key back, since nothing was begun.
    pub async fn release_request(&self, key: &str) -> Result<(), StoreError> {
        let key = key.to_owned();
        self.run(move |conn| {
            conn.write(|conn| {
                let unanswered = requests::table.find(&key).filter(requests::answer.is_null());
                diesel::delete(unanswered).execute(conn)?;
                Ok(())
            })
        })
        .await
    }
}

fn claim<A: DeserializeOwned>(
    conn: &mut Conn,
    key: &str,
    fingerprint: &str,
    now: DateTime<Utc>,
) -> Result<Claim<A>, Failure> {
    let row = requests::table.find(key);
    diesel::delete(row.filter(requests::made_at.lt(Moment::from(now - LIFE)))).execute(conn)?;
    let fresh = (
        requests::key.eq(key),
        requests::fingerprint.eq(fingerprint),
        requests::made_at.eq(Moment::from(now)),
    );
    let is_fresh = on_backend!(conn, |inner| diesel::insert_into(requests::table)
        .values(fresh)
        .on_conflict_do_nothing()
        .execute(inner))?;
    if is_fresh == 1 {
        return Ok(Claim::Ours);
    }
    let (known, answer, made): (String, Option<Document>, Moment) =
        row.select((requests::fingerprint, requests::answer, requests::made_at)).first(conn)?;
    if known != fingerprint {
        return Ok(Claim::Other);
    }
    if let Some(answer) = answer {
        let answer = answer.read().map_err(|error| Failure::corrupt("sync_requests", &key, error))?;
        return Ok(Claim::Answered(answer));
    }
    if now - DateTime::from(made) < ABANDONED {
        return Ok(Claim::UnderWay);
    }
    diesel::update(row).set(requests::made_at.eq(Moment::from(now))).execute(conn)?;
    Ok(Claim::Ours)
}

/// Forgets the answers that are given no more.
pub(super) fn prune(conn: &mut Conn, now: DateTime<Utc>) -> Result<usize, Failure> {
    let old = requests::table.filter(requests::made_at.lt(Moment::from(now - LIFE)));
    Ok(diesel::delete(old).execute(conn)?)
}
