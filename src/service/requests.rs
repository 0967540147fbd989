//! Requests that are one (ruling 11): a bulk move that a manager has to approve asks in one message per place, which lists
//! each record, and is decided by one press.
//!
//! Each record keeps a request of its own behind it, and each passes `decide` (X1): whatever somebody may not decide,
//! since they asked for it, own it or owned it, is left out by name and waits for somebody else; what moved or was
//! withdrawn meanwhile is no part of it any more. All that one press decides is one command, in one transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::draw;
use super::ground::Ground;
use super::head::{Head, Seen};
use super::replies::gone;
use super::said::Said;
use super::{App, Fault, effects, query};
use crate::chat::message::{Message, Reply};
use crate::chat::render::{self, Ctx};
use crate::domain::attention::Rule;
use crate::domain::command::{Command, Verdict};
use crate::domain::decide as engine;
use crate::domain::decision::{Effect, Notice};
use crate::domain::ids::{ApprovalId, PersonId, WorkspaceId};
use crate::domain::workspace::Workspace;
use crate::playbook::Library;
use crate::store::outbox::{Fact, Place, Priority};
use crate::store::row::{Approval, ApprovalState};
use crate::store::{Batch, Needs, StoreError, Work};

/// The message of requests that are one.
pub async fn shown(
    app: &App,
    workspace: &Workspace,
    requests: &[Approval],
) -> Result<Option<Message>, StoreError> {
    let records: Vec<_> = requests.iter().map(|request| request.record).collect();
    let rows = app.store().records(&records).await?;
    let now = app.clock().now();
    let rules: Vec<_> = rows.iter().map(|row| app.playbook_of(&row.record)).collect();
    let views: Vec<_> = requests
        .iter()
        .filter_map(|request| {
            let at = rows.iter().position(|row| row.record.id == request.record)?;
            let (row, playbook) = (&rows[at], rules[at].as_deref()?);
            let zone = workspace.team(row.record.team).calendar.zone;
            Some(draw::approval_view(Ctx { playbook, workspace, now, zone }, row, request))
        })
        .collect();
    if views.is_empty() {
        return Ok(None);
    }
    let mut message = render::requests::many(&views);
    message.mentions.retain(|person| Rule::of(workspace, *person).quiet_until(now).is_none());
    Ok(Some(message))
}

/// The reminder of the requests in the message of one, of those that wait for a person; `None`: none does any more.
pub async fn reminder(
    app: &App,
    workspace: WorkspaceId,
    approval: ApprovalId,
    to: PersonId,
    escalated: bool,
) -> Result<Option<Message>, StoreError> {
    let Some(one) = app.store().approval(approval).await? else { return Ok(None) };
    let all = match one.post {
        Some(post) => app.store().approvals_of(post).await?,
        None => vec![one],
    };
    let workspace = app.store().workspace(workspace);
    let records: Vec<_> = all.iter().map(|request| request.record).collect();
    let rows = app.store().records(&records).await?;
    let rules: Vec<_> = rows.iter().map(|row| app.playbook_of(&row.record)).collect();
    let (now, zone) = (app.clock().now(), workspace.zone_of(to));
    let waiting: Vec<_> = all
        .iter()
        .filter(|request| request.state == ApprovalState::Waiting)
        .filter_map(|request| {
            let at = rows.iter().position(|row| row.record.id == request.record)?;
            let (row, playbook) = (&rows[at], rules[at].as_deref()?);
            Some(draw::approval_view(Ctx { playbook, workspace: &workspace, now, zone }, row, request))
        })
        .filter(|view| view.deciders.contains(&to))
        .collect();
    Ok(match waiting.as_slice() {
        [] => None,
        [one] => {
            let notice = Notice::ApprovalReminder { approval: one.approval, escalated };
            Some(render::alert::notice(&one.ctx, one.record, &notice))
        }
        several => Some(render::requests::reminder(several, escalated)),
    })
}

/// All requests of the message in which this one stands.
async fn together(app: &App, head: &Head, approval: ApprovalId) -> Result<Vec<Approval>, Fault> {
    let one = app.store().approval(approval).await?.filter(|a| a.workspace == head.workspace);
    Ok(match one.and_then(|request| request.post) {
        Some(post) => app.store().approvals_of(post).await?,
        None => Vec::new(),
    })
}

/// The form for the reason.
pub async fn form(app: &App, head: &Head, approval: ApprovalId) -> Result<Reply, Fault> {
    let all = together(app, head, approval).await?;
    let waiting: Vec<_> = all.iter().filter(|r| r.state == ApprovalState::Waiting).collect();
    if all.is_empty() {
        return Ok(gone());
    }
    let mut refused = None;
    for request in &waiting {
        match query::may_decide(app, head, request).await? {
            Ok(_) => return Ok(Reply::Form(render::requests::reject_form(approval, waiting.len() as u64))),
            Err(refusal) => refused = refused.or(Some(refusal)),
        }
    }
    Ok(refused.unwrap_or_else(|| Reply::Private(render::requests::none_waits())))
}

/// One press for all of them.
pub async fn decide(app: &App, head: &Head, approval: ApprovalId, verdict: Verdict) -> Result<Reply, Fault> {
    let all = together(app, head, approval).await?;
    if all.is_empty() {
        return Ok(gone());
    }
    let approvals = all.iter().map(|request| request.id).collect();
    let job = DecideAll { head: head.clone(), library: app.library(), approvals, verdict };
    Ok(Reply::Private(app.store().work(job).await?))
}

struct DecideAll {
    head: Head,
    library: Arc<Library>,
    approvals: Vec<ApprovalId>,
    verdict: Verdict,
}

impl Work for DecideAll {
    type Answer = Message;

    fn needs(&self) -> Needs {
        Needs {
            inbox: Some((self.head.source, self.head.external_id.clone())),
            approvals: self.approvals.clone(),
            ..Needs::default()
        }
    }

    fn run(&self, batch: &mut Batch) -> Message {
        if self.head.open(batch) == Seen::Repeat {
            return render::jobs::gone();
        }
        let by = self.head.person();
        let approved = self.verdict == Verdict::Approve;
        let (mut done, mut left_out) = (0_u64, Vec::new());
        let mut asked: BTreeMap<PersonId, u64> = BTreeMap::new();
        for id in &self.approvals {
            let row = batch.approval(*id).and_then(|request| batch.record(request.record)).cloned();
            let Some(row) = row.filter(|row| row.record.workspace == self.head.workspace) else { continue };
            // What was decided, withdrawn or moved meanwhile is no part of it any more.
            let Some(pending) = row.record.pending.clone().filter(|p| p.approval == *id) else { continue };
            let Some(playbook) = self.library.of(&row.record) else { continue };
            let ground = Ground::of(batch, self.head.workspace, playbook);
            let env = ground.env(row.record.team);
            let command = Command::Decide { approval: *id, verdict: self.verdict.clone() };
            match engine::decide(&row.record, &self.head.actor(), &command, &env) {
                Ok(mut decision) => {
                    // Whoever asked hears once of all of them.
                    decision.effects.retain(|effect| match effect {
                        Effect::Tell { notice, .. } => !matches!(notice, Notice::ApprovalDecided { .. }),
                        Effect::Alert(_) => true,
                    });
                    effects::carry_out(batch, &env, Some(&row), &decision);
                    done += 1;
                    if let Some(person) = pending.requested_by.filter(|p| *p != by) {
                        *asked.entry(person).or_default() += 1;
                    }
                }
                Err(why) => {
                    let zone = env.workspace.zone_of(by);
                    let ctx = Ctx { playbook: env.playbook, workspace: env.workspace, now: env.now, zone };
                    let sentence = render::rejection::sentence(&ctx, Some(&row.record), &why);
                    left_out.push((row.record.handle.to_string(), sentence));
                }
            }
        }
        let command = batch.command();
        for (person, count) in asked {
            let message = render::requests::decided_for(by, &self.verdict, count);
            batch.say(Fact {
                workspace: self.head.workspace,
                dedup_key: format!("decided:{command}:{person}"),
                place: Place::Person(person),
                priority: Priority::Normal,
                due_at: batch.now(),
                body: Said::privately(person, message).to_body(),
            });
        }
        render::requests::answer(approved, done, &left_out)
    }
}
