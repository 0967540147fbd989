//! Clocks and their ladders. The rules between their keys keep the engine's four kinds of clock apart: an SLA
//! is breached at 100 % of its span and can be met; a clock that activities restart is not met by one; a clock
//! that waits for its alert's delivery has exactly one alert to wait for.

use chrono::Duration;

use super::{Ids, Kind, Reader, word};
use crate::domain::activity::ActivityKind;
use crate::domain::ids::{ClockId, FieldId, ReasonId, RouteId, StatusId};
use crate::domain::playbook::{
    ClockSpec, Field, FieldKind, Question, Rescue, SpanSetting, Starts, Step, StepAt, StepDoes,
};
use crate::domain::span::Span;
use crate::playbook::node::{Node, Section};

pub(super) const CONTACT_KINDS: [(&str, ActivityKind); 3] =
    [("touch", ActivityKind::Touch), ("two_way", ActivityKind::TwoWay), ("signal", ActivityKind::Signal)];

/// The spans that `/setup thresholds` sets.
const SPAN_SETTINGS: [(&str, SpanSetting); 2] =
    [("stale-grace", SpanSetting::StaleGrace), ("activity-window", SpanSetting::ActivityWindow)];

impl<'d> Reader<'d> {
    pub(super) fn clock(
        &mut self,
        status: &str,
        section: &Section<'d>,
        fields: &[Field],
    ) -> Option<ClockSpec> {
        let id = self.id(section, "id", Ids::WithHyphens);
        let starts = self.starts(section, fields);
        let steps = section.list("ladder");
        let clock = ClockSpec {
            id: ClockId::new(id?),
            label: self.label(section, "label").unwrap_or_default(),
            starts: starts?,
            within: self.span(section, "within"),
            within_setting: section.get("within_setting").and_then(|n| self.choice(&n, &SPAN_SETTINGS)),
            sla: section.flag("sla", false),
            also_in: self.many(section, "also_in", Kind::Status),
            met_by: self.choices(section, "met_by", &CONTACT_KINDS),
            met_entering: self.many(section, "met_entering", Kind::Status),
            touch_extends_once: section.flag("touch_extends_once", false),
            resumes_within_days: section.get("resumes_within_days").and_then(|n| n.number()),
            when_away: self.one(section, "when_away", Kind::Route).map(RouteId::new),
            while_owed: section.flag("while_owed", false),
            repeats: section.flag("repeats", false),
            ladder: steps.iter().filter_map(|s| self.step(s)).collect(),
        };
        self.check_clock(status, section, &clock);
        self.check_ladder(status, section, &clock, &steps);
        Some(clock)
    }

    fn starts(&mut self, section: &Section<'d>, fields: &[Field]) -> Option<Starts> {
        let known = [
            ("entered", Starts::Entered),
            ("last_activity", Starts::LastActivity),
            ("any_activity", Starts::AnyActivity),
            ("delivered", Starts::Delivered),
        ];
        let Some(node) = section.get("starts") else { return Some(Starts::Entered) };
        if let Some(section) = node.clone().into_section() {
            let field = FieldId::new(self.one(&section, "field", Kind::Field)?);
            let kind = fields.iter().find(|f| f.id == field).map(|f| &f.kind);
            if kind.is_some_and(|k| *k != FieldKind::Instant) {
                self.problems.error(&section.place_of("field"), format!("`{field}` is not of kind `date`."));
            }
            return Some(Starts::Field(field));
        }
        let names: Vec<(&str, usize)> = known.iter().enumerate().map(|(i, (name, _))| (*name, i)).collect();
        let found = self.choice(&node, &names)?;
        known.into_iter().nth(found).map(|(_, starts)| starts)
    }

    fn step(&mut self, section: &Section<'d>) -> Option<Step> {
        let at = section.get("at").and_then(|n| self.step_at(&n));
        let does = self.exactly_one(section, &["nudge", "breach", "escalate", "review", "ask", "move"])?;
        if does != "move" && section.get("reason").is_some() {
            self.problems.error(&section.place_of("reason"), "Only a move gives a reason.");
        }
        let node = section.get(does)?;
        let does = match does {
            "nudge" => StepDoes::Nudge(self.audiences(&node)),
            "breach" => {
                self.choice(&node, &[("team", ())])?;
                StepDoes::Breach
            }
            "escalate" => StepDoes::Escalate(self.audiences(&node)),
            "review" => StepDoes::Review(self.references(&node.one_or_many(), Kind::Status)),
            "ask" => StepDoes::Ask(self.question(section)?),
            _ => {
                let reason = self.one(section, "reason", Kind::Reason).map(ReasonId::new);
                StepDoes::Move { to: StatusId::new(self.reference(&node, Kind::Status)?), reason }
            }
        };
        let rescue = match section.get("rescue") {
            None => Rescue::No,
            Some(node) => self.choice(&node, &[("team", Rescue::Team)])?,
        };
        match &does {
            StepDoes::Nudge(_) => {}
            StepDoes::Breach
            | StepDoes::Escalate(_)
            | StepDoes::Review(_)
            | StepDoes::Ask(_)
            | StepDoes::Move { .. } => {
                if rescue == Rescue::Team {
                    let message = "A rescue comes before it is too late: it stands beside a nudge.";
                    self.problems.error(&section.place_of("rescue"), message);
                }
            }
        }
        Some(Step { at: at?, does, rescue })
    }

    fn question(&mut self, section: &Section<'d>) -> Option<Question> {
        const MOST_ANSWERS: usize = 4;
        let text = self.line(section, "ask")?;
        let of = match section.get("of") {
            Some(node) => self.audiences(&node),
            None => {
                self.problems
                    .error(&section.place_of("ask"), "Nobody is asked: add `of`, such as `manager`.");
                Vec::new()
            }
        };
        let table = section.section("answers");
        let entries = table.as_ref().map(Section::entries).unwrap_or_default();
        if entries.is_empty() || entries.len() > MOST_ANSWERS {
            let message =
                format!("A question has 1 to {MOST_ANSWERS} `answers`; this has {}.", entries.len());
            self.problems.error(&section.place_of("answers"), message);
        }
        let mut answers = Vec::new();
        for (table, entry) in table.iter().flat_map(|t| entries.iter().map(move |entry| (t, entry))) {
            self.check_id(entry.key, &entry.place, Ids::Plain);
            answers.extend(self.label(table, entry.key).map(|label| (entry.key.to_owned(), label)));
        }
        Some(Question { text, of, answers })
    }

    fn audiences(&mut self, node: &Node<'d>) -> Vec<crate::domain::playbook::Audience> {
        let nodes = node.one_or_many();
        if nodes.is_empty() {
            self.problems.error(&node.place, "Nobody is told: name someone, such as `owner`.");
        }
        nodes.iter().filter_map(|n| self.audience(n)).collect()
    }

    fn step_at(&mut self, node: &Node<'d>) -> Option<StepAt> {
        let (text, place) = word(node)?;
        if let Some(number) = text.strip_suffix('%') {
            let percent = number.trim().parse::<u32>().ok().filter(|p| (1..=1000).contains(p));
            if percent.is_none() {
                self.problems.error(&place, "Per cents are whole numbers from 1 to 1000, such as 75%.");
            }
            return percent.map(StepAt::Percent);
        }
        match text {
            "entry" => Some(StepAt::Entry),
            "start" => Some(StepAt::After(Span::Elapsed(Duration::zero()))),
            _ => self.span_of(node).map(StepAt::After),
        }
    }

    fn check_clock(&mut self, status: &str, section: &Section<'d>, clock: &ClockSpec) {
        if clock.also_in.iter().any(|s| s.as_str() == status) {
            let message = format!("It starts in `{status}`: that need not be said again.");
            self.problems.error(&section.place_of("also_in"), message);
        }
        if clock.met_entering.iter().any(|s| s.as_str() == status || clock.also_in.contains(s)) {
            let message = "It runs in a status by whose entry it would be met.";
            self.problems.error(&section.place_of("met_entering"), message);
        }
        let restarts = matches!(clock.starts, Starts::LastActivity | Starts::AnyActivity);
        if restarts && !clock.met_by.is_empty() {
            let message = "Activities restart this clock, so none can meet it: drop met_by.";
            self.problems.error(&section.place_of("met_by"), message);
        }
        if clock.touch_extends_once && (restarts || clock.within.is_none()) {
            let message = "A touch extends a clock by its `within`, and not one that each activity restarts.";
            self.problems.error(&section.place_of("touch_extends_once"), message);
        }
        if clock.within_setting.is_some() && section.get("within").is_none() {
            let message = "It has no span where the workspace sets none: give the clock `within`.";
            self.problems.error(&section.place_of("within_setting"), message);
        }
        if clock.repeats {
            let late =
                |step: &Step| matches!(step.at, StepAt::After(Span::Days(1..) | Span::BusinessDays(1..)));
            let speaks = |step: &Step| !matches!(step.does, StepDoes::Move { .. } | StepDoes::Breach);
            if clock.sla || !clock.ladder.iter().any(late) || !clock.ladder.iter().all(speaks) {
                let message = "A clock that begins anew only speaks, and takes a day at least: give its last step a \
                               span such as \"90 days\", and no move and no breach.";
                self.problems.error(&section.place_of("repeats"), message);
            }
        }
        if !clock.sla {
            return;
        }
        if section.get("within").is_none() {
            self.problems
                .error(&section.place, "An SLA needs `within`: the span after which it is breached.");
        }
        if !restarts && clock.met_by.is_empty() && clock.met_entering.is_empty() {
            self.problems.error(&section.place, "Nothing meets this SLA: add met_by or met_entering.");
        }
        if !clock.ladder.iter().any(|s| s.does == StepDoes::Breach && s.at == StepAt::Percent(100)) {
            let message =
                "An SLA says when it is breached: add { at = \"100%\", breach = \"team\" } to its ladder.";
            self.problems.error(&section.place_of("ladder"), message);
        }
    }

    fn check_ladder(
        &mut self,
        status: &str,
        section: &Section<'d>,
        clock: &ClockSpec,
        steps: &[Section<'d>],
    ) {
        if section.get("ladder").is_some() && steps.is_empty() {
            self.problems.error(&section.place_of("ladder"), "A clock without a step does nothing.");
        }
        let entries = clock.ladder.iter().filter(|s| s.at == StepAt::Entry).count();
        if clock.starts == Starts::Delivered && entries != 1 {
            let message =
                "It starts when an alert was delivered: give it one step { at = \"entry\", review = […] }.";
            self.problems.error(&section.place_of("ladder"), message);
        }
        // A step that is wrong in itself is left out above; then steps and places no longer go together.
        if clock.ladder.len() != steps.len() {
            return;
        }
        for (step, place) in clock.ladder.iter().zip(steps) {
            let at = place.place_of("at");
            match step.at {
                StepAt::Percent(_) if section.get("within").is_none() => {
                    self.problems.error(&at, "Per cents need a span to refer to: give the clock `within`.");
                }
                StepAt::Entry if clock.starts != Starts::Delivered => {
                    self.problems
                        .error(&at, "`entry` belongs to a clock with starts = \"delivered\"; write `start`.");
                }
                StepAt::Percent(_) | StepAt::Entry | StepAt::After(_) => {}
            }
            match &step.does {
                StepDoes::Breach if !clock.sla || step.at != StepAt::Percent(100) => {
                    let message = "A breach belongs to a clock with sla = true and stands at 100%.";
                    self.problems.error(&place.place_of("breach"), message);
                }
                StepDoes::Review(offers) => {
                    self.check_offers(status, place, offers);
                }
                StepDoes::Move { to, .. } if to.as_str() == status => {
                    self.problems
                        .error(&place.place_of("move"), format!("`{status}` cannot lead to itself."));
                }
                StepDoes::Move { .. }
                | StepDoes::Breach
                | StepDoes::Nudge(_)
                | StepDoes::Ask(_)
                | StepDoes::Escalate(_) => {
                    if step.at == StepAt::Entry {
                        self.problems.error(&at, "Only a review stands at `entry`.");
                    }
                }
            }
        }
    }

    /// A review's buttons must be moves that a person may make.
    fn check_offers(&mut self, status: &str, step: &Section<'d>, offers: &[StatusId]) {
        let place = step.place_of("review");
        if offers.is_empty() {
            self.problems.error(&place, "A review offers at least one status.");
        }
        for to in offers {
            if self.may_move(status, to.as_str()) {
                continue;
            }
            self.problems
                .error(&place, format!("`{status}` does not lead to `{to}`: nobody could choose it."));
        }
    }

    /// Whether the file lets a person move a record so.
    pub(super) fn may_move(&self, from: &str, to: &str) -> bool {
        let section = self.root.section("status").and_then(|s| s.section(from));
        let items = section.and_then(|s| s.get("to")).map(|n| n.items()).unwrap_or_default();
        items.iter().any(|item| {
            let in_table = || item.clone().into_section()?.get("status")?.text();
            item.text().or_else(in_table) == Some(to)
        })
    }

    /// Clocks are named by their id alone in alerts and in the history.
    pub(super) fn check_clock_ids(&mut self) {
        let statuses = self.root.section("status");
        let mut seen: Vec<&str> = Vec::new();
        for (_, status) in statuses.as_ref().map(Section::named).unwrap_or_default() {
            for clock in status.list("clock") {
                let Some((id, place)) = clock.get("id").as_ref().and_then(word) else { continue };
                if seen.contains(&id) {
                    self.problems.error(&place, format!("There are two clocks `{id}`."));
                }
                seen.push(id);
            }
        }
    }
}
