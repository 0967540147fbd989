//! A team's past, brought along: all steps of a record at once, whole or not at all.

use std::collections::HashMap;

use super::apply::{Importer, Outcome, People};
use super::mapping::{Shape, target};
use super::row::{Reader, StepRow};
use crate::chat::render::{self, Ctx};
use crate::domain::command::{Command, PastStep};
use crate::domain::decide;
use crate::service::effects;
use crate::service::ground::Ground;
use crate::store::row::Row;
use crate::store::{Batch, Needs};

/// The steps of one record.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Group {
    /// Its id in the other system.
    pub record: String,
    /// The places of its rows in the file.
    pub rows: Vec<usize>,
    /// Its steps, where all of its rows can be read.
    pub steps: Vec<StepRow>,
    /// Rows that cannot be read: line and sentence.
    pub problems: Vec<(u64, String)>,
}

/// The rows of a file by record, in the order in which the records first come up.
pub fn groups(reader: &Reader<'_>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for at in 0..reader.len() {
        let id = reader.cell(at, target::RECORD).unwrap_or_default();
        // Rows that name no record have nothing in common.
        let place = if id.is_empty() { None } else { places.get(id).copied() };
        let place = place.unwrap_or_else(|| {
            places.insert(id.to_owned(), groups.len());
            groups.push(Group { record: id.to_owned(), ..Group::default() });
            groups.len() - 1
        });
        let group = &mut groups[place];
        group.rows.push(at);
        match reader.step(at) {
            Ok(step) => group.steps.push(step),
            Err(sentence) => group.problems.push((reader.line(at), sentence)),
        }
    }
    groups
}

impl Group {
    /// All of its lines, refused for the same reason.
    fn refused(&self, why: &str) -> (Outcome, Vec<(u64, String)>) {
        let lines = self.steps.iter().map(|step| (step.line, why.to_owned())).collect();
        (Outcome::Refused(why.to_owned()), lines)
    }
}

/// What the groups need of the batch.
pub fn needs(importer: &Importer, groups: &[Group]) -> Needs {
    let ids = || groups.iter().map(|group| group.record.as_str());
    let mut needs = importer.needs(ids());
    let shown = ids().filter_map(|id| importer.shown(id, Shape::History));
    needs.handles.extend(shown.map(|handle| (importer.workspace, handle)));
    needs
}

/// Brings one record's past along; gives the outcome, and why which lines are refused.
pub fn apply(importer: &Importer, batch: &mut Batch, group: &Group) -> (Outcome, Vec<(u64, String)>) {
    if let Err(refused) = readable(group) {
        return (Outcome::Refused(String::new()), refused);
    }
    let people = importer.people(batch, group.steps.iter().filter_map(|step| step.actor.as_deref()));
    let found = importer.find(batch, &group.record).map(|(row, _)| row.clone()).or_else(|| {
        let handle = importer.shown(&group.record, Shape::History)?;
        batch.by_handle(importer.workspace, handle).cloned()
    });
    batch.next_command();
    let ground = Ground::of(batch, importer.workspace, importer.playbook.clone());
    let Some(row) = found else {
        return group.refused(&render::import::unknown_external(&group.record));
    };
    let env = ground.env(row.record.team);
    match plan(importer, group, &row, &people, &env) {
        Err(why) => group.refused(&why),
        Ok(decision) if decision.events.is_empty() => (Outcome::Same, Vec::new()),
        Ok(decision) => {
            effects::quietly(batch, &env, Some(&row), &decision);
            (Outcome::New, Vec::new())
        }
    }
}

/// What would become of it, for a preview.
pub fn preview(
    importer: &Importer,
    group: &Group,
    row: Option<&Row>,
    people: &People,
    env: &crate::domain::decision::Env<'_>,
) -> (Outcome, Vec<(u64, String)>) {
    if let Err(refused) = readable(group) {
        return (Outcome::Refused(String::new()), refused);
    }
    let Some(row) = row else {
        return group.refused(&render::import::unknown_external(&group.record));
    };
    match plan(importer, group, row, people, env) {
        Err(why) => group.refused(&why),
        Ok(decision) if decision.events.is_empty() => (Outcome::Same, Vec::new()),
        Ok(_) => (Outcome::New, Vec::new()),
    }
}

fn readable(group: &Group) -> Result<(), Vec<(u64, String)>> {
    let Some((first, _)) = group.problems.first() else { return Ok(()) };
    let mut refused = group.problems.clone();
    refused.extend(group.refused(&render::import::with_its_history(*first)).1);
    refused.sort_by_key(|(line, _)| *line);
    Err(refused)
}

fn plan(
    importer: &Importer,
    group: &Group,
    row: &Row,
    people: &People,
    env: &crate::domain::decision::Env<'_>,
) -> Result<crate::domain::decision::Decision, String> {
    let mut steps = Vec::with_capacity(group.steps.len());
    for step in &group.steps {
        let by = match step.actor.as_deref() {
            None => None,
            Some(name) => Some(people.find(name).ok_or_else(|| render::import::unknown_person(name))?),
        };
        steps.push(PastStep { from: step.from.clone(), to: step.to.clone(), by, at: step.at });
    }
    let decision = decide::decide(&row.record, &importer.actor(), &Command::Past { steps }, env);
    decision.map_err(|why| {
        let ctx = Ctx {
            playbook: env.playbook,
            workspace: env.workspace,
            now: env.now,
            zone: env.team.calendar.zone,
        };
        render::words::flat(&render::rejection::sentence(&ctx, Some(&row.record), &why), env.workspace)
    })
}
