//! The people of the workspace, to find one by the e-mail address.

use std::collections::HashMap;
use std::sync::Arc;

use connector_core::value::Person;
use connector_core::{Error, Result};
use connector_http::{Answer, Failure, Known, paged};
use futures::TryStreamExt;

use crate::api::Api;
use crate::failure::{About, into_error};

/// Ids of people by their e-mail address in small letters.
type ByEmail = HashMap<String, String>;

/// The people that the token can see, read when the first one is looked for.
#[derive(Debug)]
pub(crate) struct Directory {
    api: Api,
    people: Known<ByEmail>,
    bot: Known<str>,
}

impl Directory {
    pub(crate) fn new(api: Api) -> Self {
        Self { api, people: Known::default(), bot: Known::default() }
    }

    /// The id of the bot that the token belongs to.
    pub(crate) async fn bot(&self) -> Result<Arc<str>, Failure> {
        self.bot.settled(async { Ok(Arc::from(self.api.me().await?.body.id)) }).await
    }

    /// Gives the person the id that belongs to the e-mail address, if it has none and there is one.
    pub(crate) async fn identify(&self, person: &mut Person) -> Result<()> {
        let Some(email) = person.email.as_ref().filter(|_| person.id.is_empty()) else { return Ok(()) };
        let email = email.to_lowercase();
        let known = self.people.settled(self.read()).await?;
        let id = match known.get(&email) {
            Some(id) => Some(id.clone()),
            // Somebody may have joined since.
            None => self.people.read(self.read()).await?.get(&email).cloned(),
        };
        person.id = id.unwrap_or_default();
        Ok(())
    }

    async fn read(&self) -> Result<Arc<ByEmail>> {
        let turn = |(), cursor: Option<String>| async move {
            let Answer { body, .. } = self.api.users(cursor.as_deref()).await?;
            Ok::<_, Failure>((body.results, (), body.next_cursor))
        };
        let pages = paged::pages((), turn, |()| Failure::endless());
        let failed =
            |failure| -> Error { into_error(failure, About::Container, "reading the workspace's people") };
        let mut people = ByEmail::new();
        let mut pages = std::pin::pin!(pages);
        while let Some(users) = pages.try_next().await.map_err(failed)? {
            people.extend(users.into_iter().filter_map(|user| {
                let email = user.person.as_ref()?.email.as_ref()?.to_lowercase();
                Some((email, user.id))
            }));
        }
        Ok(Arc::new(people))
    }
}
