//! Delivery: outbox rows leave through the [`ChatPort`], at least once, in the order of their lanes.
//!
//! Properties:
//! - A row is settled only by whoever holds its lease; a crash at any point leads to the row being claimed
//!   again. The same key is the same message for the platform (nonce); a row whose lease ran out over two
//!   minutes ago is looked for before it is sent again (ruling 22).
//! - What a delivery reports back to a record (ruling 8) is written before the row is settled, so that a crash
//!   in between repeats it, and never loses it.
//! - A row that waits (Retry-After) holds its lane, not the others. "Everything" holds the loop.
//! - A failure counts towards the five tries only while the platform takes others of the kind (new messages, or edits):
//!   the first one, if it took any lately; each further one, if it took any since the one before. And five that count
//!   take two and a half minutes. So outages and bad minutes, however many in a row, delay and park nothing (R6).

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::chat::message::Message;
use crate::chat::port::{self, ChatPort, HookPort, Outgoing, Refusal, Remote, SendError, SendKey};
use crate::clock::from_ms;
use crate::domain::ids::{ChannelId, PersonId};
use crate::domain::workspace::{Team, Workspace};
use crate::service::draw::{self, Drawn};
use crate::service::effects::prepared::{Prepared, Turn};
use crate::service::{App, SendingMark, Taken, Works, places};
use crate::store::StoreError;
use crate::store::outbox::{Claimed, Content, FAILURES, Place, Settlement};
use crate::store::row::Post;

/// So many lanes are served at the same time.
pub const LANES: usize = 16;
/// How long a claimed row is kept, in operational milliseconds; longer than the slowest sending.
const LEASE_MS: i64 = 60_000;
/// The platform forgets a nonce after a few minutes; older leases are looked for first (ruling 22).
const NONCE_MS: i64 = 120_000;
/// Rows are numbered below 2 to this power; the parts of a row's thread above.
const PART_BITS: u32 = 40;
/// Before a message has failed, the platform counts as taking messages when one got through in so many milliseconds.
const ALIVE_MS: i64 = 60_000;

/// The ways out.
#[derive(Clone)]
pub struct Ports {
    /// To the platform.
    pub chat: Arc<dyn ChatPort>,
    /// To other systems.
    pub hooks: Arc<dyn HookPort>,
}

impl From<Arc<dyn ChatPort>> for Ports {
    /// Without a way to other systems: what goes there waits.
    fn from(chat: Arc<dyn ChatPort>) -> Self {
        Self { chat, hooks: Arc::new(NoWay) }
    }
}

impl From<&Arc<dyn ChatPort>> for Ports {
    fn from(chat: &Arc<dyn ChatPort>) -> Self {
        chat.clone().into()
    }
}

impl From<&Self> for Ports {
    fn from(ports: &Self) -> Self {
        ports.clone()
    }
}

struct NoWay;

#[async_trait::async_trait]
impl HookPort for NoWay {
    async fn send(&self, _outgoing: &Outgoing) -> Result<(), SendError> {
        let why = "there is no way to other systems here".to_owned();
        Err(SendError::Retry { after: Some(Duration::from_mins(30)), everything: false, why })
    }
}

/// The delivery side of the worker: what is in flight, and what is held.
pub struct Delivery {
    app: App,
    ports: Ports,
    /// A claim that is not through yet. Kept here, so that a stop in the middle of it loses no row that the writer
    /// has already given out.
    claiming: Option<(SendingMark, Claiming)>,
    flying: JoinSet<Result<Sent, StoreError>>,
    /// Nothing leaves before this operational time.
    held_until: i64,
}

type Claiming = Pin<Box<dyn Future<Output = Result<Vec<Claimed>, StoreError>> + Send>>;

/// What one sending means for the others.
enum Sent {
    Settled,
    /// Everything is to wait so long.
    HoldAll(Duration),
}

impl Delivery {
    /// Nothing in flight.
    pub fn new(app: App, ports: Ports) -> Self {
        Self { app, ports, claiming: None, flying: JoinSet::new(), held_until: i64::MIN / 2 }
    }

    /// Claims what may go and starts sending it. Gives how many rows were claimed.
    pub async fn launch(&mut self) -> Result<usize, StoreError> {
        let free = LANES.saturating_sub(self.flying.len());
        if free == 0 || self.app.clock().operational() < self.held_until {
            return Ok(0);
        }
        let limit = u32::try_from(free).unwrap_or(u32::MAX);
        let (app, mark) = (self.app.clone(), self.app.sending());
        self.claiming.get_or_insert_with(|| {
            (mark, Box::pin(async move { app.store().claim(limit, LEASE_MS, &[]).await }))
        });
        self.take_off().await
    }

    /// Starts sending what is being claimed, if anything is.
    async fn take_off(&mut self) -> Result<usize, StoreError> {
        let Some((_, claiming)) = &mut self.claiming else { return Ok(0) };
        let claimed = claiming.await;
        // Kept until what was claimed is marked by itself.
        let _mark = self.claiming.take();
        let claimed = claimed?;
        let count = claimed.len();
        for row in claimed {
            let one = Sending {
                app: self.app.clone(),
                port: self.ports.chat.clone(),
                hooks: self.ports.hooks.clone(),
                row,
            };
            let mark = self.app.sending();
            self.flying.spawn(async move {
                let _mark = mark;
                one.run().await
            });
        }
        Ok(count)
    }

    /// Finishes what is under way, and takes on nothing new.
    pub async fn finish(&mut self) -> anyhow::Result<()> {
        self.take_off().await?;
        while self.is_flying() {
            self.landed().await?;
        }
        Ok(())
    }

    /// Whether something is in flight.
    pub fn is_flying(&self) -> bool {
        !self.flying.is_empty()
    }

    /// Waits for the next sending to end; never ends where nothing is in flight.
    pub async fn landed(&mut self) -> anyhow::Result<()> {
        match self.flying.join_next().await {
            None => std::future::pending().await,
            Some(ended) => {
                if let Sent::HoldAll(span) = ended?? {
                    let until = self.app.clock().operational() + millis(span);
                    self.held_until = self.held_until.max(until);
                }
                Ok(())
            }
        }
    }

    /// How long until something may go again, in milliseconds; `None`: nothing waits.
    pub fn next(&self) -> impl Future<Output = Result<Option<i64>, StoreError>> + Send + use<> {
        let (app, held_until) = (self.app.clone(), self.held_until);
        async move {
            let held = held_until - app.clock().operational();
            Ok(app.store().outbox_next().await?.map(|ms| ms.max(held)))
        }
    }
}

/// One row on its way.
struct Sending {
    app: App,
    port: Arc<dyn ChatPort>,
    hooks: Arc<dyn HookPort>,
    row: Claimed,
}

/// How the platform took it.
enum Landing {
    Settle(Settlement),
    Failed(Failed),
}

/// A failure, with where it happened.
struct Failed {
    error: SendError,
    at: Target,
}

/// What the bot was doing to the platform.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    /// Posting to a place.
    Place(Place),
    /// Editing a post.
    Edit(Remote),
    /// Opening or using the thread of a post.
    Thread,
}

impl Sending {
    async fn run(self) -> Result<Sent, StoreError> {
        if let Content::Fact { place: Place::Hook(_), body, .. } = &self.row.content {
            return self.publish(body).await;
        }
        let drawn = match draw::draw(&self.app, &self.row).await {
            Ok(drawn) => drawn,
            // One row that cannot be read does not stop the others.
            Err(StoreError::Corrupt { what, why }) => {
                return self
                    .settle(Settlement::Parked { why: format!("a stored {what} cannot be read: {why}") })
                    .await;
            }
            Err(fault) => return Err(fault),
        };
        let Some(drawn) = drawn else {
            return self.settle(Settlement::Sent { remote: None, thread: None }).await;
        };
        match self.send(&drawn).await {
            Landing::Settle(how) => {
                if let Settlement::Sent { remote: Some(remote), .. } = &how {
                    self.app.note_taken(self.kind());
                    self.app.channel_works(self.row.workspace, remote.channel, Works::Yes).await?;
                }
                self.report_back().await?;
                self.settle(how).await
            }
            Landing::Failed(failed) => self.failed(failed).await,
        }
    }

    /// A change of status goes to another system. Its outages have a patience of their own: they may last for hours, and
    /// the lane waits meanwhile, so that the order is kept.
    async fn publish(&self, body: &str) -> Result<Sent, StoreError> {
        let hooks = self.app.store().workspace(self.row.workspace).hooks.clone();
        let prepared = Prepared::of(body);
        let (Some(url), Some(secret)) = (hooks.url, hooks.secret) else {
            self.by_hand(prepared.as_ref()).await?;
            return self.settle(Settlement::Parked { why: "no address is set any more".to_owned() }).await;
        };
        let (key, body) = match &prepared {
            Some(prepared) => match prepared.turn(&self.app, self.row.workspace).await? {
                Turn::Goes { key, body } => (key, body),
                Turn::Over => return self.settle(Settlement::Sent { remote: None, thread: None }).await,
                Turn::ByHand => {
                    self.by_hand(Some(prepared)).await?;
                    return self.settle(Settlement::Parked { why: "its owner sends it".to_owned() }).await;
                }
            },
            None => match draw::publication(&self.app, body).await? {
                Some(publication) => (publication.id.clone(), publication.body()),
                None => {
                    return self.settle(Settlement::Parked { why: "it cannot be read".to_owned() }).await;
                }
            },
        };
        let outgoing = Outgoing { url, secret, key, wall: self.app.clock().wall(), body };
        let (after, counts, why) = match self.hooks.send(&outgoing).await {
            Ok(()) => return self.settle(Settlement::Sent { remote: None, thread: None }).await,
            Err(SendError::Retry { after, why, .. }) => (after, self.row.attempt > PATIENT, why),
            // It may be a wrong address, which is soon set right: a few tries, then it is parked and shown.
            Err(SendError::Refused { why, .. }) => (None, true, why),
        };
        tracing::warn!(outbox = self.row.id, why, "a webhook did not get through");
        let wait = after.unwrap_or_else(|| hook_backoff(self.row.attempt));
        let at = self.now() + millis(wait);
        if counts && self.row.failures + 1 >= FAILURES {
            self.by_hand(prepared.as_ref()).await?;
        }
        self.settle(Settlement::Retry { at, counts, may_stand: false, why }).await
    }

    /// A message that the webhook will not send is its owner's to send (D30). Before the row is settled, so that a crash in
    /// between repeats it, and never loses it.
    async fn by_hand(&self, prepared: Option<&Prepared>) -> Result<(), StoreError> {
        match prepared {
            Some(prepared) => prepared.by_hand(&self.app, self.row.workspace).await,
            None => Ok(()),
        }
    }

    async fn send(&self, drawn: &Drawn) -> Landing {
        let message = &drawn.message;
        match &self.row.content {
            Content::Post(post) => match post.remote {
                Some(remote) => {
                    let edited = self.port.edit(remote, message, self.key()).await;
                    landed(edited.map(|()| (Some(remote), None)), Target::Edit(remote))
                }
                None => self.first_post(post.place, message).await,
            },
            Content::Fact { place: Place::ThreadOf(_), thread_of, .. } => {
                self.in_thread(thread_of.as_ref(), message).await
            }
            Content::Fact { place, .. } => match &drawn.thread {
                None => self.post(*place, message).await,
                Some((name, details)) => self.post_with_thread(*place, message, name, details).await,
            },
        }
    }

    async fn post(&self, place: Place, message: &Message) -> Landing {
        let to = match place {
            Place::Channel(channel) => port::Place::Channel(channel),
            Place::Person(person) => port::Place::Person(person),
            // A post never stands in the thread of a post, and none is a webhook.
            Place::ThreadOf(_) | Place::Hook(_) => {
                return Landing::Settle(Settlement::Parked {
                    why: "a thread is not a place for it".to_owned(),
                });
            }
        };
        let sent = self.post_once(to, message, self.key()).await;
        landed(sent.map(|remote| (Some(remote), None)), Target::Place(place))
    }

    /// A post that may have got through before, unseen, stands there as it was drawn then: it is brought up to date.
    async fn first_post(&self, place: Place, message: &Message) -> Landing {
        let landed = self.post(place, message).await;
        let again = self.row.attempt > 1 || self.row.lost_lease.is_some();
        match landed {
            Landing::Settle(Settlement::Sent { remote: Some(remote), .. }) if again => {
                match self.port.edit(remote, message, self.key()).await {
                    Ok(()) => landed,
                    Err(error) => Landing::Failed(Failed { error, at: Target::Edit(remote) }),
                }
            }
            Landing::Settle(_) | Landing::Failed(_) => landed,
        }
    }

    /// A message with details in a thread of its own. Each part has a key of its own, so that a repetition sends
    /// only what is missing; where there can be no thread, the details follow in the same place.
    async fn post_with_thread(
        &self,
        place: Place,
        message: &Message,
        name: &str,
        details: &[Message],
    ) -> Landing {
        let root = match self.post(place, message).await {
            Landing::Settle(Settlement::Sent { remote: Some(remote), .. }) => remote,
            other @ (Landing::Settle(_) | Landing::Failed(_)) => return other,
        };
        let thread = match self.port.open_thread(root, name).await {
            Ok(thread) => thread,
            Err(SendError::Refused { refusal, why }) => {
                tracing::info!(outbox = self.row.id, ?refusal, why, "no thread; the details follow below");
                root.channel
            }
            Err(error) => return Landing::Failed(Failed { error, at: Target::Thread }),
        };
        for (number, part) in (1_i64..).zip(details) {
            // Far above any row's own number, so that each part has a marker of its own (ruling 22).
            let key = SendKey { outbox: self.row.id + (number << PART_BITS), generation: 0 };
            if let Err(error) = self.post_once(port::Place::Channel(thread), part, key).await {
                return Landing::Failed(Failed { error, at: Target::Thread });
            }
        }
        Landing::Settle(Settlement::Sent { remote: Some(root), thread: Some(thread) })
    }

    /// Posts, having looked first where an earlier try may have got through unseen (ruling 22).
    async fn post_once(&self, to: port::Place, message: &Message, key: SendKey) -> Result<Remote, SendError> {
        if let Some(lost) = self.row.lost_lease.filter(|lost| self.now() - lost > NONCE_MS) {
            // A little earlier than the lease: the platform's clock is not ours.
            match self.port.find(to, from_ms(lost - NONCE_MS), key).await {
                Ok(Some(remote)) => return Ok(remote),
                Ok(None) => {}
                Err(retry @ SendError::Retry { .. }) => return Err(retry),
                Err(SendError::Refused { why, .. }) => {
                    tracing::warn!(outbox = self.row.id, why, "history may not be read; sending again");
                }
            }
        }
        self.port.post(to, message, key).await
    }

    async fn in_thread(&self, of: Option<&Post>, message: &Message) -> Landing {
        let Some(post) = of else { return unthreaded("its card is gone") };
        let (thread, opened) = match (post.thread, post.remote) {
            (Some(thread), _) => (thread, None),
            (None, None) => {
                // The card is not up yet; its thread follows it.
                let at = self.now() + 1_000;
                let why = "waits for its card".to_owned();
                return Landing::Settle(Settlement::Retry { at, counts: false, may_stand: false, why });
            }
            (None, Some(remote)) => match self.open_thread(post, remote).await {
                Ok(thread) => (thread, Some(thread)),
                Err(error) => return Landing::Failed(Failed { error, at: Target::Thread }),
            },
        };
        let sent = self.post_once(port::Place::Channel(thread), message, self.key()).await;
        landed(sent.map(|remote| (Some(remote), opened)), Target::Thread)
    }

    async fn open_thread(&self, post: &Post, remote: Remote) -> Result<ChannelId, SendError> {
        let name = draw::thread_name(&self.app, post).await.unwrap_or_else(|fault| {
            tracing::warn!(%fault, "the thread goes without its record's name");
            "History".to_owned()
        });
        self.port.open_thread(remote, &name).await
    }

    /// Tells the records whose clocks wait for it that their alert was delivered (ruling 8).
    async fn report_back(&self) -> Result<(), StoreError> {
        let Content::Post(post) = &self.row.content else { return Ok(()) };
        self.app.delivered(post).await
    }

    async fn failed(&self, Failed { error, at }: Failed) -> Result<Sent, StoreError> {
        match error {
            SendError::Retry { after, everything, why } => {
                // Told to wait, it was not taken; without an answer it may have been.
                let may_stand = after.is_none();
                let kind = match at {
                    Target::Edit(_) => Taken::Edit,
                    Target::Place(_) | Target::Thread => Taken::Message,
                };
                let counts = may_stand && self.app.took_within(kind, self.alive_within());
                let failures = self.row.failures + u32::from(counts);
                let wait = after.unwrap_or_else(|| patience(self.row.attempt, failures));
                let retry = Settlement::Retry { at: self.now() + millis(wait), counts, may_stand, why };
                self.settle(retry).await?;
                Ok(if everything { Sent::HoldAll(wait) } else { Sent::Settled })
            }
            SendError::Refused { refusal, why } => {
                tracing::warn!(outbox = self.row.id, ?refusal, why, "the platform refused");
                let how = self.refused(refusal, at, why).await?;
                self.settle(how).await
            }
        }
    }

    /// What becomes of a refused row. Total: every kind of refusal in every place has an answer.
    async fn refused(&self, refusal: Refusal, at: Target, why: String) -> Result<Settlement, StoreError> {
        let (workspace, team) = self.team().await?;
        let team = team_or_first(&workspace, team);
        let elsewhere = |place: Option<Place>| match place {
            Some(place) => Settlement::Elsewhere { place, why: why.clone() },
            None => Settlement::Parked { why: why.clone() },
        };
        Ok(match (refusal, at) {
            // The history command serves where there is no thread (ruling 20).
            (
                Refusal::NoMoreThreads
                | Refusal::ChannelGone
                | Refusal::MessageGone
                | Refusal::CannotReach
                | Refusal::PersonGone,
                Target::Thread,
            ) => Settlement::Sent { remote: None, thread: None },
            (Refusal::ChannelGone, Target::Place(gone)) => {
                if let Place::Channel(channel) = gone {
                    self.app.channel_works(self.row.workspace, channel, Works::No).await?;
                }
                elsewhere(places::instead_of(&workspace, team, gone))
            }
            (Refusal::ChannelGone, Target::Edit(remote)) => {
                self.app.channel_works(self.row.workspace, remote.channel, Works::No).await?;
                elsewhere(places::instead_of(&workspace, team, Place::Channel(remote.channel)))
            }
            (
                refusal @ (Refusal::CannotReach | Refusal::PersonGone),
                Target::Place(Place::Person(person)),
            ) => {
                let broken = self.app.broken_channels(self.row.workspace);
                if refusal == Refusal::PersonGone || self.has_left(person).await {
                    self.app.person_left(self.row.workspace, person).await?;
                    let now = self.app.clock().now();
                    elsewhere(places::instead_of_left(&workspace, team, person, now, &broken))
                } else {
                    elsewhere(places::instead_of_private(&workspace, team, &broken))
                }
            }
            (Refusal::MessageGone, Target::Edit(_)) => match &self.row.content {
                Content::Post(post) if post.generation == 0 => Settlement::PostAnew,
                // Deleted again: they do not want it (ruling 20).
                Content::Post(_) | Content::Fact { .. } => Settlement::Sent { remote: None, thread: None },
            },
            (
                Refusal::CannotReach
                | Refusal::PersonGone
                | Refusal::MessageGone
                | Refusal::NoMoreThreads
                | Refusal::Other,
                Target::Place(_) | Target::Edit(_) | Target::Thread,
            ) => Settlement::Parked { why },
        })
    }

    /// Whether somebody who cannot be reached is a member no more. Where that cannot be found out now, they are.
    async fn has_left(&self, person: PersonId) -> bool {
        self.port.has_left(self.row.workspace, person).await.unwrap_or_else(|error| {
            tracing::info!(%person, %error, "whether they have left is not known");
            false
        })
    }

    /// The workspace of the row and the team of the first record it is about.
    async fn team(&self) -> Result<(Arc<Workspace>, Option<crate::domain::ids::TeamId>), StoreError> {
        let workspace = self.app.store().workspace(self.row.workspace);
        let records = match &self.row.content {
            Content::Post(post) => post.records.as_slice(),
            Content::Fact { thread_of, .. } => thread_of.as_ref().map_or(&[][..], |post| &post.records),
        };
        let rows = self.app.store().records(&records[..records.len().min(1)]).await?;
        Ok((workspace, rows.first().map(|row| row.record.team)))
    }

    async fn settle(&self, how: Settlement) -> Result<Sent, StoreError> {
        if !self.app.store().settle(&self.row, how).await? {
            tracing::warn!(
                outbox = self.row.id,
                "the lease ran out before the answer; another sending follows"
            );
        }
        Ok(Sent::Settled)
    }

    fn key(&self) -> SendKey {
        let generation = match &self.row.content {
            Content::Post(post) => post.generation,
            Content::Fact { .. } => 0,
        };
        SendKey { outbox: self.row.id, generation }
    }

    /// How lately something else must have got through for a failure to be this message's own, in milliseconds.
    fn alive_within(&self) -> i64 {
        match self.row.attempt {
            0 | 1 => ALIVE_MS,
            // At the moment of that failure, or after it.
            again => millis(patience(again - 1, self.row.failures)) + 1,
        }
    }

    /// What it is for the platform if it gets through.
    fn kind(&self) -> Taken {
        match &self.row.content {
            Content::Post(post) if post.remote.is_some() => Taken::Edit,
            Content::Post(_) | Content::Fact { .. } => Taken::Message,
        }
    }

    fn now(&self) -> i64 {
        self.app.clock().operational()
    }
}

fn landed(sent: Result<(Option<Remote>, Option<ChannelId>), SendError>, at: Target) -> Landing {
    match sent {
        Ok((remote, thread)) => Landing::Settle(Settlement::Sent { remote, thread }),
        Err(error) => Landing::Failed(Failed { error, at }),
    }
}

/// A thread line that has nowhere to go is not worth a message elsewhere: the history has it.
fn unthreaded(why: &str) -> Landing {
    tracing::debug!(why, "a thread line is left to the history");
    Landing::Settle(Settlement::Sent { remote: None, thread: None })
}

fn team_or_first(workspace: &Workspace, team: Option<crate::domain::ids::TeamId>) -> &Team {
    team.map_or(&workspace.teams[0], |id| workspace.team(id))
}

/// 2, 8, then 30 seconds: an outage of any length ends at most half a minute late.
fn backoff(attempt: u32) -> Duration {
    Duration::from_secs(match attempt {
        0 | 1 => 2,
        2 => 8,
        3.. => 30,
    })
}

/// How long until the next try: after four failures that count, the fifth gives up, so it is given more time.
fn patience(attempt: u32, failures: u32) -> Duration {
    match failures {
        0..=3 => backoff(attempt),
        4.. => Duration::from_mins(2),
    }
}

/// So many tries of a webhook do not count: half a day of an outage.
const PATIENT: u32 = 25;

/// 2, 8, 30 seconds, 2, 10, then 30 minutes.
fn hook_backoff(attempt: u32) -> Duration {
    match attempt {
        0..=3 => backoff(attempt),
        4 => Duration::from_mins(2),
        5 => Duration::from_mins(10),
        6.. => Duration::from_mins(30),
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX / 2)
}
