//! Which status a failure of a service has, and what programs call it.

use actix_web::http::StatusCode;
use connector_core::ErrorKind;
use connector_core::engine::EngineError;
use connector_core::store::StoreError;

use crate::failure::Failure;
use crate::secrets::SecretsError;

/// The status of an answer that tells this failure, and its code.
#[must_use]
pub fn verdict(failure: &Failure) -> (StatusCode, &'static str) {
    match failure {
        Failure::Open(_) => (StatusCode::SERVICE_UNAVAILABLE, "database_unavailable"),
        Failure::Store(error) => store(error),
        Failure::Secrets(error) => secrets(error),
        Failure::Remote(error) => remote(error.kind()),
        Failure::Engine(error) => engine(error),
        Failure::NotYet { .. } => (StatusCode::NOT_IMPLEMENTED, "not_supported_yet"),
        Failure::NoToken { .. } => (StatusCode::CONFLICT, "no_token"),
        Failure::NotConfigured { .. } => (StatusCode::CONFLICT, "not_configured"),
        Failure::Changed => (StatusCode::PRECONDITION_FAILED, "changed_meanwhile"),
        Failure::TokenRefused(_) => (StatusCode::UNPROCESSABLE_ENTITY, "token_refused"),
        Failure::TokenOfEnvironment { .. } => (StatusCode::CONFLICT, "token_of_environment"),
        Failure::FirstRun { .. } => (StatusCode::CONFLICT, "first_run_unapproved"),
        Failure::NoBase { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "unknown_base"),
        Failure::WhichTable { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "which_table"),
        Failure::NoTable { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "unknown_table"),
        Failure::UnknownUnits { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "unknown_units"),
        Failure::UnknownFields { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "unknown_fields"),
        Failure::BrokenMapping { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "broken_mapping"),
        Failure::Mark { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "wrong_mark"),
        Failure::Csv { .. } | Failure::CsvColumns { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "not_csv"),
        Failure::NoRun { .. } => (StatusCode::NOT_FOUND, "unknown_run"),
        Failure::NothingToUndo => (StatusCode::CONFLICT, "nothing_to_undo"),
        Failure::NotUndoable { .. } => (StatusCode::CONFLICT, "not_undoable"),
        Failure::NoConflict { .. } => (StatusCode::NOT_FOUND, "unknown_conflict"),
        Failure::ConflictMoved { .. } => (StatusCode::CONFLICT, "edited_since"),
        Failure::Closing => (StatusCode::SERVICE_UNAVAILABLE, "closing"),
        Failure::File { .. } | Failure::Listen { .. } | Failure::Sandbox(_) | Failure::Demo(_) => {
            (StatusCode::INTERNAL_SERVER_ERROR, "internal")
        }
    }
}

fn store(error: &StoreError) -> (StatusCode, &'static str) {
    match error {
        StoreError::Held(_) => (StatusCode::CONFLICT, "already_running"),
        StoreError::Fenced => (StatusCode::CONFLICT, "taken_over"),
        StoreError::AlreadyApplied(_) => (StatusCode::CONFLICT, "plan_applied"),
        StoreError::Corrupt { .. } => (StatusCode::INTERNAL_SERVER_ERROR, "corrupt_row"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "database_unavailable"),
    }
}

/// A token that was given is the caller's; a key that does not open is the deployer's to mend.
fn secrets(error: &SecretsError) -> (StatusCode, &'static str) {
    match error {
        SecretsError::Store(error) => store(error),
        SecretsError::NoToken { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "wrong_token"),
        SecretsError::OtherKey { .. } => (StatusCode::CONFLICT, "token_sealed_with_other_key"),
        SecretsError::Damaged { .. } => (StatusCode::CONFLICT, "token_damaged"),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "key_unusable"),
    }
}

fn engine(error: &EngineError) -> (StatusCode, &'static str) {
    match error {
        EngineError::Running(_) => (StatusCode::CONFLICT, "already_running"),
        EngineError::Remote(error) => remote(error.kind()),
        EngineError::Store(error) => store(error),
        EngineError::NoPlan(_) => (StatusCode::NOT_FOUND, "unknown_plan"),
        EngineError::ForeignPlan(_) | EngineError::OutdatedPlan(_) => (StatusCode::CONFLICT, "plan_outdated"),
        EngineError::ExpiredPlan(..) => (StatusCode::GONE, "plan_expired"),
        EngineError::AppliedPlan(..) => (StatusCode::CONFLICT, "plan_applied"),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    }
}

/// The remote stands behind this server: that it fails is no fault of the caller's, nor of ours.
fn remote(kind: ErrorKind) -> (StatusCode, &'static str) {
    match kind {
        ErrorKind::Unauthenticated => (StatusCode::BAD_GATEWAY, "remote_token_refused"),
        ErrorKind::Forbidden => (StatusCode::BAD_GATEWAY, "remote_permission_missing"),
        ErrorKind::ContainerMissing => (StatusCode::BAD_GATEWAY, "remote_container_missing"),
        ErrorKind::SchemaChanged => (StatusCode::BAD_GATEWAY, "remote_schema_changed"),
        ErrorKind::QuotaExhausted => (StatusCode::SERVICE_UNAVAILABLE, "remote_quota_used_up"),
        ErrorKind::RateLimited => (StatusCode::SERVICE_UNAVAILABLE, "remote_rate_limited"),
        ErrorKind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "remote_unavailable"),
        ErrorKind::TimedOut => (StatusCode::GATEWAY_TIMEOUT, "remote_timed_out"),
        ErrorKind::Unsupported => (StatusCode::UNPROCESSABLE_ENTITY, "remote_cannot"),
        ErrorKind::Settings => (StatusCode::UNPROCESSABLE_ENTITY, "wrong_settings"),
        _ => (StatusCode::BAD_GATEWAY, "remote_failed"),
    }
}
