//! What only the whole playbook shows: whether a record can be created, whether every status can be reached
//! and left, whether rules chase each other, whether statuses and stages agree.

use std::collections::{BTreeMap, BTreeSet};

use super::read::MOST_OPTIONS;
use super::{Reader, References};
use crate::domain::activity::Activity;
use crate::domain::ids::StatusId;
use crate::domain::playbook::{
    Class, FieldKind, Need, OutcomeEffect, Playbook, Rule, RuleMode, Status, StepDoes, Trigger,
};
use crate::playbook::node::Section;
use crate::playbook::problem::Place;

pub(super) fn whole(reader: &mut Reader<'_>, playbook: &Playbook) {
    // A file beyond the limits was refused already; its size must not be squared here (R9).
    if playbook.statuses.len() > MOST_OPTIONS || playbook.stages.order.len() > MOST_OPTIONS {
        return;
    }
    let mut whole = Whole { reader, playbook };
    whole.set_by_hand();
    whole.combinations();
    whole.rules();
    whole.reasons();
    whole.outcomes();
    whole.forms();
    whole.twins();
    super::circle::circles(whole.reader, playbook);
    // A misspelt target, or a part that was left out, would look like a missing way: say only what is certain.
    match whole.reader.dangling {
        References::AllDeclared => whole.ways(),
        References::OthersDangle => whole.unnamed(),
        References::StatusDangles => {}
    }
}

struct Whole<'r, 'd, 'p> {
    reader: &'r mut Reader<'d>,
    playbook: &'p Playbook,
}

impl Whole<'_, '_, '_> {
    fn place(&self, path: &[&str]) -> Place {
        let mut section = self.reader.root.clone();
        let Some((last, tables)) = path.split_last() else { return section.place };
        for table in tables {
            match section.section(table) {
                Some(found) => section = found,
                None => return section.place_of(table),
            }
        }
        section.place_of(last)
    }

    fn error(&mut self, path: &[&str], message: String) {
        let place = self.place(path);
        self.reader.problems.error(&place, message);
    }

    fn warning(&mut self, path: &[&str], message: String) {
        let place = self.place(path);
        self.reader.problems.warning(&place, message);
    }

    /// Statuses that nobody chooses are not offered to anybody; a locked one keeps what it holds.
    fn set_by_hand(&mut self) {
        let playbook = self.playbook;
        for status in &playbook.statuses {
            for to in status.moves.iter().filter_map(|m| playbook.status(&m.to)).filter(|to| !to.chosen) {
                let message =
                    format!("Nobody chooses `{}` (chosen = false), so `to` must not offer it.", to.id);
                self.error(&["status", status.id.as_str(), "to"], message);
            }
            if status.locked && status.clocks.iter().any(|c| c.ladder.iter().any(moves)) {
                let message = "A clock cannot move a record out of a locked status.".to_owned();
                self.error(&["status", status.id.as_str(), "clock"], message);
            }
        }
        let initial = playbook.status(&playbook.initial);
        if initial.is_some_and(|s| s.locked) {
            self.error(&["playbook", "initial"], "A new record would be locked at once.".to_owned());
        }
        for (i, rule) in playbook.rules.iter().enumerate() {
            let locked = |id: &&StatusId| playbook.status(id).is_some_and(|s| s.locked);
            if let Some(from) = rule.from.iter().find(locked) {
                let message = format!("`{from}` is locked: no rule moves a record out of it.");
                let place = self.rule_place(i, "from");
                self.reader.problems.error(&place, message);
            }
        }
    }

    fn rule_place(&self, index: usize, key: &str) -> Place {
        // Rules that were left out shift the list, so the rule is found by its id.
        let id = self.playbook.rules.get(index).map(|r| r.id.as_str());
        let rules = self.reader.root.list("rule");
        let found = rules.iter().find(|r| r.get("id").and_then(|n| n.text()) == id);
        found.map_or_else(|| self.reader.root.place_of("rule"), |r| r.place_of(key))
    }

    /// D64–D67.
    fn combinations(&mut self) {
        let playbook = self.playbook;
        let table = &playbook.combinations;
        let stages = &playbook.stages.order;
        for status in table.status_only_in.keys() {
            if !stages.iter().any(|s| table.allows(status, &s.id)) {
                let message = format!("`{status}` is possible in no stage at all.");
                self.error(&["combinations", "status", status.as_str()], message);
            }
        }
        for stage in table.stage_only_with.keys() {
            if !playbook.statuses.iter().any(|s| table.allows(&s.id, stage)) {
                let message = format!("`{stage}` is possible with no status at all.");
                self.error(&["combinations", "stage", stage.as_str()], message);
            }
        }
        if let Some(stage) = &playbook.stages.initial
            && !table.allows(&playbook.initial, stage)
        {
            let message = format!(
                "A new record would be impossible: `{}` does not go with `{stage}`.",
                playbook.initial
            );
            self.error(&["playbook", "initial"], message);
        }
        for status in &playbook.statuses {
            let Some(stage) = &status.sets_stage else { continue };
            let path = ["status", status.id.as_str(), "sets_stage"];
            if !table.allows(&status.id, stage) {
                self.error(&path, format!("`{}` sets `{stage}`, with which it does not go.", status.id));
            }
            let back = playbook.stage(stage).and_then(|s| s.sets_status.as_ref());
            if let Some(back) = back.filter(|back| **back != status.id) {
                self.error(&path, format!("It sets `{stage}`, which sets `{back}`: both cannot hold."));
            }
        }
        for stage in &playbook.stages.order {
            if let Some(status) = stage.sets_status.as_ref().filter(|s| !table.allows(s, &stage.id)) {
                let message = format!("`{}` sets `{status}`, with which it does not go.", stage.id);
                self.error(&["stage", stage.id.as_str(), "sets_status"], message);
            }
        }
        // A demotion may end at any stage but the last.
        let below = stages.split_last().map_or(&[][..], |(_, below)| below);
        if let Some(status) = &playbook.stages.demotion_sets
            && let Some(stage) = below.iter().find(|s| !table.allows(status, &s.id))
        {
            let message =
                format!("A demotion to `{}` would set `{status}`, with which it does not go.", stage.id);
            self.error(&["stages", "demotion_sets"], message);
        }
    }

    fn rules(&mut self) {
        let playbook = self.playbook;
        let triggers = Activity::ALL.into_iter().map(Some).chain([None]);
        let mut fires: BTreeSet<usize> = BTreeSet::new();
        let mut cycles: BTreeSet<usize> = BTreeSet::new();
        for trigger in triggers {
            let mut next: BTreeMap<&StatusId, (usize, &StatusId)> = BTreeMap::new();
            for status in &playbook.statuses {
                let fitting = playbook
                    .rules
                    .iter()
                    .enumerate()
                    .filter(|(_, r)| r.mode != RuleMode::Off && fits(r, trigger, status));
                for (i, rule) in fitting {
                    fires.insert(i);
                    // One that acts only now and then covers nothing of the later ones, and closes no circle.
                    if now_and_then(rule) {
                        continue;
                    }
                    if rule.mode == RuleMode::Auto {
                        next.insert(&status.id, (i, &rule.to));
                    }
                    break;
                }
            }
            for start in next.keys() {
                let mut at = *start;
                for _ in 0..next.len() {
                    let Some((i, to)) = next.get(at) else { break };
                    at = to;
                    if at == *start {
                        cycles.insert(*i);
                        break;
                    }
                }
            }
        }
        for i in cycles {
            let place = self.rule_place(i, "to");
            let message = "Rules with the same trigger lead in a circle through this one.";
            self.reader.problems.error(&place, message);
        }
        for (i, rule) in playbook.rules.iter().enumerate() {
            if rule.mode != RuleMode::Off && !fires.contains(&i) {
                let place = self.rule_place(i, "id");
                let message = format!("`{}` never acts: earlier rules cover all that sets it off.", rule.id);
                self.reader.problems.warning(&place, message);
            }
        }
    }

    fn reasons(&mut self) {
        let playbook = self.playbook;
        for status in &playbook.statuses {
            let asks = |n: &Need| n.any_of.iter().flatten().any(|f| is_reason(playbook, f.as_str()));
            if status.needs.iter().any(asks) && playbook.reasons_for(&status.id).next().is_none() {
                let message = format!("No reason is meant for `{}`: nobody could give one.", status.id);
                self.error(&["status", status.id.as_str(), "needs"], message);
            }
            for step in status.clocks.iter().flat_map(|c| &c.ladder) {
                let StepDoes::Move { to, reason: Some(reason) } = &step.does else { continue };
                let fits = |r: &crate::domain::playbook::Reason| {
                    r.for_status.is_empty() || r.for_status.contains(to)
                };
                if playbook.reason(reason).is_some_and(|r| !fits(r)) {
                    let message = format!("The reason `{reason}` is not meant for `{to}`.");
                    self.error(&["status", status.id.as_str(), "clock"], message);
                }
            }
            let count = playbook.reasons_for(&status.id).count();
            if count > MOST_OPTIONS {
                let message = format!("A picker shows {MOST_OPTIONS} reasons; `{}` has {count}.", status.id);
                self.error(&["reason"], message);
            }
        }
    }

    /// A reason that is to choose the status leads somewhere, and may be given there (B9).
    fn outcomes(&mut self) {
        let playbook = self.playbook;
        for outcome in &playbook.outcomes {
            let OutcomeEffect::AsksForReason(listed) = &outcome.effect else { continue };
            let path = ["outcome", outcome.id.as_str(), "reasons"];
            for id in listed {
                if playbook.reason(id).is_some_and(|r| r.leads_to.is_none()) {
                    self.error(
                        &path,
                        format!("The reason `{id}` has no `leads_to`: it cannot choose a status."),
                    );
                }
            }
            if listed.is_empty() && playbook.reasons.iter().all(|r| r.leads_to.is_none()) {
                let message = "No reason has a `leads_to`: none can choose a status.".to_owned();
                self.error(&["outcome", outcome.id.as_str(), "effect"], message);
            }
        }
        for reason in &playbook.reasons {
            let Some(to) = &reason.leads_to else { continue };
            if !playbook.reasons_for(to).any(|r| r.id == reason.id) {
                let message =
                    format!("`{}` may not be given for `{to}`, so it cannot lead there.", reason.id);
                self.error(&["reason", reason.id.as_str(), "leads_to"], message);
            }
        }
    }

    /// D72: who cannot tell two statuses apart picks either.
    fn twins(&mut self) {
        let playbook = self.playbook;
        let plain = |text: &str| text.trim_end_matches('.').to_lowercase();
        for (i, status) in playbook.statuses.iter().enumerate() {
            let earlier = &playbook.statuses[..i];
            let id = status.id.as_str();
            if let Some(twin) = earlier.iter().find(|s| plain(&s.label) == plain(&status.label)) {
                let message = format!("`{}` has the same label: people see no difference.", twin.id);
                self.warning(&["status", id, "label"], message);
            }
            let means = &status.guide.means;
            let twin = earlier.iter().find(|s| !means.is_empty() && plain(&s.guide.means) == plain(means));
            if let Some(twin) = twin {
                let message = format!("`{}` means the same: say what differs, or make them one.", twin.id);
                self.warning(&["status", id, "means"], message);
            }
        }
    }

    /// A form must be able to ask for at least one way of completing a need.
    fn forms(&mut self) {
        let playbook = self.playbook;
        let asked = |f: &crate::domain::ids::FieldId| playbook.field(f).is_none_or(|f| f.asked);
        for status in &playbook.statuses {
            for need in &status.needs {
                let first = need.any_of.first();
                let mixed = first.is_some_and(|g| g.iter().any(asked) && !g.iter().all(asked));
                if need.any_of.len() > 1 && mixed {
                    let message =
                        "A group mixes fields that are asked for with some that are not.".to_owned();
                    self.error(&["status", status.id.as_str(), "needs"], message);
                }
            }
        }
        for need in &playbook.create_needs {
            for field in need.any_of.iter().flatten() {
                if is_reason(playbook, field.as_str()) {
                    let message = format!("A new record has made no move, so it has no `{field}`.");
                    self.error(&["playbook", "create_needs"], message);
                }
            }
        }
    }

    /// Whether every status can be reached, and left unless it is an end.
    /// Statuses that nothing that could lead to one names: whatever was left out, no way leads to them.
    fn unnamed(&mut self) {
        const LEAD: [&str; 5] = ["status", "stages", "stage", "outcome", "rule"];
        // Of those that can be read, which are few: of a hostile file's thousands it would take for ever (R9).
        for id in self.playbook.statuses.iter().map(|status| status.id.as_str()) {
            let own = self.place(&["status", id]).path;
            let mut named = self.playbook.initial.as_str() == id;
            let mut nodes: Vec<_> = LEAD.iter().filter_map(|table| self.reader.root.get(table)).collect();
            while let Some(node) = nodes.pop().filter(|_| !named) {
                named = node.text() == Some(id);
                nodes.extend(node.items());
                let section = node.into_section().filter(|section| section.place.path != own);
                nodes.extend(section.iter().flat_map(Section::entries).map(|entry| entry.node));
            }
            if !named {
                self.warning(&["status", id], format!("No way leads to `{id}`."));
            }
        }
    }

    fn ways(&mut self) {
        let playbook = self.playbook;
        let mut reached: BTreeSet<&StatusId> = BTreeSet::from([&playbook.initial]);
        let stages = &playbook.stages;
        reached
            .extend(stages.order.iter().filter_map(|s| s.sets_status.as_ref()).chain(&stages.demotion_sets));
        loop {
            let found: Vec<&StatusId> = playbook
                .statuses
                .iter()
                .filter(|s| reached.contains(&s.id))
                .flat_map(|s| ways_out(playbook, s))
                .filter(|to| !reached.contains(to))
                .collect();
            if found.is_empty() {
                break;
            }
            reached.extend(found);
        }
        for status in &playbook.statuses {
            let id = status.id.as_str();
            if !reached.contains(&status.id) {
                self.warning(&["status", id], format!("No way leads to `{id}`."));
            }
            let ended = match status.class {
                Class::Won | Class::Lost | Class::Excluded => true,
                Class::Open | Class::Parked => status.locked,
            };
            if !ended && ways_out(playbook, status).is_empty() {
                let message =
                    format!("No way leads out of `{id}`, yet it is neither won, lost nor excluded.");
                self.error(&["status", id], message);
            }
        }
    }
}

/// Whether the rule works on the trigger (`None`: an opportunity) in the status.
pub(super) fn fits(rule: &Rule, trigger: Option<Activity>, status: &Status) -> bool {
    let from = if rule.from.is_empty() {
        status.class == Class::Open && status.id != rule.to
    } else {
        rule.from.contains(&status.id)
    };
    let on = match (&rule.on, trigger) {
        (Trigger::Activity(activities), Some(activity)) => activities.contains(&activity),
        (Trigger::Kind(kinds), Some(activity)) => kinds.contains(&activity.kind()),
        (Trigger::Unanswered(_), Some(activity)) => activity == Activity::CallUnanswered,
        (Trigger::OpportunityCreated, None) => true,
        (Trigger::OpportunityCreated, Some(_))
        | (Trigger::Activity(_) | Trigger::Kind(_) | Trigger::Unanswered(_), None) => false,
    };
    from && on
}

/// Whether what was logged before decides, too.
fn now_and_then(rule: &Rule) -> bool {
    matches!(rule.on, Trigger::Unanswered(_)) || rule.unless_unanswered.is_some()
}

fn moves(step: &crate::domain::playbook::Step) -> bool {
    matches!(step.does, StepDoes::Move { .. })
}

fn is_reason(playbook: &Playbook, field: &str) -> bool {
    playbook.field(&field.into()).is_some_and(|f| f.kind == FieldKind::Reason && f.asked)
}

/// Every status to which a person, a rule or a clock leads from here.
fn ways_out<'p>(playbook: &'p Playbook, status: &'p Status) -> Vec<&'p StatusId> {
    let by_hand = status.moves.iter().map(|m| &m.to);
    let triggers: Vec<Option<Activity>> = Activity::ALL.into_iter().map(Some).chain([None]).collect();
    let by_rule = playbook
        .rules
        .iter()
        .filter(|r| r.mode != RuleMode::Off && triggers.iter().any(|t| fits(r, *t, status)))
        .map(|r| &r.to);
    let by_clock = status.clocks.iter().flat_map(|c| &c.ladder).filter_map(|step| match &step.does {
        StepDoes::Move { to, .. } => Some(to),
        StepDoes::Nudge(_)
        | StepDoes::Breach
        | StepDoes::Escalate(_)
        | StepDoes::Review(_)
        | StepDoes::Ask(_) => None,
    });
    by_hand.chain(by_rule).chain(by_clock).collect()
}
