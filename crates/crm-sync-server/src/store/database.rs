//! Which database: chosen by the scheme of its URL, and nothing else.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// The CRM's database, which is ours too.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// A PostgreSQL server, by its URL.
    Postgres {
        /// As libpq takes it.
        url: String,
    },
    /// An SQLite file, made if it is absent.
    Sqlite {
        /// Where it is.
        path: PathBuf,
        /// How long to wait for another program that is writing.
        patience: Duration,
    },
    /// An SQLite database that lives as long as its store.
    Memory,
}

/// Why a URL names no database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Neither PostgreSQL nor SQLite.
    #[error(
        "{shown} is no database URL: write postgres://user:password@host/database or sqlite:path/to/file.db"
    )]
    Scheme {
        /// The part before the colon; the rest may hold a password.
        shown: String,
    },
    /// SQLite without a file.
    #[error("sqlite: names no file: write sqlite:path/to/file.db")]
    NoPath,
}

const PATIENCE: Duration = Duration::from_secs(10);

impl Database {
    /// What people call it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Postgres { .. } => "PostgreSQL",
            Self::Sqlite { .. } | Self::Memory => "SQLite",
        }
    }

    /// The SQLite file at `path`.
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self::Sqlite { path: path.into(), patience: PATIENCE }
    }
}

impl FromStr for Database {
    type Err = UrlError;

    fn from_str(url: &str) -> Result<Self, UrlError> {
        let unknown = |shown: &str| UrlError::Scheme { shown: format!("“{shown}”") };
        let (scheme, rest) = url.split_once(':').ok_or_else(|| unknown("a text without scheme"))?;
        match scheme {
            "postgres" | "postgresql" if rest.starts_with("//") => Ok(Self::Postgres { url: url.to_owned() }),
            "sqlite" => match rest.strip_prefix("//").unwrap_or(rest) {
                "" => Err(UrlError::NoPath),
                ":memory:" => Ok(Self::Memory),
                path => Ok(Self::sqlite(path)),
            },
            _ => Err(unknown(&format!("{scheme}:…"))),
        }
    }
}

impl fmt::Display for Database {
    /// Without user and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres { url } => {
                let (_, rest) = url.split_once("//").unwrap_or(("", url));
                let rest = rest.split_once('?').map_or(rest, |(place, _)| place);
                let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
                write!(f, "PostgreSQL at {place}")
            }
            Self::Sqlite { path, .. } => write!(f, "SQLite file {}", path.display()),
            Self::Memory => f.write_str("SQLite in memory"),
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Database({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_decides() {
        let url = "postgresql://crm:s3cret@db.example:5432/crm?sslmode=require";
        assert_eq!(url.parse(), Ok(Database::Postgres { url: url.to_owned() }));
        assert_eq!("sqlite:data/crm.db".parse(), Ok(Database::sqlite("data/crm.db")));
        assert_eq!("sqlite:///var/lib/crm.db".parse(), Ok(Database::sqlite("/var/lib/crm.db")));
        assert_eq!("sqlite::memory:".parse(), Ok(Database::Memory));
    }

    #[test]
    fn anything_else_is_told_what_to_write() {
        for (url, shown) in [
            ("mysql://root:s3cret@host/db", "“mysql:…”"),
            ("host=localhost password=s3cret", "“a text without scheme”"),
            ("postgres:host", "“postgres:…”"),
        ] {
            let error = url.parse::<Database>().unwrap_err().to_string();
            assert!(error.starts_with(shown) && error.contains("sqlite:path"), "{error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
        assert_eq!("sqlite:".parse::<Database>(), Err(UrlError::NoPath));
    }

    #[test]
    fn a_password_is_never_shown() {
        let database: Database = "postgres://crm:p@ss@db.example/crm?password=other".parse().unwrap();
        assert_eq!(format!("{database} {database:?}"), {
            let shown = "PostgreSQL at db.example/crm";
            format!("{shown} Database({shown})")
        });
    }
}
