//! The tables, as Diesel needs to know them. `migrations/` makes them.

use diesel::table;

// The CRM's. Its columns differ between the databases and hold whatever was once written to them: all that is not
// written as the type given here is read as text (see `deals::read`).

table! {
    deals (id) {
        id -> Integer,
        client -> Text,
        statut -> Text,
        montant_brut -> Numeric,
        probabilite -> Numeric,
        valeur_ponderee -> Numeric,
        secteur -> Nullable<Text>,
        date_echeance -> Nullable<Date>,
        assignee -> Nullable<Text>,
        notes -> Nullable<Text>,
    }
}

table! {
    connector_configs (id) {
        id -> Integer,
        provider -> Text,
        api_token -> Nullable<Text>,
        base_id -> Nullable<Text>,
        table_name -> Nullable<Text>,
        field_mapping -> Nullable<Text>,
        is_active -> Nullable<Bool>,
        updated_at -> Nullable<Timestamp>,
    }
}

table! {
    sync_logs (id) {
        id -> Integer,
        provider -> Text,
        direction -> Text,
        status -> Text,
        records_processed -> Nullable<Integer>,
        records_created -> Nullable<Integer>,
        records_updated -> Nullable<Integer>,
        error_message -> Nullable<Text>,
        started_at -> Nullable<Timestamp>,
        completed_at -> Nullable<Timestamp>,
    }
}

// Ours.

table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::store::columns::types::{Document, Moment};

    sync_connections (id) {
        id -> Text,
        provider -> Text,
        settings -> Document,
        version -> BigInt,
        updated_at -> Moment,
    }
}

table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::store::columns::types::Moment;

    sync_leases (connection) {
        connection -> Text,
        run -> Nullable<Text>,
        fence -> BigInt,
        expires_at -> Moment,
    }
}

table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::store::columns::types::{Document, Moment};

    sync_links (connection, remote) {
        connection -> Text,
        remote -> Text,
        deal -> Integer,
        status -> Text,
        crm -> Document,
        theirs -> Document,
        seen_at -> Nullable<Moment>,
        ended_at -> Nullable<Moment>,
        held -> Nullable<Document>,
    }
}

table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::store::columns::types::{Document, Moment};

    sync_intents (connection, deal) {
        connection -> Text,
        deal -> Integer,
        run -> Text,
        payload -> Document,
        sent_at -> Nullable<Moment>,
    }
}

table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};

    sync_troubles (connection, attempt) {
        connection -> Text,
        attempt -> Text,
        deal -> Nullable<Integer>,
        remote -> Nullable<Text>,
        times -> BigInt,
        message -> Text,
    }
}

table! {
    use diesel::sql_types::{Integer, Text};
    use crate::store::columns::types::{Document, Moment};

    sync_origins (deal, unit) {
        deal -> Integer,
        unit -> Text,
        value -> Document,
        edited_lo -> Moment,
        edited_hi -> Moment,
        remote -> Text,
    }
}

table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::store::columns::types::{Document, Moment};

    sync_baselines (connection) {
        connection -> Text,
        fingerprint -> Text,
        seen_at -> Moment,
        unsettled -> Document,
        fields -> Nullable<Document>,
    }
}

table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::store::columns::types::{Document, Moment};

    sync_runs (id) {
        id -> Text,
        connection -> Text,
        mode -> Text,
        asked_by -> Text,
        plan -> Nullable<Text>,
        started_at -> Moment,
        finished_at -> Nullable<Moment>,
        status -> Text,
        counts -> Document,
        usage -> Document,
        message -> Nullable<Text>,
        overrides -> Document,
        purpose -> Text,
        subject -> Nullable<Text>,
        continues -> Nullable<Text>,
    }
}

table! {
    use diesel::sql_types::{Bool, Text};
    use crate::store::columns::types::Document;

    sync_jobs (run) {
        run -> Text,
        connection -> Text,
        job -> Document,
        cancelled -> Bool,
        settled -> Bool,
    }
}

table! {
    use diesel::sql_types::{BigInt, Bool, Text};
    use crate::store::columns::types::{Document, Moment};

    sync_events (run, number) {
        run -> Text,
        number -> BigInt,
        passing -> Bool,
        event -> Document,
        at -> Moment,
    }
}

table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};
    use crate::store::columns::types::{Document, Moment};

    sync_operations (id) {
        id -> BigInt,
        connection -> Text,
        run -> Text,
        seq -> BigInt,
        action -> Text,
        deal -> Nullable<Integer>,
        remote -> Nullable<Text>,
        label -> Text,
        reason -> Document,
        changes -> Document,
        outcome -> Text,
        message -> Nullable<Text>,
        at -> Moment,
    }
}

table! {
    use diesel::sql_types::{Integer, Text};
    use crate::store::columns::types::{Document, Moment};

    sync_conflicts (connection, id) {
        connection -> Text,
        id -> Text,
        deal -> Integer,
        remote -> Text,
        unit -> Text,
        state -> Text,
        conflict -> Document,
        run -> Text,
        noted_at -> Moment,
    }
}

table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::store::columns::types::{Document, Moment};

    sync_plans (id) {
        id -> Text,
        connection -> Text,
        made_at -> Moment,
        plan -> Document,
        applied_by -> Nullable<Text>,
    }
}

table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::store::columns::types::{Document, Moment};

    sync_requests (key) {
        key -> Text,
        fingerprint -> Text,
        answer -> Nullable<Document>,
        made_at -> Moment,
    }
}

table! {
    use diesel::sql_types::Integer;
    use crate::store::columns::types::Moment;

    sync_deal_edits (deal) {
        deal -> Integer,
        edited_at -> Moment,
    }
}

table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::store::columns::types::Moment;

    sync_graves (deal) {
        deal -> Integer,
        client -> Nullable<Text>,
        statut -> Nullable<Text>,
        montant_brut -> Nullable<Text>,
        secteur -> Nullable<Text>,
        date_echeance -> Nullable<Text>,
        assignee -> Nullable<Text>,
        notes -> Nullable<Text>,
        probabilite -> Nullable<Text>,
        valeur_ponderee -> Nullable<Text>,
        edited_at -> Nullable<Moment>,
        buried_at -> Moment,
        connection -> Nullable<Text>,
    }
}

table! {
    use diesel::sql_types::Text;
    use crate::store::columns::types::{Document, Moment};

    sync_looks (connection, kind) {
        connection -> Text,
        kind -> Text,
        looked_at -> Moment,
        found -> Document,
    }
}

table! {
    sync_calls (remote, month) {
        remote -> Text,
        month -> Text,
        calls -> BigInt,
    }
}

table! {
    sync_settings (name) {
        name -> Text,
        value -> Text,
    }
}

table! {
    sync_migrations (version) {
        version -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(sync_runs, sync_jobs);
