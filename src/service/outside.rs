//! Events of other systems (D20, C4): found a record, decided like everything else, or kept.
//!
//! | file | what |
//! | --- | --- |
//! | here | the way in; what is answered to a repeat (R4) |
//! | `find` | whose an event is |
//! | `act` | what it does there: a command for the engine, with the integration's own time (ruling 6) |
//! | `kept` | what could not be matched or was refused, for an admin to assign or dismiss |
//! | `settings` | `/setup hooks`: secrets and addresses |
//!
//! Properties: an event has one effect, however often it comes. Whatever is not done is kept; nothing is lost. What is
//! kept and what is answered are written in the transaction of the effect.

mod act;
mod find;
pub mod kept;
pub mod settings;

use std::sync::Arc;

use act::Act;
use find::{Found, Search};

use super::{App, fault_code};
use crate::chat::port::Intake;
use crate::chat::render;
use crate::domain::hooks::Hooks;
use crate::domain::ids::WorkspaceId;
use crate::domain::outside::{Came, Outside, What};
use crate::playbook::Library;
use crate::store::batch::Shown;
use crate::store::{Batch, Needs, StoreError, Work};
use kept::Keeping;

#[async_trait::async_trait]
impl Intake for App {
    fn hooks(&self, workspace: WorkspaceId) -> Option<Hooks> {
        self.store().known_workspace(workspace).map(|workspace| workspace.hooks.clone())
    }

    fn wall(&self) -> i64 {
        self.clock().wall()
    }

    async fn happened(&self, event: Outside) -> Result<Came, String> {
        let (workspace, key) = (event.workspace, key(&event));
        take_in(self, event).await.map_err(|fault| {
            let code = fault_code(&key);
            tracing::error!(code, %fault, %workspace, "an event of another system could not be taken in");
            code
        })
    }
}

/// Takes an event in.
pub async fn take_in(app: &App, event: Outside) -> Result<Came, StoreError> {
    let (workspace, key) = (event.workspace, key(&event));
    match app.store().work(Arrive::new(app.library(), event)).await? {
        Some(came) => Ok(came),
        // Its group is committed, and so is that of the first one.
        None => match app.store().hook_answer(workspace, &key).await? {
            Some(answer) => serde_json::from_str(&answer)
                .map_err(|why| StoreError::Corrupt { what: "answer", why: why.to_string() }),
            None => Ok(Came::Repeated),
        },
    }
}

/// By what an event is known again.
fn key(event: &Outside) -> String {
    format!("{}:{}", event.sender.name(), event.id)
}

/// An event that has come.
struct Arrive {
    act: Act,
    search: Search,
}

impl Arrive {
    fn new(library: Arc<Library>, event: Outside) -> Self {
        let search = Search::new(&library, &event);
        Self { search, act: Act::new(library, event) }
    }

    fn event(&self) -> &Outside {
        &self.act.event
    }

    /// The input's id: ids are the sender's own, so that two workspaces may have the same.
    fn input(&self) -> String {
        format!("{}:{}", self.event().workspace, self.event().id)
    }

    fn arrive(&self, batch: &mut Batch) -> Came {
        if let What::Unknown(_) = self.event().what {
            self.keep(batch, String::new(), Shown::ToNobody);
            return Came::Ignored;
        }
        if let Some(row) = self.act.made_before(batch) {
            return match self.act.update(batch, &row) {
                Ok(came) => came,
                Err(why) => self.kept(batch, why),
            };
        }
        let why = match self.search.find(batch, &self.act.library, self.event()) {
            Found::One(row) => match self.act.on(batch, &row) {
                Ok(came) => return came,
                Err(why) => why,
            },
            Found::Nobody if self.event().what == What::Form => match self.act.make(batch) {
                Ok(came) => return came,
                Err(why) => why,
            },
            Found::Nobody => render::hooks::nobody(&self.event().whose),
            Found::Several(handles) => render::hooks::several(&handles),
        };
        self.kept(batch, why)
    }

    /// It could not be done: an admin has to see to it.
    fn kept(&self, batch: &mut Batch, why: String) -> Came {
        self.keep(batch, why.clone(), Shown::ToAdmins);
        Came::Kept { why }
    }

    fn keep(&self, batch: &mut Batch, why: String, shown: Shown) {
        let mut event = self.event().clone();
        // Assigned later, it still happened then.
        event.at.get_or_insert(batch.now());
        let workspace = event.workspace;
        batch.keep_event(workspace, Keeping { event, why }.to_body(), shown);
    }
}

impl Work for Arrive {
    /// `None`: it came before.
    type Answer = Option<Came>;

    fn needs(&self) -> Needs {
        let mut needs = self.search.needs(self.event());
        self.act.add_needs(&mut needs);
        needs.inbox = Some((self.event().sender.name(), self.input()));
        needs
    }

    fn run(&self, batch: &mut Batch) -> Option<Came> {
        if batch.is_repeat(self.event().sender.name(), &self.input()) {
            return None;
        }
        let came = self.arrive(batch);
        let answer = serde_json::to_string(&came).unwrap_or_default();
        batch.put_answer(self.event().workspace, key(self.event()), answer);
        Some(came)
    }
}
