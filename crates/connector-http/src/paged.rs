//! Listings as streams of pages.

use std::future::Future;

use futures::Stream;
use futures::stream;

/// A page, the state to go on with, and the token of the next page if there is one.
pub type Turned<P, S, K> = (P, S, Option<K>);

/// The most pages of a listing: a million rows.
const MOST_PAGES: usize = 10_000;

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
/// error it ends. After 10,000 pages that is what `endless` makes of the state: no remote has so many.
pub fn pages<P, S, K, E, F, Fut>(state: S, fetch: F, endless: fn(&S) -> E) -> impl Stream<Item = Result<P, E>>
where
    F: FnMut(S, Option<K>) -> Fut,
    Fut: Future<Output = Result<Turned<P, S, K>, E>>,
{
    let start = (state, Position::Start, 0, fetch);
    stream::try_unfold(start, move |(state, position, count, mut fetch)| async move {
        let token = match position {
            Position::Start => None,
            Position::HasMore(_) if count == MOST_PAGES => return Err(endless(&state)),
            Position::HasMore(token) => Some(token),
            Position::Done => return Ok(None),
        };
        let (page, state, next) = fetch(state, token).await?;
        let position = next.map_or(Position::Done, Position::HasMore);
        Ok(Some((page, (state, position, count + 1, fetch))))
    })
}

#[cfg(test)]
mod tests {
    use futures::StreamExt;

    use super::*;

    type Answer = Result<(Vec<u8>, Option<usize>), &'static str>;

    async fn collect(script: Vec<Answer>) -> Vec<Result<Vec<u8>, &'static str>> {
        let turn = |script: Vec<Answer>, token: Option<usize>| async move {
            let (page, next) = script[token.unwrap_or(0)].clone()?;
            Ok((page, script, next))
        };
        pages(script, turn, |_| "endless").collect().await
    }

    #[tokio::test]
    async fn a_listing_that_never_ends_is_given_up() {
        let turn = |turned: usize, token: Option<usize>| async move {
            assert_eq!(token.unwrap_or(0), turned);
            Ok(((), turned + 1, Some(turned + 1)))
        };
        let pages: Vec<_> = pages(0, turn, |turned| *turned).collect().await;
        assert_eq!((pages.len(), pages.last()), (MOST_PAGES + 1, Some(&Err(MOST_PAGES))));
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
