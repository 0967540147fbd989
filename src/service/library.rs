//! The library and its texts: what the database keeps, compiled into [`Library`], and back.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::App;
use crate::domain::ids::{PlaybookId, WorkspaceId};
use crate::domain::playbook::Playbook;
use crate::playbook::library::Own;
use crate::playbook::{BadPlaybooks, Library, Playbooks, compile};
use crate::store::StoreError;
use crate::store::playbooks::{Keep, SHIPPED, Shelves, Text};

/// The library as the database has it.
pub fn library(mut shipped: Playbooks, shelves: &Shelves) -> Library {
    let mut earlier = Vec::new();
    for text in shelves.texts.iter().filter(|t| t.workspace == SHIPPED) {
        let Some(now) = shipped.get(&text.id) else {
            // Its file was taken away; whoever lives under it goes on.
            earlier.extend(compiled(text));
            continue;
        };
        if now.version != text.version {
            earlier.extend(compiled(text));
        } else if shipped.source(&text.id).is_some_and(|(_, source)| source != text.text) {
            // Changed without a new version. Fine, unless records would stand nowhere.
            let Some(then) = compiled(text) else { continue };
            if let Some(gone) = gone(&then, &now) {
                tracing::error!(
                    playbook = %text.id,
                    version = text.version,
                    gone,
                    "a playbook was changed without a new version, and records may stand where it has nothing any \
                     more; it goes on as it was: raise its version"
                );
                shipped.replace(then, text.text.clone());
            }
        }
    }
    let library = Library::with_earlier(shipped, earlier);
    let mut own: BTreeMap<WorkspaceId, Own> = BTreeMap::new();
    for text in shelves.texts.iter().filter(|t| t.workspace != SHIPPED) {
        own.entry(text.workspace).or_default().versions.extend(compiled(text));
    }
    for (workspace, id, active) in &shelves.switches {
        own.entry(*workspace).or_default().switches.insert(id.clone(), *active);
    }
    for (workspace, own) in own {
        library.put(workspace, own);
    }
    library
}

/// A file that cannot be used is a mistake of whoever changed it; the bot goes on by the text that it had before. Where
/// it never had one, the start fails with everything that is wrong.
pub fn with_last_good(playbooks: Playbooks, kept: &Shelves) -> Result<Playbooks, BadPlaybooks> {
    let texts = || kept.texts.iter().filter(|t| t.workspace == SHIPPED);
    let last = |file: &str| texts().filter(|t| t.file == file).max_by_key(|t| (t.at, t.version));
    let playbooks = playbooks.mended(|file| last(file).map(|t| t.text.clone()))?;
    for (file, problems) in playbooks.broken() {
        for problem in problems {
            tracing::error!(file, %problem, "a playbook cannot be used; the last good one goes on");
        }
    }
    Ok(playbooks)
}

/// A text that was good when it was kept. A later release may be stricter; it says so, and another version serves.
fn compiled(text: &Text) -> Option<Arc<Playbook>> {
    match compile(&text.text) {
        Ok(compiled) => Some(Arc::new(compiled.playbook)),
        Err(problems) => {
            let problem = problems.first().map(ToString::to_string).unwrap_or_default();
            tracing::error!(
                workspace = %text.workspace, playbook = %text.id, version = text.version, problem,
                "a kept playbook cannot be used any more"
            );
            None
        }
    }
}

/// A status or a stage that a version lacks.
fn gone<'a>(then: &'a Playbook, now: &Playbook) -> Option<&'a str> {
    let statuses = then.statuses.iter().filter(|s| now.status(&s.id).is_none()).map(|s| s.id.as_str());
    let stages = then.stages.order.iter().filter(|s| now.stage(&s.id).is_none()).map(|s| s.id.as_str());
    statuses.chain(stages).next()
}

impl App {
    /// Keeps the texts of the shipped playbooks, so that records that pin them go on under them when a later release
    /// brings others. Said again, it writes nothing.
    pub async fn keep_shipped(&self) -> Result<(), StoreError> {
        let shelves = self.store().shelves();
        let known = || shelves.texts.iter().filter(|t| t.workspace == SHIPPED);
        let shipped = self.shared.library.shipped();
        let mut keep = Keep::default();
        for playbook in shipped.all() {
            let Some((file, source)) = shipped.source(&playbook.id) else { continue };
            let (id, version) = (&playbook.id, playbook.version);
            if known().any(|t| (&t.id, t.version, t.text.as_str()) == (id, version, source)) {
                continue;
            }
            if known().any(|t| t.id == *id && t.version < version) {
                keep.everywhere.push((id.clone(), version));
            }
            let (file, text, at) = (file.to_owned(), source.to_owned(), self.clock().now());
            keep.texts.push(Text { workspace: SHIPPED, id: id.clone(), version, file, text, by: None, at });
        }
        if keep.texts.is_empty() {
            return Ok(());
        }
        self.store().keep_playbooks(keep).await
    }

    /// Waits until whatever is written of playbooks is in force as well.
    pub async fn playbooks_are_in_force(&self) {
        // Whoever changes playbooks holds the turn from before the writing until then.
        drop(self.shared.playbook_turn.lock().await);
    }

    /// Keeps what a workspace changed, and has everybody go by it. The caller has the turn (`playbook_turn`).
    pub(super) async fn keep_own(&self, workspace: WorkspaceId, keep: Keep) -> Result<(), StoreError> {
        self.store().keep_playbooks(keep).await?;
        let shelves = self.store().shelves();
        let texts = shelves.texts.iter().filter(|t| t.workspace == workspace);
        // What is compiled already is not compiled again.
        let library = &self.shared.library;
        let versions = texts
            .filter_map(|t| library.version(workspace, &t.id, t.version).or_else(|| compiled(t)))
            .collect();
        let switches: BTreeMap<PlaybookId, bool> = shelves
            .switches
            .iter()
            .filter(|(of, _, _)| *of == workspace)
            .map(|(_, id, active)| (id.clone(), *active))
            .collect();
        library.put(workspace, Own { versions, switches });
        // Nobody may be listening.
        let _ = self.shared.commands_changed.send(workspace);
        Ok(())
    }
}
