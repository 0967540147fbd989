//! Says that the records of a company all wait (D41), in the team's alerts channel, to its managers. The rule is in
//! [`crate::domain::cluster`].
//!
//! Said once per set of records: the set is the message's key in the outbox, which never sends two of one key, also where
//! one message names many companies.
//!
//! Races: jobs run one after the other, each against what the ones before it left, so that of two records that come to
//! wait at the same moment the second one makes it so, and says it. An import says it at the end of each chunk, of all
//! that came in with it. An erasure says nothing: what it knew is being forgotten.

use std::collections::BTreeMap;

use super::places;
use super::said::Said;
use crate::chat::render::{self, Ctx};
use crate::domain::cluster::{self, Member};
use crate::domain::decision::Env;
use crate::domain::ids::RecordId;
use crate::domain::record::Record;
use crate::store::Batch;
use crate::store::outbox::{Fact, Priority};

/// From so many companies on, one message names them all.
const MANY: usize = 4;

/// A record was written: says it where it has become so. The job must have asked for its company
/// (`Needs::companies`).
pub fn tell(batch: &mut Batch, env: &Env<'_>, before: Option<&Record>, after: &Record) {
    if env.playbook.cluster.is_none() {
        return;
    }
    for key in cluster::companies(before, after) {
        let Some(others) = others(batch, after, &key) else { continue };
        let least = env.workspace.thresholds.cluster;
        let Some(arisen) = cluster::arises(&key, before, after, &others, env.playbook, least) else {
            continue;
        };
        let last = batch.record(after.id).filter(|_| cluster::company(after).as_deref() == Some(&*key));
        let company = last.and_then(|row| row.record.contact.company.clone());
        let company = company.or_else(|| before?.contact.company.clone()).unwrap_or_default();
        let managers = env.workspace.managers(after.team);
        let message =
            render::cluster::message(&ctx(env), &company, &arisen.all, &arisen.cluster.says, &managers);
        say(batch, env, after, format!("cluster:{}", named(&arisen.all)), &Said::openly(message));
    }
}

/// What an import brings in, until its chunk is written.
#[derive(Default)]
pub struct Watch {
    /// Companies that got a record, of which it was not so before; with the last record of each.
    companies: BTreeMap<String, RecordId>,
    /// Companies of which it was so before.
    settled: Vec<String>,
}

impl Watch {
    /// A record came in.
    pub fn came(&mut self, batch: &Batch, env: &Env<'_>, record: RecordId) {
        let Some(row) = batch.record(record) else { return };
        let Some(key) = cluster::company(&row.record).filter(|_| env.playbook.cluster.is_some()) else {
            return;
        };
        if self.settled.contains(&key) {
            return;
        }
        if !self.companies.contains_key(&key) {
            let least = env.workspace.thresholds.cluster;
            let Some(others) = others(batch, &row.record, &key) else { return };
            if cluster::all_wait(others, env.playbook, least).is_some() {
                self.settled.push(key);
                return;
            }
        }
        self.companies.insert(key, record);
    }

    /// The chunk is written; `env` gives the ground of a team's record.
    pub fn tell<'e>(self, batch: &mut Batch, env: &dyn Fn(&Record) -> Env<'e>) {
        let mut found: Vec<(Record, Vec<Member>)> = Vec::new();
        for (key, id) in self.companies {
            let Some(record) = batch.record(id).map(|row| row.record.clone()) else { continue };
            let env = env(&record);
            let Some(others) = others(batch, &record, &key) else { continue };
            let all = others.into_iter().chain([Member::of(&record)]);
            if let Some(all) = cluster::all_wait(all, env.playbook, env.workspace.thresholds.cluster) {
                found.push((record, all));
            }
        }
        found.sort_by_key(|(record, _)| (record.team, record.id));
        for of_team in found.chunk_by(|(one, _), (other, _)| one.team == other.team) {
            let Some((first, _)) = of_team.first() else { continue };
            let env = env(first);
            let Some(says) = env.playbook.cluster.as_ref().map(|cluster| &cluster.says) else { continue };
            let managers = env.workspace.managers(first.team);
            let company = |record: &Record| record.contact.company.clone().unwrap_or_default();
            if of_team.len() < MANY {
                for (record, all) in of_team {
                    let message =
                        render::cluster::message(&ctx(&env), &company(record), all, says, &managers);
                    say(batch, &env, record, format!("cluster:{}", named(all)), &Said::openly(message));
                }
            } else {
                let names: Vec<_> =
                    of_team.iter().map(|(record, all)| (company(record), all.len())).collect();
                let message = render::cluster::many(&ctx(&env), &names, says, &managers);
                let said = Said::openly(message);
                say(batch, &env, first, format!("clusters:{}:{}", first.id, of_team.len()), &said);
                // Each of them was told of: the same records are not news when they come together again.
                for (record, all) in of_team {
                    say(batch, &env, record, format!("cluster:{}", named(all)), &Said::Elsewhere);
                }
            }
        }
    }
}

/// The company's records beside this one; `None`: nobody asked for them.
fn others(batch: &Batch, record: &Record, key: &str) -> Option<Vec<Member>> {
    let mut all = batch.of_company(record.workspace, record.handle.letter, key)?;
    all.retain(|member| member.id != record.id);
    Some(all)
}

/// A set of records, as a key: the same for the same ones. A company of very many is known by the first and the last.
fn named(all: &[Member]) -> String {
    const WHOLE: usize = 32;
    let ids = |all: &[Member]| all.iter().map(|m| m.id.to_string()).collect::<Vec<_>>().join("-");
    match all {
        [first, .., last] if all.len() > WHOLE => format!("{}-to-{}:{}", first.id, last.id, all.len()),
        all => ids(all),
    }
}

fn ctx<'a>(env: &Env<'a>) -> Ctx<'a> {
    Ctx { playbook: env.playbook, workspace: env.workspace, now: env.now, zone: env.team.calendar.zone }
}

fn say(batch: &mut Batch, env: &Env<'_>, record: &Record, key: String, said: &Said) {
    let body = said.to_body();
    for (n, place) in places::alerts(env.workspace, env.team, record).into_iter().enumerate() {
        batch.say(Fact {
            workspace: record.workspace,
            dedup_key: format!("{key}:{n}"),
            place,
            priority: Priority::Normal,
            due_at: env.now,
            body: body.clone(),
        });
    }
}
