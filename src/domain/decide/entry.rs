//! What a status sets off when it is entered, and what ends with it (D28–D33). All of it happens by itself: it is the
//! playbook's doing, whoever moved the record.

use super::super::activity::Activity;
use super::super::decision::Notice;
use super::super::event::{Because, EventKind, Source, TaskEnd};
use super::super::field::{FieldValue, builtin};
use super::super::ids::{FieldId, ReasonId};
use super::super::playbook::{Leave, OnEntry};
use super::super::record::Credit;
use super::{Case, route, tasks};

/// The record has entered a status. `reason`: that of the move; `again`: it was in it before, so what that had opened is
/// over; `left`: the points that it stood for until then; `note`: what was written with the move.
pub fn entered(
    case: &mut Case<'_>,
    reason: Option<&ReasonId>,
    again: bool,
    left: &[Credit],
    note: Option<&str>,
) {
    let here = case.record.status.clone();
    let over: Vec<u32> =
        case.record.tasks.iter().filter(|t| again || t.status != here).map(|t| t.id).collect();
    for task in over {
        tasks::close(case, task, TaskEnd::Left, None, tasks::By::Itself);
    }
    let Some(status) = case.status() else { return };
    for entry in &status.on_entry {
        match entry {
            OnEntry::Notify(audience) => {
                let who = case.people(*audience);
                case.tell(who, Notice::Entered { status: here.clone(), reason: reason.cloned() });
            }
            OnEntry::Route(id) => route::hand_over(case, id, Because::Entered),
            OnEntry::Task(spec) => tasks::open_first(case, spec),
            OnEntry::Start(name) => {
                if case.record.sequences.iter().all(|s| s.name != *name) {
                    let started = vec![name.clone()];
                    case.by_itself(EventKind::Sequences { started, left: Vec::new() });
                }
            }
            OnEntry::Leave(which) => leave(case, which),
            // What is owed is waited for: a note without it would say nothing.
            OnEntry::CrmNote { .. } => {}
            OnEntry::Points(points) => {
                // From one status with points into another they stay with whoever earned them (A3, A5).
                let earner = left.iter().find_map(|credit| credit.person);
                let person = earner.or(case.record.owner).or(case.actor.person);
                let person = person.filter(|person| !person.is_nameless());
                let credit = Credit { status: here.clone(), points: *points, person, at: case.env.now };
                case.by_itself(EventKind::Credited(credit));
            }
        }
    }
    crm_notes(case, reason, note);
}

/// A record came in from elsewhere and is new to whoever has it: the tasks of its status begin. What else its status
/// sets off happened where it came from, or is said once for all of them (ruling 8).
pub fn came_in(case: &mut Case<'_>) {
    let Some(status) = case.status() else { return };
    for entry in &status.on_entry {
        match entry {
            OnEntry::Task(spec) => tasks::open_first(case, spec),
            OnEntry::Notify(_)
            | OnEntry::Route(_)
            | OnEntry::Start(_)
            | OnEntry::Leave(_)
            | OnEntry::CrmNote { .. }
            | OnEntry::Points(_) => {}
        }
    }
}

/// Writes the notes of the status for the CRM (A2–A5), where nothing is owed any more. `note`: what was written with it.
pub fn crm_notes(case: &mut Case<'_>, reason: Option<&ReasonId>, note: Option<&str>) {
    let Some(status) = case.status().filter(|_| case.record.owes.is_empty()) else { return };
    for entry in &status.on_entry {
        if let OnEntry::CrmNote { title, text } = entry {
            let text = filled(case, text, reason, note);
            case.by_itself(EventKind::CrmNote { title: title.clone(), text, corrects: false });
        }
    }
}

/// Documents in the CRM what was logged with a note, where the playbook wants that (A6).
pub fn crm_logged(case: &mut Case<'_>, activity: Activity, note: Option<&str>) {
    let Some(log) = case.env.playbook.crm_log.as_ref().filter(|log| log.of.iter().any(|of| of.is(activity)))
    else {
        return;
    };
    if let Some(note) = note.filter(|note| !note.trim().is_empty()) {
        let template = log.text.replace("{activity}", &activity.name().replace('_', " "));
        let text = filled(case, &template, None, Some(note));
        case.by_itself(EventKind::CrmNote { title: log.title.clone(), text, corrects: false });
    }
}

/// A template with what is known of the record; a dash where nothing is. A note that nobody has written is left out, with
/// what leads up to it.
fn filled(case: &Case<'_>, template: &str, reason: Option<&ReasonId>, note: Option<&str>) -> String {
    let record = &case.record;
    let known = |word: &str| -> Option<String> {
        match word {
            "owner" => record.owner.map(|owner| case.env.workspace.name_of(owner)),
            builtin::NOTE => note.map(str::to_owned),
            builtin::REASON => {
                let reason = reason.or(record.last_reason.as_ref())?;
                Some(case.env.playbook.reason(reason).map_or_else(|| reason.to_string(), |r| r.label.clone()))
            }
            field => match record.get(&FieldId::new(field))? {
                FieldValue::Text(text) | FieldValue::Choice(text) => Some(text),
                FieldValue::Money(money) => Some(money.to_string()),
                FieldValue::Instant(at) => {
                    Some(at.with_timezone(&case.env.team.calendar.zone).format("%Y-%m-%d").to_string())
                }
                FieldValue::Number(number) => Some(number.to_string()),
            },
        }
    };
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((word, after)) = after.split_once('}') else {
            rest = after;
            break;
        };
        let value = known(word).filter(|value| !value.trim().is_empty());
        match value {
            Some(value) => text.push_str(&value),
            None if word == builtin::NOTE => {
                let said = text.trim_end_matches([' ', ':', '·', '–']).len();
                text.truncate(said);
            }
            None => text.push('–'),
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

fn leave(case: &mut Case<'_>, which: &Leave) {
    let goes = |name: &String| match which {
        Leave::All => true,
        Leave::These(names) => names.contains(name),
    };
    let left: Vec<String> = case.record.sequences.iter().map(|s| s.name.clone()).filter(goes).collect();
    if !left.is_empty() {
        case.by_itself(EventKind::Sequences { started: Vec::new(), left });
    }
}

impl Case<'_> {
    /// Something happened that the playbook alone brings about.
    pub(super) fn by_itself(&mut self, kind: EventKind) {
        self.push_by(None, Source::Rule, kind, Vec::new());
    }
}
