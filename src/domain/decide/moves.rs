//! Moves: what a person chooses, and what rules and clocks do.

use super::super::access::manager_only;
use super::super::activity::{Activity, ActivityKind};
use super::super::approval::{asks_value, gate, peak};
use super::super::event::{Cause, EventKind, Moved, Source};
use super::super::field::{Contact, Data, FieldValue, builtin};
use super::super::ids::{FieldId, RuleId, StageId, StatusId};
use super::super::needs::{Checked, Known, check_given, split};
use super::super::outcome;
use super::super::playbook::{Class, KnownFrom, MoveBy, Status};
use super::super::record::Pending;
use super::super::rejection::Rejection;
use super::{Case, entry, log, runs, tasks};

/// A person chooses a status (ruling 1): everything has to be right.
pub fn choose(
    case: &mut Case<'_>,
    to: &StatusId,
    data: &Data,
    expected: Option<u32>,
) -> Result<(), Rejection> {
    case.unlocked()?;
    let playbook = case.env.playbook;
    if expected.is_some_and(|version| version != case.record.version) {
        return Err(Rejection::StaleButton { status: case.record.status.clone() });
    }
    let again = playbook.status(to).is_some_and(Status::follows_itself);
    if *to == case.record.status && !again {
        return Err(Rejection::AlreadyThere { to: to.clone() });
    }
    case.free_to_choose()?;
    let from = case.status().ok_or_else(|| Rejection::UnknownStatus { typed: to.as_str().to_owned() })?;
    let status =
        playbook.status(to).ok_or_else(|| Rejection::UnknownStatus { typed: to.as_str().to_owned() })?;
    let Some(step) = from.moves.iter().find(|m| m.to == *to && status.chosen) else {
        return Err(Rejection::NoSuchMove { from: from.id.clone(), to: to.clone(), allowed: allowed(case) });
    };
    match step.by {
        MoveBy::Manager => manager_only(&case.record, &case.actor, &case.env)?,
        MoveBy::Anyone => {}
    }
    let stage = stage_after(case, status);
    if let Some(stage) = stage.as_ref().filter(|stage| !playbook.combinations.allows(to, stage)) {
        return Err(Rejection::Combination { status: to.clone(), stage: stage.clone() });
    }
    check_given(data, Some(to), playbook, case.ahead_of())?;
    check_currency(case, data)?;
    let with_contact = with_contact(case, data);
    let mut checked = Known { record: &with_contact, playbook, given: data, note: None, now: case.env.now }
        .check(status.needs.iter().chain(&step.needs));
    ask_value(case, to, data, &mut checked);
    if !checked.missing.is_empty() {
        return Err(Rejection::Missing { to: Some(to.clone()), fields: checked.missing });
    }
    case.record.contact = with_contact.contact;
    let mut data = data.clone();
    data.extend(checked.filled);
    log_reported_contact(case, &data)?;
    if gate(&case.record, to, &data, &case.env).is_some() {
        request(case, to, stage, &data);
    } else {
        let overrides = overridden(case, to);
        apply(case, Arrival::at(to, stage), Cause::Chosen, data, Vec::new(), overrides);
    }
    Ok(())
}

/// The statuses that a person may choose from here.
pub fn allowed(case: &Case<'_>) -> Vec<StatusId> {
    choices(&case.record, &case.env)
}

/// The statuses that a person may choose for a record now, with the stage in mind (D66): what pickers offer.
pub fn choices(record: &super::Record, env: &super::Env<'_>) -> Vec<StatusId> {
    if record.ended.is_some() { Vec::new() } else { leading(record, env.playbook) }
}

/// The same, and nothing while a request waits or data is owed, since nothing may be chosen then (rulings 1 and 11).
pub fn reachable(record: &super::Record, playbook: &super::playbook::Playbook) -> Vec<StatusId> {
    let free = record.ended.is_none() && record.pending.is_none() && record.owes.is_empty();
    if free { leading(record, playbook) } else { Vec::new() }
}

fn leading(record: &super::Record, playbook: &super::playbook::Playbook) -> Vec<StatusId> {
    let Some(from) = playbook.status(&record.status).filter(|s| !s.locked) else { return Vec::new() };
    from.moves
        .iter()
        .filter_map(|m| playbook.status(&m.to))
        .filter(|to| to.chosen)
        .filter(|to| {
            let stage = to.sets_stage.as_ref().or(record.stage.as_ref());
            stage.is_none_or(|stage| playbook.combinations.allows(&to.id, stage))
        })
        .map(|to| to.id.clone())
        .collect()
}

/// What autocompletion offers a person for a record: the choices, less what only a manager may choose; nothing while a
/// request waits or data is owed, since nothing may be chosen then (rulings 1 and 11).
pub fn offered(record: &super::Record, person: super::PersonId, env: &super::Env<'_>) -> Vec<StatusId> {
    if record.pending.is_some() || !record.owes.is_empty() {
        return Vec::new();
    }
    let Some(from) = env.playbook.status(&record.status) else { return Vec::new() };
    let by = |to: &StatusId| from.moves.iter().find(|m| m.to == *to).map_or(MoveBy::Anyone, |m| m.by);
    let may = |to: &StatusId| match by(to) {
        MoveBy::Anyone => true,
        MoveBy::Manager => env.workspace.is_manager(person, record.team),
    };
    choices(record, env).into_iter().filter(may).collect()
}

/// A rule or a clock moves the record: never held up by missing data, always by gates, combinations and locks
/// (ruling 1). `false` where it may not.
pub fn automatic(case: &mut Case<'_>, to: &StatusId, cause: Cause, given: Data, note: Option<&str>) -> bool {
    let playbook = case.env.playbook;
    let Some(status) = playbook.status(to) else { return false };
    if case.status().is_none_or(|s| s.locked) || *to == case.record.status || case.record.pending.is_some() {
        return false;
    }
    let stage = stage_after(case, status);
    if stage.as_ref().is_some_and(|stage| !playbook.combinations.allows(to, stage)) {
        return false;
    }
    let mut checked =
        Known { record: &case.record, playbook, given: &given, note, now: case.env.now }.check(&status.needs);
    // A clock cannot ask for the value; it is owed, like the rest (ruling 1).
    ask_value(case, to, &given, &mut checked);
    let mut data = given;
    data.extend(checked.filled);
    if gate(&case.record, to, &data, &case.env).is_some() {
        request(case, to, stage, &data);
        return true;
    }
    apply(case, Arrival::at(to, stage), cause, data, checked.missing, None);
    true
}

/// The value that a gate is judged by is missing where nobody ever gave one (ruling 11).
fn ask_value(case: &Case<'_>, to: &StatusId, data: &Data, checked: &mut Checked) {
    let value = FieldId::from(builtin::VALUE);
    if asks_value(&case.record, to, data, &case.env) && !checked.missing.contains(&value) {
        checked.missing.push(value);
    }
}

/// Promote, skip, or (managers) demote (D1, D67).
pub fn set_stage(case: &mut Case<'_>, to: &StageId, data: &Data) -> Result<(), Rejection> {
    let playbook = case.env.playbook;
    let unknown = || Rejection::UnknownStage { typed: to.as_str().to_owned() };
    let stage = playbook.stage(to).ok_or_else(unknown)?;
    let rank = playbook.rank(to).ok_or_else(unknown)?;
    if case.record.stage.as_ref() == Some(to) {
        return Err(Rejection::AlreadyAtStage { stage: to.clone() });
    }
    case.free_to_choose()?;
    let now_at = case.record.stage.as_ref().and_then(|s| playbook.rank(s));
    let demotion = playbook.stages.ladder && now_at.is_some_and(|now| rank < now);
    if demotion {
        case.unlocked()?;
        manager_only(&case.record, &case.actor, &case.env)?;
    }
    let brought = brought_by(&case.record, &stage.id, playbook);
    let status = brought.as_ref().unwrap_or(&case.record.status).clone();
    if !playbook.combinations.allows(&status, to) {
        return Err(Rejection::Combination { status, stage: to.clone() });
    }
    check_given(data, brought.as_ref(), playbook, case.ahead_of())?;
    check_currency(case, data)?;
    let needs = brought.as_ref().and_then(|id| playbook.status(id)).map_or(&[][..], |s| &s.needs);
    let with_contact = with_contact(case, data);
    let mut checked =
        Known { record: &with_contact, playbook, given: data, note: None, now: case.env.now }.check(needs);
    if brought.is_some() {
        ask_value(case, &status, data, &mut checked);
    }
    let note = FieldId::from(builtin::NOTE);
    if demotion && !data.contains_key(builtin::NOTE) && !checked.missing.contains(&note) {
        checked.missing.insert(0, note);
    }
    // A status that a stage brings along is chosen like any other: it owes nothing (ruling 1).
    if !checked.missing.is_empty() {
        return Err(Rejection::Missing { to: brought, fields: checked.missing });
    }
    case.record.contact = with_contact.contact;
    let mut data = data.clone();
    data.extend(checked.filled);
    let cause = if demotion { Cause::Demotion } else { Cause::Chosen };
    let enters = brought.is_some();
    if enters {
        log_reported_contact(case, &data)?;
        if gate(&case.record, &status, &data, &case.env).is_some() {
            request(case, &status, Some(to.clone()), &data);
            return Ok(());
        }
    }
    let arrival = Arrival { status: &status, stage: Some(to.clone()), enters };
    apply(case, arrival, cause, data, Vec::new(), None);
    Ok(())
}

/// The status that a change of stage brings along (D67); `None`: the record stays in its own. A promotion carries along
/// what is being worked on; what is parked or ended stays where it is.
pub fn brought_by(
    record: &super::Record,
    to: &StageId,
    playbook: &super::playbook::Playbook,
) -> Option<StatusId> {
    let rank = playbook.rank(to)?;
    let now_at = record.stage.as_ref().and_then(|s| playbook.rank(s));
    let demotion = playbook.stages.ladder && now_at.is_some_and(|now| rank < now);
    let is_open = playbook.status(&record.status).is_none_or(|s| s.class == Class::Open);
    let sets = if demotion {
        playbook.stages.demotion_sets.as_ref()
    } else {
        playbook.stage(to)?.sets_status.as_ref().filter(|_| is_open)
    };
    sets.filter(|status| **status != record.status).cloned()
}

/// Where a transition leads.
pub struct Arrival<'s> {
    /// The status.
    pub status: &'s StatusId,
    /// The stage.
    pub stage: Option<StageId>,
    /// Whether the status is entered; `false`: only the stage changes.
    pub enters: bool,
}

impl<'s> Arrival<'s> {
    /// Into a status: another one, or a numbered one again (B7).
    pub fn at(status: &'s StatusId, stage: Option<StageId>) -> Self {
        Self { status, stage, enters: true }
    }
}

/// Makes the transition: one event, with the clocks that end and start.
pub fn apply(
    case: &mut Case<'_>,
    arrival: Arrival<'_>,
    cause: Cause,
    data: Data,
    owes: Vec<FieldId>,
    overrides: Option<RuleId>,
) {
    let playbook = case.env.playbook;
    let Arrival { status: to, stage, enters } = arrival;
    let again = enters && *to == case.record.status;
    let skipped = if enters { outcome::skipped(&case.record.status, to, playbook) } else { Vec::new() };
    let clocks = if enters { runs::on_move(&case.record, to, &data, &case.env) } else { Vec::new() };
    let (reason, note, data) = split(data);
    let data = data.into_iter().filter(|(field, _)| !Contact::holds(field.as_str())).collect();
    let stayed = if enters { case.env.now - case.record.status_since } else { chrono::Duration::zero() };
    let class = playbook.status(to).map_or(Class::Open, |s| s.class);
    let source = match &cause {
        Cause::Rule(_) => Source::Rule,
        Cause::Clock(_) => Source::Time,
        Cause::Imported => Source::Integration,
        Cause::Chosen | Cause::Demotion | Cause::Approval { .. } => case.actor.source,
    };
    let by = if source == case.actor.source { case.actor.person } else { None };
    let attempts = touches_so_far(case);
    let moved = Moved {
        from: case.record.status.clone(),
        to: to.clone(),
        from_stage: case.record.stage.clone(),
        to_stage: stage,
        class,
        cause,
        reason: reason.clone(),
        note,
        data,
        owes,
        overrides,
        stayed_ms: stayed.num_milliseconds(),
        attempts,
        nth: Some(to).filter(|_| enters).and_then(|to| number(case, to)).map(|nth| nth + 1),
        from_nth: number(case, &case.record.status),
        skipped,
        ends_plan: enters && playbook.status(to).is_some_and(|status| !status.plans()),
        row_begins: enters && class == Class::Open && case.record.open_since.is_none() && attempts == 0,
    };
    let credits = case.record.credits.clone();
    let written = moved.note.clone();
    case.push_by(by, source, EventKind::Moved(Box::new(moved)), clocks);
    if enters {
        entry::entered(case, reason.as_ref(), again, &credits, written.as_deref());
    }
}

/// How often a numbered status was entered so far; `None`: it is not numbered.
fn number(case: &Case<'_>, status: &StatusId) -> Option<u32> {
    case.env.playbook.status(status)?.numbered.map(|_| case.record.nth(status))
}

/// The touches of this very decision: one that moves the record counts as an attempt where it leads (D5).
fn touches_so_far(case: &Case<'_>) -> u32 {
    let touch = |kind: &EventKind| matches!(kind, EventKind::Logged { activity, history_only: false, .. } if activity.kind() == ActivityKind::Touch);
    u32::from(case.events.iter().any(|event| touch(&event.kind)))
}

/// Asks a manager instead of moving (D40).
fn request(case: &mut Case<'_>, to: &StatusId, stage: Option<StageId>, data: &Data) {
    let given = data.get(builtin::VALUE).and_then(|v| v.as_money());
    let pending = Pending {
        approval: case.env.next_approval,
        requested_by: case.actor.person,
        requested_at: case.env.now,
        to: to.clone(),
        stage,
        data: data
            .iter()
            .filter(|(f, _)| !Contact::holds(f.as_str()))
            .map(|(f, v)| (f.clone(), v.clone()))
            .collect(),
        peak: peak(&case.record, given, &case.env),
        steps: 0,
    };
    case.push(EventKind::ApprovalRequested(Box::new(pending)));
}

/// The stage that entering a status leaves the record at (ruling 3).
fn stage_after(case: &Case<'_>, status: &Status) -> Option<StageId> {
    status.sets_stage.clone().or_else(|| case.record.stage.clone())
}

/// The rule that a chosen move overrides (D27): the record stands where a rule put it, nobody moved it since, and the
/// person moves it back, or to where the rule would act again. To go on from there contradicts nothing.
pub fn overridden(case: &Case<'_>, to: &StatusId) -> Option<RuleId> {
    let auto = case.record.auto.as_ref()?;
    let rule = case.env.playbook.rule(&auto.rule)?;
    (*to == auto.from || rule.from.contains(to)).then(|| rule.id.clone())
}

/// A contact that a person reports together with a move ("what was the attempt?") is an activity like any
/// other: it goes into the history, meets its clocks, and counts as an attempt. It sets off no rule: the person
/// has just said where the record stands.
fn log_reported_contact(case: &mut Case<'_>, data: &Data) -> Result<(), Rejection> {
    let playbook = case.env.playbook;
    for field in &playbook.fields {
        let at_field = match field.known_from {
            Some(KnownFrom::LastTouch) => KnownFrom::LastTouchAt,
            Some(KnownFrom::LastTwoWay) => KnownFrom::LastTwoWayAt,
            _ => continue,
        };
        let known = match field.known_from {
            Some(KnownFrom::LastTouch) => case.record.contacted.touch,
            _ => case.record.contacted.two_way,
        };
        let Some(FieldValue::Choice(word)) = data.get(&field.id) else { continue };
        let Some(activity) = Activity::parse(word).filter(|a| known.is_none_or(|(last, _)| last != *a))
        else {
            continue;
        };
        log::may_reach_out(case, activity)?;
        let reported =
            playbook.fields.iter().filter(|f| f.known_from == Some(at_field)).find_map(|f| data.get(&f.id));
        let happened_at = reported.and_then(FieldValue::as_instant).unwrap_or(case.env.now).min(case.env.now);
        let clocks = runs::on_activity(&case.record, activity, case.env.now, &case.env);
        let kind = EventKind::Logged {
            activity,
            happened_at,
            history_only: false,
            outcome: None,
            note: None,
            row_goes_on: log::row_goes_on(activity),
        };
        case.push_with(kind, clocks);
        tasks::happened(case, activity);
        case.trigger = Some(activity);
    }
    Ok(())
}

/// The record with the personal data that the command brings.
fn with_contact(case: &Case<'_>, data: &Data) -> super::Record {
    let mut record = case.record.clone();
    for (field, value) in data {
        if let Some(text) = value.as_text() {
            record.contact.set(field.as_str(), text.to_owned());
        }
    }
    record
}

/// A foreign value needs a rate (ruling 11).
pub fn check_currency(case: &Case<'_>, data: &Data) -> Result<(), Rejection> {
    for money in data.values().filter_map(FieldValue::as_money) {
        if case.env.workspace.thresholds.convert(money).is_none() {
            return Err(Rejection::NoRate { currency: money.currency });
        }
    }
    Ok(())
}
