//! Tasks (D28, D30, D31, D70): opened by a status, closed by whoever does them together with what they say about the
//! status, or by themselves: when what they ask for was logged or confirmed, or when the record leaves the status.

use chrono::{DateTime, Utc};

use super::super::activity::Activity;
use super::super::clocks;
use super::super::command::{Report, StatusAnswer};
use super::super::decision::{Effect, Notice};
use super::super::event::{EventKind, TaskEnd};
use super::super::field::{Contact, Data};
use super::super::ids::FieldId;
use super::super::needs::check_given;
use super::super::playbook::TaskSpec;
use super::super::record::{OpenTask, Record};
use super::super::rejection::Rejection;
use super::super::span::Span;
use super::super::workspace::Workspace;
use super::log::{self, Logged};
use super::{Case, edit, moves, report};

/// Who closes a task.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Whoever asked.
    Actor,
    /// Nobody: the playbook does.
    Itself,
}

/// What a person says when a task is done.
pub struct Done<'c> {
    pub task: u32,
    pub answer: Option<&'c StatusAnswer>,
    pub data: &'c Data,
    pub outcome: Option<&'c String>,
    pub next: Option<&'c (String, Option<DateTime<Utc>>)>,
}

/// A status was entered. What its task asks for may just have happened: then there is nothing to do.
pub fn open_first(case: &mut Case<'_>, spec: &TaskSpec) {
    let happened = case.trigger.is_some_and(|activity| spec.done_by.iter().any(|by| by.is(activity)));
    match (happened, spec.every) {
        (false, _) => open(case, spec, spec.within, false),
        (true, Some(every)) => open(case, spec, every, true),
        (true, None) => {}
    }
}

fn open(case: &mut Case<'_>, spec: &TaskSpec, span: Span, again: bool) {
    let task = OpenTask {
        id: case.record.tasks_opened + 1,
        label: spec.label.clone(),
        status: case.record.status.clone(),
        since: case.env.now,
        again,
        due: clocks::due_after(case.env.now, span, &case.env.team.calendar),
        told: false,
        by_hook: !again && goes_by_hook(case, spec),
    };
    let id = task.id;
    case.by_itself(EventKind::TaskOpened(task));
    // Whoever did it themselves reads it in their answer.
    if (spec.prepare.is_some() || !spec.confirms.is_empty()) && case.record.owner.is_some() {
        let who = case.owner_or_managers();
        case.tell(who, Notice::TaskReady { task: id });
    }
}

/// Whether a prepared message goes out by the team's webhook (D30): once for each entering, where an admin wants that, and
/// where nothing of it is missing. What an import tells of is no news to a customer.
fn goes_by_hook(case: &Case<'_>, spec: &TaskSpec) -> bool {
    let workspace = case.env.workspace;
    workspace.hooks.sends_messages() && !case.from_file && message_can_go(&case.record, spec, workspace)
}

/// Whether a prepared message has all that it needs to be sent by somebody else: whom it is from and to, and its link.
pub fn message_can_go(record: &Record, spec: &TaskSpec, workspace: &Workspace) -> bool {
    let contact = &record.contact;
    let linked = || workspace.booking_link(record.owner, record.team).is_some();
    spec.prepare.is_some()
        && record.owner.is_some_and(|owner| !owner.is_nameless())
        && (contact.email.is_some() || contact.phone.is_some())
        && (!spec.names_link() || linked())
}

/// Closes a task, where it is open.
pub fn close(case: &mut Case<'_>, task: u32, end: TaskEnd, outcome: Option<String>, by: By) {
    let Some(label) = case.record.task(task).map(|t| t.label.clone()) else { return };
    let kind = EventKind::TaskClosed { task, label, end, outcome };
    match by {
        By::Actor => case.push(kind),
        By::Itself => case.by_itself(kind),
    }
}

/// Closes a task that may be a recurring one: the next time begins.
fn close_once(case: &mut Case<'_>, task: u32, end: TaskEnd, outcome: Option<String>, by: By) {
    let Some(open_task) = case.record.task(task).cloned() else { return };
    close(case, task, end, outcome, by);
    let spec = case.env.playbook.task(&open_task.status, &open_task.label);
    if let Some((spec, every)) = spec.and_then(|spec| Some((spec, spec.every?))) {
        open(case, spec, every, true);
    }
}

/// An activity was logged that may be what tasks ask for.
pub fn happened(case: &mut Case<'_>, activity: Activity) {
    let playbook = case.env.playbook;
    let met: Vec<u32> = case
        .record
        .tasks
        .iter()
        .filter(|task| {
            let spec = playbook.task(&task.status, &task.label);
            spec.is_some_and(|spec| spec.done_by.iter().any(|by| by.is(activity)))
        })
        .map(|task| task.id)
        .collect();
    for task in met {
        close_once(case, task, TaskEnd::Logged(activity), None, By::Itself);
    }
}

/// Fields are known now that a draft asks for (D31).
pub fn confirmed(case: &mut Case<'_>) {
    let complete: Vec<u32> = case
        .record
        .tasks
        .iter()
        .filter(|task| {
            let spec = case.env.playbook.task(&task.status, &task.label);
            spec.is_some_and(|spec| !spec.confirms.is_empty() && missing(case, spec, &Data::new()).is_empty())
        })
        .map(|task| task.id)
        .collect();
    for task in complete {
        close(case, task, TaskEnd::Confirmed, None, By::Itself);
    }
}

fn missing(case: &Case<'_>, spec: &TaskSpec, given: &Data) -> Vec<FieldId> {
    let known = |field: &&FieldId| !given.contains_key(*field) && case.record.get(field).is_none();
    spec.confirms.iter().filter(known).cloned().collect()
}

/// A person has done a task (D70): it is closed together with what they say about the status, or not at all.
pub fn done(case: &mut Case<'_>, done: &Done<'_>) -> Result<(), Rejection> {
    let task = done.task;
    let open = open_task(case, task)?;
    let spec = case.env.playbook.task(&open.status, &open.label);
    let then = spec.and_then(|spec| spec.then.clone()).map(StatusAnswer::Move);
    // One that leads somewhere by itself asks for nothing more.
    if report::is_asked(case) && then.is_none() {
        return reported(case, done);
    }
    let answer = match done.answer.or(then.as_ref()) {
        None => return Err(Rejection::NeedsAnswer { task, allowed: moves::allowed(case) }),
        // Whoever names the status that it has keeps it.
        Some(StatusAnswer::Move(to)) if *to == case.record.status => &StatusAnswer::Keep,
        Some(answer) => answer,
    };
    let outcome = done.outcome.cloned();
    match answer {
        StatusAnswer::Keep => close_once(case, task, TaskEnd::Kept, outcome, By::Actor),
        StatusAnswer::Move(_) => close(case, task, TaskEnd::Moves, outcome, By::Actor),
    }
    if let Some((action, due)) = done.next {
        case.push(EventKind::Planned { action: action.clone(), due: *due });
    }
    match answer {
        StatusAnswer::Keep => Ok(()),
        StatusAnswer::Move(to) => moves::choose(case, to, done.data, None),
    }
}

/// The same where the playbook asks what came of it (B2): that says what is true about the status.
fn reported(case: &mut Case<'_>, done: &Done<'_>) -> Result<(), Rejection> {
    let to = match done.answer {
        Some(StatusAnswer::Move(to)) => Some(to.clone()),
        Some(StatusAnswer::Keep) | None => None,
    };
    let report = Report { outcome: done.outcome.cloned(), to, next: done.next.cloned(), told: false };
    let settled = report::settle(case, &report, done.data)?;
    match &settled.to {
        None => close_once(case, done.task, TaskEnd::Kept, report.outcome, By::Actor),
        Some(_) => close(case, done.task, TaskEnd::Moves, report.outcome, By::Actor),
    }
    report::carry_out(case, settled)
}

/// The prepared message is sent (D30): logged once, which closes the task.
pub fn sent(case: &mut Case<'_>, task: u32, report: &Report, data: &Data) -> Result<(), Rejection> {
    let spec = spec(case, task)?;
    if spec.prepare.is_none() {
        return Err(Rejection::NoSuchTask { task });
    }
    log::log(case, &Logged { activity: spec.logs, at: None, note: &None, report, data })?;
    close_once(case, task, TaskEnd::Logged(spec.logs), None, By::Itself);
    Ok(())
}

/// The draft is confirmed (D31): what was missing is filled in, which closes the task and lets the rule act that waits
/// for it (D26f).
pub fn confirm(case: &mut Case<'_>, task: u32, data: &Data) -> Result<(), Rejection> {
    let spec = spec(case, task)?;
    if spec.confirms.is_empty() {
        return Err(Rejection::NoSuchTask { task });
    }
    case.free_of_requests()?;
    check_given(data, None, case.env.playbook, case.ahead_of())?;
    moves::check_currency(case, data)?;
    let fields = missing(case, spec, data);
    if !fields.is_empty() {
        return Err(Rejection::Missing { to: None, fields });
    }
    let data: Data = data
        .iter()
        .filter(|(field, _)| !Contact::holds(field.as_str()))
        .map(|(field, value)| (field.clone(), value.clone()))
        .collect();
    if !data.is_empty() {
        let owes = case.record.owes.iter().filter(|f| !data.contains_key(*f)).cloned().collect();
        let clocks = data.iter().flat_map(|(f, value)| edit::restarted_by(case, f, Some(value))).collect();
        case.push_with(EventKind::Filled { data, owes }, clocks);
    }
    close(case, task, TaskEnd::Confirmed, None, By::Actor);
    edit::opportunity_created(case);
    Ok(())
}

fn open_task(case: &Case<'_>, task: u32) -> Result<OpenTask, Rejection> {
    case.record.task(task).cloned().ok_or(Rejection::NoSuchTask { task })
}

fn spec<'a>(case: &Case<'a>, task: u32) -> Result<&'a TaskSpec, Rejection> {
    let open = open_task(case, task)?;
    case.env.playbook.task(&open.status, &open.label).ok_or(Rejection::NoSuchTask { task })
}

/// Tells the owner, once, what is due. Where a clock speaks at the same moment, it has said it already.
pub fn remind(case: &mut Case<'_>, due: Vec<u32>, spoken: bool) {
    let due: Vec<u32> = due.into_iter().filter(|id| case.record.task(*id).is_some()).collect();
    if due.is_empty() {
        return;
    }
    case.by_time(EventKind::TasksTold { tasks: due.clone() });
    if !spoken {
        let who = case.owner_or_managers();
        case.effects.push(Effect::Tell { who, notice: Notice::TasksDue { tasks: due } });
    }
}
