//! Notes leave for the CRM, one at a time, in the order of each company.
//!
//! A note is sent once: before it is asked for, the row says that a sending began; where nothing is known of one (a crash,
//! no answer), the CRM is asked for our marker before it is sent again, a while later, so that its search has caught up.
//! What the CRM tells to wait waits as long as it says. A token that is not let in holds everything, and is told to the
//! admins once a day.

use std::sync::Arc;
use std::time::Duration;

use crate::chat::render;
use crate::crm::{Company, CrmError, CrmPort};
use crate::domain::field::FieldValue;
use crate::domain::ids::WorkspaceId;
use crate::domain::playbook::FieldRole;
use crate::service::App;
use crate::service::said::Said;
use crate::store::crm::{Settled, Waiting};
use crate::store::outbox::{Fact, Place, Priority};
use crate::store::{Batch, Needs, StoreError, Work};

/// A search finds what was written so long ago.
const SEARCHED_AFTER_MS: i64 = 60_000;
/// The first wait after a failure; each further one is twice as long.
const FIRST_MS: i64 = 5_000;
/// The longest.
const LONGEST_MS: i64 = 3_600_000;
/// Nothing is asked for so long where the token is not let in.
pub const LOCKED_OUT_MS: i64 = 300_000;

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing may go now.
    Idle,
    /// One note was tried.
    Tried,
    /// The CRM does not let us in.
    LockedOut,
}

/// How often is looked for notes: nobody waits for them.
const LOOK: Duration = Duration::from_secs(2);

/// Sends for as long as it is polled; nothing, where there is no CRM.
pub async fn run(app: App, port: Option<Arc<dyn CrmPort>>) -> anyhow::Result<()> {
    let Some(port) = port else { return std::future::pending().await };
    loop {
        let wait = match step(&app, &port).await? {
            Step::Tried => continue,
            Step::Idle => LOOK,
            Step::LockedOut => Duration::from_millis(LOCKED_OUT_MS.unsigned_abs()),
        };
        tokio::time::sleep(wait).await;
    }
}

/// Tries the next note that may go.
pub async fn step(app: &App, port: &Arc<dyn CrmPort>) -> Result<Step, StoreError> {
    app.note_crm();
    let now = app.clock().operational();
    let Some(note) = app.store().crm_next(now).await? else { return Ok(Step::Idle) };
    let (how, step) = match send(app, port, &note).await? {
        Ok(settled) => (settled, Step::Tried),
        Err(CrmError::Refused { why }) => (Settled::Refused(why), Step::Tried),
        Err(CrmError::Retry { after, lost, why }) => {
            let asked = after.and_then(|after| i64::try_from(after.as_millis()).ok()).unwrap_or(0);
            let own = (FIRST_MS << note.attempts.min(10)).min(LONGEST_MS);
            let least = if lost { SEARCHED_AFTER_MS } else { 0 };
            (Settled::Again { after_ms: own.max(asked).max(least), lost, counts: true, why }, Step::Tried)
        }
        Err(CrmError::LockedOut { why }) => {
            tell_admins(app, note.workspace, &why).await?;
            let after_ms = LOCKED_OUT_MS;
            (Settled::Again { after_ms, lost: false, counts: false, why }, Step::LockedOut)
        }
    };
    app.store().crm_settle(note.id, how).await?;
    Ok(step)
}

async fn send(
    app: &App,
    port: &Arc<dyn CrmPort>,
    note: &Waiting,
) -> Result<Result<Settled, CrmError>, StoreError> {
    let marker = render::crm::marker(note.workspace.0, note.event.0);
    if note.lost {
        match port.find_note(&marker).await {
            Ok(Some(remote)) => return Ok(Ok(Settled::Sent(remote))),
            Ok(None) => {}
            // Still not known: asked again before anything is sent.
            Err(CrmError::Retry { after, why, .. }) => {
                return Ok(Err(CrmError::Retry { after, lost: true, why }));
            }
            Err(error) => return Ok(Err(error)),
        }
    }
    let found = match number(app, note).await? {
        Some(id) => Ok(Company::One(id)),
        None => port.company(&note.company).await,
    };
    let company = match found {
        Ok(Company::One(id)) => id,
        Ok(Company::None) => {
            return Ok(Ok(Settled::Refused(format!("HubSpot has no company called \"{}\"", note.company))));
        }
        Ok(Company::Several) => {
            let why = format!("HubSpot has several companies called \"{}\"", note.company);
            return Ok(Ok(Settled::Refused(why)));
        }
        // A search changes nothing, whether or not its answer came.
        Err(CrmError::Retry { after, why, .. }) => {
            return Ok(Err(CrmError::Retry { after, lost: false, why }));
        }
        Err(error) => return Ok(Err(error)),
    };
    app.store().crm_begins(note.id).await?;
    Ok(port.note(&company, &note.body, note.at).await.map(Settled::Sent))
}

/// The company's number there, where the record has it by now: its name may be anybody's.
async fn number(app: &App, note: &Waiting) -> Result<Option<String>, StoreError> {
    let Some(row) = app.store().records(&[note.record]).await?.pop() else { return Ok(None) };
    let Some(playbook) = app.playbook_of(&row.record) else { return Ok(None) };
    let field = playbook.field_of(FieldRole::CrmCompany);
    Ok(match field.and_then(|field| row.record.data.get(&field.id)) {
        Some(FieldValue::Number(number)) => Some(number.to_string()),
        Some(_) | None => None,
    })
}

/// Once a day.
async fn tell_admins(app: &App, workspace: WorkspaceId, why: &str) -> Result<(), StoreError> {
    tracing::warn!(why, "the CRM does not let us in");
    app.store().work(Tell { workspace, why: why.to_owned(), day: app.clock().now().date_naive() }).await
}

struct Tell {
    workspace: WorkspaceId,
    why: String,
    day: chrono::NaiveDate,
}

impl Work for Tell {
    type Answer = ();

    fn needs(&self) -> Needs {
        Needs::default()
    }

    fn run(&self, batch: &mut Batch) {
        let now = batch.now();
        let known = batch.workspace(self.workspace);
        for person in known.people.values().filter(|person| person.admin && person.gone.is_none()) {
            batch.say(Fact {
                workspace: self.workspace,
                dedup_key: format!("crm:{}:{}:{}", self.workspace, person.id, self.day),
                place: Place::Person(person.id),
                priority: Priority::Normal,
                due_at: now,
                body: Said::privately(person.id, render::crm::locked_out(&self.why)).to_body(),
            });
        }
    }
}
