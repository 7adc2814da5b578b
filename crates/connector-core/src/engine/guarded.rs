//! Work under a lease that is kept alive meanwhile.

use super::run::{Engine, EngineError};
use crate::store::Lease;

/// Does `work` and renews the lease every third of its life; stops the work when the lease is lost.
pub(super) async fn renewed(
    engine: &Engine,
    lease: &Lease,
    work: impl Future<Output = Result<(), EngineError>>,
) -> Result<(), EngineError> {
    let renewing = async {
        let third = (engine.lease / 3).to_std().unwrap_or_default();
        loop {
            tokio::time::sleep(third).await;
            if let Err(lost) = engine.store.renew(lease, engine.lease).await {
                return EngineError::from(lost);
            }
        }
    };
    tokio::select! {
        biased;
        worked = work => worked,
        lost = renewing => Err(lost),
    }
}
