//! Waiting for what other processes do.

use std::time::Duration;

/// How long anything here may take.
pub const PATIENCE: Duration = Duration::from_mins(3);
/// How long between two looks.
const PAUSE: Duration = Duration::from_millis(50);

/// Looks until there is something to give, and gives it.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    let found = tokio::time::timeout(PATIENCE, looking).await;
    found.unwrap_or_else(|_| panic!("waited too long: {what}"))
}
