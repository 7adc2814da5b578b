//! The environment: read once, at the start, every fault told together.

mod passwords;

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;

use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::logs::LogFormat;
use crate::messages::{Lang, environment_fault, faults_title};
use crate::secrets::{Key, KeyError};
use crate::store::{Database, UrlError};
use passwords::passwords;

/// The fewest characters of a key that opens the server to others.
const KEY_CHARS: usize = 16;
const DATA: &str = "data";
const CRM_FILE: &str = "crm.db";
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// Shorter than three seconds, a slow database looks like a dead server.
const LEASE_SECONDS: RangeInclusive<i64> = 3..=3600;
const BIND: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// The environment as it was given, unchecked. Nothing of it is ever printed.
#[derive(Clone, Default, clap::Args)]
#[command(next_help_heading = "Environment")]
pub struct Environment {
    /// The CRM's database: postgres://…, or sqlite:path [default: an SQLite file in the data folder]
    #[arg(long, env = "DATABASE_URL", value_name = "URL", global = true)]
    #[arg(hide_env_values = true, hide_short_help = true)]
    database_url: Option<OsString>,
    /// Airtable's personal access token. As a variable it stays out of the list of processes
    #[arg(long, env = "AIRTABLE_TOKEN", value_name = "TOKEN", global = true)]
    #[arg(hide_env_values = true, hide_short_help = true)]
    airtable_token: Option<OsString>,
    /// Notion's integration token
    #[arg(long, env = "NOTION_TOKEN", value_name = "TOKEN", global = true)]
    #[arg(hide_env_values = true, hide_short_help = true)]
    notion_token: Option<OsString>,
    /// The language of all messages: fr or en [default: fr]
    #[arg(long, env = "CRM_SYNC_LANG", value_name = "LANG", global = true)]
    lang: Option<OsString>,
    /// The folder of the program's own files [default: data]
    #[arg(long, env = "CRM_SYNC_DATA", value_name = "DIR", global = true, hide_short_help = true)]
    data_folder: Option<OsString>,
    /// Airtable's address without version, for a sandbox [default: Airtable's own]
    #[arg(long, env = "AIRTABLE_ENDPOINT_URL", value_name = "URL", global = true, hide_short_help = true)]
    airtable_endpoint_url: Option<OsString>,
    /// Notion's address without version, for a sandbox [default: Notion's own]
    #[arg(long, env = "NOTION_BASE_URL", value_name = "URL", global = true, hide_short_help = true)]
    notion_base_url: Option<OsString>,
    /// Where the server listens [default: 127.0.0.1:8080]
    #[arg(long, env = "CRM_SYNC_BIND", value_name = "ADDRESS", global = true, hide_short_help = true)]
    bind: Option<OsString>,
    /// What clients must show when the server listens beyond this machine: 16 characters or more
    #[arg(long, env = "CRM_SYNC_API_KEY", value_name = "KEY", global = true)]
    #[arg(hide_env_values = true, hide_short_help = true)]
    api_key: Option<OsString>,
    /// The key that encrypts stored tokens: 32 bytes in hexadecimal or base64 [default: a file in the data folder]
    #[arg(long, env = "CRM_SYNC_SECRET_KEY", value_name = "KEY", global = true)]
    #[arg(hide_env_values = true, hide_short_help = true)]
    secret_key: Option<OsString>,
    /// The key before that one, until rotate-key has been run
    #[arg(long, env = "CRM_SYNC_PREVIOUS_SECRET_KEY", value_name = "KEY", global = true)]
    #[arg(hide_env_values = true, hide_short_help = true)]
    previous_secret_key: Option<OsString>,
    /// How the log is written: text or json [default: text on a terminal, json of a server without one]
    #[arg(long, env = "CRM_SYNC_LOG", value_name = "FORMAT", global = true, hide_short_help = true)]
    log: Option<OsString>,
    /// How many seconds the runs of a server that died wait for another to go on [default: 60]
    #[arg(long, env = "CRM_SYNC_LEASE", value_name = "SECONDS", global = true, hide_short_help = true)]
    lease: Option<OsString>,
    /// The origins whose pages may call the server, with commas
    #[arg(
        long,
        env = "CRM_SYNC_ALLOWED_ORIGINS",
        value_name = "ORIGINS",
        global = true,
        hide_short_help = true
    )]
    allowed_origins: Option<OsString>,
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").finish_non_exhaustive()
    }
}

/// What the program runs with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The CRM's database.
    pub database: Database,
    /// Where Airtable is, and the token if one is given.
    pub airtable: RemoteSettings,
    /// Where Notion is, and the token if one is given.
    pub notion: RemoteSettings,
    /// The language of the messages.
    pub lang: Lang,
    /// The folder of the program's own files.
    pub data: PathBuf,
    /// Where the server listens.
    pub bind: SocketAddr,
    /// What clients must show.
    pub api_key: Option<SecretString>,
    /// What encrypts stored tokens, instead of the key file of the data folder.
    pub secret_key: Option<Key>,
    /// What encrypted them before.
    pub previous_secret_key: Option<Key>,
    /// The origins whose pages may call.
    pub allowed_origins: Vec<String>,
    /// How long a run keeps its connection after its program died.
    pub lease: TimeDelta,
}

impl Default for Settings {
    /// What an empty environment means.
    fn default() -> Self {
        let data = PathBuf::from(DATA);
        let remote = |endpoint: &str| RemoteSettings { endpoint: endpoint.to_owned(), token: None };
        Self {
            database: Database::sqlite(data.join(CRM_FILE)),
            airtable: remote(connector_airtable::ENDPOINT),
            notion: remote(connector_notion::ENDPOINT),
            lang: Lang::default(),
            data,
            bind: BIND,
            api_key: None,
            secret_key: None,
            previous_secret_key: None,
            allowed_origins: Vec::new(),
            lease: LEASE,
        }
    }
}

/// How to reach a remote.
#[derive(Debug, Clone)]
pub struct RemoteSettings {
    /// Its address, without version.
    pub endpoint: String,
    /// The token of the environment.
    pub token: Option<SecretString>,
}

/// One thing that is wrong with the environment. It holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Not text at all.
    NotText {
        /// Which variable.
        variable: &'static str,
    },
    /// No language of ours.
    Lang {
        /// What it says.
        value: String,
    },
    /// No address of a database.
    Database(UrlError),
    /// No web address.
    Address {
        /// Which variable.
        variable: &'static str,
    },
    /// No token can look like this.
    Token {
        /// Which variable.
        variable: &'static str,
    },
    /// Nothing to listen on.
    Bind {
        /// What it says.
        value: String,
    },
    /// Listening beyond this machine without a key.
    KeyMissing {
        /// Where the server would listen.
        bind: SocketAddr,
    },
    /// A key that can be guessed.
    KeyShort,
    /// No key that could encrypt.
    SecretKey {
        /// Which variable.
        variable: &'static str,
        /// Why.
        error: KeyError,
    },
    /// No format of the log.
    LogFormat {
        /// What it says.
        value: String,
    },
    /// No origin.
    Origin {
        /// What it says.
        value: String,
    },
    /// No number of seconds, too few or too many.
    Lease {
        /// What it says.
        value: String,
    },
}

impl Fault {
    /// The variable that it is about.
    #[must_use]
    pub const fn variable(&self) -> &'static str {
        match self {
            Self::NotText { variable }
            | Self::Address { variable }
            | Self::Token { variable }
            | Self::SecretKey { variable, .. } => variable,
            Self::Lang { .. } => "CRM_SYNC_LANG",
            Self::Database(_) => "DATABASE_URL",
            Self::Bind { .. } => "CRM_SYNC_BIND",
            Self::KeyMissing { .. } | Self::KeyShort => "CRM_SYNC_API_KEY",
            Self::LogFormat { .. } => "CRM_SYNC_LOG",
            Self::Origin { .. } => "CRM_SYNC_ALLOWED_ORIGINS",
            Self::Lease { .. } => "CRM_SYNC_LEASE",
        }
    }
}

/// Everything that is wrong with the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults {
    /// The language to tell it in.
    pub lang: Lang,
    /// One or more.
    pub faults: Vec<Fault>,
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&faults_title(self.lang, self.faults.len()))?;
        for fault in &self.faults {
            write!(f, "\n  {}", environment_fault(self.lang, fault))?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

impl Environment {
    /// The language, or the default where it is not told well.
    #[must_use]
    pub fn lang(&self) -> Lang {
        given(self.lang.as_deref())
            .and_then(OsStr::to_str)
            .and_then(|text| text.parse().ok())
            .unwrap_or_default()
    }

    /// How the log is written, if that is told well.
    #[must_use]
    pub fn log_format(&self) -> Option<LogFormat> {
        given(self.log.as_deref())?.to_str()?.trim().parse().ok()
    }

    /// What must never be written down.
    pub fn secrets(&self) -> impl Iterator<Item = SecretString> {
        let whole = [
            &self.airtable_token,
            &self.notion_token,
            &self.api_key,
            &self.secret_key,
            &self.previous_secret_key,
        ];
        let whole = whole.into_iter().filter_map(|value| Some(value.as_deref()?.to_str()?.trim()));
        let url = self.database_url.as_deref().and_then(OsStr::to_str);
        whole.map(SecretString::from).chain(url.into_iter().flat_map(passwords))
    }
}

impl Settings {
    /// Checks the environment: all of it, so that one start tells every fault.
    pub fn read(environment: &Environment) -> Result<Self, Faults> {
        let mut reader = Reader::default();
        let lang = reader.parsed("CRM_SYNC_LANG", environment.lang.as_deref(), |value| {
            value.parse().map_err(|()| Fault::Lang { value: value.to_owned() })
        });
        let data =
            given(environment.data_folder.as_deref()).map_or_else(|| PathBuf::from(DATA), PathBuf::from);
        let database = reader.parsed("DATABASE_URL", environment.database_url.as_deref(), |url| {
            url.parse::<Database>().map_err(Fault::Database)
        });
        let airtable = RemoteSettings {
            endpoint: reader
                .address("AIRTABLE_ENDPOINT_URL", environment.airtable_endpoint_url.as_deref())
                .unwrap_or_else(|| connector_airtable::ENDPOINT.to_owned()),
            token: reader.token("AIRTABLE_TOKEN", environment.airtable_token.as_deref()),
        };
        let notion = RemoteSettings {
            endpoint: reader
                .address("NOTION_BASE_URL", environment.notion_base_url.as_deref())
                .unwrap_or_else(|| connector_notion::ENDPOINT.to_owned()),
            token: reader.token("NOTION_TOKEN", environment.notion_token.as_deref()),
        };
        let bind = reader.parsed("CRM_SYNC_BIND", environment.bind.as_deref(), |value| {
            value.parse::<SocketAddr>().map_err(|_| Fault::Bind { value: value.to_owned() })
        });
        let bind = bind.unwrap_or(BIND);
        let api_key = reader.token("CRM_SYNC_API_KEY", environment.api_key.as_deref());
        match &api_key {
            Some(key) if key.expose_secret().chars().count() < KEY_CHARS => {
                reader.faults.push(Fault::KeyShort);
            }
            None if !bind.ip().is_loopback() && given(environment.api_key.as_deref()).is_none() => {
                reader.faults.push(Fault::KeyMissing { bind });
            }
            _ => {}
        }
        let secret_key = reader.secret_key("CRM_SYNC_SECRET_KEY", environment.secret_key.as_deref());
        let previous_secret_key =
            reader.secret_key("CRM_SYNC_PREVIOUS_SECRET_KEY", environment.previous_secret_key.as_deref());
        reader.parsed("CRM_SYNC_LOG", environment.log.as_deref(), |value| {
            value.parse::<LogFormat>().map_err(|_| Fault::LogFormat { value: value.to_owned() })
        });
        let allowed_origins = reader.origins(environment.allowed_origins.as_deref());
        let lease = reader.parsed("CRM_SYNC_LEASE", environment.lease.as_deref(), |value| {
            let seconds = value.parse().ok().filter(|seconds| LEASE_SECONDS.contains(seconds));
            seconds.map(TimeDelta::seconds).ok_or_else(|| Fault::Lease { value: value.to_owned() })
        });
        let lease = lease.unwrap_or(LEASE);
        let lang = lang.unwrap_or_default();
        if !reader.faults.is_empty() {
            return Err(Faults { lang, faults: reader.faults });
        }
        let database = database.unwrap_or_else(|| Database::sqlite(data.join(CRM_FILE)));
        Ok(Self {
            database,
            airtable,
            notion,
            lang,
            data,
            bind,
            api_key,
            secret_key,
            previous_secret_key,
            allowed_origins,
            lease,
        })
    }
}

/// Reads variables and gathers what is wrong with them.
#[derive(Default)]
struct Reader {
    faults: Vec<Fault>,
}

impl Reader {
    fn parsed<T>(
        &mut self,
        variable: &'static str,
        value: Option<&OsStr>,
        parse: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Option<T> {
        let text = given(value)?.to_str().ok_or(Fault::NotText { variable });
        match text.map(str::trim).and_then(parse) {
            Ok(parsed) => Some(parsed),
            Err(fault) => {
                self.faults.push(fault);
                None
            }
        }
    }

    fn token(&mut self, variable: &'static str, value: Option<&OsStr>) -> Option<SecretString> {
        self.parsed(variable, value, |token| {
            let is_whole = !token.chars().any(|letter| letter.is_whitespace() || letter.is_control());
            if is_whole { Ok(SecretString::from(token)) } else { Err(Fault::Token { variable }) }
        })
    }

    fn secret_key(&mut self, variable: &'static str, value: Option<&OsStr>) -> Option<Key> {
        self.parsed(variable, value, |key| key.parse().map_err(|error| Fault::SecretKey { variable, error }))
    }

    fn address(&mut self, variable: &'static str, value: Option<&OsStr>) -> Option<String> {
        self.parsed(variable, value, |address| {
            let is_web = Url::parse(address)
                .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
            if is_web {
                Ok(address.trim_end_matches('/').to_owned())
            } else {
                Err(Fault::Address { variable })
            }
        })
    }

    fn origins(&mut self, value: Option<&OsStr>) -> Vec<String> {
        let listed = self.parsed("CRM_SYNC_ALLOWED_ORIGINS", value, |text| {
            Ok(text.split(',').map(|origin| origin.trim().to_owned()).collect::<Vec<_>>())
        });
        let mut origins = listed.unwrap_or_default();
        origins.retain(|origin| !origin.is_empty());
        for value in &origins {
            let is_origin = Url::parse(value).is_ok_and(|url| url.origin().ascii_serialization() == *value);
            if !is_origin {
                self.faults.push(Fault::Origin { value: value.clone() });
            }
        }
        origins
    }
}

/// A variable that is set to blanks is not given: environment files list all of them.
fn given(value: Option<&OsStr>) -> Option<&OsStr> {
    value.filter(|value| value.to_str().is_none_or(|text| !text.trim().is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A variable that is set.
    #[expect(clippy::unnecessary_wraps, reason = "the environment's members are options")]
    fn set(value: &str) -> Option<OsString> {
        Some(value.into())
    }

    #[test]
    fn an_empty_environment_serves() {
        let blank = Environment { airtable_token: set(" "), database_url: set(""), ..Environment::default() };
        for environment in [Environment::default(), blank] {
            let settings = Settings::read(&environment).unwrap();
            assert_eq!(settings.database, Database::sqlite("data/crm.db"));
            assert!(settings.airtable.token.is_none() && settings.bind.ip().is_loopback());
            assert_eq!(settings.lang, Lang::Fr);
        }
    }

    #[test]
    fn every_fault_is_told_at_once_and_no_secret_with_it() {
        let environment = Environment {
            database_url: set("mysql://root:s3cret@host/db"),
            airtable_token: set("pat s3cret"),
            airtable_endpoint_url: set("localhost:8080"),
            bind: set("0.0.0.0"),
            secret_key: set("s3cret"),
            api_key: set("s3cret"),
            allowed_origins: set("https://crm.example, crm.example/path"),
            lease: set("1"),
            lang: set("en"),
            ..Environment::default()
        };
        let faults = Settings::read(&environment).unwrap_err();
        let told = faults.to_string();
        assert_eq!(faults.faults.len(), 8, "{told}");
        for variable in [
            "DATABASE_URL",
            "AIRTABLE_TOKEN",
            "AIRTABLE_ENDPOINT_URL",
            "CRM_SYNC_BIND",
            "CRM_SYNC_ALLOWED_ORIGINS",
            "CRM_SYNC_LEASE",
        ] {
            assert!(told.contains(variable), "{told}");
        }
        assert!(!told.contains("s3cret") && !format!("{environment:?}").contains("s3cret"), "{told}");
        assert!(told.starts_with("The program cannot start: 8 faults"), "{told}");
    }

    #[test]
    fn listening_beyond_this_machine_asks_for_a_key() {
        let open = Environment { bind: set("0.0.0.0:8080"), ..Environment::default() };
        let faults = Settings::read(&open).unwrap_err();
        assert_eq!(faults.faults, [Fault::KeyMissing { bind: "0.0.0.0:8080".parse().unwrap() }]);
        assert!(faults.to_string().contains("CRM_SYNC_API_KEY : obligatoire"), "{faults}");
        let keyed = Environment { api_key: set("sixteen-or-more-letters"), ..open };
        assert!(Settings::read(&keyed).is_ok());
    }
}
