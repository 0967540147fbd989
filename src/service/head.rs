//! Who asked, where, and whether for the first time: the beginning of every job that a person's input starts.

use std::sync::Arc;

use crate::chat::intent::{Ask, Input, Request, Who};
use crate::chat::render::form::Answers;
use crate::domain::command::Actor;
use crate::domain::ids::{ChannelId, PersonId, WorkspaceId};
use crate::domain::workspace::{Person, Workspace};
use crate::store::Batch;

/// The envelope of an input.
#[derive(Debug, Clone)]
pub struct Head {
    /// The adapter.
    pub source: &'static str,
    /// The input's id there (R4).
    pub external_id: String,
    /// The workspace: never 0, a private message is resolved to one before (see [`super::App::handle`]).
    pub workspace: WorkspaceId,
    /// The channel of the input.
    pub channel: ChannelId,
    /// The person, as the platform described them.
    pub who: Who,
    /// It came from the workspace itself, so that roles and rights in it are the person's own; in a private
    /// message the platform does not tell them, and what was last seen holds.
    pub in_workspace: bool,
    /// Whether a form may follow at once.
    pub answers: Answers,
}

/// Whether an input was seen before (R4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Its effects follow.
    First,
    /// It has had its effects.
    Repeat,
}

impl Head {
    /// The envelope of a request, in the workspace that it is about.
    pub fn of(request: &Request, workspace: WorkspaceId) -> Self {
        Self {
            source: request.source,
            external_id: request.external_id.clone(),
            workspace,
            channel: request.channel,
            who: request.who.clone(),
            in_workspace: request.workspace == workspace,
            answers: match request.input {
                Input::Call(_) | Input::Menu(_) | Input::Press { .. } => Answers::Press,
                Input::Submit { .. } => Answers::Form,
            },
        }
    }

    /// The envelope of an autocompletion: nothing is written for it.
    pub fn of_ask(ask: &Ask) -> Self {
        Self {
            source: "suggest",
            external_id: String::new(),
            workspace: ask.workspace,
            channel: ask.channel,
            who: ask.who.clone(),
            in_workspace: true,
            answers: Answers::Press,
        }
    }

    /// The person.
    pub fn person(&self) -> PersonId {
        self.who.id
    }

    /// The person as the engine knows them.
    pub fn actor(&self) -> Actor {
        Actor::person(self.who.id)
    }

    /// The beginning of a job: the input is marked as seen, and the person remembered (ruling 17).
    pub fn open(&self, batch: &mut Batch) -> Seen {
        if batch.is_repeat(self.source, &self.external_id) {
            return Seen::Repeat;
        }
        if let Some(person) = self.to_remember(&batch.workspace(self.workspace)) {
            batch.remember(self.workspace, person);
        }
        Seen::First
    }

    /// The person as they are to be remembered; `None`: as known already.
    pub fn to_remember(&self, workspace: &Workspace) -> Option<Person> {
        if !self.in_workspace {
            return None;
        }
        let known = workspace.people.get(&self.who.id);
        let mut person = known.cloned().unwrap_or_else(|| newcomer(self.who.id));
        person.name.clone_from(&self.who.name);
        person.admin = self.who.admin;
        person.roles.clone_from(&self.who.roles);
        person.seen();
        (known != Some(&person)).then_some(person)
    }
}

/// A person of whom nothing is known yet.
pub fn newcomer(id: PersonId) -> Person {
    Person::unknown(id)
}

/// The workspace as it will be once the person is remembered, for reads that come before that is written.
pub fn with_person(workspace: Arc<Workspace>, head: &Head) -> Arc<Workspace> {
    match head.to_remember(&workspace) {
        None => workspace,
        Some(person) => {
            let mut changed = (*workspace).clone();
            changed.people.insert(person.id, person);
            Arc::new(changed)
        }
    }
}
