//! A new record (D4, D26a).

use super::super::access;
use super::super::command::{Actor, Command, NewRecord};
use super::super::decision::{Env, FollowOn, Making, Notice};
use super::super::event::{Created, Event, EventKind, HandOver};
use super::super::evolve;
use super::super::field::{Data, FieldValue, builtin};
use super::super::ids::FieldId;
use super::super::needs::{Known, check_given};
use super::super::playbook::Class;
use super::super::rejection::Rejection;
use super::{Case, entry, route, runs};

/// Decides on a new record. The first event is always `Created`; [`evolve::create`] makes the row of it. The
/// decision's contact is the new record's.
pub fn create(new: &NewRecord, actor: &Actor, env: &Env<'_>) -> Result<Making, Rejection> {
    check_given(&new.data, None, env.playbook, super::ahead_of(actor, env))?;
    if let Some(value) = new.value.filter(|v| env.workspace.thresholds.convert(*v).is_none()) {
        return Err(Rejection::NoRate { currency: value.currency });
    }
    if let Some(owner) = new.owner.filter(|o| !env.workspace.people.contains_key(o)) {
        return Err(Rejection::UnknownPerson { person: owner });
    }
    if let Some(owner) = new.owner.filter(|owner| env.workspace.has_left(*owner) && !owner.is_nameless()) {
        return Err(Rejection::HasLeft { person: owner });
    }
    if let Some(person) = actor.person {
        access::still_here(person, env)?;
    }
    let class = env.playbook.status(&env.playbook.initial).map_or(Class::Open, |s| s.class);
    let mut created = Created {
        id: new.id,
        workspace: env.workspace.id,
        handle: new.handle,
        playbook: env.playbook.id.clone(),
        playbook_version: env.playbook.version,
        team: new.team,
        channel: new.channel,
        owner: new.owner,
        routed: None,
        status: env.playbook.initial.clone(),
        class,
        stage: env.playbook.stages.initial.clone(),
        value: new.value,
        source: new.source.clone(),
        data: new.data.clone(),
        from: new.from,
    };
    let mut event = Event {
        at: env.now,
        by: actor.person,
        source: actor.source,
        kind: EventKind::Created(Box::new(created.clone())),
        clocks: Vec::new(),
    };
    let mut record = evolve::create(&created, &event, new.contact.clone());
    let nothing = Data::new();
    let known = Known { record: &record, playbook: env.playbook, given: &nothing, note: None, now: env.now };
    let made_of = env.playbook.comes_from.as_ref().filter(|_| new.from.is_some());
    let needs = env.playbook.create_needs.iter().chain(made_of.iter().flat_map(|from| &from.needs));
    let missing = known.check(needs).missing;
    if !missing.is_empty() {
        return Err(Rejection::Missing { to: None, fields: missing });
    }
    if new.owner.is_none() {
        (created.owner, created.routed) = route::for_new(&record, actor, env);
        event.kind = EventKind::Created(Box::new(created.clone()));
        record = evolve::create(&created, &event, new.contact.clone());
    }
    event.clocks = runs::started(&record, &record.status, &Data::new(), env);
    record.clocks.clone_from(&event.clocks);
    let mut case = Case::new(record, *actor, *env);
    case.events.push(event);
    let why =
        created.routed.as_ref().and_then(|routed| env.playbook.route(&routed.route)).map(|r| r.why.clone());
    match created.owner {
        Some(owner) => {
            let how = created.routed.map(HandOver::Routed);
            case.tell(vec![owner], Notice::Assigned { by: actor.person, why, how });
        }
        None => {
            if let Some(why) = why {
                let who = env.workspace.managers(new.team);
                case.tell(who, Notice::NobodyFree { why });
            }
        }
    }
    entry::entered(&mut case, None, false, &[], None);
    let follow_on = new.from.map(|(source, _)| {
        let mut data = new.data.clone();
        data.extend(new.value.map(|value| (FieldId::from(builtin::VALUE), FieldValue::Money(value))));
        let command = Command::Made { record: new.id, handle: new.handle, data };
        FollowOn { record: source, command }
    });
    Ok(Making { decision: case.into_decision(None), follow_on })
}
