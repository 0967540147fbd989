//! Fields, owed data, plans, owners.

use chrono::{DateTime, Utc};

use super::super::event::{Cause, EventKind};
use super::super::field::{Contact, Data, FieldValue, builtin};
use super::super::ids::{FieldId, PersonId};
use super::super::needs::{Known, check_given};
use super::super::playbook::{RuleMode, Starts, Trigger};
use super::super::record::ClockRun;
use super::super::rejection::Rejection;
use super::{Case, entry, log, moves, route, runs, tasks};

/// Changes one field; `None` empties it.
pub fn edit(case: &mut Case<'_>, field: &FieldId, value: Option<&FieldValue>) -> Result<(), Rejection> {
    let unknown = || Rejection::UnknownField { typed: field.as_str().to_owned() };
    // These belong to moves and plans, which have commands of their own.
    let elsewhere = [builtin::REASON, builtin::NOTE, builtin::NEXT_ACTION, builtin::NEXT_DUE];
    if elsewhere.contains(&field.as_str()) || case.env.playbook.field(field).is_none() {
        return Err(unknown());
    }
    if value.is_none() && field.as_str() == builtin::NAME {
        return Err(Rejection::Missing { to: None, fields: vec![field.clone()] });
    }
    let given: Data = value.map(|v| (field.clone(), v.clone())).into_iter().collect();
    check_given(&given, None, case.env.playbook, case.ahead_of())?;
    moves::check_currency(case, &given)?;
    let old = case.record.get(field);
    if old.as_ref() == value {
        return Ok(());
    }
    if Contact::holds(field.as_str()) {
        let text = value.and_then(FieldValue::as_text).unwrap_or_default().to_owned();
        case.record.contact.set(field.as_str(), text);
        case.push(EventKind::Edited { field: field.clone(), old: None, new: None });
    } else {
        let clocks = restarted_by(case, field, value);
        case.push_with(EventKind::Edited { field: field.clone(), old, new: value.cloned() }, clocks);
    }
    if value.is_some() && case.record.owes.contains(field) {
        let owes = case.record.owes.iter().filter(|f| *f != field).cloned().collect();
        case.push(EventKind::Filled { data: Data::new(), owes });
    }
    opportunity_created(case);
    Ok(())
}

/// The clocks that start at an instant which this field holds.
pub fn restarted_by(case: &Case<'_>, field: &FieldId, value: Option<&FieldValue>) -> Vec<ClockRun> {
    let Some(status) = case.status() else { return Vec::new() };
    let Some(at) = value.and_then(FieldValue::as_instant) else { return Vec::new() };
    status
        .clocks
        .iter()
        .filter(|spec| spec.starts == Starts::Field(field.clone()))
        .map(|spec| runs::fresh(spec, Some(at)))
        .collect()
}

/// Fills in owed data (ruling 1).
pub fn fill(case: &mut Case<'_>, data: &Data) -> Result<(), Rejection> {
    if case.record.owes.is_empty() {
        return Err(Rejection::NothingOwed);
    }
    let status = case.record.status.clone();
    check_given(data, Some(&status), case.env.playbook, case.ahead_of())?;
    moves::check_currency(case, data)?;
    let owes: Vec<_> = case.record.owes.iter().filter(|f| !data.contains_key(*f)).cloned().collect();
    if owes.len() == case.record.owes.len() {
        return Err(Rejection::Missing { to: None, fields: owes });
    }
    for (field, value) in data {
        if let Some(text) = value.as_text() {
            case.record.contact.set(field.as_str(), text.to_owned());
        }
    }
    let data: Data = data
        .iter()
        .filter(|(f, _)| !Contact::holds(f.as_str()))
        .map(|(f, v)| (f.clone(), v.clone()))
        .collect();
    let clocks = data.iter().flat_map(|(field, value)| restarted_by(case, field, Some(value))).collect();
    let reason = data.get(builtin::REASON).and_then(FieldValue::as_reason);
    let note = data.get(builtin::NOTE).and_then(FieldValue::as_text).map(str::to_owned);
    case.push_with(EventKind::Filled { data, owes }, clocks);
    entry::crm_notes(case, reason.as_ref(), note.as_deref());
    opportunity_created(case);
    Ok(())
}

/// D26f: a person confirmed the opportunity by giving the last of what it needs (ruling 3: id, expected close
/// date, value). From a status that the rule does not name, the data is kept and nothing moves.
pub fn opportunity_created(case: &mut Case<'_>) {
    tasks::confirmed(case);
    let playbook = case.env.playbook;
    let live = |mode| match mode {
        RuleMode::Auto => true,
        RuleMode::Suggest | RuleMode::Off => false,
    };
    let rule = playbook
        .rules
        .iter()
        .find(|rule| rule.on == Trigger::OpportunityCreated && live(rule.mode) && log::applies(case, rule));
    let Some((rule, status)) = rule.and_then(|rule| Some((rule, playbook.status(&rule.to)?))) else { return };
    let nothing = Data::new();
    let known = Known { record: &case.record, playbook, given: &nothing, note: None, now: case.env.now };
    if known.check(&status.needs).missing.is_empty() {
        moves::automatic(case, &rule.to, Cause::Rule(rule.id.clone()), Data::new(), None);
    }
}

/// Plans the next action, where there is one (B8).
pub fn plan(case: &mut Case<'_>, action: &str, due: DateTime<Utc>) -> Result<(), Rejection> {
    log::may_plan(case)?;
    case.push(EventKind::Planned { action: action.to_owned(), due: Some(due) });
    let planned = [builtin::NEXT_ACTION, builtin::NEXT_DUE];
    let owes: Vec<_> = case.record.owes.iter().filter(|f| !planned.contains(&f.as_str())).cloned().collect();
    if owes.len() != case.record.owes.len() {
        case.push(EventKind::Filled { data: Data::new(), owes });
    }
    Ok(())
}

/// Changes the owner.
pub fn assign(case: &mut Case<'_>, to: PersonId, why: Option<&str>) -> Result<(), Rejection> {
    if !case.env.workspace.people.contains_key(&to) {
        return Err(Rejection::UnknownPerson { person: to });
    }
    if case.env.workspace.has_left(to) && !to.is_nameless() {
        return Err(Rejection::HasLeft { person: to });
    }
    if case.record.owner == Some(to) {
        return Err(Rejection::AlreadyOwner { owner: to });
    }
    if case.record.barred.contains(&to) {
        return Err(Rejection::Barred { person: to });
    }
    route::give(case, Some(to), why.map(str::to_owned), None);
    Ok(())
}

/// "Take it" (ruling 16). Nobody takes what they own already.
pub fn take(case: &mut Case<'_>) -> Result<(), Rejection> {
    match case.actor.person {
        Some(person) => assign(case, person, None),
        None => Ok(()),
    }
}
