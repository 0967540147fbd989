//! Un-gameable disqualification (D40, X3): which moves wait for a manager, and who may decide.

use chrono::{DateTime, Duration, Utc};

use super::decision::Env;
use super::field::{Data, builtin};
use super::ids::{PersonId, StatusId};
use super::money::Money;
use super::playbook::{Gate, GateWhen};
use super::record::{Pending, Record};
use super::rejection::{OwnRequest, Rejection};
use super::workspace::Workspace;

/// How long an earlier value, or an earlier owner, still counts (ruling 11).
const LOOK_BACK: Duration = Duration::days(30);

/// The highest value of the last 30 *open* days, in the workspace's currency; `None` where none was known.
/// A foreign value without a rate counts as the highest there is: it must not slip through.
pub fn peak(record: &Record, given: Option<Money>, env: &Env<'_>) -> Option<Money> {
    let since = record.open_ms_at(env.now) - LOOK_BACK.num_milliseconds();
    let past = record.past_values.iter().filter(|p| p.open_ms >= since).map(|p| p.value);
    let thresholds = &env.workspace.thresholds;
    past.chain(record.value)
        .chain(given)
        .map(|value| {
            thresholds
                .convert(value)
                .unwrap_or(Money { minor: Money::MAX_MINOR, currency: thresholds.currency })
        })
        .max_by_key(|value| value.minor)
}

/// The gate that a move has to pass, if any.
pub fn gate<'a>(record: &Record, to: &StatusId, data: &Data, env: &Env<'a>) -> Option<&'a Gate> {
    env.playbook.gates.iter().find(|gate| {
        concerns(gate, record, to, env)
            && gate.when.iter().all(|when| holds(when, record, data, env))
            && (gate.and_any.is_empty() || gate.and_any.iter().any(|when| holds(when, record, data, env)))
    })
}

/// Whether the value has to be asked before a gate can be judged: never known, and the record came far enough
/// for somebody to know it (ruling 11).
pub fn asks_value(record: &Record, to: &StatusId, data: &Data, env: &Env<'_>) -> bool {
    record.value.is_none()
        && record.past_values.is_empty()
        && !data.contains_key(builtin::VALUE)
        && env.playbook.gates.iter().any(|gate| {
            let but_for_the_value =
                |when: &GateWhen| *when == GateWhen::HighValue || holds(when, record, data, env);
            concerns(gate, record, to, env)
                && gate.value_asked_after.iter().any(|s| record.been.contains(s))
                && gate.when.iter().all(but_for_the_value)
                && (gate.and_any.is_empty() || gate.and_any.iter().any(but_for_the_value))
        })
}

fn concerns(gate: &Gate, record: &Record, to: &StatusId, env: &Env<'_>) -> bool {
    let class = env.playbook.status(&record.status).map(|s| s.class);
    gate.entering.contains(to)
        && (gate.leaving.is_empty() || class.is_some_and(|c| gate.leaving.contains(&c)))
}

fn holds(when: &GateWhen, record: &Record, data: &Data, env: &Env<'_>) -> bool {
    match when {
        GateWhen::HighValue => {
            let given = data.get(builtin::VALUE).and_then(|v| v.as_money());
            peak(record, given, env)
                .is_some_and(|peak| peak.minor >= env.workspace.thresholds.high_value.minor)
        }
        GateWhen::ParkedBefore(times) => record.parked >= *times,
        GateWhen::FieldBeyondDays(field, days) => {
            let at = data.get(field).cloned().or_else(|| record.get(field)).and_then(|v| v.as_instant());
            at.is_some_and(|at| at > env.now + Duration::days(i64::from(*days)))
        }
    }
}

/// Who may decide a request: the team's managers; where none of them may, another team's; where none of those
/// may, the admins (ruling 11). Once the request has escalated, the next group may as well.
pub fn deciders(
    record: &Record,
    pending: &Pending,
    workspace: &Workspace,
    now: DateTime<Utc>,
) -> Vec<PersonId> {
    let free = |people: Vec<PersonId>| -> Vec<PersonId> {
        people.into_iter().filter(|p| conflict(record, pending, *p, now).is_none()).collect()
    };
    let own = free(workspace.managers(record.team));
    let others = free(
        workspace
            .teams
            .iter()
            .filter(|t| t.id != record.team)
            .flat_map(|t| workspace.managers(t.id))
            .collect(),
    );
    let admins =
        free(workspace.people.values().filter(|p| p.admin && p.gone.is_none()).map(|p| p.id).collect());
    let mut groups = [own, others, admins].into_iter().filter(|group| !group.is_empty());
    let mut may = groups.next().unwrap_or_default();
    if pending.steps >= 2 {
        may.extend(groups.next().unwrap_or_default());
    }
    may.sort_unstable();
    may.dedup();
    may
}

/// Why a person may never decide a request (ruling 11).
fn conflict(record: &Record, pending: &Pending, person: PersonId, now: DateTime<Utc>) -> Option<OwnRequest> {
    if pending.requested_by == Some(person) {
        Some(OwnRequest::Requested)
    } else if record.owner == Some(person) {
        Some(OwnRequest::Owns)
    } else if record.owned_since(person, now - LOOK_BACK) {
        Some(OwnRequest::Owned)
    } else {
        None
    }
}

/// Refuses whoever may not decide, naming who may.
pub fn check_decider(
    record: &Record,
    pending: &Pending,
    person: PersonId,
    env: &Env<'_>,
) -> Result<(), Rejection> {
    let may = deciders(record, pending, env.workspace, env.now);
    if may.contains(&person) {
        return Ok(());
    }
    match conflict(record, pending, person, env.now) {
        Some(because) => Err(Rejection::OwnRequest { because, others: may }),
        None => Err(Rejection::NeedsManager { team: record.team, managers: may }),
    }
}
