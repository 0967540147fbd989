//! What was kept: an admin says whose it is, or that it is nobody's. Assigned, it is decided like when it came, with its
//! own time; refused, it stays kept.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::act::Act;
use super::settings;
use crate::chat::message::{Message, Reply};
use crate::chat::render;
use crate::domain::ids::{KeptId, RecordRef};
use crate::domain::outside::{Came, Outside};
use crate::domain::rejection::Rejection;
use crate::playbook::Library;
use crate::service::head::{Head, Seen};
use crate::service::{App, Fault, access, replies};
use crate::store::outside::Kept;
use crate::store::{Batch, Needs, Work};

/// A kept event as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Keeping {
    /// The event, with the time at which it came where it told none.
    pub event: Outside,
    /// Why it is kept, in one sentence.
    pub why: String,
}

impl Keeping {
    /// As it is written.
    pub fn to_body(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// As it was written; `None`: by a version that wrote otherwise.
    pub fn of(kept: &Kept) -> Option<Self> {
        serde_json::from_str(&kept.body).ok()
    }
}

/// Asks whose it is.
pub async fn ask(app: &App, head: &Head, id: KeptId) -> Result<Reply, Fault> {
    if let Err(rejection) = may(app, head) {
        return Ok(replies::refusal(app, head, None, &rejection));
    }
    match app.store().kept_event(head.workspace, id).await?.as_ref().and_then(Keeping::of) {
        Some(keeping) => Ok(Reply::Form(render::hooks::assign_form(id, &keeping.event))),
        None => Ok(Reply::Private(render::hooks::settled_already())),
    }
}

/// It is this record's.
pub async fn assign(app: &App, head: &Head, id: KeptId, typed: &str) -> Result<Reply, Fault> {
    let Some(handle) = RecordRef::parse(typed) else {
        return Ok(replies::mistake(&render::hooks::no_handle(typed)));
    };
    settle(app, head, id, Some(handle)).await
}

/// It is nobody's.
pub async fn dismiss(app: &App, head: &Head, id: KeptId) -> Result<Reply, Fault> {
    settle(app, head, id, None).await
}

fn may(app: &App, head: &Head) -> Result<(), Rejection> {
    let workspace = crate::service::head::with_person(app.store().workspace(head.workspace), head);
    access::configure(&workspace, head.person())
}

async fn settle(app: &App, head: &Head, id: KeptId, handle: Option<RecordRef>) -> Result<Reply, Fault> {
    let kept = app.store().kept_event(head.workspace, id).await?;
    let act = kept.as_ref().and_then(Keeping::of).map(|keeping| Act::new(app.library(), keeping.event));
    let job = Settle { head: head.clone(), library: app.library(), act, id, handle };
    let said = match app.store().work(job).await? {
        Settled::NotAllowed(rejection) => return Ok(replies::refusal(app, head, None, &rejection)),
        Settled::Refused(why) => return Ok(replies::mistake(&why)),
        Settled::Unknown(handle) => return Ok(replies::mistake(&render::hooks::unknown_record(handle))),
        Settled::Already => render::hooks::settled_already(),
        Settled::Dismissed => render::hooks::dismissed(),
        Settled::Assigned(came) => render::hooks::assigned(&came),
    };
    // What is still to be done comes with it.
    let list = settings::shown(app, head).await?;
    Ok(Reply::Private(with_list(said, list)))
}

fn with_list(mut said: Message, list: Message) -> Message {
    said.lines.extend(list.lines);
    said.facts.extend(list.facts);
    said.buttons.extend(list.buttons);
    said
}

struct Settle {
    head: Head,
    library: Arc<Library>,
    /// `None`: it was settled before the job began.
    act: Option<Act>,
    id: KeptId,
    handle: Option<RecordRef>,
}

enum Settled {
    Assigned(Came),
    Dismissed,
    Already,
    Unknown(RecordRef),
    Refused(String),
    NotAllowed(Rejection),
}

impl Work for Settle {
    type Answer = Settled;

    fn needs(&self) -> Needs {
        let mut needs = Needs {
            inbox: Some((self.head.source, self.head.external_id.clone())),
            kept: vec![self.id],
            handles: self.handle.map(|handle| (self.head.workspace, handle)).into_iter().collect(),
            companies: Some(Vec::new()),
            ..Needs::default()
        };
        if let Some(act) = &self.act {
            act.add_needs(&mut needs);
        }
        needs
    }

    fn run(&self, batch: &mut Batch) -> Settled {
        let seen = self.head.open(batch);
        if let Err(rejection) = access::configure(&batch.workspace(self.head.workspace), self.head.person()) {
            return Settled::NotAllowed(rejection);
        }
        let waits = batch.kept(self.id).is_some_and(|kept| kept.workspace == self.head.workspace);
        let (Some(act), Seen::First, true) = (&self.act, seen, waits) else { return Settled::Already };
        let Some(handle) = self.handle else {
            batch.settle_kept(self.id, self.head.person(), None);
            return Settled::Dismissed;
        };
        let row = batch.by_handle(self.head.workspace, handle).cloned();
        let Some(row) = row.filter(|row| self.library.of(&row.record).is_some()) else {
            return Settled::Unknown(handle);
        };
        match act.on(batch, &row) {
            Ok(came) => {
                batch.settle_kept(self.id, self.head.person(), Some(row.record.id));
                Settled::Assigned(came)
            }
            Err(why) => Settled::Refused(why),
        }
    }
}
