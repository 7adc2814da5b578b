//! The passwords in a database's address.

use secrecy::SecretString;

/// The passwords in a database's address, before its host and among its parameters, as they are written there and as
/// they are meant.
pub(super) fn passwords(url: &str) -> Vec<SecretString> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let user = rest.rsplit_once('@').and_then(|(user, _)| Some(user.split_once(':')?.1));
    let parameters = rest.split_once('?').map_or("", |(_, parameters)| parameters);
    let named = parameters.split('&').filter_map(|parameter| parameter.split_once('='));
    let named = named.filter(|(name, _)| matches!(*name, "password" | "sslpassword")).map(|(_, value)| value);
    let both = |written: &str| {
        // A plus sign is one here, unlike in a form.
        let meant = url::form_urlencoded::parse(format!("={}", written.replace('+', "%2B")).as_bytes())
            .map(|(_, meant)| meant.into_owned())
            .collect::<String>();
        [SecretString::from(written), SecretString::from(meant)]
    };
    user.into_iter().chain(named).flat_map(both).collect()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn a_password_is_known_as_it_is_written_and_as_it_is_meant() {
        let passwords = |url: &str| -> Vec<String> {
            passwords(url).iter().map(|password| password.expose_secret().to_owned()).collect()
        };
        let url = "postgres://crm:p%40ss+w@db.example/crm?sslmode=require&password=oth%2Fer";
        assert_eq!(passwords(url), ["p%40ss+w", "p@ss+w", "oth%2Fer", "oth/er"]);
        assert_eq!(passwords("postgres://crm@db.example/crm"), Vec::<String>::new());
        assert_eq!(passwords("sqlite:crm.db"), Vec::<String>::new());
    }
}
