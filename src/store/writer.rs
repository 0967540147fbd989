//! The writer task: the only writing connection, group commit (ruling 25).
//!
//! Its properties:
//! - A job is answered after the commit of its group, or with an error, never before and never not at all.
//! - A group is what queued while the last one was committed. A lone caller waits for nothing.
//! - A job sees what the jobs before it in its group did. Set-based work comes first, then the other writes.
//! - A job that panics, or uses what it did not name, is answered with an error; the rest of its group runs
//!   again without it.
//! - An SQL error rolls the group back, and its jobs are run one by one, each in a transaction of its own, so
//!   that a bad one takes nobody with it. There are no savepoints.
//! - Nothing in memory changes before the commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot, watch};

use super::batch::{Batch, Needs};
use super::flush::{Flushed, flush};
use super::load::load;
use super::open::Opened;
use super::sqlite::{self, Tx};
use super::state::{Directory, State};
use super::{StoreError, decode};
use crate::clock::Clock;

/// A piece of work for the writer: pure, and repeatable, since a group that the database refuses is rolled
/// back and its jobs are run one by one.
pub trait Work: Send + Sync + 'static {
    /// What comes back.
    type Answer: Send + 'static;

    /// What to load.
    fn needs(&self) -> Needs;

    /// Decides against the overlay.
    fn run(&self, batch: &mut Batch) -> Self::Answer;
}

/// A write that is not set-based: it runs inside the group's transaction once the overlay is in the tables; what
/// it changes in the overlay is written after it. Repeatable as well.
#[async_trait]
pub(super) trait Task: Send + Sync + 'static {
    type Answer: Send + 'static;

    async fn run(&self, batch: &mut Batch, tx: &mut Tx<'_>) -> Result<Self::Answer, StoreError>;
}

/// How many jobs may wait before callers wait to hand in theirs.
pub(super) const QUEUE: usize = 4096;
/// How many jobs one transaction takes.
const GROUP: usize = 256;

type Reply<A> = oneshot::Sender<Result<A, StoreError>>;

/// What is in the queue.
pub(super) enum Job {
    Work(Box<dyn AnyWork>),
    Task(Box<dyn AnyTask>),
    /// No more is taken in; answered when all is done and closed.
    Close(oneshot::Sender<()>),
}

impl Job {
    pub fn work<W: Work>(work: W, to: Reply<W::Answer>) -> Self {
        Self::Work(Box::new(Waiting { job: work, answer: None, to }))
    }

    pub fn task<T: Task>(task: T, to: Reply<T::Answer>) -> Self {
        Self::Task(Box::new(Waiting { job: task, answer: None, to }))
    }
}

/// A job with its latest answer, which is sent once the group is committed.
struct Waiting<J, A> {
    job: J,
    answer: Option<A>,
    to: Reply<A>,
}

impl<J, A> Waiting<J, A> {
    fn send(self, outcome: Result<(), StoreError>) {
        let missing = || StoreError::Work("it was not run".to_owned());
        let answer = outcome.and_then(|()| self.answer.ok_or_else(missing));
        // Whoever asked may have gone; the work is done all the same.
        let _ = self.to.send(answer);
    }
}

/// [`Work`] of any answer.
pub(super) trait AnyWork: Send {
    fn needs(&self) -> Needs;
    fn run(&mut self, batch: &mut Batch);
    fn answer(self: Box<Self>, outcome: Result<(), StoreError>);
}

impl<W: Work> AnyWork for Waiting<W, W::Answer> {
    fn needs(&self) -> Needs {
        self.job.needs()
    }

    fn run(&mut self, batch: &mut Batch) {
        self.answer = Some(self.job.run(batch));
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        self.send(outcome);
    }
}

/// [`Task`] of any answer.
pub(super) trait AnyTask: Send {
    fn run<'a>(
        &'a mut self,
        batch: &'a mut Batch,
        tx: &'a mut Tx<'_>,
    ) -> BoxFuture<'a, Result<(), StoreError>>;
    fn answer(self: Box<Self>, outcome: Result<(), StoreError>);
}

impl<T: Task> AnyTask for Waiting<T, T::Answer> {
    fn run<'a>(
        &'a mut self,
        batch: &'a mut Batch,
        tx: &'a mut Tx<'_>,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            self.answer = Some(self.job.run(batch, tx).await?);
            Ok(())
        })
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        self.send(outcome);
    }
}

/// The jobs of one transaction.
#[derive(Default)]
struct Group {
    works: Vec<Box<dyn AnyWork>>,
    tasks: Vec<Box<dyn AnyTask>>,
}

impl Group {
    fn len(&self) -> usize {
        self.works.len() + self.tasks.len()
    }

    fn answer(self, outcome: &Result<(), StoreError>) {
        self.works.into_iter().for_each(|job| job.answer(outcome.clone()));
        self.tasks.into_iter().for_each(|job| job.answer(outcome.clone()));
    }

    fn one_by_one(self) -> impl Iterator<Item = Self> {
        let works = self.works.into_iter().map(|job| Self { works: vec![job], ..Self::default() });
        works.chain(self.tasks.into_iter().map(|job| Self { tasks: vec![job], ..Self::default() }))
    }
}

/// Why an attempt at a group came to nothing.
enum Failure {
    /// No transaction could be begun: running one by one would not help.
    NotBegun(StoreError),
    /// This piece of work (an index into [`Group::works`]) went wrong by itself.
    Work(usize, StoreError),
    /// The database refused something.
    Refused(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

/// The task's own.
pub(super) struct Writer {
    opened: Opened,
    state: State,
    clock: Arc<dyn Clock>,
    outbox: watch::Sender<u64>,
    due: watch::Sender<u64>,
    jobs: watch::Sender<u64>,
    /// The connection may be in a state that is not known: it is replaced before it is used again.
    suspect: bool,
}

impl Writer {
    pub async fn new(
        mut opened: Opened,
        clock: Arc<dyn Clock>,
        outbox: watch::Sender<u64>,
        due: watch::Sender<u64>,
        jobs: watch::Sender<u64>,
    ) -> Result<Self, StoreError> {
        let state = State::rebuild(&mut opened.writer, clock.operational()).await?;
        Ok(Self { opened, state, clock, outbox, due, jobs, suspect: false })
    }

    pub fn directory(&self) -> Arc<Directory> {
        self.state.directory.clone()
    }

    /// Takes jobs until told to close, or until every [`super::Store`] is gone.
    pub async fn run(mut self, mut queue: mpsc::Receiver<Job>) {
        let mut closing = Vec::new();
        let mut jobs = Vec::with_capacity(GROUP);
        while queue.recv_many(&mut jobs, GROUP).await > 0 {
            let mut group = Group::default();
            for job in jobs.drain(..) {
                match job {
                    Job::Work(work) => group.works.push(work),
                    Job::Task(task) => group.tasks.push(task),
                    Job::Close(done) => {
                        queue.close();
                        closing.push(done);
                    }
                }
            }
            let many = group.len() > 1;
            self.group(group).await;
            if many {
                // Those who were just answered may have more: one turn for them makes the next group larger.
                tokio::task::yield_now().await;
            }
        }
        self.end().await;
        for done in closing {
            // Whoever wanted it closed may have gone.
            let _ = done.send(());
        }
    }

    async fn end(self) {
        let Opened { mut writer, readers, guard, .. } = self.opened;
        readers.close().await;
        if let Err(error) = sqlite::checkpoint(&mut writer).await {
            tracing::warn!(%error, "the log was not moved into the database; it will be at the next start");
        }
        if let Err(error) = writer.close().await {
            tracing::warn!(%error, "the database did not close in order");
        }
        // Only now may another process come.
        drop(guard);
    }

    async fn group(&mut self, mut group: Group) {
        while group.len() > 0 {
            match self.attempt(&mut group).await {
                Ok(()) => return group.answer(&Ok(())),
                Err(Failure::NotBegun(error)) => {
                    tracing::error!(%error, "no transaction could be begun");
                    return group.answer(&Err(error));
                }
                Err(Failure::Work(index, error)) => {
                    tracing::error!(%error, "a piece of work went wrong");
                    group.works.remove(index).answer(Err(error));
                }
                Err(Failure::Refused(error)) if group.len() == 1 => {
                    tracing::error!(%error, "a write was refused");
                    return group.answer(&Err(error));
                }
                Err(Failure::Refused(error)) => {
                    tracing::warn!(%error, jobs = group.len(), "a group was refused; its jobs are run one by one");
                    for single in std::mem::take(&mut group).one_by_one() {
                        Box::pin(self.group(single)).await;
                    }
                }
            }
        }
    }

    /// One transaction with all jobs of the group.
    async fn attempt(&mut self, group: &mut Group) -> Result<(), Failure> {
        if self.suspect {
            let fresh = sqlite::connect(&self.opened.options).await;
            self.opened.writer = fresh.map_err(|e| Failure::NotBegun(e.into()))?;
            self.suspect = false;
        }
        let now = decode::instant(self.clock.now().timestamp_millis().max(self.state.last));
        let mut batch = Batch::new(std::mem::take(&mut self.state), now, self.clock.operational());
        let written = transaction(&mut self.opened.writer, &mut batch, group, &mut self.suspect).await;
        match written {
            Ok(flushed) => {
                self.state = batch.keep();
                if flushed.outbox {
                    self.outbox.send_modify(|n| *n += 1);
                }
                if flushed.due {
                    self.due.send_modify(|n| *n += 1);
                }
                if flushed.jobs {
                    self.jobs.send_modify(|n| *n += 1);
                }
                Ok(())
            }
            Err(failure) => {
                self.state = batch.discard();
                Err(failure)
            }
        }
    }
}

async fn transaction(
    conn: &mut SqliteConnection,
    batch: &mut Batch,
    group: &mut Group,
    suspect: &mut bool,
) -> Result<Flushed, Failure> {
    let begun = conn.begin_with("BEGIN IMMEDIATE").await;
    let mut tx = begun.map_err(|error| {
        *suspect = true;
        Failure::NotBegun(error.into())
    })?;
    match fill(batch, &mut tx, group).await {
        Ok(flushed) => {
            tx.commit().await.map_err(|error| {
                *suspect = true;
                Failure::Refused(error.into())
            })?;
            Ok(flushed)
        }
        Err(failure) => {
            // A full disk has SQLite roll back by itself; then this fails, and sqlx loses count.
            *suspect = tx.rollback().await.is_err();
            Err(failure)
        }
    }
}

async fn fill(batch: &mut Batch, tx: &mut Tx<'_>, group: &mut Group) -> Result<Flushed, Failure> {
    let mut needs = Vec::with_capacity(group.works.len());
    for (index, job) in group.works.iter().enumerate() {
        needs.push(guarded(|| Ok(job.needs())).map_err(|e| Failure::Work(index, e))?);
    }
    load(batch, tx, &needs).await?;
    for (index, (job, needs)) in group.works.iter_mut().zip(&needs).enumerate() {
        let run = || {
            batch.enter(needs.due);
            job.run(batch);
            batch.leave()
        };
        guarded(run).map_err(|e| Failure::Work(index, e))?;
    }
    let mut flushed = flush(batch, tx).await?;
    for task in &mut group.tasks {
        task.run(batch, tx).await?;
        flushed |= flush(batch, tx).await?;
    }
    Ok(flushed)
}

/// Runs somebody else's code. What it leaves half done is dropped with the batch, so unwinding is safe.
fn guarded<T>(run: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(StoreError::Work(text.unwrap_or_else(|| "it panicked".to_owned())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::domain::ids::{DraftId, PersonId, WorkspaceId};
    use crate::store::row::Draft;

    struct Write(usize);

    impl Work for Write {
        type Answer = DraftId;

        fn needs(&self) -> Needs {
            Needs::default()
        }

        fn run(&self, batch: &mut Batch) -> DraftId {
            let body = "x".repeat(self.0);
            let (workspace, person, at) = (WorkspaceId(1), PersonId(1), batch.now());
            batch.put_draft(Draft { id: DraftId(0), workspace, person, body, at })
        }
    }

    async fn write(writer: &mut Writer, sizes: &[usize]) -> Vec<Result<DraftId, StoreError>> {
        let mut group = Group::default();
        let mut answers = Vec::new();
        for size in sizes {
            let (to, answer) = oneshot::channel();
            if let Job::Work(work) = Job::work(Write(*size), to) {
                group.works.push(work);
            }
            answers.push(answer);
        }
        writer.group(group).await;
        let mut given = Vec::new();
        for answer in answers {
            given.push(answer.await.unwrap());
        }
        given
    }

    /// R7: with the disk full, SQLite rolls back by itself. What does not fit is refused, what fits is kept, and the
    /// writer goes on when there is space again.
    #[tokio::test]
    async fn a_full_disk_is_survived() {
        let clock = Arc::new(ManualClock::at(decode::instant(0)));
        let opened = super::super::open::open("sqlite::memory:").await.unwrap();
        let signal = || watch::channel(0).0;
        let mut writer = Writer::new(opened, clock, signal(), signal(), signal()).await.unwrap();
        sqlx::query("PRAGMA max_page_count = 1").execute(&mut writer.opened.writer).await.unwrap();
        let full = write(&mut writer, &[1_000_000, 900_000]).await;
        assert!(matches!(&full[0], Err(StoreError::Database(why)) if why.contains("full")), "{full:?}");
        // The connection is replaced, and the limit goes with it.
        let after = write(&mut writer, &[10, 20]).await;
        assert!(after.iter().all(Result::is_ok), "{after:?}");
    }
}
