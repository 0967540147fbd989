//! What an event does to a record: total, without a look at playbook, calendar or clock, so that replaying the
//! history gives the row (R5).

use super::activity::{Activity, ActivityKind};
use super::event::{Absorbed, Cause, Created, Event, EventKind, HandOver, Moved, Upgraded};
use super::field::{Contact, FieldValue, builtin, is_free_text};
use super::ids::FieldId;
use super::playbook::Class;
use super::record::{
    AutoMove, ClockRun, Contacted, Ended, Given, Link, LinkKind, NextAction, PastOwner, PastValue, Raised,
    Record, Sequence, Suggestion, Turn,
};

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
        entered: Default::default(),
        parked: 0,
        last_reason: None,
        past_owners: Vec::new(),
        given: created.routed.clone().map(|routed| Given {
            at: event.at,
            by: event.by,
            why: None,
            how: Some(HandOver::Routed(routed)),
        }),
        barred: Default::default(),
        open_ms: 0,
        open_since: (created.class == Class::Open).then_some(event.at),
        past_values: Vec::new(),
        snoozed_until: None,
        ended: None,
        absorbed: Vec::new(),
        past_until: None,
        last_event: None,
        tasks: Vec::new(),
        tasks_opened: 0,
        flagged: Vec::new(),
        suggestions: Vec::new(),
        sequences: Vec::new(),
        links: created
            .from
            .map(|(record, handle)| Link { record, handle, kind: LinkKind::CameFrom })
            .into_iter()
            .collect(),
        credits: Vec::new(),
        turn: None,
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
        EventKind::Logged { activity, happened_at, history_only, row_goes_on, .. } => {
            if !history_only {
                apply_activity(record, *activity, *happened_at, *row_goes_on);
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
        EventKind::Assigned { to, why, how, .. } => {
            if let Some(person) = record.owner.filter(|owner| Some(*owner) != *to) {
                record.past_owners.push(PastOwner { person, until: event.at });
            }
            record.owner = *to;
            record.given = Some(Given { at: event.at, by: event.by, why: why.clone(), how: how.clone() });
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
        EventKind::StepsReached { .. } | EventKind::Delivered { .. } | EventKind::Answered { .. } => {}
        EventKind::Suggested { rule, to, because } => {
            record.suggestions.retain(|s| s.rule != *rule);
            record.suggestions.push(Suggestion {
                rule: rule.clone(),
                to: to.clone(),
                at: event.at,
                because: because.clone(),
                dismissed: false,
            });
        }
        EventKind::Made { record: made, handle } => {
            record.links.push(Link { record: *made, handle: *handle, kind: LinkKind::Became });
        }
        EventKind::Dismissed { rule } => {
            for suggestion in record.suggestions.iter_mut().filter(|s| s.rule == *rule) {
                suggestion.dismissed = true;
            }
        }
        EventKind::TaskOpened(task) => {
            record.tasks_opened = record.tasks_opened.max(task.id);
            record.tasks.push(task.clone());
        }
        EventKind::TaskClosed { task, .. } => record.tasks.retain(|t| t.id != *task),
        EventKind::TasksTold { tasks } => {
            for task in record.tasks.iter_mut().filter(|t| tasks.contains(&t.id)) {
                task.told = true;
            }
        }
        EventKind::Flagged { flag } => {
            record.flagged.push(Raised { flag: flag.clone(), at: event.at });
        }
        EventKind::SubStatus { field, to } => {
            record.data.insert(field.clone(), FieldValue::Choice(to.clone()));
        }
        EventKind::Sequences { started, left } => {
            record.sequences.retain(|s| !left.contains(&s.name));
            let started = started.iter().map(|name| Sequence { name: name.clone(), since: event.at });
            record.sequences.extend(started);
        }
        EventKind::CrmNote { .. } => {}
        EventKind::Credited(credit) => record.credits.push(credit.clone()),
        EventKind::ApprovalRequested(pending) => record.pending = Some((**pending).clone()),
        EventKind::ApprovalChased { steps, .. } => {
            if let Some(pending) = &mut record.pending {
                pending.steps = *steps;
            }
        }
        EventKind::ApprovalRejected { .. } | EventKind::ApprovalWithdrawn { .. } => record.pending = None,
        EventKind::Snoozed { until } => record.snoozed_until = Some(*until),
        EventKind::OwedChased => record.owes_chased = true,
        EventKind::Merged { into, handle } => {
            end(record, event);
            record.ended = Some(Ended::Merged { into: *into, handle: *handle });
        }
        EventKind::Absorbed(absorbed) => apply_absorbed(record, absorbed, event),
        EventKind::Erased => {
            end(record, event);
            record.data.retain(|_, value| !is_free_text(value));
            if let Some(given) = &mut record.given {
                given.why = None;
            }
            // One that was merged before stays merged: its handle leads on.
            if record.ended.is_none() {
                record.ended = Some(Ended::Erased { at: event.at });
            }
        }
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
    if let Some(at) = upgraded.turn {
        record.turn = Some(Turn { since: event.at, at });
    }
    for (old, new) in &upgraded.renamed {
        if record.been.remove(old) {
            record.been.insert(new.clone());
        }
        if let Some(times) = record.entered.remove(old) {
            *record.entered.entry(new.clone()).or_default() += times;
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
    if moved.enters() {
        record.status = moved.to.clone();
        record.status_since = event.at;
        record.been.insert(moved.to.clone());
        if let Some(nth) = moved.nth {
            record.entered.insert(moved.to.clone(), nth);
        }
        // The touch that moves the record is the first attempt where it arrives (D5).
        record.contacted.attempts = moved.attempts;
        if moved.row_begins {
            record.contacted.unanswered = 0;
        }
        record.flagged.clear();
        record.suggestions.clear();
        record.credits.clear();
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
    if moved.ends_plan {
        record.next = None;
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
        Cause::Imported => record.past_until = record.past_until.max(Some(event.at)),
        Cause::Clock(_) | Cause::Approval { requested_by: None, .. } => {}
        // A person moved it: what was silenced may speak again, but for the rule just overridden (ruling 10).
        Cause::Chosen | Cause::Demotion | Cause::Approval { requested_by: Some(_), .. } => {
            record.silenced.clear();
        }
    }
    record.silenced.extend(moved.overrides.clone());
}

/// Nothing is planned, owed or waited for any more.
fn end(record: &mut Record, event: &Event) {
    record.next = None;
    record.owes.clear();
    record.owes_since = None;
    record.owes_chased = false;
    record.pending = None;
    record.auto = None;
    record.snoozed_until = None;
    record.tasks.clear();
    record.suggestions.clear();
    record.sequences.clear();
    record.credits.clear();
    record.open_ms = record.open_ms_at(event.at);
    record.open_since = None;
}

/// What another record leaves to this one (ruling 15).
fn apply_absorbed(record: &mut Record, absorbed: &Absorbed, event: &Event) {
    record.absorbed.splice(0..0, absorbed.records.iter().copied());
    let open_ms = record.open_ms_at(event.at);
    let mut past = absorbed.past_values.clone();
    match record.value {
        None => record.value = absorbed.value,
        Some(_) => past.extend(absorbed.value),
    }
    record.past_values.extend(past.into_iter().map(|value| PastValue { value, open_ms }));
    if record.source.is_none() {
        record.source.clone_from(&absorbed.source);
    }
    for (field, value) in &absorbed.data {
        record.data.entry(field.clone()).or_insert_with(|| value.clone());
    }
    let later = |mine: Option<(Activity, _)>, theirs: Option<(Activity, _)>| match (mine, theirs) {
        (Some(mine), Some(theirs)) => Some(if theirs.1 > mine.1 { theirs } else { mine }),
        (mine, theirs) => mine.or(theirs),
    };
    record.contacted.touch = later(record.contacted.touch, absorbed.touch);
    record.contacted.two_way = later(record.contacted.two_way, absorbed.two_way);
    record.past_owners.extend(absorbed.owners.iter().cloned());
    if let Some(person) = absorbed.owner.filter(|owner| record.owner != Some(*owner)) {
        record.past_owners.push(PastOwner { person, until: event.at });
    }
    record.barred.extend(&absorbed.barred);
    record.been.extend(absorbed.been.iter().cloned());
    record.parked += absorbed.parked;
}

fn apply_activity(
    record: &mut Record,
    activity: Activity,
    at: chrono::DateTime<chrono::Utc>,
    row_goes_on: bool,
) {
    let contacted = &mut record.contacted;
    let later = |old: &Option<(Activity, _)>| old.is_none_or(|(_, before)| before <= at);
    match activity.kind() {
        ActivityKind::Touch => {
            contacted.attempts += 1;
            if activity == Activity::CallUnanswered {
                contacted.unanswered += 1;
            } else if !row_goes_on {
                contacted.unanswered = 0;
            }
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
