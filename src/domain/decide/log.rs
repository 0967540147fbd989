//! Logging an activity, and the automatic rules that it sets off (D26).

use chrono::{DateTime, Duration, Utc};

use super::super::activity::{Activity, ActivityKind};
use super::super::command::Report;
use super::super::event::{Cause, EventKind, Source, Withdrawal};
use super::super::field::{Data, FieldValue};
use super::super::playbook::{Class, KnownFrom, Rule, RuleMode, Status, Trigger};
use super::super::rejection::Rejection;
use super::{Case, approve, entry, flags, moves, report, runs, tasks};

/// How far back an activity may be reported (ruling 6).
const REPORTED_LATE_AT_MOST: Duration = Duration::days(7);

/// People's and servers' watches differ a little.
const WATCHES_DIFFER: Duration = Duration::minutes(1);

/// What was logged.
pub struct Logged<'c> {
    pub activity: Activity,
    pub at: Option<DateTime<Utc>>,
    pub note: &'c Option<String>,
    pub report: &'c Report,
    /// What the person gave for the move that the report leads to.
    pub data: &'c Data,
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
    may_reach_out(case, activity)?;
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
        outcome: logged.report.outcome.clone(),
        note: logged.note.clone(),
        row_goes_on: row_goes_on(activity),
    };
    case.push_with(kind, clocks);
    let said = logged.report.outcome.is_some();
    let event = activity.kind() != ActivityKind::Internal;
    let asked = report::is_asked(case) && !logged.report.told && !history_only && (event || said);
    if let Some((action, due)) = logged.report.next.as_ref().filter(|_| !asked) {
        may_plan(case)?;
        case.push(EventKind::Planned { action: action.clone(), due: *due });
    }
    entry::crm_logged(case, activity, logged.note.as_deref());
    if history_only {
        return Ok(());
    }
    if activity.kind() == ActivityKind::TwoWay && case.record.pending.is_some() {
        approve::end_request(case, Withdrawal::Replied);
    }
    case.trigger = Some(activity);
    tasks::happened(case, activity);
    if asked {
        let settled = report::settle(case, logged.report, logged.data)?;
        report::carry_out(case, settled)?;
    } else if !said {
        // Whoever says what came of it has said where the record stands.
        run_rules(case, activity, logged.note.as_deref());
    }
    sub_status(case, activity);
    flags::counted(case);
    case.trigger = None;
    Ok(())
}

/// Another touch is no answer: the row of unanswered calls goes on with the next one (ruling 14).
pub fn row_goes_on(activity: Activity) -> bool {
    activity.kind() == ActivityKind::Touch && activity != Activity::CallUnanswered
}

/// Refused where nobody may reach out (B8, E4, ruling 14).
pub fn may_reach_out(case: &Case<'_>, activity: Activity) -> Result<(), Rejection> {
    match case.status() {
        Some(status) if status.refuses_outreach && activity.kind() == ActivityKind::Touch => {
            Err(Rejection::NoOutreach { status: status.id.clone() })
        }
        Some(_) | None => Ok(()),
    }
}

/// Refused where nothing is planned any more: what has ended, and where nobody may reach out (B8, E4).
pub fn may_plan(case: &Case<'_>) -> Result<(), Rejection> {
    case.status().filter(|status| !status.plans()).map_or(Ok(()), |status| Err(not_planned(status)))
}

/// Why nothing is planned where a record stands, or would stand.
pub fn not_planned(status: &Status) -> Rejection {
    let why = if status.locked {
        |status| Rejection::Locked { status }
    } else if status.refuses_outreach {
        |status| Rejection::NoOutreach { status }
    } else {
        |status| Rejection::NothingPlanned { status }
    };
    why(status.id.clone())
}

/// The first rule that matches acts; one alone, so that rules cannot chase each other.
fn run_rules(case: &mut Case<'_>, activity: Activity, note: Option<&str>) {
    let playbook = case.env.playbook;
    let Some(rule) = playbook.rules.iter().find(|rule| matches(case, rule, activity)) else { return };
    if note.is_some_and(|text| rule.unless_text.iter().any(|pattern| pattern.0.is_match(text))) {
        if !rule.else_propose.is_empty() {
            flags::suggest(case, rule.id.clone(), rule.else_propose.clone(), None);
        }
        return;
    }
    match rule.mode {
        RuleMode::Auto => {
            moves::automatic(case, &rule.to, Cause::Rule(rule.id.clone()), Data::new(), note);
        }
        RuleMode::Suggest => {
            flags::suggest(case, rule.id.clone(), vec![rule.to.clone()], rule.because.clone());
        }
        RuleMode::Off => {}
    }
}

fn matches(case: &Case<'_>, rule: &Rule, activity: Activity) -> bool {
    let triggered = match &rule.on {
        Trigger::Activity(activities) => activities.contains(&activity),
        Trigger::Kind(kinds) => kinds.contains(&activity.kind()),
        Trigger::Unanswered(calls) => {
            activity == Activity::CallUnanswered && case.record.contacted.unanswered >= *calls
        }
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
    let given_up = rule.unless_unanswered.is_some_and(|calls| case.record.contacted.unanswered >= calls);
    here && !given_up && rule.to != case.record.status && !case.record.silenced.contains(&rule.id)
}

/// The sub-status follows the last activity that it has a name for (D16).
pub fn sub_status(case: &mut Case<'_>, activity: Activity) {
    let playbook = case.env.playbook;
    let field = case.status().and_then(|s| s.sub_status.as_ref()).and_then(|id| playbook.field(id));
    let Some(field) = field else { return };
    let follows = match field.known_from {
        Some(KnownFrom::LastTouch) => activity.kind() == ActivityKind::Touch,
        Some(KnownFrom::LastTwoWay) => activity.kind() == ActivityKind::TwoWay,
        _ => false,
    };
    let to = activity.name();
    let known = case.record.get(&field.id);
    if follows && known.as_ref().and_then(FieldValue::as_text) != Some(to) {
        case.by_itself(EventKind::SubStatus { field: field.id.clone(), to: to.to_owned() });
    }
}
