//! Long work: a stored job, done in chunks, each in a transaction of its own.
//!
//! Its properties:
//! - A restart goes on after the last committed chunk; no piece is done twice, since a chunk that finds another
//!   [`Job::step`] than it was made for does nothing. Two loops that take the same job do no harm either.
//! - How far it is stands in ONE message, drawn from the row whenever it is sent, so that edits coalesce.
//! - It ends with a message for whoever asked, in the channel where they did, with a file of its lines.
//! - It runs between other people's commands: a chunk is as short as a command of a few hundred records.
//! - What goes wrong in a chunk stops that job and is told; the others go on.
//!
//! **Another kind of job** is a file with a type that implements [`Kind`], a variant of [`Body`], and an arm in
//! [`with_kind!`]. It begins with [`Batch::put_job`] in phase [`JobPhase::Running`], or in [`JobPhase::Waiting`] with a
//! message that has the buttons [`Action::StartJob`](crate::chat::action::Action::StartJob) and
//! [`Action::StopJob`](crate::chat::action::Action::StopJob).

pub mod bulk;
pub mod import;
pub mod reassign;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::draw::Drawn;
use super::head::{self, Head};
use super::said::Said;
use super::{App, Fault};
use crate::chat::message::{Message, Reply};
use crate::chat::render;
use crate::chat::render::jobs::{JobFile, JobView, Progress};
use crate::domain::ids::JobId;
use crate::store::outbox::{Fact, Place, Priority};
use crate::store::row::{Job, JobPhase};
use crate::store::{Batch, Needs, StoreError, Work};

/// What a job does, and how far it is: the row's `state`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// Records, or their past, from a file.
    Import(import::Import),
    /// One move of many records.
    Bulk(bulk::Bulk),
    /// The records of somebody who has left, handed on.
    Reassign(reassign::Reassign),
}

/// One kind of job: its state between chunks.
#[async_trait]
pub trait Kind: Clone + Send + Sync + 'static {
    /// What the next chunk works on, read before it.
    type Piece: Send + Sync + 'static;

    /// The next chunk's piece; `None`: nothing is left. Reads only; what it read may be out of date by the time that
    /// the chunk runs, so the chunk asks the batch again for what matters.
    async fn next(&self, app: &App, job: &Job) -> Result<Option<Self::Piece>, StoreError>;

    /// What the chunk needs of the batch, beside the job itself.
    fn needs(&self, job: &Job, piece: &Self::Piece) -> Needs;

    /// Does the chunk: every change through `decide` (X1), a [`Batch::put_job_line`] for whatever the result's file is
    /// to tell. Gives how many pieces it did.
    fn run(&mut self, batch: &mut Batch, job: &Job, piece: &Self::Piece) -> u64;

    /// After the last chunk, in its transaction: what else has to be said, such as a summary per team.
    fn ended(&self, _batch: &mut Batch, _job: &Job) {}

    /// How far it is, in words.
    fn progress(&self, job: &Job) -> Progress;

    /// What came of it, and the head of the file of its lines; no file where there are none.
    fn result(&self, job: &Job) -> (Message, JobFile);

    /// As stored.
    fn body(&self) -> Body;
}

/// Runs an expression with the kind of a body; the ONE place that lists the kinds.
macro_rules! with_kind {
    ($body:expr, $kind:ident => $then:expr) => {
        match $body {
            Body::Import($kind) => $then,
            Body::Bulk($kind) => $then,
            Body::Reassign($kind) => $then,
        }
    };
}

impl Body {
    /// As stored.
    pub fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a stored one; `None`: of a version that is no longer known.
    pub fn read(state: &str) -> Option<Self> {
        serde_json::from_str(state).ok()
    }
}

/// A job of a person's input that has not begun.
pub fn waiting(head: &Head, body: &Body, total: u64, at: chrono::DateTime<chrono::Utc>) -> Job {
    Job {
        id: JobId(0),
        workspace: head.workspace,
        person: head.person(),
        channel: head.channel,
        phase: JobPhase::Waiting,
        state: body.write(),
        step: 0,
        done: 0,
        total,
        post: None,
        at,
        ended_at: None,
    }
}

/// Does one chunk of a job; gives how many pieces it did, at least 1.
pub async fn step(app: &App, job: &Job) -> Result<usize, StoreError> {
    let done = match Body::read(&job.state) {
        Some(body) => with_kind!(body, kind => chunk(app, job, kind).await),
        None => Err(StoreError::Work("its state cannot be read".to_owned())),
    };
    match done {
        Err(StoreError::Work(why)) => {
            tracing::error!(job = %job.id, why, "a job is stopped");
            app.store().work(End { job: job.id, phase: JobPhase::Stopped }).await?;
            Ok(1)
        }
        done => done,
    }
}

async fn chunk<K: Kind>(app: &App, job: &Job, kind: K) -> Result<usize, StoreError> {
    let piece = kind.next(app, job).await?;
    app.store().work(Chunk { job: job.clone(), kind, piece }).await
}

struct Chunk<K: Kind> {
    job: Job,
    kind: K,
    piece: Option<K::Piece>,
}

impl<K: Kind> Work for Chunk<K> {
    type Answer = usize;

    fn needs(&self) -> Needs {
        let mut needs = self.piece.as_ref().map_or_else(Needs::default, |p| self.kind.needs(&self.job, p));
        needs.jobs.push(self.job.id);
        needs
    }

    fn run(&self, batch: &mut Batch) -> usize {
        let current = batch.job(self.job.id).cloned();
        let Some(mut job) = current.filter(|j| j.phase == JobPhase::Running && j.step == self.job.step)
        else {
            return 1;
        };
        let mut kind = self.kind.clone();
        let done =
            self.piece.as_ref().map_or(0, |piece| batch.without_hurry(|batch| kind.run(batch, &job, piece)));
        job.step += 1;
        job.done += done;
        job.state = kind.body().write();
        if self.piece.is_none() {
            kind.ended(batch, &job);
            end(batch, job, JobPhase::Done);
        } else {
            batch.put_job(job);
        }
        usize::try_from(done).unwrap_or(usize::MAX).max(1)
    }
}

/// A job ends: whoever asked is told, in a message of its own, since an edit notifies nobody.
fn end(batch: &mut Batch, mut job: Job, phase: JobPhase) {
    let began = job.phase != JobPhase::Waiting;
    job.phase = phase;
    job.ended_at = Some(batch.now());
    if began {
        batch.say(Fact {
            workspace: job.workspace,
            dedup_key: format!("job:{}", job.id),
            place: Place::Channel(job.channel),
            priority: Priority::Normal,
            due_at: batch.now(),
            body: Said::Result { job: job.id }.to_body(),
        });
    }
    batch.put_job(job);
}

struct End {
    job: JobId,
    phase: JobPhase,
}

impl Work for End {
    type Answer = ();

    fn needs(&self) -> Needs {
        Needs { jobs: vec![self.job], ..Needs::default() }
    }

    fn run(&self, batch: &mut Batch) {
        let running = batch.job(self.job).filter(|j| j.phase == JobPhase::Running).cloned();
        if let Some(job) = running {
            end(batch, job, self.phase);
        }
    }
}

/// The message that shows how far a job is.
pub async fn shown(app: &App, id: JobId) -> Result<Option<Message>, StoreError> {
    let Some(job) = app.store().job(id).await? else { return Ok(None) };
    let Some(body) = Body::read(&job.state) else { return Ok(None) };
    let view = JobView { id: job.id, phase: job.phase, done: job.done, total: job.total };
    Ok(Some(with_kind!(body, kind => render::jobs::progress(view, &kind.progress(&job)))))
}

/// The message with which a job ends.
pub async fn result(app: &App, id: JobId) -> Result<Option<Drawn>, StoreError> {
    let Some(job) = app.store().job(id).await? else { return Ok(None) };
    let Some(body) = Body::read(&job.state) else { return Ok(None) };
    let lines = app.store().job_lines(id).await?;
    let (mut message, file) = with_kind!(body, kind => kind.result(&job));
    message.mentions.push(job.person);
    Ok(Some(render::jobs::with_file(message, file, &lines).into()))
}

/// What came of a press on a job's button.
enum Pressed {
    Started,
    Stopped {
        was: JobPhase,
    },
    NotYours,
    /// It runs or has ended.
    TooLate(JobPhase),
    Gone,
}

/// "Start": the job of whoever asked begins.
pub async fn start(app: &App, head: &Head, id: JobId) -> Result<Reply, Fault> {
    press(app, head, id, JobPhase::Running).await
}

/// "Stop": nothing of a waiting job is done; of a running one, no further chunk.
pub async fn stop(app: &App, head: &Head, id: JobId) -> Result<Reply, Fault> {
    press(app, head, id, JobPhase::Stopped).await
}

async fn press(app: &App, head: &Head, job: JobId, to: JobPhase) -> Result<Reply, Fault> {
    let pressed = app.store().work(Press { head: head.clone(), job, to }).await?;
    Ok(match pressed {
        Pressed::Started => Reply::Update(render::jobs::started()),
        Pressed::Stopped { was: JobPhase::Waiting } => Reply::Update(render::jobs::dropped()),
        Pressed::Stopped { .. } => Reply::Private(render::jobs::stopping()),
        Pressed::NotYours => Reply::Private(render::jobs::not_yours()),
        Pressed::TooLate(phase) => Reply::Private(render::jobs::too_late(phase)),
        Pressed::Gone => Reply::Private(render::jobs::gone()),
    })
}

struct Press {
    head: Head,
    job: JobId,
    to: JobPhase,
}

impl Work for Press {
    type Answer = Pressed;

    fn needs(&self) -> Needs {
        Needs { jobs: vec![self.job], ..Needs::default() }
    }

    fn run(&self, batch: &mut Batch) -> Pressed {
        let job = batch.job(self.job).filter(|job| job.workspace == self.head.workspace).cloned();
        let Some(mut job) = job else { return Pressed::Gone };
        // An admin may stop what somebody else began.
        let workspace = head::with_person(batch.workspace(job.workspace), &self.head);
        let admin = self.to == JobPhase::Stopped && workspace.is_admin(self.head.person());
        if job.person != self.head.person() && !admin {
            return Pressed::NotYours;
        }
        match (job.phase, self.to) {
            (JobPhase::Waiting, JobPhase::Running) => {
                job.phase = JobPhase::Running;
                batch.put_job(job);
                Pressed::Started
            }
            (was @ (JobPhase::Waiting | JobPhase::Running), JobPhase::Stopped) => {
                end(batch, job, JobPhase::Stopped);
                Pressed::Stopped { was }
            }
            (phase, _) => Pressed::TooLate(phase),
        }
    }
}
