//! Where a request comes from and which server it means: what a browser says of itself.

use std::net::IpAddr;

use url::{Host, Url};

use super::site::Access;

impl Access {
    /// Whether a page of this origin may call the server that is asked for as `host`.
    ///
    /// A page of the server's own host may, whatever the scheme: a proxy in front may speak TLS.
    #[must_use]
    pub fn allows_origin(&self, origin: &str, host: Option<&str>) -> bool {
        self.names_origin(origin) || host.is_some_and(|host| is_origin_of(origin, host))
    }

    /// Whether the origin is one that the settings name.
    #[must_use]
    pub fn names_origin(&self, origin: &str) -> bool {
        self.origins.iter().any(|known| known == origin)
    }

    /// Whether the server answers to this name.
    ///
    /// Without a key, only to names of this machine and of the origins in the settings: any other name that leads here
    /// is a trick to have a stranger's page read the answers (DNS rebinding). With a key that trick gains nothing.
    #[must_use]
    pub fn answers_to(&self, host: &str) -> bool {
        if self.key.is_some() {
            return true;
        }
        let Ok(url) = Url::parse(&format!("http://{host}/")) else { return false };
        let is_own = match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback() || IpAddr::V4(address) == self.address,
            Some(Host::Ipv6(address)) => address.is_loopback() || IpAddr::V6(address) == self.address,
            None => false,
        };
        is_own || self.origins.iter().any(|origin| is_origin_of(origin, host))
    }
}

/// Whether pages of `origin` are those of the server called `host`.
fn is_origin_of(origin: &str, host: &str) -> bool {
    let Ok(origin) = Url::parse(origin) else { return false };
    let host = Url::parse(&format!("{}://{host}/", origin.scheme()));
    host.is_ok_and(|host| origin.has_host() && host.origin() == origin.origin())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::attempts::Attempts;

    fn access(key: Option<&str>) -> Access {
        Access {
            key: key.map(Into::into),
            origins: vec!["https://crm.example".into()],
            address: IpAddr::from([127, 0, 0, 1]),
            attempts: Attempts::default(),
        }
    }

    #[test]
    fn without_a_key_only_names_of_this_machine_are_answered() {
        let access = access(None);
        for host in
            ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "crm.example", "crm.example:443"]
        {
            assert!(access.answers_to(host), "{host}");
        }
        for host in
            ["evil.example", "localhost.evil.example", "192.0.2.1:8080", "", "crm.example:8080", "a b"]
        {
            assert!(!access.answers_to(host), "{host}");
        }
    }

    #[test]
    fn with_a_key_any_name_is_answered() {
        assert!(access(Some("sixteen-or-more-letters")).answers_to("sync.internal"));
    }

    #[test]
    fn a_page_of_the_server_itself_and_of_a_named_origin_may_call() {
        let access = access(None);
        for (origin, host) in [
            ("https://crm.example", Some("localhost:8080")),
            ("http://localhost:8080", Some("localhost:8080")),
            ("https://sync.example", Some("sync.example")),
        ] {
            assert!(access.allows_origin(origin, host), "{origin} {host:?}");
        }
        for (origin, host) in [
            ("https://crm.example.evil.example", Some("localhost:8080")),
            ("http://crm.example", Some("localhost:8080")),
            ("http://localhost:5000", Some("localhost:8080")),
            ("null", Some("localhost:8080")),
            ("http://localhost:8080", None),
        ] {
            assert!(!access.allows_origin(origin, host), "{origin} {host:?}");
        }
    }
}
