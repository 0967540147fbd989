//! Who is interrupted, and what waits (X6): the rule is in [`crate::domain::attention`]; here it is asked for every
//! word to a person, in the transaction in which the word is enqueued, and what was held is told at its moment.
//!
//! Crash safety: a word and its count are written together, and so are the message of a moment and the emptying of
//! what was held. A group that is run again finds the counts as they were before it.

use std::sync::Arc;

use chrono::TimeDelta;

use super::App;
use super::ground::Ground;
use super::said::Said;
use crate::chat::message::Message;
use crate::chat::render::view::AlertLine;
use crate::chat::render::{self, Ctx};
use crate::domain::attention::{self, Held, Passage, Rule, Urgency, Word};
use crate::domain::clocks;
use crate::domain::decision::{Alert, AlertLevel, Env, Notice};
use crate::domain::ids::{PersonId, PostId, RecordId, WorkspaceId};
use crate::domain::record::{Ended, Record};
use crate::playbook::Library;
use crate::store::outbox::{Fact, Place, Priority};
use crate::store::row::Row;
use crate::store::{Batch, Needs, StoreError, Work};

/// Asks whether a word may interrupt a person now; one that may not is kept for the next moment. `joins` is the message
/// that it would be part of, where that is not sent yet.
pub fn offer(
    batch: &mut Batch,
    env: &Env<'_>,
    record: &Record,
    person: PersonId,
    word: &Word,
    joins: Option<PostId>,
) -> Passage {
    let workspace = record.workspace;
    let rule = Rule::of(env.workspace, person);
    let urgency = match word {
        Word::Alert(alert) => attention::of_alert(alert, record, deadline(record, alert, env), env),
        Word::Notice(notice) => attention::of_notice(notice, person, record, env),
    };
    let request = joins.filter(|_| matches!(word, Word::Notice(Notice::ApprovalReminder { .. })));
    let mut attention = batch.attention(workspace, person);
    let passage = attention.offer(&rule, urgency, joins, env.now);
    match (passage, urgency) {
        (Passage::Held { .. }, Urgency::Ranked(weight)) => {
            attention.hold(&rule, record, word.clone(), request, weight, env.now);
        }
        (Passage::Held { .. }, Urgency::Urgent) | (Passage::Now, _) => {
            attention.supersede(record.id, word);
            if let Some(request) = request {
                attention.reminded(request);
            }
        }
    }
    batch.set_attention(workspace, person, attention);
    passage
}

/// A message is on its way to a person: whatever joins it costs nothing.
pub fn said_in(batch: &mut Batch, workspace: WorkspaceId, person: PersonId, post: PostId) {
    let mut attention = batch.attention(workspace, person);
    attention.said_in(post);
    batch.set_attention(workspace, person, attention);
}

/// Adds to a message what is held beside it, where anything is.
pub fn with_held(batch: &Batch, env: &Env<'_>, person: PersonId, mut message: Message) -> Message {
    let held = batch.attention(env.workspace.id, person).held.len();
    if held > 0 {
        let until = Rule::of(env.workspace, person).next_moment(env.now);
        message.lines.push(render::attention::held_until(held, until, env.now));
    }
    message
}

/// Tells what was held for everybody whose moment has come. Gives for how many.
pub async fn make_due(app: &App) -> Result<usize, StoreError> {
    let due = app.store().moments_due().await?;
    for (workspace, person) in &due {
        let (attention, _) = app.store().attention(*workspace, *person).await?;
        let mut records: Vec<_> = attention.held.iter().map(|held| held.record).collect();
        records.sort_unstable();
        records.dedup();
        let moment = Moment { library: app.library(), workspace: *workspace, person: *person, records };
        app.store().work(moment).await?;
    }
    Ok(due.len())
}

/// What was held for a person is told.
struct Moment {
    library: Arc<Library>,
    workspace: WorkspaceId,
    person: PersonId,
    /// What was held about, when it was looked.
    records: Vec<RecordId>,
}

impl Work for Moment {
    type Answer = ();

    fn needs(&self) -> Needs {
        Needs { records: self.records.clone(), ..Needs::default() }
    }

    fn run(&self, batch: &mut Batch) {
        let (workspace, now) = (batch.workspace(self.workspace), batch.now());
        let rule = Rule::of(&workspace, self.person);
        let mut attention = batch.attention(self.workspace, self.person);
        if attention.next(&rule, now - TimeDelta::milliseconds(1)).is_none() {
            return;
        }
        // What was held since it was looked waits for another look: its record is not here.
        let (known, later): (Vec<Held>, Vec<Held>) = std::mem::take(&mut attention.held)
            .into_iter()
            .partition(|held| self.records.contains(&held.record));
        attention.held = known;
        let still =
            |held: &Held| batch.record(held.record).is_some_and(|row| is_still_so(held, self.person, row));
        let told = attention.take(&rule, now, still);
        attention.held.extend(later);
        batch.set_attention(self.workspace, self.person, attention);
        let told = together(told);
        let said = match told.as_slice() {
            // Drawn when it is sent, with all that waits in the same message.
            [(Held { word: Word::Notice(Notice::ApprovalReminder { approval, escalated }), .. }, _)] => {
                Some(Said::Reminder { approval: *approval, to: self.person, escalated: *escalated })
            }
            told => self.worded(batch, told).map(|message| Said::privately(self.person, message)),
        };
        if let Some(said) = said {
            batch.say(Fact {
                workspace: self.workspace,
                dedup_key: format!("held:{}:{}", self.person, now.timestamp_millis()),
                place: Place::Person(self.person),
                priority: Priority::Normal,
                due_at: now,
                body: said.to_body(),
            });
        }
    }
}

/// Reminders of requests that stand in one message are one word (ruling 11): the best of them, and how many more.
fn together(told: Vec<Held>) -> Vec<(Held, u64)> {
    let mut words: Vec<(Held, u64)> = Vec::new();
    for held in told {
        let same = |(known, _): &&mut (Held, u64)| known.request.is_some() && known.request == held.request;
        match words.iter_mut().find(same) {
            Some((_, more)) => *more += 1,
            None => words.push((held, 0)),
        }
    }
    words
}

impl Moment {
    /// One word is said as it would have been; several are lines of one message.
    fn worded(&self, batch: &Batch, told: &[(Held, u64)]) -> Option<Message> {
        let worded = |held: &Held, alone: bool| {
            let record = &batch.record(held.record)?.record;
            let ground = Ground::of(batch, self.workspace, self.library.of(record)?);
            let env = ground.env(record.team);
            let zone = env.workspace.zone_of(self.person);
            let ctx = Ctx { playbook: env.playbook, workspace: env.workspace, now: env.now, zone };
            Some(match &held.word {
                Word::Alert(alert) => {
                    let alert = as_it_is(alert, record, &env);
                    let deadline = deadline(record, &alert, &env);
                    let line = AlertLine {
                        ctx,
                        record,
                        alert: &alert,
                        silent: &[],
                        opened_at: env.now,
                        deadline,
                        closed: None,
                    };
                    if alone {
                        render::alert::nudge_message(&[line], self.person)
                    } else {
                        render::attention::held_alert(&line)
                    }
                }
                Word::Notice(notice) => render::alert::notice(&ctx, record, notice),
            })
        };
        match told {
            [] => None,
            [(one, _)] => worded(one, true),
            several => {
                let line = |(held, more): &(Held, u64)| {
                    let message = render::attention::with_more(worded(held, false)?, *more);
                    Some((message, &batch.record(held.record)?.record))
                };
                let lines = several.iter().filter_map(line);
                Some(render::attention::held(&lines.collect::<Vec<_>>()))
            }
        }
    }
}

/// Whether a held word still says something: the record has not moved on, and what it is about is not done.
fn is_still_so(held: &Held, person: PersonId, row: &Row) -> bool {
    let record = &row.record;
    // What was said about somebody who was erased is not said any more (ruling 15).
    if matches!(record.ended, Some(Ended::Erased { .. })) {
        return false;
    }
    let here = record.version == held.version && record.ended.is_none();
    match &held.word {
        Word::Alert(alert) => {
            here && record.run(&alert.clock).is_some_and(|run| run.end.is_none() && run.fired > 0)
        }
        Word::Notice(notice) => match notice {
            Notice::Owes => !record.owes.is_empty(),
            Notice::ApprovalReminder { approval, .. } => {
                record.pending.as_ref().is_some_and(|pending| pending.approval == *approval)
            }
            Notice::TasksDue { tasks } => {
                tasks.iter().any(|id| record.tasks.iter().any(|task| task.id == *id))
            }
            Notice::TaskReady { task } => record.tasks.iter().any(|open| open.id == *task),
            Notice::Suggested { .. } | Notice::NobodyFree { .. } => here,
            Notice::Assigned { .. } => here && record.owner == Some(person),
            Notice::HandedOn { to, .. } => record.owner == *to,
            Notice::ApprovalDecided { .. }
            | Notice::ApprovalWithdrawn { .. }
            | Notice::Entered { .. }
            | Notice::Undone { .. }
            | Notice::Merged { .. }
            | Notice::NextActionDue { .. } => true,
        },
    }
}

/// What was a reminder when it was held may be late by now.
fn as_it_is(alert: &Alert, record: &Record, env: &Env<'_>) -> Alert {
    let late = deadline(record, alert, env).is_some_and(|at| at <= env.now);
    let level = match alert.level {
        AlertLevel::Nudge if late => AlertLevel::Breach,
        level => level,
    };
    Alert { level, ..alert.clone() }
}

/// The deadline of the clock that speaks.
fn deadline(record: &Record, alert: &Alert, env: &Env<'_>) -> Option<chrono::DateTime<chrono::Utc>> {
    clocks::clocks(record, env).into_iter().find(|c| *c.id() == alert.clock).and_then(|c| c.deadline)
}
