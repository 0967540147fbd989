//! Hand-overs: by a route of the playbook (D34–D37), and by a team-mate before it is too late (X7). Both are part of
//! the decision that sets them off, so that undoing it brings the owner back; an assignment sets off nothing further,
//! so they cannot go round in a circle.

use std::collections::BTreeSet;

use super::super::access::manager_only;
use super::super::clocks;
use super::super::command::Actor;
use super::super::decision::{Env, Notice};
use super::super::event::{Because, EventKind, Found, HandOver, Routed, Source};
use super::super::ids::{PersonId, RouteId};
use super::super::playbook::{Accounts, Among, Nobody, OnEntry, Rescue, Route};
use super::super::record::{ClockRun, Record};
use super::super::rejection::Rejection;
use super::super::routing::{self, Pick};
use super::Case;

/// Who gets a new record for which nobody is named: a rep keeps what they make by hand; for everybody else the
/// playbook's route decides, and where it does not bind, whoever made it keeps it. `record` has no owner yet.
pub fn for_new(record: &Record, actor: &Actor, env: &Env<'_>) -> (Option<PersonId>, Option<Routed>) {
    let makes_for_others =
        |person: PersonId| env.workspace.is_admin(person) || env.workspace.is_manager(person, record.team);
    if let Some(person) = actor.person.filter(|p| actor.source == Source::Manual && !makes_for_others(*p)) {
        return (Some(person), None);
    }
    let Some(route) = env.playbook.new_route.as_ref().and_then(|id| env.playbook.route(id)) else {
        return (actor.person, None);
    };
    match found(route, record, Because::New, env) {
        None => (actor.person, None),
        Some((owner, routed)) => (owner, Some(routed)),
    }
}

/// Who gets a record that comes in from elsewhere without an owner: where it begins here, whom the route of new records
/// finds; else whom the route of its status finds. `None`: nobody hands it over, and it stays as it came.
pub fn for_imported(record: &Record, env: &Env<'_>) -> Option<(Option<PersonId>, Routed)> {
    let new = env.playbook.new_route.iter().filter(|_| record.status == env.playbook.initial);
    let new = new.map(|id| (id, Because::New));
    let entry = env.playbook.status(&record.status).into_iter().flat_map(|status| &status.on_entry);
    let entered = entry.filter_map(|entry| match entry {
        OnEntry::Route(id) => Some((id, Because::Entered)),
        OnEntry::Notify(_)
        | OnEntry::Task(_)
        | OnEntry::Start(_)
        | OnEntry::Leave(_)
        | OnEntry::CrmNote { .. }
        | OnEntry::Points(_) => None,
    });
    new.chain(entered).find_map(|(id, because)| found(env.playbook.route(id)?, record, because, env))
}

/// Whom a route finds for a record without an owner; `None`: it does not bind.
fn found(
    route: &Route,
    record: &Record,
    because: Because,
    env: &Env<'_>,
) -> Option<(Option<PersonId>, Routed)> {
    let (owner, found) = match routing::pick(route, record, &BTreeSet::new(), env) {
        Pick::Unbound | Pick::Stays => return None,
        Pick::Account(person) => (Some(person), Found::Account),
        Pick::Turn(person) => (Some(person), Found::Turn),
        Pick::Nobody => (None, Found::Nobody),
    };
    Some((owner, Routed { route: route.id.clone(), found, because, barred: Vec::new() }))
}

/// Where the playbook names no route for new records: the team's reps in turn.
fn in_turn() -> Route {
    Route {
        id: RouteId::new("in-turn"),
        why: "the team's reps take turns".to_owned(),
        among: Among::Reps,
        without: Vec::new(),
        accounts: Accounts::AsAll,
        bars_owners: false,
        nobody: Nobody::Keep,
    }
}

/// Hands the record over by a route, where it binds and finds somebody else.
pub fn hand_over(case: &mut Case<'_>, id: &RouteId, because: Because) {
    if let Some(route) = case.env.playbook.route(id) {
        hand_over_by(case, route, because);
    }
}

fn hand_over_by(case: &mut Case<'_>, route: &Route, because: Because) {
    let record = &case.record;
    let barred =
        if route.bars_owners && because == Because::Entered { owners(record) } else { BTreeSet::new() };
    let mut out: BTreeSet<_> = record.barred.union(&barred).copied().collect();
    match because {
        Because::New | Because::Entered => {}
        // Whoever has it is the reason why it is to go elsewhere.
        Because::Away | Because::Asked => out.extend(record.owner),
    }
    let (found, to) = match routing::pick(route, record, &out, &case.env) {
        Pick::Unbound | Pick::Stays => return,
        Pick::Account(person) => (Found::Account, Some(person)),
        Pick::Turn(person) => (Found::Turn, Some(person)),
        Pick::Nobody => {
            // Somebody who has left cannot keep it, whoever asks.
            let owner = record.owner.filter(|owner| !case.env.workspace.has_left(*owner));
            (Found::Nobody, left(route, owner, because))
        }
    };
    let (from, barred) = (record.owner, barred.into_iter().collect::<Vec<_>>());
    if from == to && barred.is_empty() {
        nobody_free(case, route);
        return;
    }
    let how = HandOver::Routed(Routed { route: route.id.clone(), found, because, barred });
    give(case, to, Some(route.why.clone()), Some(how));
    if found == Found::Nobody {
        nobody_free(case, route);
    }
}

/// Who has the record where nobody is free.
fn left(route: &Route, owner: Option<PersonId>, because: Because) -> Option<PersonId> {
    match (route.nobody, because) {
        (Nobody::Keep, Because::New | Because::Entered | Because::Asked) => owner,
        // An absent owner cannot keep it.
        (Nobody::Keep, Because::Away) | (Nobody::Release, _) => None,
    }
}

fn nobody_free(case: &mut Case<'_>, route: &Route) {
    let who = case.env.workspace.managers(case.record.team);
    case.tell(who, Notice::NobodyFree { why: route.why.clone() });
}

/// Everybody who has owned it.
fn owners(record: &Record) -> BTreeSet<PersonId> {
    record.past_owners.iter().map(|past| past.person).chain(record.owner).collect()
}

/// Changes the owner, and tells both.
pub fn give(case: &mut Case<'_>, to: Option<PersonId>, why: Option<String>, how: Option<HandOver>) {
    let from = case.record.owner;
    case.push(EventKind::Assigned { from, to, why: why.clone(), how: how.clone() });
    let by = case.actor.person;
    if let Some(to) = to {
        case.tell(vec![to], Notice::Assigned { by, why: why.clone(), how: how.clone() });
    }
    if let Some(from) = from.filter(|from| Some(*from) != to) {
        case.tell(vec![from], Notice::HandedOn { to, by, why, how });
    }
}

/// The owner is away or gone while a clock runs whose playbook does not let it wait (ruling 17).
pub fn owner_is_away(case: &mut Case<'_>) {
    if let Some(route) = clocks::away_route(&case.record, &case.env).cloned() {
        hand_over(case, &route, Because::Away);
    }
}

/// "I'll take it" (X7). `from`: whose it was when the button was drawn.
///
/// Of two at once the second one meets what the first one left, and is told so.
pub fn rescue(case: &mut Case<'_>, from: Option<PersonId>) -> Result<(), Rejection> {
    let Some(person) = case.actor.person else { return Ok(()) };
    let record = &case.record;
    if record.owner == Some(person) {
        return Err(Rejection::AlreadyOwner { owner: person });
    }
    if let Some(owner) = record.owner.filter(|owner| Some(*owner) != from) {
        return Err(Rejection::TakenBy { owner, at: record.its_owner_since() });
    }
    let Some(run) = in_need(case) else { return Err(Rejection::NoNeed { owner: record.owner }) };
    if record.barred.contains(&person) {
        return Err(Rejection::Barred { person });
    }
    if !case.env.workspace.is_manager(person, record.team) {
        if !routing::is_present(person, &case.env) {
            return Err(Rejection::YouAreAway);
        }
        if !routing::has_capacity(person, &case.env) {
            return Err(Rejection::NoCapacity { load: case.env.facts.load(person) });
        }
    }
    let how = HandOver::Rescued { clock: run.clock.clone() };
    give(case, Some(person), None, Some(how));
    Ok(())
}

/// Whether anybody else of the team could take it over.
pub fn somebody_else(case: &Case<'_>) -> bool {
    let (record, env) = (&case.record, &case.env);
    env.workspace.members(record.team).into_iter().any(|person| {
        Some(person) != record.owner
            && !record.barred.contains(&person)
            && routing::is_present(person, env)
            && (routing::has_capacity(person, env) || env.workspace.is_manager(person, record.team))
    })
}

/// The running clock that has offered the record to others.
fn in_need<'c>(case: &'c Case<'_>) -> Option<&'c ClockRun> {
    let all = clocks::clocks(&case.record, &case.env);
    let offered = all.iter().find(|clock| {
        let done = clock.steps.iter().take(clock.fired);
        done.into_iter().any(|step| match clock.spec.ladder[step.index].rescue {
            Rescue::Team => true,
            Rescue::No => false,
        })
    })?;
    case.record.run(offered.id())
}

/// Hands the record to whom the route of new records finds: a manager gives away what somebody left.
pub fn reroute(case: &mut Case<'_>) -> Result<(), Rejection> {
    manager_only(&case.record, &case.actor, &case.env)?;
    case.unlocked()?;
    let (env, team) = (case.env, case.record.team);
    let route = env.playbook.new_route.as_ref().and_then(|id| env.playbook.route(id));
    match route.filter(|route| routing::binds(route, team, env.workspace)) {
        Some(route) => hand_over_by(case, route, Because::Asked),
        None => hand_over_by(case, &in_turn(), Because::Asked),
    }
    Ok(())
}
