//! The remotes' tokens: sealed in the CRM's own column, by a key that can be changed.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use connector_core::testing::ManualClock;
use crm_sync_server::app::AIRTABLE;
use crm_sync_server::secrets::{SecretsError, TokenState, Vault};
use crm_sync_server::settings::{RemoteSettings, Settings};
use rstest::rstest;
use secrecy::{ExposeSecret as _, SecretString};
use tempfile::TempDir;

use crate::support::{Crm, Kind, Place};

const TOKEN: &str = "patQ7fGh2Kk9LmNpQr.5b1d0c9e8f7a6b5c4d3e2f1a0b9c8d7e";
const OTHER_TOKEN: &str = "patZzYyXxWwVvUuTt.00ff11ee22dd33cc44bb55aa66998877";
const KEY: &str = "00112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0";
const OTHER_KEY: &str = "f0e1d2c3b4a5968778695a4b3c2d1e0fffeeddccbbaa99887766554433221100";

/// A database, and a data folder with or without a key file.
struct Safe {
    place: Place,
    crm: Crm,
    data: TempDir,
}

impl Safe {
    async fn new(kind: Kind) -> Self {
        let place = Place::new(kind);
        place.store(&ManualClock::default()).await;
        Self { crm: place.crm(), place, data: tempfile::tempdir().unwrap() }
    }

    fn settings(&self) -> Settings {
        Settings { data: self.data.path().to_owned(), ..Settings::default() }
    }

    async fn vault(&self) -> Vault {
        self.vault_with(&self.settings()).await
    }

    async fn vault_with(&self, settings: &Settings) -> Vault {
        Vault::new(settings, Arc::new(self.place.store(&ManualClock::default()).await))
    }

    /// With this key in the environment, and that one as the one before.
    async fn vault_keyed(&self, key: &str, previous: Option<&str>) -> Vault {
        let settings = Settings {
            secret_key: Some(key.parse().unwrap()),
            previous_secret_key: previous.map(|key| key.parse().unwrap()),
            ..self.settings()
        };
        self.vault_with(&settings).await
    }

    /// What the CRM does with a token: it writes it as it is.
    fn crm_writes(&mut self, token: &str) {
        self.crm.execute(&format!(
            "INSERT INTO connector_configs (provider, api_token) VALUES ('airtable', '{token}')
             ON CONFLICT (provider) DO UPDATE SET api_token = excluded.api_token"
        ));
    }

    /// What the CRM sees in its column.
    fn held(&mut self) -> String {
        self.crm.cell("api_token", "FROM connector_configs WHERE provider = 'airtable'")
    }
}

async fn token(vault: &Vault) -> Option<String> {
    vault.token_of(AIRTABLE).await.unwrap().map(|token| token.expose_secret().to_owned())
}

/// Every file below a folder that has the bytes of `text` in it.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            found.extend(files_with(&entry.path(), text));
        } else {
            let bytes = fs::read(entry.path()).unwrap();
            if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
                found.push(entry.file_name().into_string().unwrap());
            }
        }
    }
    found
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_token_is_sealed_in_the_crms_column_and_comes_back(#[case] kind: Kind) {
    let mut safe = Safe::new(kind).await;
    let vault = safe.vault().await;
    assert_eq!(vault.state_of(AIRTABLE).await.unwrap(), TokenState::Absent);
    assert_eq!(fs::read_dir(safe.data.path()).unwrap().count(), 0, "nothing is made before it is needed");

    vault.store(AIRTABLE, &TOKEN.into()).await.unwrap();

    let held = safe.held();
    assert!(held.starts_with("crm-sync:v1:") && !held.contains("patQ7fGh"), "{held}");
    assert_eq!(token(&safe.vault().await).await.as_deref(), Some(TOKEN), "after a restart");
    assert_eq!(vault.state_of(AIRTABLE).await.unwrap(), TokenState::Stored);
    vault.store(AIRTABLE, &OTHER_TOKEN.into()).await.unwrap();
    assert_eq!(token(&vault).await.as_deref(), Some(OTHER_TOKEN));
    vault.forget(AIRTABLE).await.unwrap();
    assert_eq!(token(&vault).await, None);
    assert_eq!(safe.held(), "");
}

#[tokio::test]
async fn what_cannot_be_a_token_is_refused_and_changes_nothing() {
    let safe = Safe::new(Kind::Sqlite).await;
    let vault = safe.vault().await;
    vault.store(AIRTABLE, &TOKEN.into()).await.unwrap();
    for text in ["", "pat abc", "pat\0", "***"] {
        let refused = vault.store(AIRTABLE, &text.into()).await;
        assert!(matches!(refused, Err(SecretsError::NoToken { .. })), "{text:?}");
    }
    assert_eq!(token(&vault).await.as_deref(), Some(TOKEN));
}

#[tokio::test]
async fn the_environments_token_wins_and_is_never_written_down() {
    let mut safe = Safe::new(Kind::Sqlite).await;
    let airtable = RemoteSettings { token: Some(SecretString::from(TOKEN)), ..Settings::default().airtable };
    let vault = safe.vault_with(&Settings { airtable, ..safe.settings() }).await;
    vault.store(AIRTABLE, &OTHER_TOKEN.into()).await.unwrap();
    vault.rotate().await.unwrap();

    assert_eq!(token(&vault).await.as_deref(), Some(TOKEN));
    assert_eq!(vault.state_of(AIRTABLE).await.unwrap(), TokenState::Environment);
    assert!(safe.held().starts_with("crm-sync:v1:"));
    assert_eq!(token(&safe.vault().await).await.as_deref(), Some(OTHER_TOKEN), "without the environment");
}

#[tokio::test]
async fn tokens_in_clear_are_sealed_and_gone_from_every_file_of_sqlite() {
    let mut safe = Safe::new(Kind::Sqlite).await;
    // The CRM has had several, some in rows that are gone, some in pages that are free or only in the log of writes.
    safe.crm.execute("PRAGMA journal_mode = WAL; PRAGMA secure_delete = OFF");
    safe.crm_writes(OTHER_TOKEN);
    for number in 0..50 {
        safe.crm.execute(&format!(
            "INSERT INTO connector_configs (provider, api_token, field_mapping)
             VALUES ('old{number}', '{OTHER_TOKEN}', '{}')",
            "x".repeat(3000)
        ));
    }
    safe.crm.execute("DELETE FROM connector_configs WHERE provider LIKE 'old%'; PRAGMA wal_checkpoint");
    safe.crm_writes(TOKEN);
    let Place::Sqlite(folder) = &safe.place else { panic!("it is a file") };
    let folder = folder.path().to_owned();
    assert_eq!(files_with(&folder, TOKEN), ["crm.db-wal"]);
    assert_eq!(files_with(&folder, OTHER_TOKEN), ["crm.db-wal", "crm.db"].map(String::from));

    let vault = safe.vault().await;
    let adopted = vault.adopt().await.unwrap();

    assert_eq!(adopted.remotes, [AIRTABLE]);
    assert!(adopted.is_wiped);
    assert!(
        files_with(&folder, &TOKEN[..12]).is_empty() && files_with(&folder, &OTHER_TOKEN[..12]).is_empty()
    );
    assert_eq!(token(&vault).await.as_deref(), Some(TOKEN));
    assert_eq!(vault.adopt().await.unwrap().remotes, Vec::<String>::new(), "once");
}

#[tokio::test]
async fn tokens_in_clear_are_sealed_and_gone_from_the_tables_file_of_postgresql() {
    let mut safe = Safe::new(Kind::Postgres).await;
    safe.crm_writes(OTHER_TOKEN);
    safe.crm_writes(TOKEN);
    let table = |crm: &mut Crm| {
        crm.execute("CHECKPOINT");
        let file = crm.cell(
            "current_setting('data_directory') || '/' || pg_relation_filepath('connector_configs')",
            "",
        );
        let bytes = fs::read(file).unwrap();
        [TOKEN, OTHER_TOKEN].map(|token| bytes.windows(12).any(|window| window == &token.as_bytes()[..12]))
    };
    assert_eq!(table(&mut safe.crm), [true, true], "a replaced row stays in the file");

    let adopted = safe.vault().await.adopt().await.unwrap();

    assert!(adopted.is_wiped && adopted.remotes == [AIRTABLE]);
    assert_eq!(table(&mut safe.crm), [false, false]);
    assert_eq!(token(&safe.vault().await).await.as_deref(), Some(TOKEN));
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn four_programs_that_start_at_once_seal_a_token_once(#[case] kind: Kind) {
    let mut safe = Safe::new(kind).await;
    safe.crm_writes(TOKEN);
    let mut starting = Vec::new();
    for _ in 0..4 {
        let vault = safe.vault().await;
        starting.push(tokio::spawn(async move { vault.adopt().await.unwrap().remotes.len() }));
    }
    let mut sealed = 0;
    for started in starting {
        sealed += started.await.unwrap();
    }
    assert_eq!(sealed, 1);
    assert_eq!(token(&safe.vault().await).await.as_deref(), Some(TOKEN));
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_token_that_the_crms_own_page_writes_later_is_sealed_when_it_is_used(#[case] kind: Kind) {
    let mut safe = Safe::new(kind).await;
    let vault = safe.vault().await;
    vault.store(AIRTABLE, &OTHER_TOKEN.into()).await.unwrap();

    safe.crm_writes(TOKEN);

    assert_eq!(token(&vault).await.as_deref(), Some(TOKEN));
    assert!(safe.held().starts_with("crm-sync:v1:"));
}

#[tokio::test]
async fn what_cannot_be_wiped_now_is_wiped_at_the_next_start() {
    let mut safe = Safe::new(Kind::Sqlite).await;
    safe.crm_writes(TOKEN);
    let mut reader = safe.place.crm();
    reader.execute("BEGIN; SELECT * FROM connector_configs");
    let database = match safe.place.database() {
        crm_sync_server::store::Database::Sqlite { path, .. } => {
            let patience = std::time::Duration::from_millis(50);
            crm_sync_server::store::Database::Sqlite { path, patience }
        }
        other => other,
    };
    let units = crm_sync_server::crm::units().unwrap();
    let clock = Arc::new(ManualClock::default());
    let store = crm_sync_server::store::DieselStore::open(database, units, clock).await.unwrap();
    let vault = Vault::new(&safe.settings(), Arc::new(store));

    let adopted = vault.adopt().await.unwrap();
    assert!(adopted.remotes == [AIRTABLE] && !adopted.is_wiped, "a reader still needs the old page");
    assert!(safe.held().starts_with("crm-sync:v1:"));

    reader.execute("COMMIT");
    assert!(vault.adopt().await.unwrap().is_wiped);
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_key_that_does_not_open_is_told_and_a_new_token_can_be_stored(#[case] kind: Kind) {
    let mut safe = Safe::new(kind).await;
    safe.vault_keyed(KEY, None).await.store(AIRTABLE, &TOKEN.into()).await.unwrap();
    let sealed = safe.held();

    for vault in [safe.vault().await, safe.vault_keyed(OTHER_KEY, None).await] {
        assert_eq!(vault.state_of(AIRTABLE).await.unwrap(), TokenState::OtherKey);
        assert!(matches!(vault.rotate().await, Err(SecretsError::OtherKey { .. })));
        assert!(vault.adopt().await.unwrap().remotes.is_empty());
    }
    assert_eq!(safe.held(), sealed, "nothing is changed that cannot be read");

    let vault = safe.vault_keyed(OTHER_KEY, None).await;
    vault.store(AIRTABLE, &OTHER_TOKEN.into()).await.unwrap();
    assert_eq!(token(&vault).await.as_deref(), Some(OTHER_TOKEN));
    safe.crm_writes("crm-sync:v1:short");
    assert_eq!(vault.state_of(AIRTABLE).await.unwrap(), TokenState::Damaged);
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn the_key_of_the_file_is_changed_under_a_running_server(#[case] kind: Kind) {
    let mut safe = Safe::new(kind).await;
    let running = safe.vault().await;
    running.store(AIRTABLE, &TOKEN.into()).await.unwrap();
    let file = safe.data.path().join("secret.key");
    let (key, sealed) = (fs::read(&file).unwrap(), safe.held());

    let rotated = safe.vault().await.rotate().await.unwrap();

    assert_eq!((rotated.remotes, rotated.file), (vec![AIRTABLE.to_owned()], Some(file.clone())));
    assert!(fs::read(&file).unwrap() != key && safe.held() != sealed);
    assert_eq!(fs::read_dir(safe.data.path()).unwrap().count(), 1, "the old key is gone");
    assert_eq!(token(&running).await.as_deref(), Some(TOKEN), "nobody started it again");
    running.store(AIRTABLE, &OTHER_TOKEN.into()).await.unwrap();
    assert_eq!(token(&safe.vault().await).await.as_deref(), Some(OTHER_TOKEN));
    fs::write(&file, &key).unwrap();
    assert_eq!(running.state_of(AIRTABLE).await.unwrap(), TokenState::OtherKey, "the old key opens nothing");
}

#[tokio::test]
async fn a_rotation_that_was_cut_off_is_finished_by_the_next_and_opens_meanwhile() {
    let mut safe = Safe::new(Kind::Sqlite).await;
    let vault = safe.vault().await;
    vault.store(AIRTABLE, &TOKEN.into()).await.unwrap();
    let next = safe.data.path().join("secret.key.next");
    // Cut off before the tokens were sealed anew.
    fs::write(&next, OTHER_KEY).unwrap();
    fs::set_permissions(&next, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    assert_eq!(token(&vault).await.as_deref(), Some(TOKEN));
    // Cut off after it, before the new key took its place: what is stored now is sealed with the new one.
    vault.store(AIRTABLE, &TOKEN.into()).await.unwrap();
    assert_eq!(token(&vault).await.as_deref(), Some(TOKEN));

    vault.rotate().await.unwrap();

    assert!(!next.exists());
    assert_eq!(token(&vault).await.as_deref(), Some(TOKEN));
    assert_eq!(fs::read_to_string(safe.data.path().join("secret.key")).unwrap(), OTHER_KEY);
    assert!(safe.held().starts_with("crm-sync:v1:"));
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn the_key_of_the_environment_is_changed_with_the_one_before_at_hand(#[case] kind: Kind) {
    let safe = Safe::new(kind).await;
    safe.vault_keyed(KEY, None).await.store(AIRTABLE, &TOKEN.into()).await.unwrap();

    let both = safe.vault_keyed(OTHER_KEY, Some(KEY)).await;
    assert_eq!(token(&both).await.as_deref(), Some(TOKEN), "before the rotation too");
    let rotated = both.rotate().await.unwrap();

    assert_eq!((rotated.remotes, rotated.file), (vec![AIRTABLE.to_owned()], None));
    assert_eq!(token(&safe.vault_keyed(OTHER_KEY, None).await).await.as_deref(), Some(TOKEN));
    assert_eq!(safe.vault_keyed(KEY, None).await.state_of(AIRTABLE).await.unwrap(), TokenState::OtherKey);
    assert_eq!(fs::read_dir(safe.data.path()).unwrap().count(), 0, "no file is made beside it");
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn the_way_back_puts_tokens_in_clear_or_forgets_them(#[case] kind: Kind) {
    let mut safe = Safe::new(kind).await;
    let vault = safe.vault().await;
    vault.store(AIRTABLE, &TOKEN.into()).await.unwrap();
    assert!(
        safe.vault_keyed(OTHER_KEY, None).await.token_of(AIRTABLE).await.is_ok(),
        "the file's key is at hand"
    );

    vault.bare().await.unwrap();
    assert_eq!(safe.held(), TOKEN);
    vault.adopt().await.unwrap();
    vault.forget_all().await.unwrap();
    assert_eq!(safe.held(), "");
}

#[tokio::test]
async fn a_key_moves_from_the_file_to_the_environment() {
    let safe = Safe::new(Kind::Sqlite).await;
    safe.vault().await.store(AIRTABLE, &TOKEN.into()).await.unwrap();
    let vault = safe.vault_keyed(KEY, None).await;
    assert_eq!(token(&vault).await.as_deref(), Some(TOKEN));
    vault.rotate().await.unwrap();
    fs::remove_file(safe.data.path().join("secret.key")).unwrap();
    assert_eq!(token(&vault).await.as_deref(), Some(TOKEN));
}
