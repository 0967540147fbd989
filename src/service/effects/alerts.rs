//! What clocks say: one alert per record, clock and place, opened, updated and closed.

use chrono::{DateTime, Utc};

use super::super::{attention, places};
use super::{Work, is_upgrade};
use crate::chat::render;
use crate::chat::render::view::AlertLine;
use crate::domain::attention::Word;
use crate::domain::clocks;
use crate::domain::decision::{Alert, AlertLevel, Env};
use crate::domain::event::{Event, EventKind};
use crate::domain::ids::PostId;
use crate::domain::record::Record;
use crate::store::outbox::Place;
use crate::store::row::{AlertClosed, OpenAlert, Row};

/// Closed alerts that a row keeps for messages which still show them.
const CLOSED_KEPT: usize = 8;

impl Work<'_, '_> {
    /// Closes the alerts of clocks whose run ended or began anew, and all of them when the record moved; those that
    /// offer it to others (X7) when it has another owner.
    pub(super) fn close_alerts(&mut self, before: Option<&Row>, events: &[Event]) {
        let Some(before) = before else { return };
        if events.is_empty() {
            return;
        }
        // Under newer rules it may be called otherwise; it has not moved.
        let renamed = events.iter().any(is_upgrade);
        let moved = before.record.status != self.record.status && !renamed;
        let closed = AlertClosed {
            at: self.env.now,
            by: events.iter().find_map(|e| e.by),
            moved_to: moved.then(|| self.record.status.clone()),
            command: Some(self.batch.command()),
        };
        let undone = events.iter().find_map(|event| match &event.kind {
            EventKind::Undone(undone) => Some(undone.command),
            _ => None,
        });
        // An undo brings clocks back as well: only what does not run on is over.
        let leaves = moved && undone.is_none();
        // What is offered to others (X7) is so until somebody has it.
        let given_away =
            |alert: &Alert| alert.level == AlertLevel::Rescue && self.record.owner != alert.owner;
        let over =
            |alert: &Alert| leaves || given_away(alert) || run_is_over(&before.record, self.record, alert);
        for open in &mut self.chat.alerts {
            if open.closed.as_ref().is_some_and(|closed| undone.is_some() && closed.command == undone) {
                open.closed = None;
            }
        }
        for open in self.chat.alerts.iter_mut().filter(|o| o.closed.is_none()) {
            if over(&open.alert) {
                open.closed = Some(closed.clone());
            }
            // Also where it stays open: its buttons carry the record's version (ruling 23).
            self.batch.refresh(open.post);
        }
        let surplus =
            self.chat.alerts.iter().filter(|o| o.closed.is_some()).count().saturating_sub(CLOSED_KEPT);
        let mut dropped = 0;
        self.chat.alerts.retain(|o| {
            let drop = o.closed.is_some() && dropped < surplus;
            dropped += usize::from(drop);
            !drop
        });
    }

    /// What a clock's step says. There is one alert per clock and place; the next step updates it.
    pub(super) fn alert(&mut self, alert: &Alert) {
        let mut in_channel = false;
        let mut reached = Vec::new();
        // A rescue and the nudge that it comes with stand in two messages: neither becomes the other. The offer is
        // over once the next step speaks.
        match alert.level {
            AlertLevel::Nudge | AlertLevel::Rescue => {}
            AlertLevel::Breach | AlertLevel::Escalation | AlertLevel::Review | AlertLevel::Question => {
                self.withdraw_offers(alert);
            }
        }
        let its = |open: &OpenAlert| {
            let same = (alert.level == AlertLevel::Rescue) == (open.alert.level == AlertLevel::Rescue);
            open.closed.is_none() && open.alert.clock == alert.clock && same
        };
        for open in self.chat.alerts.iter_mut().filter(|open| its(open)) {
            open.alert = alert.clone();
            self.batch.refresh(open.post);
            in_channel |= open.person.is_none();
            reached.extend(open.person);
        }
        let workspace = self.env.workspace;
        match alert.level {
            AlertLevel::Nudge => {
                for person in alert.to.iter().filter(|p| !reached.contains(p)) {
                    let place = Place::Person(*person);
                    let joins = self.batch.open_room(workspace.id, place);
                    if self.may_interrupt(*person, &Word::Alert(alert.clone()), joins) {
                        let post = self.open_alert(alert, place);
                        attention::said_in(self.batch, workspace.id, *person, post);
                    }
                }
            }
            // Where an alert of the clock stands already, one can take it there.
            AlertLevel::Rescue if in_channel || self.stands_in_channel(alert) => {}
            AlertLevel::Breach | AlertLevel::Escalation | AlertLevel::Review | AlertLevel::Question
                if in_channel =>
            {
                // An edit notifies nobody, so whoever is next is told privately.
                for person in &alert.to {
                    if !self.may_interrupt(*person, &Word::Alert(alert.clone()), None) {
                        continue;
                    }
                    let line = AlertLine {
                        ctx: self.ctx(*person),
                        record: self.record,
                        alert,
                        silent: &[],
                        opened_at: self.env.now,
                        deadline: deadline(self.record, alert, self.env),
                        closed: None,
                    };
                    let message = render::alert::nudge_message(&[line], *person);
                    self.say_later.push((*person, message));
                }
            }
            AlertLevel::Rescue
            | AlertLevel::Breach
            | AlertLevel::Escalation
            | AlertLevel::Review
            | AlertLevel::Question => {
                for place in places::alerts(workspace, self.env.team, self.record) {
                    let post = self.open_alert(alert, place);
                    if matches!(place, Place::Channel(_)) {
                        self.mention(alert, post);
                    }
                }
            }
        }
    }

    pub(super) fn stands_in_channel(&self, alert: &Alert) -> bool {
        self.chat
            .alerts
            .iter()
            .any(|o| o.closed.is_none() && o.alert.clock == alert.clock && o.person.is_none())
    }

    /// Nobody took it over in time (X7).
    pub(super) fn withdraw_offers(&mut self, alert: &Alert) {
        let offer = |open: &OpenAlert| {
            open.closed.is_none() && open.alert.clock == alert.clock && open.alert.level == AlertLevel::Rescue
        };
        for open in self.chat.alerts.iter_mut().filter(|open| offer(open)) {
            open.closed = Some(AlertClosed { at: self.env.now, by: None, moved_to: None, command: None });
            self.batch.refresh(open.post);
        }
    }

    /// A post in a channel goes out whatever the hour; it notifies only those whom it may interrupt (X6). The others
    /// are told at their next moment.
    pub(super) fn mention(&mut self, alert: &Alert, post: PostId) {
        let word = Word::Alert(alert.clone());
        let mut silent = Vec::new();
        for person in &alert.to {
            if self.may_interrupt(*person, &word, Some(post)) {
                attention::said_in(self.batch, self.record.workspace, *person, post);
            } else {
                silent.push(*person);
            }
        }
        if let Some(open) = self.chat.alerts.last_mut() {
            open.silent = silent;
        }
    }

    pub(super) fn open_alert(&mut self, alert: &Alert, place: Place) -> PostId {
        let post = self.batch.alert_post(self.record.workspace, place, self.record.id);
        let person = match place {
            Place::Person(person) => Some(person),
            Place::Channel(_) | Place::ThreadOf(_) | Place::Hook(_) => None,
        };
        self.chat.alerts.push(OpenAlert {
            alert: alert.clone(),
            post,
            person,
            silent: Vec::new(),
            opened_at: self.env.now,
            closed: None,
        });
        post
    }
}

/// The run that an alert belongs to has ended, or another has begun. One that was merely extended (ruling 8) goes on.
fn run_is_over(before: &Record, after: &Record, alert: &Alert) -> bool {
    match (before.run(&alert.clock), after.run(&alert.clock)) {
        (_, None) => true,
        (_, Some(run)) if run.end.is_some() => true,
        (Some(old), Some(new)) => {
            let began_anew = matches!((old.started_at, new.started_at), (Some(old), Some(new)) if old != new);
            began_anew && old.extended == new.extended
        }
        (None, Some(_)) => false,
    }
}

/// The deadline of the clock that speaks.
pub(super) fn deadline(record: &Record, alert: &Alert, env: &Env<'_>) -> Option<DateTime<Utc>> {
    clocks::clocks(record, env).into_iter().find(|c| *c.id() == alert.clock).and_then(|c| c.deadline)
}
