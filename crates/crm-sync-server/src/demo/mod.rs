//! A CRM, an Airtable and a Notion on this machine, and the story of how they come to agree: no account, no token, no
//! server.
//!
//! All live in one folder: the CRM as an SQLite file, the remotes as the journal of a sandbox. Run again, the demo finds
//! them as it left them.

mod story;
mod world;

use std::path::PathBuf;

use tokio_util::sync::CancellationToken;

use crate::cli::Console;
use crate::failure::Failure;
use crate::messages::{self, Chapter};
use crate::service::sync::Order;
use connector_core::plan::Mode;
use story::Story;
use world::World;

/// How the demo is told.
#[derive(Debug, Clone)]
pub struct Demo {
    /// Ends after the story; else the sandbox and the pages stay up.
    pub once: bool,
    /// Where all of it is kept.
    pub folder: PathBuf,
    /// Begins anew.
    pub fresh: bool,
}

impl Demo {
    /// Tells the whole story; `cancel` ends it.
    pub async fn run(&self, console: &Console, cancel: CancellationToken) -> Result<(), Failure> {
        if self.fresh {
            world::clear(&self.folder).await?;
        }
        let world = World::open(&self.folder, console.lang).await?;
        console.heading(&messages::chapter(console.lang, Chapter::Welcome));
        let order = Order { trigger: "demo".into(), cancel: cancel.clone(), ..Order::new(Mode::Sync) };
        let story = Story { world: &world, console, order };
        match world.configured().await?.as_slice() {
            [] => {
                story.tell().await?;
                if !self.once && !cancel.is_cancelled() {
                    story.leave_work().await?;
                }
            }
            configured => story.again(configured).await?,
        }
        if self.once || cancel.is_cancelled() {
            return Ok(());
        }
        let server = world.server(cancel).await?;
        let address = server.addresses().first().map(|address| format!("http://{address}"));
        console.heading_with_tokens(&messages::demo_stays(
            console.lang,
            &address.unwrap_or_default(),
            &world.variables(),
            world.sandbox.control_url(),
        ));
        server.run().await
    }
}
