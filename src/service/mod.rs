//! The shell around the core: a [`Request`] comes in, one job of the writer decides and writes it, a [`Reply`]
//! goes back; everything else leaves through the outbox.
//!
//! | where | what |
//! | --- | --- |
//! | [`handle`] | input → which command; the only place that knows all of them |
//! | [`actions`] | buttons, pick lists, forms |
//! | [`join`] | merging and erasing |
//! | [`requests`] | requests that are one: shown in one message, decided by one press |
//! | [`namesakes`] | whoever came in with a file by name alone, and is known now |
//! | [`left`] | somebody has left: who is told, and what becomes of their records |
//! | [`menu`] | the commands of a message's menu |
//! | [`outside`] | what other systems tell (D20), and what of it is kept |
//! | [`crm`] | notes for the CRM that are not there: shown, and sent again by hand |
//! | [`change`] | the jobs that change records (idempotent by inbox, ruling 25) |
//! | [`listed`] | one click from a list (D68) |
//! | [`undo`] | taking the last change back |
//! | [`ground`] | what a decision stands on |
//! | [`head`], [`resolve`], [`replies`] | who asked, which record is meant, what they are told |
//! | [`effects`] | from a decision to rows and chat work, in one place |
//! | [`tasks`] | what is to be done, and the question that closes it |
//! | [`attention`] | who is interrupted by it, and what waits (X6) |
//! | [`forms`], [`draft`], [`fields`] | missing data: asked for in steps, kept until it is complete |
//! | [`jobs`] | long work, in chunks |
//! | [`import`], [`export`], [`offline`] | files into records, and records into files; on the command line |
//! | [`query`], [`digest`], [`suggest`], [`simulate`] | reads |
//! | [`setup`], [`access`] | settings, and who may change them |
//! | [`library`], [`playbooks`] | the texts of playbooks and the library; `/setup playbook`, `/playbook …` |
//! | [`pipelines`] | pipelines made and changed from chat |
//! | [`upgrade`] | what a newer version brings forward |
//! | [`me`] | a person's own settings |
//! | [`draw`], [`said`], [`places`] | what an outbox row says, and where it goes |
//!
//! What must never happen: a change of a record outside [`change`], the sweep and [`delivered`] (they all pass
//! `decide`, X1); a message sent from here (delivery is the worker's); a fault shown to a person as it is.

pub mod access;
pub mod actions;
pub mod attention;
pub mod bulk;
pub mod change;
pub mod cluster;
pub mod crm;
pub mod delivered;
pub mod digest;
pub mod draft;
pub mod draw;
pub mod effects;
pub mod export;
pub mod fields;
mod forms;
pub mod ground;
pub mod handle;
pub mod head;
pub mod import;
pub mod jobs;
pub mod join;
pub mod left;
pub mod library;
pub mod listed;
mod making;
pub mod me;
pub mod menu;
pub mod namesakes;
mod new;
pub mod offline;
mod outcomes;
pub mod outside;
pub mod pipelines;
pub mod places;
pub mod playbooks;
pub mod points;
pub mod query;
pub mod replies;
pub mod requests;
pub mod resolve;
pub mod said;
pub mod setup;
pub mod simulate;
pub mod suggest;
pub mod tasks;
pub mod undo;
pub mod upgrade;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{broadcast, watch};

use crate::chat::commands::{self, Command};
use crate::chat::intent::{Ask, Request};
use crate::chat::message::{Choice, Message, Reply, Text};
use crate::chat::port::Service;
use crate::chat::render;
use crate::clock::Clock;
use crate::domain::ids::{ChannelId, PersonId, WorkspaceId};
use crate::domain::playbook::Playbook;
use crate::domain::record::Record;
use crate::playbook::{Library, Playbooks};
use crate::store::{Batch, Needs, Store, StoreError, Work};

/// So many changes of commands are told one by one; of more, whoever is late looks at every workspace.
const CHANGES: usize = 256;

/// The application: clone it freely.
#[derive(Clone)]
pub struct App {
    shared: Arc<Shared>,
}

struct Shared {
    store: Store,
    clock: Arc<dyn Clock>,
    library: Arc<Library>,
    /// One change of a workspace's playbooks at a time.
    playbook_turn: tokio::sync::Mutex<()>,
    commands_changed: broadcast::Sender<WorkspaceId>,
    /// When the platform last took a new message, and an edit, in operational time.
    taken_at: [AtomicI64; 2],
    /// Whether there is a CRM that notes are sent to.
    has_crm: AtomicBool,
    /// How many are claiming or sending messages, whatever loop they belong to.
    sending: watch::Sender<usize>,
    /// Held by the one simulation that runs: it takes a core for as long as it lasts.
    simulating: tokio::sync::Mutex<()>,
    /// Whose records have gone over from a name alone since the start: there is nothing to look for again.
    namesakes: Mutex<BTreeSet<(WorkspaceId, PersonId)>>,
}

/// Somebody is claiming or sending messages, until this is dropped.
pub struct SendingMark(watch::Sender<usize>);

impl Drop for SendingMark {
    fn drop(&mut self) {
        self.0.send_modify(|n| *n -= 1);
    }
}

/// Whether a channel takes messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Works {
    /// One went through.
    Yes,
    /// It is gone, or closed to the bot.
    No,
}

/// What the platform takes. It may take the one while the other fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// A new message.
    Message,
    /// An edit of one.
    Edit,
}

/// Whether something had to be waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// It was.
    Yes,
    /// There was nothing to wait for.
    No,
}

/// Why a request got no answer of its own.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Fault {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl App {
    /// Puts the parts together. Nothing runs yet; see [`crate::worker::run`].
    pub fn new(store: Store, clock: Arc<dyn Clock>, playbooks: Playbooks) -> Self {
        let library = Arc::new(library::library(playbooks, &store.shelves()));
        Self {
            shared: Arc::new(Shared {
                store,
                clock,
                library,
                playbook_turn: tokio::sync::Mutex::default(),
                commands_changed: broadcast::Sender::new(CHANGES),
                taken_at: [const { AtomicI64::new(i64::MIN / 2) }; 2],
                has_crm: AtomicBool::new(false),
                sending: watch::Sender::new(0),
                simulating: tokio::sync::Mutex::default(),
                namesakes: Mutex::default(),
            }),
        }
    }

    /// Answers one input. Never fails: a fault is logged with a code, and the person is given the code.
    pub async fn handle(&self, request: Request) -> Reply {
        match handle::handle(self, &request).await {
            Ok(reply) => reply,
            Err(fault) => {
                let code = fault_code(&request.external_id);
                tracing::error!(code, %fault, workspace = %request.workspace, person = %request.who.id, "a request failed");
                Reply::Private(render::problem::fault(&code))
            }
        }
    }

    /// The commands to register in a workspace (ruling 18).
    pub fn commands(&self, workspace: WorkspaceId) -> Vec<Command> {
        let active = self.active(workspace);
        let active: Vec<&Playbook> = active.iter().map(AsRef::as_ref).collect();
        commands::tree(&active)
    }

    /// What a message's menu offers in a workspace.
    pub fn menu_items(&self, workspace: WorkspaceId) -> Vec<commands::MenuItem> {
        let active = self.active(workspace);
        let active: Vec<&Playbook> = active.iter().map(AsRef::as_ref).collect();
        commands::menu(&active)
    }

    /// The bot is in a workspace; `system_channel` is where the platform itself writes (ruling 17).
    pub async fn joined(
        &self,
        workspace: WorkspaceId,
        system_channel: Option<ChannelId>,
    ) -> Result<(), StoreError> {
        if self.store().workspace(workspace).system_channel == system_channel {
            return Ok(());
        }
        self.store().work(Joined { workspace, system_channel }).await
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.shared.store
    }

    /// Both times.
    pub fn clock(&self) -> &dyn Clock {
        &*self.shared.clock
    }

    /// The rules, to be taken into a job.
    pub fn library(&self) -> Arc<Library> {
        self.shared.library.clone()
    }

    /// The rules that are active in a workspace.
    pub fn active(&self, workspace: WorkspaceId) -> Vec<Arc<Playbook>> {
        self.shared.library.active(workspace)
    }

    /// The rules that a record lives under; `None` only where their file was taken away.
    pub fn playbook_of(&self, record: &Record) -> Option<Arc<Playbook>> {
        self.shared.library.of(record)
    }

    /// The active rules of a noun.
    pub fn playbook_named(&self, workspace: WorkspaceId, noun: &str) -> Option<Arc<Playbook>> {
        self.shared.library.named(workspace, noun)
    }

    /// Notes whether a channel takes messages: kept, so that `/setup show` says so after a restart as well.
    pub async fn channel_works(
        &self,
        workspace: WorkspaceId,
        channel: ChannelId,
        works: Works,
    ) -> Result<(), StoreError> {
        // Nearly every message goes where the last one went.
        let broken = self.store().workspace(workspace).broken.contains_key(&channel);
        if broken != (works == Works::Yes) {
            return Ok(());
        }
        self.store().work(Noted { workspace, channel, works }).await
    }

    /// The platform took one.
    pub fn note_taken(&self, taken: Taken) {
        self.shared.taken_at[taken as usize].store(self.clock().operational(), Ordering::Relaxed);
    }

    /// Whether it took one of this kind in the last so many operational milliseconds.
    pub fn took_within(&self, taken: Taken, ms: i64) -> bool {
        self.clock().operational() - self.shared.taken_at[taken as usize].load(Ordering::Relaxed) < ms
    }

    /// There is a CRM, and notes are sent to it.
    pub fn note_crm(&self) {
        self.shared.has_crm.store(true, Ordering::Relaxed);
    }

    /// Whether there is one.
    pub fn has_crm(&self) -> bool {
        self.shared.has_crm.load(Ordering::Relaxed)
    }

    fn namesake_is_done(&self, workspace: WorkspaceId, person: PersonId) -> bool {
        let done = self.shared.namesakes.lock().unwrap_or_else(PoisonError::into_inner);
        done.contains(&(workspace, person))
    }

    fn namesake_done(&self, workspace: WorkspaceId, person: PersonId) {
        self.shared.namesakes.lock().unwrap_or_else(PoisonError::into_inner).insert((workspace, person));
    }

    /// Marks that messages are being claimed or sent.
    pub fn sending(&self) -> SendingMark {
        self.shared.sending.send_modify(|n| *n += 1);
        SendingMark(self.shared.sending.clone())
    }

    /// Waits until nobody claims or sends; says whether it had to.
    pub async fn nobody_sends(&self) -> Waited {
        let mut sending = self.shared.sending.subscribe();
        if *sending.borrow_and_update() == 0 {
            return Waited::No;
        }
        // The sender lives as long as the application.
        let _ = sending.wait_for(|n| *n == 0).await;
        Waited::Yes
    }

    /// The channels of a workspace that refused a message, until they take one (ruling 17).
    pub fn broken_channels(&self, workspace: WorkspaceId) -> Vec<ChannelId> {
        self.store().workspace(workspace).broken.keys().copied().collect()
    }
}

#[async_trait::async_trait]
impl Service for App {
    async fn handle(&self, request: Request) -> Reply {
        Self::handle(self, request).await
    }

    async fn suggest(&self, ask: Ask) -> Vec<Choice> {
        Self::suggest(self, ask).await
    }

    async fn joined(&self, workspace: WorkspaceId, system_channel: Option<ChannelId>) {
        if let Err(fault) = Self::joined(self, workspace, system_channel).await {
            tracing::error!(%fault, %workspace, "a workspace could not be noted");
        }
    }

    fn commands(&self, workspace: WorkspaceId) -> Vec<Command> {
        Self::commands(self, workspace)
    }

    fn commands_changed(&self) -> broadcast::Receiver<WorkspaceId> {
        self.shared.commands_changed.subscribe()
    }

    fn menu(&self, workspace: WorkspaceId) -> Vec<String> {
        self.menu_items(workspace).into_iter().map(|item| item.name).collect()
    }
}

struct Noted {
    workspace: WorkspaceId,
    channel: ChannelId,
    works: Works,
}

impl Work for Noted {
    type Answer = ();

    fn needs(&self) -> Needs {
        Needs::default()
    }

    fn run(&self, batch: &mut Batch) {
        batch.channel_takes(self.workspace, self.channel, self.works == Works::Yes);
    }
}

struct Joined {
    workspace: WorkspaceId,
    system_channel: Option<ChannelId>,
}

impl Work for Joined {
    type Answer = ();

    fn needs(&self) -> Needs {
        Needs::default()
    }

    fn run(&self, batch: &mut Batch) {
        batch.system_channel(self.workspace, self.system_channel);
    }
}

/// Adds what is to be said beside the answer; its title stands out among the lines.
pub(crate) fn beside(mut message: Message, more: Message) -> Message {
    message.lines.extend(more.title.map(Text::bold));
    message.lines.extend(more.lines);
    message.facts.extend(more.facts);
    message.buttons.extend(more.buttons);
    message
}

/// A short code by which a log line is found again: the end of the input's id.
fn fault_code(external_id: &str) -> String {
    let hash = external_id
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{hash:08X}")
}
