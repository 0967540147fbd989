//! Logging an activity, and the automatic rules that it sets off (D26).

use chrono::{DateTime, Duration, Utc};

use super::super::activity::{Activity, ActivityKind};
use super::super::decision::Notice;
use super::super::event::{Cause, EventKind, Source, Withdrawal};
use super::super::field::Data;
use super::super::playbook::{Class, Rule, RuleMode, Trigger};
use super::super::rejection::Rejection;
use super::{Case, approve, moves, runs};

/// How far back an activity may be reported (ruling 6).
const REPORTED_LATE_AT_MOST: Duration = Duration::days(7);

/// People's and servers' watches differ a little.
const WATCHES_DIFFER: Duration = Duration::minutes(1);

/// What was logged.
pub struct Logged<'c> {
    pub activity: Activity,
    pub at: Option<DateTime<Utc>>,
    pub outcome: &'c Option<String>,
    pub note: &'c Option<String>,
    pub next: &'c Option<(String, Option<DateTime<Utc>>)>,
}

pub fn log(case: &mut Case<'_>, logged: &Logged<'_>) -> Result<(), Rejection> {
    let activity = logged.activity;
    let now = case.env.now;
    let happened_at = logged.at.unwrap_or(now);
    if happened_at > now + WATCHES_DIFFER {
        return Err(Rejection::InFuture { at: happened_at });
    }
    if now - happened_at > REPORTED_LATE_AT_MOST {
        return Err(Rejection::TooLongAgo { at: happened_at });
    }
    let happened_at = happened_at.min(now);
    if let Some(status) =
        case.status().filter(|s| s.refuses_outreach && activity.kind() == ActivityKind::Touch)
    {
        return Err(Rejection::NoOutreach { status: status.id.clone() });
    }
    let history_only = happened_at < case.record.status_since;
    // SLA and rules use the time it was recorded; only an integration's own time is trusted (ruling 6).
    let counts_at = if case.actor.source == Source::Integration { happened_at } else { now };
    let clocks = if history_only {
        Vec::new()
    } else {
        runs::on_activity(&case.record, activity, counts_at, &case.env)
    };
    let kind = EventKind::Logged {
        activity,
        happened_at,
        history_only,
        outcome: logged.outcome.clone(),
        note: logged.note.clone(),
    };
    case.push_with(kind, clocks);
    if let Some((action, due)) = logged.next {
        case.push(EventKind::Planned { action: action.clone(), due: *due });
    }
    if history_only {
        return Ok(());
    }
    if activity.kind() == ActivityKind::TwoWay && case.record.pending.is_some() {
        approve::end_request(case, Withdrawal::Replied);
    }
    run_rules(case, activity, logged.note.as_deref());
    Ok(())
}

/// The first rule that matches acts; one alone, so that rules cannot chase each other.
fn run_rules(case: &mut Case<'_>, activity: Activity, note: Option<&str>) {
    let playbook = case.env.playbook;
    let Some(rule) = playbook.rules.iter().find(|rule| matches(case, rule, activity)) else { return };
    if note.is_some_and(|text| rule.unless_text.iter().any(|pattern| pattern.0.is_match(text))) {
        if !rule.else_propose.is_empty() {
            suggest(case, rule, rule.else_propose.clone());
        }
        return;
    }
    match rule.mode {
        RuleMode::Auto => {
            moves::automatic(case, &rule.to, Cause::Rule(rule.id.clone()), Data::new(), note);
        }
        RuleMode::Suggest => suggest(case, rule, vec![rule.to.clone()]),
        RuleMode::Off => {}
    }
}

fn matches(case: &Case<'_>, rule: &Rule, activity: Activity) -> bool {
    let triggered = match &rule.on {
        Trigger::Activity(activities) => activities.contains(&activity),
        Trigger::Kind(kinds) => kinds.contains(&activity.kind()),
        Trigger::OpportunityCreated => false,
    };
    let live = match rule.mode {
        RuleMode::Auto | RuleMode::Suggest => true,
        RuleMode::Off => false,
    };
    triggered && live && applies(case, rule)
}

/// Whether a rule works in the record's status, would change it, and was not silenced (ruling 10).
pub fn applies(case: &Case<'_>, rule: &Rule) -> bool {
    let here = if rule.from.is_empty() {
        case.class() == Class::Open
    } else {
        rule.from.contains(&case.record.status)
    };
    here && rule.to != case.record.status && !case.record.silenced.contains(&rule.id)
}

fn suggest(case: &mut Case<'_>, rule: &Rule, to: Vec<crate::domain::ids::StatusId>) {
    let kind = EventKind::Suggested { rule: rule.id.clone(), to: to.clone() };
    case.push_by(None, Source::Rule, kind, Vec::new());
    // Whoever logged it is told as well: the proposal is for them to press.
    let who = case.owner_or_managers();
    case.effects.push(crate::domain::decision::Effect::Tell { who, notice: Notice::Suggested { to } });
}
