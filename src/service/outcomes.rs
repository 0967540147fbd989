//! What came of an event (B2, B9): how it is typed, how it is asked for, how an answer is kept. The engine alone knows what
//! an outcome leads to.

use super::draft::{ChangeDraft, What};
use super::fields::is_called;
use super::handle::status_called;
use super::head::Head;
use super::replies::Scene;
use super::{App, Fault, forms};
use crate::chat::message::{Choice, Message, Reply};
use crate::chat::render;
use crate::domain::command::StatusAnswer;
use crate::domain::field::{Data, FieldValue, builtin};
use crate::domain::ids::{DraftId, FieldId, ReasonId, StatusId};
use crate::domain::outcome::{self, Question};
use crate::domain::playbook::{OutcomeEffect, Playbook};
use crate::domain::record::Record;

/// What was typed as an outcome.
#[derive(Default)]
pub struct Said {
    /// Its id.
    pub outcome: String,
    /// The status that was typed with it: `Progressing: Engaged`.
    pub to: Option<StatusId>,
    /// The reason that was typed with it: `Exiting: Bought elsewhere`.
    pub data: Data,
}

/// Reads an outcome by its id or label, and what may follow a colon; `None`: none is called so.
pub fn read(playbook: &Playbook, typed: &str) -> Option<Said> {
    let called = |typed: &str| playbook.outcomes.iter().find(|o| is_called(typed, &o.id, &o.label));
    if let Some(known) = called(typed) {
        return Some(Said { outcome: known.id.clone(), ..Said::default() });
    }
    let (first, rest) = typed.split_once(':')?;
    let known = called(first)?;
    let mut said = Said { outcome: known.id.clone(), ..Said::default() };
    match &known.effect {
        OutcomeEffect::AsksForStatus(_) => said.to = Some(status_called(playbook, rest)),
        OutcomeEffect::AsksForReason(_) => {
            let reason = playbook.reasons.iter().find(|r| is_called(rest, r.id.as_str(), &r.label));
            let reason = reason.map_or(rest.trim(), |r| r.id.as_str()).to_owned();
            said.data.insert(FieldId::from(builtin::REASON), FieldValue::Choice(reason));
        }
        OutcomeEffect::Nothing => return None,
    }
    Some(said)
}

/// What is suggested for a record: each outcome, and each with the status or the reason that it asks for.
pub fn suggested(scene: &Scene, record: &Record) -> Vec<Choice> {
    let ctx = scene.ctx();
    let possible = outcome::possible(record, &scene.playbook);
    let mut all: Vec<_> = possible.iter().map(|o| render::suggest::outcome(o)).collect();
    for outcome in possible {
        match &outcome.effect {
            OutcomeEffect::AsksForStatus(way) => {
                let statuses = outcome::statuses(record, &scene.playbook, *way);
                all.extend(statuses.iter().map(|to| render::outcome::with_status(&ctx, record, outcome, to)));
            }
            OutcomeEffect::AsksForReason(_) => {
                let reasons = outcome::reasons(record, &scene.playbook, outcome);
                all.extend(reasons.iter().map(|reason| render::outcome::with_reason(outcome, reason)));
            }
            OutcomeEffect::Nothing => {}
        }
    }
    all
}

/// What an unfinished change says of its outcome; `None`: none is asked for.
fn said<'c>(playbook: &Playbook, what: &'c What) -> Option<(Option<&'c str>, Option<&'c StatusId>)> {
    match what {
        What::Complete { report, .. } => Some((report.outcome.as_deref(), report.to.as_ref())),
        What::Done { outcome, .. } if !playbook.outcomes.is_empty() => Some((outcome.as_deref(), what.to())),
        What::Done { .. }
        | What::Create { .. }
        | What::Move { .. }
        | What::Stage { .. }
        | What::Fill { .. }
        | What::Confirm { .. } => None,
    }
}

/// The question that an unfinished event waits for, where it is not for a field.
pub fn question(scene: &Scene, record: &Record, draft: DraftId, change: &ChangeDraft) -> Option<Message> {
    if !change.missing.is_empty() {
        return None;
    }
    let (outcome, to) = said(&scene.playbook, &change.what)?;
    match outcome::question(record, &scene.playbook, outcome, to)? {
        Question::Outcome(possible) => Some(render::outcome::ask(&scene.ctx(), record, draft, &possible)),
        Question::Status(outcome, allowed) => {
            Some(render::outcome::ask_status(&scene.ctx(), record, draft, outcome, &allowed))
        }
        Question::Reason(..) => None,
    }
}

/// The reasons that the outcome of an unfinished event offers; `None`: its status decides.
pub fn reasons(scene: &Scene, record: &Record, change: &ChangeDraft) -> Option<Vec<ReasonId>> {
    let (outcome, to) = said(&scene.playbook, &change.what)?;
    match outcome::question(record, &scene.playbook, outcome, to)? {
        Question::Reason(_, reasons) => Some(reasons.into_iter().map(|r| r.id.clone()).collect()),
        Question::Outcome(_) | Question::Status(..) => None,
    }
}

/// The outcome was picked.
pub async fn picked(app: &App, head: &Head, draft: DraftId, picked: &str) -> Result<Reply, Fault> {
    forms::amend(app, head, draft, |change, playbook| {
        let Some(known) = playbook.outcome(picked) else { return };
        let id = Some(known.id.clone());
        match &mut change.what {
            What::Complete { report, .. } => {
                report.outcome = id;
                report.to = None;
            }
            What::Done { outcome, answer, .. } => {
                *outcome = id;
                // A status that was named with the task stays, where this outcome asks for one.
                let asks = matches!(known.effect, OutcomeEffect::AsksForStatus(_));
                answer.take_if(|answer| !asks || *answer == StatusAnswer::Keep);
            }
            What::Create { .. }
            | What::Move { .. }
            | What::Stage { .. }
            | What::Fill { .. }
            | What::Confirm { .. } => {}
        }
    })
    .await
}
