//! Whose an event is: by what people call the record, by its id elsewhere, by e-mail, by telephone; the first that finds
//! somebody counts. Of several, the one that is still open is meant; where there are more, a person has to say.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::field::Contact;
use crate::domain::ids::{RecordRef, WorkspaceId};
use crate::domain::likeness;
use crate::domain::outside::{Outside, Whose};
use crate::domain::playbook::{Class, Playbook};
use crate::playbook::Library;
use crate::service::import::apply::own_prefix;
use crate::store::row::Row;
use crate::store::{Alike, Batch, Needs};

/// So many records with the same e-mail or telephone are looked at.
const MOST: u32 = 25;

/// Where to look.
pub struct Search {
    letters: BTreeSet<char>,
}

/// Whom it found.
pub enum Found {
    /// One.
    One(Box<Row>),
    /// More than one that it could be.
    Several(Vec<RecordRef>),
    /// Nobody.
    Nobody,
}

impl Search {
    /// Among the records of the active playbooks, or of the noun that the sender names.
    pub fn new(library: &Arc<Library>, event: &Outside) -> Self {
        let active = library.active(event.workspace);
        let meant = |p: &&Arc<Playbook>| event.whose.noun.as_deref().is_none_or(|n| is_noun(p, n));
        Self { letters: active.iter().filter(meant).map(|p| p.noun.letter).collect() }
    }

    /// What has to be loaded for it.
    pub fn needs(&self, event: &Outside) -> Needs {
        let (workspace, whose) = (event.workspace, &event.whose);
        let mut needs = Needs { companies: Some(Vec::new()), ..Needs::default() };
        needs.handles.extend(handles(workspace, whose).map(|handle| (workspace, handle)));
        for letter in &self.letters {
            if let Some(id) = &whose.external_id {
                needs.externals.push((workspace, *letter, vec![id.clone()]));
            }
            let keys: Vec<String> = keys(whose).into_iter().flatten().collect();
            if !keys.is_empty() {
                needs.alike.push(Alike { workspace, letter: *letter, keys, most: MOST });
            }
        }
        needs
    }

    /// Looks, in what was loaded.
    pub fn find(&self, batch: &Batch, library: &Library, event: &Outside) -> Found {
        let (workspace, whose) = (event.workspace, &event.whose);
        if let Some(row) = handles(workspace, whose).find_map(|handle| batch.by_handle(workspace, handle)) {
            return Found::One(Box::new(row.clone()));
        }
        let external = |id: &String| {
            let of = |letter: &char| batch.by_external(workspace, *letter, id).map(|(row, _)| row);
            self.letters.iter().filter_map(of).collect::<Vec<_>>()
        };
        let by_id = whose.external_id.as_ref().map(external).unwrap_or_default();
        let by_contact = keys(whose).into_iter().map(|keys| {
            let of = |letter: &char| batch.alike(workspace, *letter, &keys);
            self.letters.iter().flat_map(of).collect::<Vec<_>>()
        });
        let Some(rows) = std::iter::once(by_id).chain(by_contact).find(|rows| !rows.is_empty()) else {
            return Found::Nobody;
        };
        let open: Vec<&Row> = rows.iter().copied().filter(|row| is_open(library, row)).collect();
        match (rows.as_slice(), open.as_slice()) {
            ([one], _) | (_, [one]) => Found::One(Box::new((*one).clone())),
            (several, []) => Found::Several(several.iter().map(|row| row.record.handle).collect()),
            (_, several) => Found::Several(several.iter().map(|row| row.record.handle).collect()),
        }
    }
}

/// Whether a playbook's records are called so.
pub fn is_noun(playbook: &Playbook, noun: &str) -> bool {
    let noun = noun.trim();
    playbook.noun.singular.eq_ignore_ascii_case(noun) || playbook.noun.plural.eq_ignore_ascii_case(noun)
}

fn is_open(library: &Library, row: &Row) -> bool {
    let playbook = library.of(&row.record);
    let class = playbook.as_ref().and_then(|p| p.status(&row.record.status)).map(|status| status.class);
    class == Some(Class::Open)
}

/// What people call it, also as an export wrote it.
fn handles(workspace: WorkspaceId, whose: &Whose) -> impl Iterator<Item = RecordRef> {
    let own = whose.external_id.as_ref().and_then(|id| id.strip_prefix(&own_prefix(workspace)));
    let named = whose.record.as_deref().and_then(RecordRef::parse);
    named.into_iter().chain(own.and_then(RecordRef::parse))
}

/// The keys of the e-mail, and those of the telephone: the e-mail counts for more.
fn keys(whose: &Whose) -> [Vec<String>; 2] {
    let email = Contact { email: whose.email.clone(), ..Contact::default() };
    let phone = Contact { phone: whose.phone.clone(), ..Contact::default() };
    [likeness::of_contact(&email), likeness::of_contact(&phone)]
}
