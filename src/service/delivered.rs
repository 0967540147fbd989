//! What a delivery means for records: the clock of a forced review starts when the review was delivered
//! (ruling 8).

use std::sync::Arc;

use super::App;
use super::effects;
use super::ground::Ground;
use crate::domain::command::{Actor, Command};
use crate::domain::decide;
use crate::domain::ids::PostId;
use crate::domain::record::Record;
use crate::playbook::Library;
use crate::store::row::{OpenAlert, Post, PostKind, Row};
use crate::store::{Batch, Needs, StoreError, Work};

impl App {
    /// A post stands on the platform: clocks that waited for it start. Said again, it changes nothing.
    pub async fn delivered(&self, post: &Post) -> Result<(), StoreError> {
        match post.kind {
            PostKind::Card | PostKind::Approval | PostKind::Job => return Ok(()),
            PostKind::Alerts => {}
        }
        let rows = self.store().records(&post.records).await?;
        let waiting: Vec<_> = rows
            .iter()
            .filter(|row| waiting(row, post.id).next().is_some())
            .map(|row| row.record.id)
            .collect();
        if waiting.is_empty() {
            return Ok(());
        }
        self.store().work(Delivered { library: self.library(), post: post.id, records: waiting }).await
    }
}

/// The alerts in a post whose delivery a clock waits for.
fn waiting(row: &Row, post: PostId) -> impl Iterator<Item = &OpenAlert> {
    row.chat.alerts.iter().filter(move |open| {
        open.post == post
            && open.closed.is_none()
            && open.alert.reports_delivery
            && unstarted(&row.record, open)
    })
}

fn unstarted(record: &Record, open: &OpenAlert) -> bool {
    record.run(&open.alert.clock).is_none_or(|run| run.started_at.is_none())
}

struct Delivered {
    library: Arc<Library>,
    post: PostId,
    records: Vec<crate::domain::ids::RecordId>,
}

impl Work for Delivered {
    type Answer = ();

    fn needs(&self) -> Needs {
        Needs { records: self.records.clone(), ..Needs::default() }
    }

    fn run(&self, batch: &mut Batch) {
        for id in &self.records {
            let clocks: Vec<_> = match batch.record(*id) {
                Some(row) => waiting(row, self.post).map(|open| open.alert.clock.clone()).collect(),
                None => continue,
            };
            for clock in clocks {
                let Some(row) = batch.record(*id).cloned() else { continue };
                batch.next_command();
                let record = &row.record;
                let Some(playbook) = self.library.of(record) else {
                    continue;
                };
                let ground = Ground::of(batch, record.workspace, playbook);
                let env = ground.env(record.team);
                match decide::decide(record, &Actor::TIME, &Command::Delivered { clock }, &env) {
                    Ok(decision) if decision.events.is_empty() => {}
                    Ok(decision) => {
                        effects::carry_out(batch, &env, Some(&row), &decision);
                    }
                    Err(rejection) => {
                        tracing::error!(record = %record.handle, ?rejection, "a delivery was refused");
                    }
                }
            }
        }
    }
}
