//! The playbooks of every workspace: which are active there, and which rules a record lives under.
//!
//! Properties:
//! - A record is judged by the version that it pins, for as long as any text of that version is kept: by its
//!   workspace, or from an earlier release.
//! - A workspace's own playbook stands in for a shipped one of the same id, and wins over one that takes its noun or
//!   its letter (ruling 18).
//! - What is here compiled once. A file that does not compile never gets here, so what runs goes on.
//!
//! Written by [`Library::put`] alone, after the texts were committed; readers take an [`Arc`] and never wait.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use super::Playbooks;
use crate::domain::ids::{PlaybookId, WorkspaceId};
use crate::domain::playbook::Playbook;
use crate::domain::record::Record;

/// See the module. Everybody who needs rules asks here; nobody keeps a playbook for longer than a request.
#[derive(Debug, Default)]
pub struct Library {
    shipped: Playbooks,
    /// Versions of earlier releases, which records still pin.
    earlier: BTreeMap<(PlaybookId, u32), Arc<Playbook>>,
    shelves: RwLock<BTreeMap<WorkspaceId, Arc<Shelf>>>,
}

/// What a workspace has of its own.
#[derive(Debug, Clone, Default)]
pub struct Own {
    /// Every version of every playbook that it uploaded.
    pub versions: Vec<Arc<Playbook>>,
    /// What it switched on (`true`) or off.
    pub switches: BTreeMap<PlaybookId, bool>,
}

/// A playbook as a workspace has it.
#[derive(Debug, Clone)]
pub struct Shelved {
    /// Its newest version.
    pub playbook: Arc<Playbook>,
    /// Whether new records can be made under it.
    pub active: bool,
    /// Where it came from.
    pub origin: Origin,
}

/// Where a playbook came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// With the program, or from its folder.
    Shipped,
    /// The workspace uploaded it.
    Own,
}

/// A workspace's own, laid out.
#[derive(Debug)]
struct Shelf {
    versions: BTreeMap<(PlaybookId, u32), Arc<Playbook>>,
    all: Vec<Shelved>,
}

impl Library {
    /// Every workspace has these.
    pub fn new(shipped: Playbooks) -> Self {
        Self::with_earlier(shipped, Vec::new())
    }

    /// The same, with the versions of earlier releases.
    pub fn with_earlier(shipped: Playbooks, earlier: Vec<Arc<Playbook>>) -> Self {
        let earlier = earlier.into_iter().map(|p| ((p.id.clone(), p.version), p)).collect();
        Self { shipped, earlier, shelves: RwLock::default() }
    }

    /// Says what a workspace has of its own.
    pub fn put(&self, workspace: WorkspaceId, own: Own) {
        let all = lay_out(&self.shipped, &own);
        let versions = own.versions.into_iter().map(|p| ((p.id.clone(), p.version), p)).collect();
        let shelf = Arc::new(Shelf { versions, all });
        // A panic while the lock was held cannot leave the map half changed: shelves are replaced whole.
        self.shelves.write().unwrap_or_else(PoisonError::into_inner).insert(workspace, shelf);
    }

    /// What the program came with.
    pub fn shipped(&self) -> &Playbooks {
        &self.shipped
    }

    /// The rules that a record lives under: those of the version that it pins. Where that text is lost, the newest one
    /// of the same playbook serves, since a record must never stand still; `None` only where there is none at all.
    pub fn of(&self, record: &Record) -> Option<Arc<Playbook>> {
        let (workspace, id) = (record.workspace, &record.playbook);
        self.version(workspace, id, record.playbook_version).or_else(|| self.newest(workspace, id))
    }

    /// One version of a playbook, as the workspace has it.
    pub fn version(&self, workspace: WorkspaceId, id: &PlaybookId, version: u32) -> Option<Arc<Playbook>> {
        let key = (id.clone(), version);
        let own = self.shelf(workspace).and_then(|shelf| shelf.versions.get(&key).cloned());
        own.or_else(|| self.shipped.get(id).filter(|p| p.version == version))
            .or_else(|| self.earlier.get(&key).cloned())
    }

    /// The newest version of a playbook that the workspace has, active or not.
    pub fn newest(&self, workspace: WorkspaceId, id: &PlaybookId) -> Option<Arc<Playbook>> {
        let range = (id.clone(), 0)..=(id.clone(), u32::MAX);
        let own = self
            .shelf(workspace)
            .and_then(|shelf| shelf.versions.range(range.clone()).next_back().map(|(_, p)| p.clone()));
        own.or_else(|| self.shipped.get(id))
            .or_else(|| self.earlier.range(range).next_back().map(|(_, p)| p.clone()))
    }

    /// Every playbook that a workspace has, the default first.
    pub fn all(&self, workspace: WorkspaceId) -> Vec<Shelved> {
        match self.shelf(workspace) {
            Some(shelf) => shelf.all.clone(),
            None => lay_out(&self.shipped, &Own::default()),
        }
    }

    /// The playbooks that are active in a workspace, the default first.
    pub fn active(&self, workspace: WorkspaceId) -> Vec<Arc<Playbook>> {
        match self.shelf(workspace) {
            Some(shelf) => shelf.all.iter().filter(|s| s.active).map(|s| s.playbook.clone()).collect(),
            None => self.shipped.all().iter().filter(|p| p.on).cloned().collect(),
        }
    }

    /// The active playbook of a noun, as in `/lead`; of several pipelines the first.
    pub fn named(&self, workspace: WorkspaceId, noun: &str) -> Option<Arc<Playbook>> {
        self.active(workspace).into_iter().find(|p| p.noun.singular == noun)
    }

    /// The active playbooks of a noun: one, or several pipelines (ruling 18).
    pub fn all_named(&self, workspace: WorkspaceId, noun: &str) -> Vec<Arc<Playbook>> {
        self.active(workspace).into_iter().filter(|p| p.noun.singular == noun).collect()
    }

    /// Every playbook of a noun, also one that is switched off: its records are listed with the others. The active ones
    /// come first.
    pub fn every_named(&self, workspace: WorkspaceId, noun: &str) -> Vec<Arc<Playbook>> {
        let mut all = self.all(workspace);
        all.retain(|shelved| shelved.playbook.noun.singular == noun);
        all.sort_by_key(|shelved| !shelved.active);
        all.into_iter().map(|shelved| shelved.playbook).collect()
    }

    /// Whether records with a letter may live under other rules than those of the active playbook with that letter:
    /// then the record itself has to be asked.
    pub fn is_mixed(&self, workspace: WorkspaceId, letter: char) -> bool {
        let shelf = self.shelf(workspace);
        let own = shelf.iter().flat_map(|shelf| shelf.versions.values());
        let all = own.chain(self.earlier.values()).chain(self.shipped.all());
        let rules: BTreeSet<_> =
            all.filter(|p| p.noun.letter == letter).map(|p| (&p.id, p.version)).take(3).collect();
        rules.len() > 1
    }

    fn shelf(&self, workspace: WorkspaceId) -> Option<Arc<Shelf>> {
        self.shelves.read().unwrap_or_else(PoisonError::into_inner).get(&workspace).cloned()
    }
}

/// Which playbooks there are, and which of them are active: a noun and a letter belong to one, and what the workspace
/// brought comes before what was shipped.
fn lay_out(shipped: &Playbooks, own: &Own) -> Vec<Shelved> {
    let mut newest: BTreeMap<&PlaybookId, &Arc<Playbook>> = BTreeMap::new();
    for playbook in &own.versions {
        let known = newest.entry(&playbook.id).or_insert(playbook);
        if known.version < playbook.version {
            *known = playbook;
        }
    }
    let in_place = shipped.all().iter().map(|p| match newest.remove(&p.id) {
        Some(own) => (own.clone(), Origin::Own),
        None => (p.clone(), Origin::Shipped),
    });
    let mut all: Vec<_> = in_place.collect();
    all.extend(newest.into_values().map(|p| (p.clone(), Origin::Own)));
    let on = |p: &Playbook| own.switches.get(&p.id).copied().unwrap_or(p.on);
    let mut active: Vec<&Arc<Playbook>> = Vec::new();
    for wanted in [Origin::Own, Origin::Shipped] {
        for (playbook, _) in all.iter().filter(|(p, origin)| *origin == wanted && on(p)) {
            if !active.iter().any(|other| other.clashes_with(playbook)) {
                active.push(playbook);
            }
        }
    }
    let active: BTreeSet<PlaybookId> = active.into_iter().map(|p| p.id.clone()).collect();
    all.into_iter()
        .map(|(playbook, origin)| Shelved { active: active.contains(&playbook.id), playbook, origin })
        .collect()
}
