//! A chat platform that remembers what was said to it, and fails when it is told to.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Mutex;

use bellwether::chat::message::Message;
use bellwether::chat::port::{ChatPort, Place, Refusal, SendError, SendKey};
use bellwether::domain::ids::{ChannelId, MessageId, PersonId, Remote, WorkspaceId};
use chrono::{DateTime, Utc};

/// A place as a scenario knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Where {
    /// A channel.
    Channel(ChannelId),
    /// A person's private messages.
    Private(PersonId),
    /// The thread on a message of a channel.
    Thread(ChannelId),
}

/// Whether something is new or was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A new message: it may notify.
    New,
    /// An edited one: it notifies nobody.
    Edited,
}

/// Something that happened on the platform.
#[derive(Debug, Clone)]
pub struct Posted {
    /// Where.
    pub at: Where,
    /// New or edited.
    pub kind: Kind,
    /// As it stands.
    pub message: Message,
    /// Its id.
    pub remote: Remote,
}

/// What the platform does with the next call to a place.
#[derive(Debug, Clone)]
pub enum Fault {
    /// It refuses.
    Fails(SendError),
    /// It takes the message, and the answer is lost (R6).
    LosesAnswer,
}

#[derive(Default)]
struct State {
    next: i64,
    messages: BTreeMap<i64, (Where, Message)>,
    by_key: BTreeMap<(i64, u32), Remote>,
    keys: BTreeMap<i64, SendKey>,
    threads: BTreeMap<i64, (ChannelId, String)>,
    private: BTreeMap<i64, PersonId>,
    log: Vec<Posted>,
    faults: VecDeque<(Option<Where>, Fault)>,
    gone: BTreeSet<ChannelId>,
    closed: BTreeSet<PersonId>,
    left: BTreeSet<PersonId>,
    no_threads: Option<SendError>,
    forgetful: bool,
}

/// The platform.
#[derive(Default)]
pub struct FakeChat {
    state: Mutex<State>,
}

impl FakeChat {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("no test panics while it holds the chat")
    }

    /// The next call to the place (any, where none is named) meets the fault.
    pub fn next_meets(&self, at: Option<Where>, fault: Fault) {
        self.state().faults.push_back((at, fault));
    }

    /// Whatever was to fail fails no more.
    pub fn calm(&self) {
        self.state().faults.clear();
    }

    /// A channel is gone from now on (ruling 17).
    pub fn remove_channel(&self, channel: ChannelId) {
        self.state().gone.insert(channel);
    }

    /// A person takes no private messages from now on.
    pub fn close_private(&self, person: PersonId) {
        self.state().closed.insert(person);
    }

    /// A person leaves the server: they cannot be reached, and are a member no more (ruling 17).
    pub fn leave(&self, person: PersonId) {
        self.state().closed.insert(person);
        self.state().left.insert(person);
    }

    /// What was gone takes messages again.
    pub fn restore_channel(&self, channel: ChannelId) {
        self.state().gone.remove(&channel);
    }

    /// No thread can be opened from now on.
    pub fn refuse_threads(&self, error: SendError) {
        self.state().no_threads = Some(error);
    }

    /// Whether repeated keys are new messages from now on: the platform remembers a nonce for minutes only.
    pub fn forget_nonces(&self, forgetful: bool) {
        self.state().forgetful = forgetful;
    }

    /// Somebody deletes a message.
    pub fn delete(&self, remote: Remote) {
        self.state().messages.remove(&remote.message.0);
    }

    /// Everything since the last call, in order.
    pub fn take_log(&self) -> Vec<Posted> {
        std::mem::take(&mut self.state().log)
    }

    /// The messages that stand in a place, the oldest first.
    pub fn standing(&self, at: Where) -> Vec<(Remote, Message)> {
        let state = self.state();
        let channel = |at: Where| match at {
            Where::Channel(channel) | Where::Thread(channel) => channel,
            Where::Private(person) => ChannelId(-person.0),
        };
        state
            .messages
            .iter()
            .filter(|(_, (there, _))| *there == at)
            .map(|(id, (there, message))| {
                (Remote { channel: channel(*there), message: MessageId(*id) }, message.clone())
            })
            .collect()
    }

    /// The place of the message that a thread is on; other places are their own.
    pub fn root(&self, at: Where) -> Where {
        let Where::Thread(thread) = at else { return at };
        self.state().messages.get(&thread.0).map_or(at, |(root, _)| *root)
    }

    /// The threads: on which message, and their names.
    pub fn threads(&self) -> Vec<(MessageId, ChannelId, String)> {
        let state = self.state();
        state.threads.iter().map(|(on, (id, name))| (MessageId(*on), *id, name.clone())).collect()
    }
}

impl State {
    fn locate(&self, to: Place) -> Where {
        match to {
            Place::Person(person) => Where::Private(person),
            Place::Channel(channel) => {
                let is_thread = self.threads.values().any(|(id, _)| *id == channel);
                match self.private.get(&channel.0) {
                    Some(person) => Where::Private(*person),
                    None if is_thread => Where::Thread(channel),
                    None => Where::Channel(channel),
                }
            }
        }
    }

    fn fault(&mut self, at: Where) -> Option<Fault> {
        let index = self.faults.iter().position(|(place, _)| place.is_none_or(|p| p == at))?;
        self.faults.remove(index).map(|(_, fault)| fault)
    }

    fn refusal(&self, at: Where) -> Option<SendError> {
        let refused = |refusal, why: &str| Some(SendError::Refused { refusal, why: why.to_owned() });
        match at {
            Where::Channel(channel) | Where::Thread(channel) if self.gone.contains(&channel) => {
                refused(Refusal::ChannelGone, "10003 Unknown Channel")
            }
            Where::Private(person) if self.closed.contains(&person) => {
                refused(Refusal::CannotReach, "50007 Cannot send messages to this user")
            }
            Where::Channel(_) | Where::Thread(_) | Where::Private(_) => None,
        }
    }

    fn id(&mut self) -> i64 {
        self.next += 1;
        1_000 + self.next
    }
}

fn lost() -> SendError {
    SendError::Retry { after: None, everything: false, why: "the answer was lost".to_owned() }
}

#[async_trait::async_trait]
impl ChatPort for FakeChat {
    async fn post(&self, to: Place, message: &Message, key: SendKey) -> Result<Remote, SendError> {
        let mut state = self.state();
        let at = state.locate(to);
        let fault = state.fault(at);
        if let Some(Fault::Fails(error)) = fault {
            return Err(error);
        }
        if let Some(error) = state.refusal(at) {
            return Err(error);
        }
        // A nonce: the same key is the same message.
        let known = state.by_key.get(&(key.outbox, key.generation)).copied();
        if let Some(remote) = known.filter(|_| !state.forgetful) {
            return Ok(remote);
        }
        let id = state.id();
        let channel = match to {
            Place::Channel(channel) => channel,
            Place::Person(person) => {
                state.private.insert(-person.0, person);
                ChannelId(-person.0)
            }
        };
        let remote = Remote { channel, message: MessageId(id) };
        state.by_key.insert((key.outbox, key.generation), remote);
        state.keys.insert(id, key);
        state.messages.insert(id, (at, message.clone()));
        state.log.push(Posted { at, kind: Kind::New, message: message.clone(), remote });
        if fault.is_some() { Err(lost()) } else { Ok(remote) }
    }

    async fn edit(&self, at: Remote, message: &Message, _key: SendKey) -> Result<(), SendError> {
        let mut state = self.state();
        let place = state.locate(Place::Channel(at.channel));
        let fault = state.fault(place);
        if let Some(Fault::Fails(error)) = fault {
            return Err(error);
        }
        if let Some(error) = state.refusal(place) {
            return Err(error);
        }
        let Some((place, standing)) = state.messages.get_mut(&at.message.0) else {
            let why = "10008 Unknown Message".to_owned();
            return Err(SendError::Refused { refusal: Refusal::MessageGone, why });
        };
        let changed = standing != message;
        let place = *place;
        *standing = message.clone();
        if changed {
            state.log.push(Posted { at: place, kind: Kind::Edited, message: message.clone(), remote: at });
        }
        if fault.is_some() { Err(lost()) } else { Ok(()) }
    }

    async fn open_thread(&self, on: Remote, name: &str) -> Result<ChannelId, SendError> {
        let mut state = self.state();
        if let Some((thread, _)) = state.threads.get(&on.message.0) {
            return Ok(*thread);
        }
        if !state.messages.contains_key(&on.message.0) {
            let why = "10008 Unknown Message".to_owned();
            return Err(SendError::Refused { refusal: Refusal::MessageGone, why });
        }
        if let Some(error) = &state.no_threads {
            return Err(error.clone());
        }
        // As on Discord: a thread has the id of the message that it is on.
        let thread = ChannelId(on.message.0);
        state.threads.insert(on.message.0, (thread, name.to_owned()));
        Ok(thread)
    }

    async fn find(
        &self,
        place: Place,
        _since: DateTime<Utc>,
        key: SendKey,
    ) -> Result<Option<Remote>, SendError> {
        let state = self.state();
        let at = state.locate(place);
        let found =
            state.messages.iter().find(|(id, (there, _))| *there == at && state.keys.get(id) == Some(&key));
        Ok(found.and_then(|_| state.by_key.get(&(key.outbox, key.generation)).copied()))
    }

    async fn has_left(&self, _workspace: WorkspaceId, person: PersonId) -> Result<bool, SendError> {
        Ok(self.state().left.contains(&person))
    }
}
