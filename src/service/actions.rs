//! Buttons, pick lists and forms. Each names its record, request or draft; who presses and where comes from the
//! platform. A press is never swallowed: whatever is stale, decided or forged gets a private answer.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

use super::change::Target;
use super::handle::{Logged, change, reading};
use super::head::Head;
use super::replies::{Scene, gone};
use super::{
    App, Fault, crm, forms, import, jobs, join, left, listed, menu, new, outcomes, outside, points, query,
    replies, requests, resolve, setup, tasks, undo,
};
use crate::chat::action::{Action, SnoozeSpan};
use crate::chat::message::Reply;
use crate::chat::render;
use crate::domain::activity::Activity;
use crate::domain::calendar;
use crate::domain::command::{Command, Verdict};
use crate::domain::field::Data;
use crate::domain::ids::{ApprovalId, DraftId, JobId, RecordId, StatusId};
use crate::store::row::{ApprovalState, Row};

/// What an action is about.
pub enum Subject {
    /// A record.
    Record(RecordId),
    /// A request.
    Approval(ApprovalId),
    /// Something unfinished.
    Draft(DraftId),
    /// Long work.
    Job(JobId),
}

/// What an action is about: from it the workspace of a private message is known.
pub fn subject(action: &Action, values: &[String]) -> Option<Subject> {
    Some(match action {
        // Only ever in an answer within the workspace.
        Action::SetupPage { .. }
        | Action::Points { .. }
        | Action::KeptAssign { .. }
        | Action::KeptForm { .. }
        | Action::KeptDismiss { .. }
        | Action::SendNotes { record: None } => return None,
        Action::PickRecord => Subject::Record(picked_record(values)?),
        Action::PickRescue => Subject::Record(render::alert::read_rescue(values.first()?)?.0),
        Action::Open { record }
        | Action::Move { record, .. }
        | Action::MoreMoves { record }
        | Action::PickStatus { record, .. }
        | Action::Log { record }
        | Action::PickActivity { record }
        | Action::LogForm { record, .. }
        | Action::Snooze { record }
        | Action::SnoozeFor { record, .. }
        | Action::Take { record }
        | Action::Rescue { record, .. }
        | Action::ReassignAll { record, .. }
        | Action::FillOwed { record }
        | Action::PlanNext { record }
        | Action::PlanForm { record }
        | Action::Tasks { record }
        | Action::TaskDone { record, .. }
        | Action::TaskSent { record, .. }
        | Action::Answer { record, .. }
        | Action::TaskConfirm { record, .. }
        | Action::Dismiss { record, .. }
        | Action::EraseAsk { record }
        | Action::EraseForm { record }
        | Action::Undo { record, .. }
        | Action::SendNotes { record: Some(record) }
        | Action::History { record, .. } => Subject::Record(*record),
        Action::Approve { approval }
        | Action::Reject { approval }
        | Action::RejectForm { approval }
        | Action::ApproveAll { approval }
        | Action::RejectAll { approval }
        | Action::RejectAllForm { approval }
        | Action::Withdraw { approval } => Subject::Approval(*approval),
        Action::StartJob { job }
        | Action::StopJob { job }
        | Action::PickColumn { job }
        | Action::PickField { job, .. } => Subject::Job(*job),
        Action::DraftForm { draft }
        | Action::CreateAnyway { draft }
        | Action::DraftSubmit { draft }
        | Action::DraftPick { draft, .. }
        | Action::DoneAnswer { draft }
        | Action::PickOutcome { draft }
        | Action::NoteRecord { draft }
        | Action::NoteActivity { draft, .. }
        | Action::ListRecord { draft, .. }
        | Action::ListMove { draft, .. }
        | Action::Page { draft, .. } => Subject::Draft(*draft),
        // A form that stands in the workspace itself.
        Action::NewForm { .. } => return None,
    })
}

/// The record picked from a list: its row id.
fn picked_record(values: &[String]) -> Option<RecordId> {
    values.first()?.parse().ok().map(RecordId)
}

/// A button, or a pick list with one value.
pub async fn press(app: &App, head: &Head, action: &Action, values: &[String]) -> Result<Reply, Fault> {
    let picked = values.first().map(String::as_str);
    match action {
        Action::Open { record } => query::show(app, head, Target::Record(*record)).await,
        Action::Move { record, to, version } => move_to(app, head, *record, to.clone(), *version).await,
        Action::PickStatus { record, version } => match picked {
            Some(to) => move_to(app, head, *record, StatusId::new(to), *version).await,
            None => Ok(Reply::Private(render::problem::expired_button())),
        },
        Action::MoreMoves { record } => query::more_moves(app, head, *record).await,
        Action::Log { record } => query::activities(app, head, *record).await,
        Action::PickActivity { record } => match picked {
            Some(picked) => {
                on_row(app, head, *record, async |row| {
                    Ok(match Activity::parse(picked) {
                        Some(activity) => Reply::Form(render::form::log_form(&row.record, activity)),
                        None => Reply::Private(render::problem::unknown_activity(picked)),
                    })
                })
                .await
            }
            None => Ok(Reply::Private(render::problem::expired_button())),
        },
        Action::Snooze { record } => {
            on_row(app, head, *record, async |row| Ok(Reply::Private(render::pick::pick_snooze(&row.record))))
                .await
        }
        Action::SnoozeFor { record, span } => {
            on_row(app, head, *record, async |row| {
                let until = snooze_until(app, head, &row, *span);
                change(app, head, Target::Record(*record), Command::Snooze { until }).await
            })
            .await
        }
        Action::Take { record } => change(app, head, Target::Record(*record), Command::Take).await,
        Action::Rescue { record, from } => {
            change(app, head, Target::Record(*record), Command::Rescue { from: *from }).await
        }
        Action::ReassignAll { record, from } => left::reassign(app, head, *record, *from).await,
        Action::PickRescue => match picked.and_then(render::alert::read_rescue) {
            Some((record, from)) => change(app, head, Target::Record(record), Command::Rescue { from }).await,
            None => Ok(Reply::Private(render::problem::expired_button())),
        },
        // With no data given, the engine says what is missing: that is the form.
        Action::FillOwed { record } => {
            change(app, head, Target::Record(*record), Command::Fill { data: Data::new() }).await
        }
        Action::PlanNext { record } => {
            on_row(app, head, *record, async |row| Ok(Reply::Form(render::form::plan_form(&row.record))))
                .await
        }
        Action::ListRecord { draft, page } => match picked_record(values) {
            Some(record) => listed::statuses(app, head, *draft, *page, record).await,
            None => Ok(Reply::Private(render::problem::expired_button())),
        },
        Action::ListMove { draft, page, record, version } => match picked {
            Some(to) => {
                let pick = listed::Pick { record: *record, to: StatusId::new(to), version: *version };
                listed::move_to(app, head, *draft, *page, pick).await
            }
            None => Ok(Reply::Private(render::problem::expired_button())),
        },
        Action::Undo { record, command } => {
            undo::of(app, head, Target::Record(*record), Some(*command)).await
        }
        Action::History { record, page } => query::history(app, head, Target::Record(*record), *page).await,
        Action::Approve { approval } => {
            let command = Command::Decide { approval: *approval, verdict: Verdict::Approve };
            change(app, head, Target::Approval(*approval), command).await
        }
        Action::ApproveAll { approval } => requests::decide(app, head, *approval, Verdict::Approve).await,
        Action::RejectAll { approval } => requests::form(app, head, *approval).await,
        Action::Reject { approval } => reject_form(app, head, *approval).await,
        Action::Withdraw { approval } => {
            let command = Command::Withdraw { approval: *approval };
            change(app, head, Target::Approval(*approval), command).await
        }
        Action::DraftForm { draft } => forms::open(app, head, *draft).await,
        Action::DraftPick { draft, field } => match picked {
            Some(value) => {
                let inputs = BTreeMap::from([(field.to_string(), value.to_owned())]);
                forms::go_on(app, head, *draft, &inputs).await
            }
            None => Ok(Reply::Private(render::problem::expired_button())),
        },
        Action::Tasks { record } => tasks::list(app, head, *record).await,
        Action::TaskDone { record, task } => tasks::begin(app, head, *record, *task).await,
        Action::DoneAnswer { draft } => match picked {
            Some(picked) => tasks::answered(app, head, *draft, picked).await,
            None => Ok(Reply::Private(render::problem::expired_button())),
        },
        Action::PickOutcome { draft } => match picked {
            Some(picked) => outcomes::picked(app, head, *draft, picked).await,
            None => Ok(Reply::Private(render::problem::expired_button())),
        },
        Action::Answer { record, clock, answer } => query::answer(app, head, *record, clock, *answer).await,
        Action::TaskSent { record, task } => {
            change(app, head, Target::Record(*record), Command::Sent { task: *task }).await
        }
        Action::TaskConfirm { record, task } => tasks::confirm(app, head, *record, *task).await,
        Action::Dismiss { record, rule } => {
            change(app, head, Target::Record(*record), Command::Dismiss { rule: rule.clone() }).await
        }
        Action::PickRecord => match picked_record(values) {
            Some(record) => query::show(app, head, Target::Record(record)).await,
            None => Ok(Reply::Private(render::problem::expired_button())),
        },
        Action::StartJob { job } => jobs::start(app, head, *job).await,
        Action::StopJob { job } => jobs::stop(app, head, *job).await,
        Action::PickColumn { job } => import::pick_column(app, head, *job, picked).await,
        Action::PickField { job, column } => import::pick_field(app, head, *job, *column, picked).await,
        Action::Page { draft, page } => query::page(app, head, *draft, *page).await,
        Action::EraseAsk { record } => join::erase_form(app, head, *record).await,
        Action::CreateAnyway { draft } => forms::create_anyway(app, head, *draft).await,
        Action::KeptAssign { kept } => outside::kept::ask(app, head, *kept).await,
        Action::KeptDismiss { kept } => outside::kept::dismiss(app, head, *kept).await,
        Action::SendNotes { record } => crm::send_again(app, head, *record).await,
        Action::SetupPage { page } => setup::show(app, head, *page).await,
        Action::Points { by, person, company, page } => {
            let of = points::Of { by: *by, person: *person, company: *company, page: *page };
            points::page(app, head, of.picked(picked)).await
        }
        Action::NoteRecord { draft } => match picked_record(values) {
            Some(record) => menu::picked_record(app, head, *draft, record).await,
            None => Ok(Reply::Private(render::problem::expired_button())),
        },
        Action::NoteActivity { draft, record } => match picked {
            Some(picked) => menu::picked_activity(app, head, *draft, *record, picked).await,
            None => Ok(Reply::Private(render::problem::expired_button())),
        },
        // Forms are submitted, not pressed: such a button is of our making no more.
        Action::LogForm { .. }
        | Action::PlanForm { .. }
        | Action::RejectForm { .. }
        | Action::RejectAllForm { .. }
        | Action::NewForm { .. }
        | Action::EraseForm { .. }
        | Action::KeptForm { .. }
        | Action::DraftSubmit { .. } => Ok(Reply::Private(render::problem::expired_button())),
    }
}

/// A form.
pub async fn submit(
    app: &App,
    head: &Head,
    action: &Action,
    inputs: &BTreeMap<String, String>,
) -> Result<Reply, Fault> {
    let text = |id: &str| inputs.get(id).map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
    match action {
        Action::LogForm { record, activity } => {
            on_row(app, head, *record, async |row| {
                let Some(playbook) = app.playbook_of(&row.record) else { return Ok(gone()) };
                let logged = Logged {
                    activity,
                    outcome: text("outcome"),
                    note: text("note"),
                    at: None,
                    next: text("next"),
                    due: text("due"),
                };
                let scene = Scene::new(app, head, playbook.clone());
                match logged.command(&scene.ctx(), &reading(app, head, &playbook, None)) {
                    Ok(command) => change(app, head, Target::Record(*record), command).await,
                    Err(message) => Ok(Reply::Private(*message)),
                }
            })
            .await
        }
        Action::PlanForm { record } => {
            on_row(app, head, *record, async |row| {
                let Some(playbook) = app.playbook_of(&row.record) else { return Ok(gone()) };
                let (Some(action), Some(due)) = (text("action"), text("due")) else {
                    return Ok(replies::mistake(&render::input::plan_incomplete()));
                };
                match reading(app, head, &playbook, None).due(&due) {
                    Ok(due) => {
                        change(app, head, Target::Record(*record), Command::Plan { action, due }).await
                    }
                    Err(sentence) => Ok(replies::mistake(&sentence)),
                }
            })
            .await
        }
        Action::RejectForm { approval } => match text("reason") {
            Some(reason) => {
                let verdict = Verdict::Reject { reason };
                let command = Command::Decide { approval: *approval, verdict };
                change(app, head, Target::Approval(*approval), command).await
            }
            None => reject_form(app, head, *approval).await,
        },
        Action::RejectAllForm { approval } => match text("reason") {
            Some(reason) => requests::decide(app, head, *approval, Verdict::Reject { reason }).await,
            None => requests::form(app, head, *approval).await,
        },
        Action::DraftSubmit { draft } => forms::go_on(app, head, *draft, inputs).await,
        Action::EraseForm { record } => {
            join::erase(app, head, *record, &text("id").unwrap_or_default()).await
        }
        Action::KeptForm { kept } => {
            outside::kept::assign(app, head, *kept, &text("record").unwrap_or_default()).await
        }
        Action::NewForm { noun } => {
            let asked = new::Asked { noun, inputs: inputs.clone(), ..new::Asked::default() };
            new::begin(app, head, asked).await
        }
        Action::Open { .. }
        | Action::Move { .. }
        | Action::MoreMoves { .. }
        | Action::PickStatus { .. }
        | Action::Log { .. }
        | Action::PickActivity { .. }
        | Action::Snooze { .. }
        | Action::SnoozeFor { .. }
        | Action::Take { .. }
        | Action::Rescue { .. }
        | Action::PickRescue
        | Action::ReassignAll { .. }
        | Action::FillOwed { .. }
        | Action::PlanNext { .. }
        | Action::ListRecord { .. }
        | Action::ListMove { .. }
        | Action::Undo { .. }
        | Action::History { .. }
        | Action::Approve { .. }
        | Action::ApproveAll { .. }
        | Action::Reject { .. }
        | Action::RejectAll { .. }
        | Action::Withdraw { .. }
        | Action::DraftForm { .. }
        | Action::DraftPick { .. }
        | Action::PickRecord
        | Action::Tasks { .. }
        | Action::TaskDone { .. }
        | Action::DoneAnswer { .. }
        | Action::PickOutcome { .. }
        | Action::TaskSent { .. }
        | Action::Answer { .. }
        | Action::TaskConfirm { .. }
        | Action::Dismiss { .. }
        | Action::CreateAnyway { .. }
        | Action::EraseAsk { .. }
        | Action::StartJob { .. }
        | Action::StopJob { .. }
        | Action::PickColumn { .. }
        | Action::PickField { .. }
        | Action::KeptAssign { .. }
        | Action::KeptDismiss { .. }
        | Action::SendNotes { .. }
        | Action::SetupPage { .. }
        | Action::Points { .. }
        | Action::NoteRecord { .. }
        | Action::NoteActivity { .. }
        | Action::Page { .. } => Ok(Reply::Private(render::problem::expired_button())),
    }
}

async fn move_to(
    app: &App,
    head: &Head,
    record: RecordId,
    to: StatusId,
    version: u32,
) -> Result<Reply, Fault> {
    let command = Command::Move { to, data: Data::new(), expected: Some(version) };
    change(app, head, Target::Record(record), command).await
}

/// The form for the reason: only while the request waits; else the answer that a press would get.
async fn reject_form(app: &App, head: &Head, approval: ApprovalId) -> Result<Reply, Fault> {
    let request = app.store().approval(approval).await?.filter(|a| a.workspace == head.workspace);
    match request {
        None => Ok(gone()),
        Some(request) => match request.state {
            ApprovalState::Waiting => match query::may_decide(app, head, &request).await? {
                Ok(row) => Ok(Reply::Form(render::form::reject_form(approval, &row.record))),
                Err(refusal) => Ok(refusal),
            },
            ApprovalState::Approved { .. }
            | ApprovalState::Rejected { .. }
            | ApprovalState::Withdrawn { .. } => query::decided(app, head, approval).await,
        },
    }
}

/// Runs with the record, or says that there is none.
async fn on_row<F>(app: &App, head: &Head, record: RecordId, then: F) -> Result<Reply, Fault>
where
    F: AsyncFnOnce(Row) -> Result<Reply, Fault>,
{
    match resolve::row(app, head, Target::Record(record)).await? {
        Some(row) => then(row).await,
        None => Ok(gone()),
    }
}

/// When a snooze ends: an hour on, tomorrow at nine in the person's zone, or the team's next opening.
fn snooze_until(app: &App, head: &Head, row: &Row, span: SnoozeSpan) -> DateTime<Utc> {
    let now = app.clock().now();
    let workspace = app.store().workspace(head.workspace);
    match span {
        SnoozeSpan::Hour => now + TimeDelta::hours(1),
        SnoozeSpan::Tomorrow => {
            let zone = workspace.zone_of(head.person());
            let tomorrow = now.with_timezone(&zone).date_naive() + TimeDelta::days(1);
            let nine = NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default();
            calendar::instant(zone, tomorrow.and_time(nine))
        }
        SnoozeSpan::NextBusinessDay => workspace.team(row.record.team).calendar.next_day_opening(now),
    }
}
