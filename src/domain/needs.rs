//! Required data (D22, D60): one check for every door. A chosen move is refused until it is complete; an
//! automatic one takes what its trigger knows and owes the rest (ruling 1).

use chrono::{DateTime, Utc};

use super::field::{Data, FieldValue, builtin};
use super::ids::{FieldId, StatusId};
use super::playbook::{FieldKind, KnownFrom, Need, Playbook};
use super::record::Record;
use super::rejection::Rejection;

/// What a move would bring: given by a person or a trigger, with what the record and its activities know.
pub struct Known<'a> {
    /// The record.
    pub record: &'a Record,
    /// The rules.
    pub playbook: &'a Playbook,
    /// What was given with the command.
    pub given: &'a Data,
    /// What was written with the activity that set off the move.
    pub note: Option<&'a str>,
    /// The instant of the move.
    pub now: DateTime<Utc>,
}

/// The outcome of a check.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// Needed, not known, and to be asked of a person; in the order of the needs.
    pub missing: Vec<FieldId>,
    /// What the bot filled in by itself.
    pub filled: Data,
}

impl Known<'_> {
    /// Checks needs, one after the other.
    pub fn check<'n>(&self, needs: impl IntoIterator<Item = &'n Need>) -> Checked {
        let mut checked = Checked::default();
        for need in needs {
            let group = self.best_group(need);
            for field in group {
                match self.find(field, need.fresh) {
                    Found::Given => {}
                    Found::Filled(value) => {
                        checked.filled.insert(field.clone(), value);
                    }
                    Found::Nothing { asked } => {
                        if asked && !checked.missing.contains(field) {
                            checked.missing.push(field.clone());
                        }
                    }
                }
            }
        }
        checked
    }

    /// A group that is complete; else the one that was chosen; else the one that is nearest to complete: people are asked
    /// to finish what they began. The first one where nothing is known.
    fn best_group<'n>(&self, need: &'n Need) -> &'n [FieldId] {
        let lacking = |group: &[FieldId]| {
            group.iter().filter(|f| matches!(self.find(f, need.fresh), Found::Nothing { .. })).count()
        };
        let known = |group: &[FieldId]| group.len() - lacking(group);
        let complete = need.any_of.iter().any(|group| lacking(group) == 0);
        if let Some(chosen) = self.chosen(need).filter(|_| !complete) {
            return chosen;
        }
        let mut best: Option<&'n Vec<FieldId>> = None;
        for group in &need.any_of {
            let better = match best {
                None => true,
                Some(old) => (lacking(group) == 0 && lacking(old) > 0) || known(group) > known(old),
            };
            if better {
                best = Some(group);
            }
        }
        best.map_or(&[], Vec::as_slice)
    }

    fn chosen<'n>(&self, need: &'n Need) -> Option<&'n [FieldId]> {
        let by = need.chosen_by.as_ref()?;
        let FieldKind::Choice(options) = &self.playbook.field(by)?.kind else { return None };
        let value = self.given.get(by).cloned().or_else(|| self.record.get(by))?;
        let place = options.iter().position(|(option, _)| value.as_text() == Some(option.as_str()))?;
        need.any_of.get(place).map(Vec::as_slice)
    }

    fn find(&self, field: &FieldId, fresh: bool) -> Found {
        if self.given.contains_key(field) {
            return Found::Given;
        }
        let declared = self.playbook.field(field);
        if !fresh && self.record.get(field).is_some() {
            return Found::Given;
        }
        if let Some(value) = declared.and_then(|f| f.known_from).and_then(|from| self.from(from)) {
            return Found::Filled(value);
        }
        Found::Nothing { asked: declared.is_none_or(|f| f.asked) }
    }

    fn from(&self, from: KnownFrom) -> Option<FieldValue> {
        let contacted = &self.record.contacted;
        match from {
            KnownFrom::LastTwoWay => contacted.two_way.map(|(a, _)| FieldValue::Choice(a.name().to_owned())),
            KnownFrom::LastTwoWayAt => contacted.two_way.map(|(_, at)| FieldValue::Instant(at)),
            KnownFrom::LastTouch => contacted.touch.map(|(a, _)| FieldValue::Choice(a.name().to_owned())),
            KnownFrom::LastTouchAt => contacted.touch.map(|(_, at)| FieldValue::Instant(at)),
            KnownFrom::LastContactAt => contacted.last().map(FieldValue::Instant),
            KnownFrom::LastReason => {
                self.record.last_reason.as_ref().map(|r| FieldValue::Choice(r.as_str().to_owned()))
            }
            KnownFrom::Now => Some(FieldValue::Instant(self.now)),
            KnownFrom::NextDue => self.record.next.as_ref().and_then(|n| n.due).map(FieldValue::Instant),
            KnownFrom::NextAction => self.record.next.as_ref().map(|n| FieldValue::Text(n.action.clone())),
            KnownFrom::TriggerNote => self.note.map(|n| FieldValue::Text(n.to_owned())),
            KnownFrom::Suggestion => {
                let newest = self.record.suggestions.iter().rev().find(|s| !s.dismissed)?;
                newest.because.clone().map(FieldValue::Text)
            }
        }
    }
}

enum Found {
    Given,
    Filled(FieldValue),
    Nothing { asked: bool },
}

/// Checks that the values given fit the playbook: fields that exist, words from their lists, dates that lie ahead of
/// the present where they have to (`now`; `None`: they may lie anywhere), and, where a person gives it, a reason that
/// people may give (ruling 1: `no_response` is for clocks).
pub fn check_given(
    data: &Data,
    to: Option<&StatusId>,
    playbook: &Playbook,
    now: Option<DateTime<Utc>>,
) -> Result<(), Rejection> {
    for (id, value) in data {
        let Some(field) = playbook.field(id) else {
            return Err(Rejection::UnknownField { typed: id.as_str().to_owned() });
        };
        let past = value.as_instant().zip(now).is_some_and(|(at, now)| at < now);
        if field.ahead && past {
            return Err(Rejection::NotAhead { field: id.clone() });
        }
        match &field.kind {
            FieldKind::Reason => {
                let typed = value.as_text().unwrap_or_default();
                let fits: Vec<_> = match to {
                    Some(to) => playbook.reasons_for(to).collect(),
                    None => playbook.reasons.iter().filter(|r| !r.clock_only).collect(),
                };
                if !fits.iter().any(|r| r.id.as_str() == typed) {
                    let fits = fits.into_iter().map(|r| r.label.clone()).collect();
                    return Err(Rejection::UnknownReason { typed: typed.to_owned(), fits });
                }
            }
            FieldKind::Choice(options) => {
                let typed = value.as_text().unwrap_or_default();
                if !options.iter().any(|(option, _)| option == typed) {
                    let fits = options.iter().map(|(_, label)| label.clone()).collect();
                    return Err(Rejection::UnknownReason { typed: typed.to_owned(), fits });
                }
            }
            FieldKind::Text
            | FieldKind::Long
            | FieldKind::Email
            | FieldKind::Phone
            | FieldKind::Money
            | FieldKind::Number
            | FieldKind::Instant => {}
        }
    }
    Ok(())
}

/// The reason and the note among the data, and the rest.
pub fn split(mut data: Data) -> (Option<super::ids::ReasonId>, Option<String>, Data) {
    let reason = data.remove(builtin::REASON).and_then(|v| v.as_reason());
    let note = data.remove(builtin::NOTE).and_then(|v| v.as_text().map(str::to_owned));
    (reason, note, data)
}
