//! Connections, made and kept.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::r2d2::{Error, ManageConnection, Pool};
use diesel::{
    Connection as _, ConnectionError, ConnectionResult, PgConnection, RunQueryDsl as _, SqliteConnection,
};

use super::OpenError;
use super::conn::Conn;
use super::database::Database;
use super::failure::Failure;
use super::migrate::migrate;

/// How long a caller waits for a connection when all are in use or the server is away.
const CHECKOUT: Duration = Duration::from_secs(10);
/// How long a program waits before it asks again for what another one is changing.
const PAUSE: Duration = Duration::from_millis(10);

/// Brings the database up to date, then opens the pool.
pub(super) fn open(database: Database) -> Result<Pool<Database>, OpenError> {
    let pool = match &database {
        Database::Postgres { .. } => Pool::builder().max_size(8).min_idle(Some(1)),
        Database::Sqlite { .. } => Pool::builder().max_size(4).min_idle(Some(1)),
        // It is gone with its one connection.
        Database::Memory => Pool::builder().max_size(1).max_lifetime(None).idle_timeout(None),
    };
    let pool = pool.connection_timeout(CHECKOUT);
    let about = database.to_string();
    if database == Database::Memory {
        let pool = pool.build(database).map_err(|error| OpenError::connect(&about, error))?;
        let mut conn = pool.get().map_err(|error| OpenError::connect(&about, error))?;
        migrate(&mut conn).map_err(|failure| OpenError::migrate(&about, failure))?;
        drop(conn);
        return Ok(pool);
    }
    // On a connection of its own: the pool would try again for a while, and hide the cause.
    let mut first = database.connect().map_err(|error| OpenError::connect(&about, error))?;
    prepare(&mut first, &database).map_err(|failure| OpenError::migrate(&about, failure))?;
    drop(first);
    Ok(pool.build_unchecked(database))
}

fn prepare(conn: &mut Conn, database: &Database) -> Result<(), Failure> {
    if let (Conn::Sqlite(inner), Database::Sqlite { patience, .. }) = (&mut *conn, database) {
        write_ahead(inner, *patience)?;
    }
    migrate(conn)
}

/// Has readers and the writer not wait for each other, from now on and for every program.
///
/// Of several that ask for it at once SQLite refuses all but one, without the patience that it has elsewhere.
fn write_ahead(conn: &mut SqliteConnection, patience: Duration) -> Result<(), Failure> {
    let deadline = Instant::now() + patience;
    loop {
        let asked = conn.batch_execute("PRAGMA journal_mode = WAL").map_err(Failure::from);
        match asked {
            Err(failure) if failure.is_locked() && Instant::now() < deadline => std::thread::sleep(PAUSE),
            other => return other,
        }
    }
}

impl ManageConnection for Database {
    type Connection = Conn;
    type Error = Error;

    fn connect(&self) -> Result<Conn, Error> {
        let conn = match self {
            Self::Postgres { url } => PgConnection::establish(url).and_then(|mut conn| {
                // The session's time zone stays what the CRM's own sessions have, so that the columns' defaults agree.
                // No transaction of ours waits for anybody: one that idles is a frozen program's, and holds up the others.
                conn.batch_execute("SET datestyle = 'ISO'; SET idle_in_transaction_session_timeout = '10s'")
                    .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(Conn::Postgres(conn))
            }),
            Self::Sqlite { path, patience } => path
                .to_str()
                .ok_or_else(|| ConnectionError::InvalidConnectionUrl("the path is not UTF-8".to_owned()))
                .and_then(|path| sqlite(path, *patience)),
            Self::Memory => sqlite(":memory:", Duration::ZERO),
        };
        conn.map_err(Error::ConnectionError)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), Error> {
        match conn {
            Conn::Postgres(inner) => {
                diesel::sql_query("SELECT 1").execute(inner).map(|_| ()).map_err(Error::QueryError)
            }
            Conn::Sqlite(_) => Ok(()),
        }
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || diesel::r2d2::R2D2Connection::is_broken(conn)
    }
}

fn sqlite(path: &str, patience: Duration) -> ConnectionResult<Conn> {
    let mut conn = SqliteConnection::establish(path)?;
    // FULL, and not NORMAL: a creation noted before it was sent must outlive a power cut, or it is made twice.
    conn.batch_execute(&format!(
        "PRAGMA busy_timeout = {}; PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL",
        patience.as_millis()
    ))
    .map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(Conn::Sqlite(conn))
}
