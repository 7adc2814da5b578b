//! Listings as streams of pages.

use std::future::Future;

use futures::Stream;
use futures::stream;

/// A page, the state to go on with, and the token of the next page if there is one.
pub type Turned<P, S, K> = (P, S, Option<K>);

/// Where a listing stands.
#[derive(Debug)]
enum Position<K> {
    Start,
    HasMore(K),
    Done,
}

/// Streams the pages that `fetch` gives for a state and a token; `None` asks for the first page.
///
/// It is a stream of pages, not of items, so that an empty page that has a successor does not end it. After an
/// error it ends.
pub fn pages<P, S, K, E, F, Fut>(state: S, fetch: F) -> impl Stream<Item = Result<P, E>>
where
    F: FnMut(S, Option<K>) -> Fut,
    Fut: Future<Output = Result<Turned<P, S, K>, E>>,
{
    stream::try_unfold((state, Position::Start, fetch), |(state, position, mut fetch)| async move {
        let token = match position {
            Position::Start => None,
            Position::HasMore(token) => Some(token),
            Position::Done => return Ok(None),
        };
        let (page, state, next) = fetch(state, token).await?;
        let position = next.map_or(Position::Done, Position::HasMore);
        Ok(Some((page, (state, position, fetch))))
    })
}

#[cfg(test)]
mod tests {
    use futures::StreamExt;

    use super::*;

    type Answer = Result<(Vec<u8>, Option<usize>), &'static str>;

    async fn collect(script: Vec<Answer>) -> Vec<Result<Vec<u8>, &'static str>> {
        pages(script, |script, token: Option<usize>| async move {
            let (page, next) = script[token.unwrap_or(0)].clone()?;
            Ok((page, script, next))
        })
        .collect()
        .await
    }

    #[tokio::test]
    async fn an_empty_page_with_a_token_goes_on() {
        let pages = collect(vec![Ok((vec![1], Some(1))), Ok((vec![], Some(2))), Ok((vec![3], None))]).await;
        assert_eq!(pages, [Ok(vec![1]), Ok(vec![]), Ok(vec![3])]);
    }

    #[tokio::test]
    async fn after_an_error_it_ends() {
        let pages = collect(vec![Ok((vec![1], Some(1))), Err("lost"), Ok((vec![3], None))]).await;
        assert_eq!(pages, [Ok(vec![1]), Err("lost")]);
    }
}
