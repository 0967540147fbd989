//! What an event does to a record: total, without a look at playbook, calendar or clock, so that replaying the
//! history gives the row (R5).

use super::activity::{Activity, ActivityKind};
use super::event::{Cause, Created, Event, EventKind, HandOver, Moved, Upgraded};
use super::field::{Contact, FieldValue, builtin};
use super::ids::FieldId;
use super::playbook::Class;
use super::record::{AutoMove, ClockRun, Contacted, NextAction, PastOwner, PastValue, Record};

/// The record that a `Created` event makes. The contact comes from beside the events (ruling 15).
pub fn create(created: &Created, event: &Event, contact: Contact) -> Record {
    let mut record = Record {
        id: created.id,
        workspace: created.workspace,
        handle: created.handle,
        playbook: created.playbook.clone(),
        playbook_version: created.playbook_version,
        team: created.team,
        channel: created.channel,
        contact,
        owner: created.owner,
        status: created.status.clone(),
        stage: created.stage.clone(),
        version: 0,
        created_at: event.at,
        status_since: event.at,
        value: created.value,
        source: created.source.clone(),
        data: super::field::Data::new(),
        next: None,
        owes: Vec::new(),
        owes_since: None,
        owes_chased: false,
        contacted: Contacted::default(),
        clocks: event.clocks.clone(),
        pending: None,
        auto: None,
        silenced: Default::default(),
        been: [created.status.clone()].into(),
        parked: 0,
        last_reason: None,
        past_owners: Vec::new(),
        barred: Default::default(),
        open_ms: 0,
        open_since: (created.class == Class::Open).then_some(event.at),
        past_values: Vec::new(),
        snoozed_until: None,
        last_event: None,
    };
    for (field, value) in &created.data {
        set(&mut record, field, Some(value.clone()), event);
    }
    record
}

/// The record after an event.
pub fn evolve(mut record: Record, event: &Event) -> Record {
    apply(&mut record, event);
    record
}

/// The same in place.
pub fn apply(record: &mut Record, event: &Event) {
    match &event.kind {
        // A record is created once; see `create`.
        EventKind::Created(_) => {}
        EventKind::Moved(moved) => apply_move(record, moved, event),
        EventKind::Logged { activity, happened_at, history_only, .. } => {
            if !history_only {
                apply_activity(record, *activity, *happened_at);
            }
        }
        EventKind::Edited { field, new, .. } => set(record, field, new.clone(), event),
        EventKind::Filled { data, owes } => {
            for (field, value) in data {
                set(record, field, Some(value.clone()), event);
            }
            record.owes.clone_from(owes);
            if owes.is_empty() {
                record.owes_since = None;
                record.owes_chased = false;
            }
        }
        EventKind::Assigned { to, how, .. } => {
            if let Some(person) = record.owner.filter(|owner| Some(*owner) != *to) {
                record.past_owners.push(PastOwner { person, until: event.at });
            }
            record.owner = *to;
            if let Some(HandOver::Routed(routed)) = how {
                record.barred.extend(&routed.barred);
            }
        }
        EventKind::Planned { action, due } => {
            record.next = Some(NextAction { action: action.clone(), due: *due, told: false });
        }
        EventKind::NextActionTold => {
            if let Some(next) = &mut record.next {
                next.told = true;
            }
        }
        EventKind::StepsReached { .. } | EventKind::Delivered { .. } | EventKind::Suggested { .. } => {}
        EventKind::ApprovalRequested(pending) => record.pending = Some((**pending).clone()),
        EventKind::ApprovalChased { steps, .. } => {
            if let Some(pending) = &mut record.pending {
                pending.steps = *steps;
            }
        }
        EventKind::ApprovalRejected { .. } | EventKind::ApprovalWithdrawn { .. } => record.pending = None,
        EventKind::Snoozed { until } => record.snoozed_until = Some(*until),
        EventKind::OwedChased => record.owes_chased = true,
        EventKind::Upgraded(upgraded) => apply_upgrade(record, upgraded, event),
        EventKind::Undone(undone) => {
            // What is not in the history stays: the personal part, and how far the history goes.
            let (contact, last_event) = (std::mem::take(&mut record.contact), record.last_event);
            *record = Record { contact, last_event, ..undone.restored.clone() };
        }
    }
    for run in &event.clocks {
        put_run(&mut record.clocks, run);
    }
}

/// The same record under newer rules. Time in the status goes on; buttons drawn for what has another name are stale.
fn apply_upgrade(record: &mut Record, upgraded: &Upgraded, event: &Event) {
    record.playbook_version = upgraded.to_version;
    for (old, new) in &upgraded.renamed {
        if record.been.remove(old) {
            record.been.insert(new.clone());
        }
    }
    record.been.insert(upgraded.to.clone());
    if record.status != upgraded.to || record.stage != upgraded.to_stage {
        record.version += 1;
    }
    record.status.clone_from(&upgraded.to);
    record.stage.clone_from(&upgraded.to_stage);
    let open = upgraded.class == Class::Open;
    if open != record.open_since.is_some() {
        record.open_ms = record.open_ms_at(event.at);
        record.open_since = open.then_some(event.at);
    }
    record.owes.clone_from(&upgraded.owes);
    if record.owes.is_empty() {
        record.owes_since = None;
        record.owes_chased = false;
    }
    if let (Some(pending), Some((to, stage))) = (&mut record.pending, &upgraded.waits_for) {
        pending.to.clone_from(to);
        pending.stage.clone_from(stage);
    }
}

/// Replaces the run of the same clock, or adds it.
pub(super) fn put_run(runs: &mut Vec<ClockRun>, run: &ClockRun) {
    match runs.iter_mut().find(|r| r.clock == run.clock) {
        Some(old) => old.clone_from(run),
        None => runs.push(run.clone()),
    }
}

fn apply_move(record: &mut Record, moved: &Moved, event: &Event) {
    for (field, value) in &moved.data {
        set(record, field, Some(value.clone()), event);
    }
    if moved.to != moved.from {
        record.status = moved.to.clone();
        record.status_since = event.at;
        record.been.insert(moved.to.clone());
        record.contacted.attempts = 0;
        record.snoozed_until = None;
        record.open_ms = record.open_ms_at(event.at);
        record.open_since = (moved.class == Class::Open).then_some(event.at);
        match moved.class {
            Class::Parked => {
                record.parked += 1;
                record.last_reason.clone_from(&moved.reason);
            }
            Class::Lost => record.last_reason.clone_from(&moved.reason),
            Class::Open | Class::Won | Class::Excluded => {}
        }
    }
    record.stage.clone_from(&moved.to_stage);
    record.version += 1;
    record.owes.clone_from(&moved.owes);
    record.owes_since = (!moved.owes.is_empty()).then_some(event.at);
    record.owes_chased = false;
    record.auto = None;
    // Nothing but its approval moves a record that waits for one.
    record.pending = None;
    match &moved.cause {
        Cause::Rule(rule) => record.auto = Some(AutoMove { rule: rule.clone(), from: moved.from.clone() }),
        Cause::Clock(_) | Cause::Approval { requested_by: None, .. } => {}
        // A person moved it: what was silenced may speak again, but for the rule just overridden (ruling 10).
        Cause::Chosen | Cause::Demotion | Cause::Approval { requested_by: Some(_), .. } => {
            record.silenced.clear();
        }
    }
    record.silenced.extend(moved.overrides.clone());
}

fn apply_activity(record: &mut Record, activity: Activity, at: chrono::DateTime<chrono::Utc>) {
    let contacted = &mut record.contacted;
    let later = |old: &Option<(Activity, _)>| old.is_none_or(|(_, before)| before <= at);
    match activity.kind() {
        ActivityKind::Touch => {
            contacted.attempts += 1;
            contacted.unanswered =
                if activity == Activity::CallUnanswered { contacted.unanswered + 1 } else { 0 };
            if later(&contacted.touch) {
                contacted.touch = Some((activity, at));
            }
        }
        ActivityKind::TwoWay => {
            contacted.unanswered = 0;
            if later(&contacted.two_way) {
                contacted.two_way = Some((activity, at));
            }
        }
        ActivityKind::Signal | ActivityKind::Internal => {}
    }
    // Work went on from where the rule had put it: no longer an override to move it elsewhere (D27).
    if activity.is_contact() {
        record.auto = None;
    }
}

/// Sets one field where it has its place. Personal fields are kept beside the events and pass by here.
fn set(record: &mut Record, field: &FieldId, value: Option<FieldValue>, event: &Event) {
    match field.as_str() {
        name if Contact::holds(name) => {}
        builtin::VALUE => {
            let new = value.and_then(|v| v.as_money());
            if let Some(old) = record.value.filter(|old| Some(*old) != new) {
                let open_ms = record.open_ms_at(event.at);
                record.past_values.push(PastValue { value: old, open_ms });
            }
            record.value = new;
        }
        builtin::SOURCE => record.source = value.and_then(|v| v.as_text().map(str::to_owned)),
        builtin::NEXT_ACTION => {
            let due = record.next.take().and_then(|n| n.due);
            record.next = value.and_then(|v| v.as_text().map(str::to_owned)).map(|action| NextAction {
                action,
                due,
                told: false,
            });
        }
        builtin::NEXT_DUE => {
            let due = value.and_then(|v| v.as_instant());
            let action = record.next.take().map_or_else(|| "Follow up".to_owned(), |n| n.action);
            record.next = Some(NextAction { action, due, told: false });
        }
        // The reason and the note belong to one move; the history has them.
        builtin::NOTE => {}
        builtin::REASON => record.last_reason = value.and_then(|v| v.as_reason()),
        _ => {
            match value {
                Some(value) => record.data.insert(field.clone(), value),
                None => record.data.remove(field),
            };
        }
    }
}
