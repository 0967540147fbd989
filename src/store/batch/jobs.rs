//! The part of the overlay that long work uses, and the ids that records have in other systems.

use super::Batch;
use crate::domain::ids::{JobId, RecordId, WorkspaceId};
use crate::domain::workspace::Person;
use crate::store::outbox::Place;
use crate::store::row::{Job, JobPhase, Row};

impl Batch {
    /// A job; it must be named in the needs.
    pub fn job(&self, id: JobId) -> Option<&Job> {
        self.jobs.get(&id)
    }

    /// Writes a job; gives its id (a new one for 0). A running one gets its message; one that ended loses its input.
    /// Whatever changed, its message is drawn anew.
    pub fn put_job(&mut self, mut job: Job) -> JobId {
        if job.id.0 == 0 {
            job.id = JobId(self.counters.job);
            self.counters.job += 1;
        }
        let id = job.id;
        match job.phase {
            JobPhase::Waiting => {}
            JobPhase::Running if job.post.is_none() => {
                job.post = Some(self.job_post(job.workspace, Place::Channel(job.channel), id));
            }
            JobPhase::Running => {}
            JobPhase::Done | JobPhase::Stopped => self.writes.ended_jobs.push(id),
        }
        if let Some(post) = job.post {
            self.refresh(post);
        }
        self.writes.jobs.insert(id);
        self.jobs.insert(id, job);
        id
    }

    /// Keeps what a job works on: a name and a text.
    pub fn put_job_input(&mut self, job: JobId, name: String, body: String) {
        self.writes.job_inputs.push((job, name, body));
    }

    /// Keeps a line of a job's result, by the number of its piece: said again, it stands there once.
    pub fn put_job_line(&mut self, job: JobId, line: u32, body: String) {
        self.writes.job_lines.push((job, line, body));
    }

    /// The record with an id of another system, and what was last seen of it there; the id must be named in the needs.
    pub fn by_external(&self, workspace: WorkspaceId, letter: char, id: &str) -> Option<(&Row, &str)> {
        let (record, seen) = self.externals.get(&(workspace, letter, id.to_owned()))?;
        Some((self.record(*record)?, seen))
    }

    /// Gives a record the id that it has in another system, with what is seen of it there now.
    pub fn put_external(
        &mut self,
        workspace: WorkspaceId,
        letter: char,
        id: String,
        record: RecordId,
        seen: String,
    ) {
        self.externals.insert((workspace, letter, id.clone()), (record, seen.clone()));
        self.writes.externals.push((workspace, letter, id, record, seen));
    }

    /// Writes a person as given: for those whom no platform describes.
    pub fn put_person(&mut self, workspace: WorkspaceId, person: Person) {
        self.set_person(workspace, person);
    }
}
