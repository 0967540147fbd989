//! What shows that something is wrong (D4–D13), what is offered after a while (ruling 9), and what becomes of a
//! suggestion (ruling 10).

use super::super::clocks;
use super::super::decision::{Effect, Notice};
use super::super::event::EventKind;
use super::super::ids::{RuleId, StatusId};
use super::super::playbook::{Flag, FlagWhen};
use super::super::rejection::Rejection;
use super::{Case, moves};

/// Raises the flags of counts, after an activity was logged (D5).
pub fn counted(case: &mut Case<'_>) {
    let Some(status) = case.status() else { return };
    let attempts = case.record.contacted.attempts;
    for flag in &status.flags {
        let over = match flag.when {
            FlagWhen::AttemptsOver(most) => attempts > most,
            FlagWhen::After(_) | FlagWhen::Past(..) => false,
        };
        if over && clocks::may_raise(&case.record, flag) {
            raise(case, flag);
        }
    }
}

/// Raises the flags whose time has come, and offers what is to be offered by now.
pub fn elapsed(case: &mut Case<'_>) {
    let now = case.env.now;
    let Some(status) = case.status() else { return };
    for flag in &status.flags {
        if clocks::flag_due(&case.record, flag, &case.env).is_some_and(|at| at <= now) {
            raise(case, flag);
        }
    }
    let due = clocks::offer_due(&case.record, &case.env).filter(|(at, _)| *at <= now);
    if let Some((_, reason)) = due {
        let to = possible(case, &status.offers.later);
        suggest(case, RuleId::from(clocks::OFFER), to, reason.offer_because.clone());
    }
}

fn raise(case: &mut Case<'_>, flag: &Flag) {
    case.by_itself(EventKind::Flagged { flag: flag.id.clone() });
    let to = possible(case, &flag.propose);
    if !to.is_empty() {
        suggest(case, flag.id.clone(), to, Some(flag.says.clone()));
    }
}

/// What may be chosen of it; nothing while a request waits, since nothing may be chosen then (ruling 11).
fn possible(case: &Case<'_>, to: &[StatusId]) -> Vec<StatusId> {
    if case.record.pending.is_some() {
        return Vec::new();
    }
    let allowed = moves::allowed(case);
    to.iter().filter(|to| allowed.contains(to)).cloned().collect()
}

/// Proposes a move. Whoever set it off is told as well: the proposal is for them to press.
pub fn suggest(case: &mut Case<'_>, rule: RuleId, to: Vec<StatusId>, because: Option<String>) {
    case.by_itself(EventKind::Suggested { rule: rule.clone(), to: to.clone(), because: because.clone() });
    if !to.is_empty() {
        let who = case.owner_or_managers();
        case.effects.push(Effect::Tell { who, notice: Notice::Suggested { rule, to, because } });
    }
}

/// Somebody does not want what was suggested: it is silent until something new happens.
pub fn dismiss(case: &mut Case<'_>, rule: &RuleId) -> Result<(), Rejection> {
    if case.record.open_suggestions().all(|s| s.rule != *rule) {
        return Err(Rejection::NoSuchSuggestion);
    }
    case.push(EventKind::Dismissed { rule: rule.clone() });
    Ok(())
}
