//! What a remote told and that is kept, asked once for all who want it at the same time.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// An answer that is kept until it is asked for anew or forgotten.
pub struct Known<T: ?Sized> {
    kept: Mutex<Kept<T>>,
    /// Held while somebody asks, so that those who want the answer meanwhile share it.
    asking: tokio::sync::Mutex<()>,
}

struct Kept<T: ?Sized> {
    answer: Option<Arc<T>>,
    asked: u64,
}

impl<T: ?Sized> Known<T> {
    /// Asks now by `ask`, or shares the answer to a question that is under way.
    pub async fn read<E>(&self, ask: impl Future<Output = Result<Arc<T>, E>>) -> Result<Arc<T>, E> {
        let before = self.kept().asked;
        let _turn = self.asking.lock().await;
        let newer = {
            let kept = self.kept();
            kept.answer.clone().filter(|_| kept.asked != before)
        };
        match newer {
            Some(answer) => Ok(answer),
            None => self.ask(ask).await,
        }
    }

    /// The last answer, after any question that is under way; asked for by `ask` if there is none.
    pub async fn settled<E>(&self, ask: impl Future<Output = Result<Arc<T>, E>>) -> Result<Arc<T>, E> {
        let _turn = self.asking.lock().await;
        let last = self.last();
        match last {
            Some(answer) => Ok(answer),
            None => self.ask(ask).await,
        }
    }

    /// The last answer, at once.
    pub fn last(&self) -> Option<Arc<T>> {
        self.kept().answer.clone()
    }

    /// Forgets the answer, after a change to what it tells.
    pub fn forget(&self) {
        self.kept().answer = None;
    }

    async fn ask<E>(&self, ask: impl Future<Output = Result<Arc<T>, E>>) -> Result<Arc<T>, E> {
        let answer = ask.await?;
        let mut kept = self.kept();
        kept.answer = Some(Arc::clone(&answer));
        kept.asked += 1;
        Ok(answer)
    }

    fn kept(&self) -> MutexGuard<'_, Kept<T>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: ?Sized> Default for Known<T> {
    fn default() -> Self {
        Self { kept: Mutex::new(Kept { answer: None, asked: 0 }), asking: tokio::sync::Mutex::default() }
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Known<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Known").field(&self.last()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::task::yield_now;

    use super::*;

    #[tokio::test]
    async fn those_who_ask_at_the_same_time_share_one_question() {
        let (known, asked) = (Known::default(), AtomicU32::new(0));
        let ask = async || {
            yield_now().await;
            Ok::<_, ()>(Arc::new(asked.fetch_add(1, Ordering::Relaxed)))
        };
        let (first, second, third) = tokio::join!(known.read(ask()), known.read(ask()), known.settled(ask()));
        assert_eq!((*first.unwrap(), *second.unwrap(), *third.unwrap()), (0, 0, 0));
        assert_eq!(*known.read(ask()).await.unwrap(), 1);
        known.forget();
        assert_eq!((known.last(), *known.settled(ask()).await.unwrap()), (None, 2));
    }
}
