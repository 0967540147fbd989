//! What a status sets off when it is entered, and what ends with it (D28–D33). All of it happens by itself: it is the
//! playbook's doing, whoever moved the record.

use super::super::decision::Notice;
use super::super::event::{Because, EventKind, Source, TaskEnd};
use super::super::ids::ReasonId;
use super::super::playbook::{Leave, OnEntry};
use super::{Case, route, tasks};

/// The record has entered a status. `reason`: that of the move; `again`: it was in it before, so what that had opened is
/// over.
pub fn entered(case: &mut Case<'_>, reason: Option<&ReasonId>, again: bool) {
    let here = case.record.status.clone();
    let left: Vec<u32> =
        case.record.tasks.iter().filter(|t| again || t.status != here).map(|t| t.id).collect();
    for task in left {
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
        }
    }
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
