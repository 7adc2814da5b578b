//! How long opening a connection takes, so that the pace knows when a request on a new one arrives.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Instant;
use tower_layer::Layer;
use tower_service::Service;

/// What differs between two openings of a connection to the same host, at the least.
const JITTER: Duration = Duration::from_millis(50);

/// The longest opening of a connection so far: name look-up, TCP and TLS.
#[derive(Debug, Default)]
pub(crate) struct Dial {
    longest_micros: AtomicU64,
}

impl Dial {
    /// How much later than on an open connection a request on a new one may arrive; unknown before the first.
    pub(crate) fn allowance(&self) -> Option<Duration> {
        let longest = self.longest_micros.load(Ordering::Relaxed);
        (longest > 0).then(|| 2 * Duration::from_micros(longest) + JITTER)
    }

    fn took(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1);
        self.longest_micros.fetch_max(micros, Ordering::Relaxed);
    }
}

/// Times every opening of a connection of a client.
#[derive(Debug, Clone)]
pub(crate) struct Timed {
    pub(crate) dial: Arc<Dial>,
}

impl<S> Layer<S> for Timed {
    type Service = TimedConnector<S>;

    fn layer(&self, inner: S) -> Self::Service {
        TimedConnector { inner, dial: Arc::clone(&self.dial) }
    }
}

/// What opens connections, timed.
#[derive(Debug, Clone)]
pub(crate) struct TimedConnector<S> {
    inner: S,
    dial: Arc<Dial>,
}

impl<S, Target> Service<Target> for TimedConnector<S>
where
    S: Service<Target>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, target: Target) -> Self::Future {
        let started = Instant::now();
        let opening = self.inner.call(target);
        let dial = Arc::clone(&self.dial);
        Box::pin(async move {
            let opened = opening.await?;
            dial.took(started.elapsed());
            Ok(opened)
        })
    }
}
