//! What it means for a record that another one was made of it (D26f, D67; ruling 13).

use super::super::event::EventKind;
use super::super::field::{Contact, Data, FieldValue};
use super::super::ids::{RecordId, RecordRef};
use super::super::needs::{Known, check_given};
use super::super::playbook::{FieldRole, Rule, RuleMode, Trigger};
use super::super::rejection::Rejection;
use super::{Case, edit, moves};

/// The two are linked, what is known of the other is taken over, and the rule acts that waits for it. A playbook that
/// has such a rule refuses the making where the rule cannot act: nothing may be made of a lead that is not qualified
/// (ruling 2, D70).
pub fn made(case: &mut Case<'_>, record: RecordId, handle: RecordRef, data: &Data) -> Result<(), Rejection> {
    let rule = ready(case)?;
    case.push(EventKind::Made { record, handle });
    let mut taken = known(case, data);
    if let Some(field) = case.env.playbook.field_of(FieldRole::Made) {
        taken.insert(field.id.clone(), FieldValue::Text(handle.to_string()));
    }
    take_over(case, taken, rule)
}

/// The same where the other one lives in another system: its id there is among what is known of it.
pub fn made_elsewhere(case: &mut Case<'_>, data: &Data) -> Result<(), Rejection> {
    let rule = ready(case)?;
    check_given(data, None, case.env.playbook, case.ahead_of())?;
    moves::check_currency(case, data)?;
    let taken = known(case, data);
    take_over(case, taken, rule)
}

/// The rule that waits for it, where the record stands as the rule wants it.
fn ready<'a>(case: &Case<'a>) -> Result<Option<&'a Rule>, Rejection> {
    case.unlocked()?;
    case.free_of_requests()?;
    let rules = &case.env.playbook.rules;
    let rule = rules.iter().find(|r| r.on == Trigger::OpportunityCreated && r.mode == RuleMode::Auto);
    // Where it stands already what the rule would set, there is nothing to set.
    let rule = rule.filter(|rule| rule.to != case.record.status);
    match rule {
        Some(rule) if !rule.from.contains(&case.record.status) => Err(not_ready(case, rule)),
        Some(_) | None => Ok(rule),
    }
}

/// What of the other one's data the record has a field for.
fn known(case: &Case<'_>, data: &Data) -> Data {
    let known = |field: &str| case.env.playbook.field_called(field).is_some() && !Contact::holds(field);
    data.iter().filter(|(f, _)| known(f.as_str())).map(|(f, v)| (f.clone(), v.clone())).collect()
}

/// Takes data over, and has the rule act.
fn take_over(case: &mut Case<'_>, taken: Data, rule: Option<&Rule>) -> Result<(), Rejection> {
    if !taken.is_empty() {
        let owes = case.record.owes.iter().filter(|f| !taken.contains_key(*f)).cloned().collect();
        let clocks = taken.iter().flat_map(|(f, value)| edit::restarted_by(case, f, Some(value))).collect();
        case.push_with(EventKind::Filled { data: taken, owes }, clocks);
    }
    let before = case.record.status.clone();
    edit::opportunity_created(case);
    match rule {
        Some(rule) if case.record.status == before => Err(not_ready(case, rule)),
        Some(_) | None => Ok(()),
    }
}

/// Where the record would have to stand, and what is missing for that.
fn not_ready(case: &Case<'_>, rule: &Rule) -> Rejection {
    let playbook = case.env.playbook;
    let here = rule.from.contains(&case.record.status);
    let wanted = if here { Some(&rule.to) } else { rule.from.first() };
    let nothing = Data::new();
    let known = Known { record: &case.record, playbook, given: &nothing, note: None, now: case.env.now };
    let needs = wanted.and_then(|id| playbook.status(id)).map_or(&[][..], |status| &status.needs);
    Rejection::NotReadyToMake { at: rule.from.clone(), missing: known.check(needs).missing }
}
