//! Databases that the CRM made, taken over by real processes that start at once.

use std::thread;

use rstest::rstest;

use crate::hunt::Hunt;
use crate::place::{Crm, Kind, Place};
use crate::premises::Premises;

const CLEAR: &str = "patN4xVb8TqKzRm2Wd.7d1fa2c95e8b04637f1de2b8c6950a4d3e7f18b2c09a6d54";
const SECRET_KEY: &str = "5ac3f19e07d24b86f1e93a7cd058b264e97f0c1da3b5687be2cf4017d89b3a65";

/// Rows as the CRM and people before it left them.
fn odd_rows(kind: Kind, crm: &mut Crm) {
    crm.starts();
    crm.execute(&format!(
        "INSERT INTO deals (client, statut, montant_brut, probabilite, valeur_ponderee, secteur, date_echeance, notes)
         VALUES ('Acme', 'Prospect ', 8500.1, 0.1, 850.01, 'SaaS|B2B', '2026-12-31', ''),
                ('Acme', 'GAGNÉ', 1000, 1, 1000, '', NULL, NULL),
                (' espaces ', 'Gagné - En Cours', 0.01, 1, 0.01, NULL, NULL, 'ligne' || chr(10) || 'suite');
         INSERT INTO connector_configs (provider, api_token, field_mapping) VALUES ('airtable', '{CLEAR}', 'not json');
         INSERT INTO sync_logs (provider, direction, status, error_message) VALUES ('airtable', 'import', 'error', 'x')"
    ).replace("chr(10)", if kind == Kind::Postgres { "chr(10)" } else { "char(10)" }));
    if kind == Kind::Sqlite {
        crm.execute(
            "INSERT INTO deals (client, statut, montant_brut, probabilite, valeur_ponderee, notes)
                     VALUES ('octets', 'prospect', '12,50 €', 0.1, 1, x'ff41')",
        );
    }
}

fn deals(crm: &mut Crm) -> Vec<Option<String>> {
    let row = "id || '/' || client || '/' || statut || '/' || montant_brut || '/' || coalesce(secteur, 'null') \
               || '/' || coalesce(CAST(date_echeance AS TEXT), 'null') || '/' || updated_at";
    crm.column(row, "FROM deals ORDER BY id")
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
fn replicas_that_start_at_once_take_a_database_over_once(#[case] kind: Kind) {
    // On PostgreSQL replicas are on several machines, and have the key from their environments.
    let premises = match kind {
        Kind::Postgres => Premises::new(kind).with("CRM_SYNC_SECRET_KEY", SECRET_KEY),
        Kind::Sqlite => Premises::new(kind),
    };
    let mut crm = premises.place.crm();
    odd_rows(kind, &mut crm);
    let before = deals(&mut crm);

    let servers: Vec<_> = thread::scope(|scope| {
        let starting: Vec<_> = (0..3).map(|_| scope.spawn(|| premises.serve())).collect();
        starting.into_iter().map(|started| started.join().unwrap()).collect()
    });

    for server in &servers {
        let mut wire = crate::wire::Wire::to(server.address);
        assert_eq!(wire.get("/readyz").status, 200);
        let configs = wire.get("/api/connectors/config").json();
        assert_eq!(configs["data"][0]["api_token"], "***", "each opens what one has sealed: {configs}");
        assert_eq!(wire.get("/api/sync/logs").json()["data"][0]["error_message"], "x");
    }
    let sealed =
        servers.iter().filter(|server| server.said().contains("tokens in clear were sealed")).count();
    assert_eq!(sealed, 1, "one of them did it");
    assert_eq!(deals(&mut crm), before, "no deal was touched");
    assert!(crm.cell("api_token", "FROM connector_configs").starts_with("crm-sync:v1:"));
    drop(servers);
    if let Place::Sqlite(folder) = &premises.place {
        // Whoever was at work in the file kept it from being wiped: the next start does it.
        drop(premises.serve());
        let hunt = Hunt::of(&[("the clear token", CLEAR)]);
        assert_eq!(hunt.search_files(folder.path(), &[]), Vec::<String>::new());
    }
    crm.starts();
    crm.execute(
        "UPDATE deals SET statut = 'perdu', updated_at = CURRENT_TIMESTAMP WHERE client = ' espaces '",
    );
    let (code, said) = premises.run(&["retire", "--tokens", "clear", "--yes"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(crm.cell("api_token", "FROM connector_configs"), CLEAR, "the way back");
    assert_eq!(deals(&mut crm).len(), before.len());
}
