//! Whoever came in with a file by name alone, and is known now: an account of that very name, and of nobody else's, takes
//! over what is theirs, as another import of the file would have it.
//!
//! Two steps. When somebody becomes known, or is set down, the two are joined: that is kept with the name
//! ([`Person::linked_to`](crate::domain::workspace::Person)), stands in the log of settings, and is told to the admins.
//! Then the records go over, in chunks, each by a decision of its own (X1). A stop on the way loses nothing: what still
//! belongs to the name goes over after the start. Where two are called so, nothing happens.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::said::Said;
use super::{App, effects, ground::Ground};
use crate::chat::render::namesake as words;
use crate::domain::command::{Actor, Command, Given, Standing};
use crate::domain::decide;
use crate::domain::field::Data;
use crate::domain::ids::{PersonId, RecordId, WorkspaceId};
use crate::domain::workspace::{Person, SettingChange, Workspace};
use crate::playbook::Library;
use crate::store::outbox::{Fact, Place, Priority};
use crate::store::read::Filter;
use crate::store::settings::{Set, Setting};
use crate::store::{Batch, Needs, StoreError, Work};

/// So many records are one chunk: few enough that a person's command does not wait behind it.
const AT_ONCE: u64 = 128;

/// Somebody has become known, or was set down: joins them with their name, where there is one. `by`: through whom.
pub async fn join(
    app: &App,
    workspace: WorkspaceId,
    account: PersonId,
    by: PersonId,
) -> Result<(), StoreError> {
    if app.store().workspace(workspace).namesake(account).is_none() {
        return Ok(());
    }
    let change = move |known: &Arc<Workspace>, at: DateTime<Utc>| {
        let Some(found) = known.namesake(account) else { return ((), None) };
        let joined = Person { linked_to: Some(account), ..found.clone() };
        let change = SettingChange {
            setting: words::setting(&found.name),
            value: format!("{} ({account})", known.name_of(account)),
            by,
            at,
        };
        let set = Set::of(Setting::Person(joined), vec![change]);
        ((), Some(Set { say: told(known, found, account, at), ..set }))
    };
    app.store().change_settings(workspace, change).await?;
    Ok(())
}

/// What the admins are told.
fn told(known: &Workspace, found: &Person, account: PersonId, at: DateTime<Utc>) -> Vec<Fact> {
    let admins = known.people.values().filter(|p| p.admin && p.gone.is_none() && !p.id.is_nameless());
    let fact = |to: PersonId| Fact {
        workspace: known.id,
        dedup_key: format!("namesake:{}:{}:{account}:{to}", known.id, found.id),
        place: Place::Person(to),
        priority: Priority::Normal,
        due_at: at,
        body: Said::privately(to, words::linked(&found.name, account)).to_body(),
    };
    admins.map(|admin| fact(admin.id)).collect()
}

/// Hands over what still belongs to a name whose account is known. Gives how many records went over.
pub async fn make_due(app: &App) -> Result<usize, StoreError> {
    let mut all = 0;
    for workspace in app.store().workspaces() {
        // Those without an account have the lowest ids.
        for person in workspace.people.values().take_while(|person| person.id.is_nameless()) {
            let Some(to) = person.linked_to else { continue };
            if app.namesake_is_done(workspace.id, person.id) {
                continue;
            }
            all += hand_over(app, workspace.id, person.id, to).await?;
            app.namesake_done(workspace.id, person.id);
        }
    }
    Ok(all)
}

async fn hand_over(
    app: &App,
    workspace: WorkspaceId,
    from: PersonId,
    to: PersonId,
) -> Result<usize, StoreError> {
    let filter = Filter { owner: Some(from), ..Filter::default() };
    let (mut after, mut all) = (RecordId(0), 0);
    loop {
        let rows = app.store().records_after(workspace, &filter, after, AT_ONCE).await?;
        let Some(last) = rows.last() else { return Ok(all) };
        after = last.record.id;
        let records = rows.iter().map(|row| row.record.id).collect();
        all += app.store().work(HandOver { library: app.library(), workspace, from, to, records }).await?;
    }
}

struct HandOver {
    library: Arc<Library>,
    workspace: WorkspaceId,
    from: PersonId,
    to: PersonId,
    records: Vec<RecordId>,
}

impl Work for HandOver {
    /// How many went over.
    type Answer = usize;

    fn needs(&self) -> Needs {
        Needs { records: self.records.clone(), companies: Some(Vec::new()), ..Needs::default() }
    }

    fn run(&self, batch: &mut Batch) -> usize {
        let mut handles = Vec::new();
        for id in &self.records {
            // Somebody may have given it away meanwhile.
            let Some(row) = batch.record(*id).filter(|row| row.record.owner == Some(self.from)).cloned()
            else {
                continue;
            };
            let Some(playbook) = self.library.of(&row.record) else { continue };
            batch.next_command();
            let ground = Ground::of(batch, self.workspace, playbook);
            let env = ground.env(row.record.team);
            let given = Given {
                data: Data::new(),
                emptied: Vec::new(),
                owner: Some(self.to),
                standing: Standing { status: None, stage: None },
            };
            match decide::decide(&row.record, &Actor::INTEGRATION, &Command::Import(Box::new(given)), &env) {
                Ok(decision) => {
                    effects::carry_out(batch, &env, Some(&row), &decision);
                    handles.push(row.record.handle.to_string());
                }
                Err(why) => tracing::warn!(record = %row.record.handle, ?why, "it stays with the name alone"),
            }
        }
        if let (Some(first), false) = (self.records.first(), handles.is_empty()) {
            batch.say(Fact {
                workspace: self.workspace,
                dedup_key: format!("namesake:{}:{}:{first}:yours", self.workspace, self.from),
                place: Place::Person(self.to),
                priority: Priority::Normal,
                due_at: batch.now(),
                body: Said::privately(self.to, words::yours(&handles)).to_body(),
            });
        }
        handles.len()
    }
}
