//! Reads: cards, lists, histories, requests, the guide. All private; none changes anything but the draft in which a
//! list keeps its filters.

use std::sync::Arc;

use chrono::TimeDelta;

use super::change::Target;
use super::draft::{DraftBody, Find, Keep};
use super::fields::is_called;
use super::handle::change;
use super::head::{self, Head};
use super::replies::{self, Scene, gone, row_views, scenes};
use super::{App, Fault, crm, draw, resolve};
use crate::chat::intent::{ApprovalsOf, ListFilters, MineFilter, State};
use crate::chat::message::Reply;
use crate::chat::render;
use crate::chat::render::history::EVENTS;
use crate::chat::render::list::ROWS;
use crate::chat::render::view::{GuideStatus, GuideView, HistoryView, ListView};
use crate::domain::approval;
use crate::domain::calendar;
use crate::domain::clocks;
use crate::domain::command::Command;
use crate::domain::decide;
use crate::domain::event::{Event, EventKind};
use crate::domain::ids::{ApprovalId, ClockId, DraftId, EventId, RecordId};
use crate::domain::playbook::{Class, Playbook};
use crate::domain::record::Record;
use crate::domain::rejection::Rejection;
use crate::domain::workspace::Workspace;
use crate::playbook::guide;
use crate::store::read::Filter;
use crate::store::row::{Approval, Row};

/// No list and no history has so many pages: a forged page number is taken as this one (R9).
const LAST_PAGE: u32 = 1_000_000;
/// `stale`: nobody has touched it for so long (D45).
const STALE_AFTER: TimeDelta = TimeDelta::days(7);
/// One person's records are filtered in memory; nobody works on more than these at once.
pub const MINE: u64 = 500;

/// The card, privately.
pub async fn show(app: &App, head: &Head, target: Target) -> Result<Reply, Fault> {
    with_scene(app, head, target, async |scene, row| {
        Ok(Reply::Private(crm::beside(app, head, &row, scene.card(&row.record)).await?))
    })
    .await
}

/// Every status that the engine would allow now.
pub async fn more_moves(app: &App, head: &Head, record: RecordId) -> Result<Reply, Fault> {
    with_scene(app, head, Target::Record(record), async |scene, row| {
        let allowed = decide::choices(&row.record, &scene.env(&row.record));
        Ok(Reply::Private(render::pick::pick_status(&scene.ctx(), &row.record, &allowed)))
    })
    .await
}

/// A question of a clock is answered (E7).
pub async fn answer(
    app: &App,
    head: &Head,
    record: RecordId,
    clock: &ClockId,
    answer: u32,
) -> Result<Reply, Fault> {
    let target = Target::Record(record);
    let Some(row) = resolve::row(app, head, target).await? else { return Ok(gone()) };
    let playbook = app.playbook_of(&row.record);
    let spec = playbook.as_ref().and_then(|p| p.clock(clock)).map(|(_, spec)| spec);
    let answers = spec.and_then(|spec| spec.question()).map(|q| q.answers.as_slice()).unwrap_or_default();
    let picked = answers.get(answer as usize).map(|(id, _)| id.clone()).unwrap_or_default();
    change(app, head, target, Command::Answer { clock: clock.clone(), answer: picked }).await
}

/// The activities, to pick one.
pub async fn activities(app: &App, head: &Head, record: RecordId) -> Result<Reply, Fault> {
    with_scene(app, head, Target::Record(record), async |scene, row| {
        Ok(Reply::Private(render::pick::pick_activity(&scene.ctx(), &row.record)))
    })
    .await
}

/// The audit trail, the newest first.
pub async fn history(app: &App, head: &Head, target: Target, page: u32) -> Result<Reply, Fault> {
    let page = page.min(LAST_PAGE);
    with_scene(app, head, target, async |scene, row| {
        let skip = u64::from(page) * EVENTS as u64;
        let found = joint_history(app, &row, skip, EVENTS as u64 + 1).await?;
        let more = u32::from(found.len() > EVENTS);
        let events: Vec<_> = found.into_iter().take(EVENTS).map(|(_, event)| event).collect();
        let view = HistoryView { events: &events, page, pages: page + 1 + more };
        let message = render::history::history(&scene.ctx(), &row.record, &view);
        Ok(Reply::Private(crm::beside(app, head, &row, message).await?))
    })
    .await
}

/// A record's history with those of the records that were merged into it, the newest first (ruling 15).
async fn joint_history(app: &App, row: &Row, skip: u64, limit: u64) -> Result<Vec<(EventId, Event)>, Fault> {
    if row.record.absorbed.is_empty() {
        return Ok(app.store().history(row.record.id, skip, limit).await?);
    }
    let mut all = app.store().history(row.record.id, 0, skip + limit).await?;
    for merged in &row.record.absorbed {
        let theirs = app.store().history(*merged, 0, skip + limit + 1).await?;
        // That it went is told by the one that took it in.
        all.extend(theirs.into_iter().filter(|(_, event)| !matches!(event.kind, EventKind::Merged { .. })));
    }
    // Events are numbered as they happen.
    all.sort_unstable_by_key(|(id, _)| std::cmp::Reverse(*id));
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    Ok(all.into_iter().skip(skip).take(usize::try_from(limit).unwrap_or(usize::MAX)).collect())
}

/// `/lead list`.
pub async fn list(app: &App, head: &Head, noun: &str, filters: ListFilters) -> Result<Reply, Fault> {
    list_page(app, head, noun, filters, DraftId(0), 0).await
}

/// `/lead mine`.
pub async fn mine(app: &App, head: &Head, noun: &str, filter: MineFilter) -> Result<Reply, Fault> {
    mine_page(app, head, noun, filter, DraftId(0), 0).await
}

/// Another page of a list.
pub async fn page(app: &App, head: &Head, draft: DraftId, page: u32) -> Result<Reply, Fault> {
    let page = page.min(LAST_PAGE);
    let found = app.store().work(Find(draft)).await?.filter(|d| d.workspace == head.workspace);
    let Some(found) = found else { return Ok(Reply::Private(render::problem::draft_gone())) };
    if found.person != head.person() {
        return Ok(Reply::Private(render::problem::not_your_draft()));
    }
    match DraftBody::read(&found.body) {
        Some(DraftBody::List { noun, filters }) => list_page(app, head, &noun, filters, draft, page).await,
        Some(DraftBody::Mine { noun, filter }) => mine_page(app, head, &noun, filter, draft, page).await,
        Some(DraftBody::Change(_) | DraftBody::Bulk(_) | DraftBody::Note { .. }) | None => {
            Ok(Reply::Private(render::problem::draft_gone()))
        }
    }
}

async fn list_page(
    app: &App,
    head: &Head,
    noun: &str,
    filters: ListFilters,
    draft: DraftId,
    page: u32,
) -> Result<Reply, Fault> {
    let playbook = match resolve::playbook(app, head, noun, filters.pipeline.as_deref()) {
        Ok(playbook) => playbook,
        Err(sentence) => return Ok(replies::mistake(&sentence)),
    };
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    let (filter, said) = match narrowed(app, head, &playbook, &workspace, &filters) {
        Ok(found) => found,
        Err(reply) => return Ok(*reply),
    };
    let offset = u64::from(page) * ROWS as u64;
    let found = app.store().list(head.workspace, &filter, offset, ROWS as u64).await?;
    let body = DraftBody::List { noun: noun.to_owned(), filters };
    let draft = keep(app, head, draft, body, found.total).await?;
    let rows = scenes(app, head, found.rows);
    let view = ListView {
        plural: &playbook.noun.plural,
        filters: said,
        rows: row_views(&rows),
        total: found.total,
        page,
        draft,
    };
    Ok(Reply::Private(render::list::list(&view)))
}

/// Filters as typed, for the store, and in words; else the sentence that says what is wrong with them.
pub fn narrowed(
    app: &App,
    head: &Head,
    playbook: &Arc<Playbook>,
    workspace: &Workspace,
    filters: &ListFilters,
) -> Result<(Filter, Vec<String>), Box<Reply>> {
    let mut filter = Filter {
        letter: Some(playbook.noun.letter),
        owner: filters.owner,
        company: filters.company.clone(),
        classes: classes(filters.state),
        ..Filter::default()
    };
    let mut said = Vec::new();
    // Pipelines share their noun: without one, a word may be any of theirs.
    let meant = if filters.pipeline.is_some() {
        filter.playbook = Some(playbook.id.clone());
        said.push(format!("pipeline {}", playbook.title));
        vec![playbook.clone()]
    } else {
        app.library().every_named(head.workspace, &playbook.noun.singular)
    };
    if let Some(typed) = &filters.status {
        let all = meant.iter().flat_map(|p| p.statuses.iter().map(move |status| (p, status)));
        let called = called(typed, all, |s| (s.id.as_str(), s.label.as_str()));
        let Some((_, first)) = called.first() else {
            let rejection = Rejection::UnknownStatus { typed: typed.clone() };
            return Err(Box::new(replies::refusal(app, head, Some(playbook.clone()), &rejection)));
        };
        filter.statuses = called.iter().map(|(p, status)| (p.id.clone(), status.id.clone())).collect();
        if !filters.state_given {
            filter.classes.clear();
        }
        said.push(format!("status {}", first.label));
    }
    if let Some(typed) = &filters.stage {
        let all = meant.iter().flat_map(|p| p.stages.order.iter().map(move |stage| (p, stage)));
        let called = called(typed, all, |s| (s.id.as_str(), s.label.as_str()));
        let Some((_, first)) = called.first() else {
            let rejection = Rejection::UnknownStage { typed: typed.clone() };
            return Err(Box::new(replies::refusal(app, head, Some(playbook.clone()), &rejection)));
        };
        filter.stages = called.iter().map(|(p, stage)| (p.id.clone(), stage.id.clone())).collect();
        said.push(format!("stage {}", first.label));
    }
    if let Some(typed) = &filters.team {
        let Some(team) = workspace.team_named(typed) else {
            return Err(Box::new(super::handle::unknown_team(workspace, typed)));
        };
        filter.team = Some(team.id);
        said.push(format!("team {}", team.name));
    }
    said.extend(filters.owner.map(|owner| format!("owner {}", workspace.name_of(owner))));
    said.extend(filters.company.as_ref().map(|company| format!("company {company}")));
    if filters.state_given {
        said.push(filters.state.name().to_owned());
    }
    if filters.stale {
        filter.quiet_since = Some(app.clock().now() - STALE_AFTER);
        said.push("untouched for 7 days".to_owned());
    }
    Ok((filter, said))
}

/// Everything of that name, of whichever playbook. An id is what it was called when it was made, so it counts only where
/// nothing is called so now.
fn called<'a, T>(
    typed: &str,
    all: impl Iterator<Item = (&'a Arc<Playbook>, &'a T)>,
    names: impl Fn(&T) -> (&str, &str),
) -> Vec<(&'a Arc<Playbook>, &'a T)> {
    let (by_name, by_id): (Vec<_>, Vec<_>) = all
        .filter(|(_, one)| is_called(typed, names(one).0, names(one).1))
        .partition(|(_, one)| is_called(typed, "", names(one).1));
    if by_name.is_empty() { by_id } else { by_name }
}

async fn mine_page(
    app: &App,
    head: &Head,
    noun: &str,
    filter: MineFilter,
    draft: DraftId,
    page: u32,
) -> Result<Reply, Fault> {
    let Some(playbook) = app.playbook_named(head.workspace, noun) else { return Ok(gone()) };
    let own = Filter {
        letter: Some(playbook.noun.letter),
        owner: Some(head.person()),
        classes: vec![Class::Open],
        ..Filter::default()
    };
    let found = app.store().list(head.workspace, &own, 0, MINE).await?;
    let mut rows = scenes(app, head, found.rows);
    rows.retain(|(scene, row)| is_wanted(scene, &row.record, filter));
    if filter == MineFilter::Tasks {
        let first = |scene: &Scene, record: &Record| {
            let ctx = scene.ctx();
            record.tasks.iter().map(|task| render::task::due(&ctx, record, task)).min()
        };
        rows.sort_by_key(|(scene, row)| (first(scene, &row.record), row.record.handle));
    }
    let total = rows.len() as u64;
    let rows: Vec<_> = rows.into_iter().skip(page as usize * ROWS).take(ROWS).collect();
    let body = DraftBody::Mine { noun: noun.to_owned(), filter };
    let draft = keep(app, head, draft, body, total).await?;
    let view = ListView {
        plural: &playbook.noun.plural,
        filters: Vec::new(),
        rows: row_views(&rows),
        total,
        page,
        draft,
    };
    let mut message = render::list::mine(filter, &view);
    let (attention, until) = app.store().attention(head.workspace, head.person()).await?;
    if let Some(until) = until {
        message.lines.push(render::attention::held_until(attention.held.len(), until, app.clock().now()));
    }
    Ok(Reply::Private(message))
}

fn is_wanted(scene: &Scene, record: &Record, filter: MineFilter) -> bool {
    let running = || clocks::clocks(record, &scene.env(record));
    match filter {
        MineFilter::All => true,
        MineFilter::Late => render::words::is_late(&running(), scene.now),
        MineFilter::Today => {
            let tomorrow = scene.now.with_timezone(&scene.zone).date_naive() + TimeDelta::days(1);
            let midnight = calendar::instant(scene.zone, tomorrow.and_time(chrono::NaiveTime::MIN));
            let planned = record.next.as_ref().and_then(|next| next.due);
            let tasks = record.tasks.iter().map(|task| render::task::due(&scene.ctx(), record, task));
            running().iter().filter_map(|c| c.deadline).chain(planned).chain(tasks).any(|due| due < midnight)
        }
        MineFilter::Tasks => !record.tasks.is_empty(),
        MineFilter::Owing => !record.owes.is_empty(),
        MineFilter::Waiting => record.pending.is_some(),
    }
}

/// Keeps a list's filters for its other pages, and to show it anew.
async fn keep(app: &App, head: &Head, draft: DraftId, body: DraftBody, total: u64) -> Result<DraftId, Fault> {
    if draft.0 != 0 || total == 0 {
        return Ok(draft);
    }
    Ok(app.store().work(Keep { head: head.clone(), id: draft, body }).await?)
}

fn classes(state: State) -> Vec<Class> {
    match state {
        State::Open => vec![Class::Open],
        State::Parked => vec![Class::Parked],
        State::Won => vec![Class::Won],
        State::Lost => vec![Class::Lost],
        State::All => Vec::new(),
    }
}

/// `/approvals`.
pub async fn approvals(app: &App, head: &Head, which: ApprovalsOf) -> Result<Reply, Fault> {
    let requests = app.store().waiting_approvals(head.workspace, None).await?;
    let ids: Vec<_> = requests.iter().map(|r| r.record).collect();
    let rows = scenes(app, head, app.store().records(&ids).await?);
    let views: Vec<_> = requests
        .iter()
        .filter_map(|request| {
            let (scene, row) = rows.iter().find(|(_, row)| row.record.id == request.record)?;
            Some(draw::approval_view(scene.ctx(), row, request))
        })
        .filter(|view| match which {
            ApprovalsOf::All => true,
            ApprovalsOf::Mine => {
                view.requested_by == Some(head.person()) || view.deciders.contains(&head.person())
            }
        })
        .collect();
    let title = render::input::approvals_title(which, views.len());
    Ok(Reply::Private(render::approval::approvals_list(title, &views, head.person())))
}

/// Whether the person may decide a waiting request; else the refusal.
pub async fn may_decide(app: &App, head: &Head, request: &Approval) -> Result<Result<Row, Reply>, Fault> {
    let target = Target::Record(request.record);
    let Some(row) = resolve::row(app, head, target).await? else { return Ok(Err(gone())) };
    let Some(playbook) = app.playbook_of(&row.record) else { return Ok(Err(gone())) };
    let scene = Scene::new(app, head, playbook);
    let refused = match &row.record.pending {
        Some(pending) => {
            approval::check_decider(&row.record, pending, head.person(), &scene.env(&row.record)).err()
        }
        None => Some(Rejection::NoSuchRequest),
    };
    Ok(match refused {
        None => Ok(row),
        Some(rejection) => {
            let message = render::rejection::rejection(&scene.ctx(), Some(&row.record), &rejection);
            Err(Reply::Private(message))
        }
    })
}

/// How a request was decided, for whoever presses too late: who, when and why.
pub async fn decided(app: &App, head: &Head, id: ApprovalId) -> Result<Reply, Fault> {
    let request = app.store().approval(id).await?.filter(|a| a.workspace == head.workspace);
    let Some(request) = request else { return Ok(gone()) };
    with_scene(app, head, Target::Record(request.record), async |scene, row| {
        let view = draw::approval_view(scene.ctx(), &row, &request);
        Ok(Reply::Private(render::approval::approval(&view)))
    })
    .await
}

/// `/playbook guide`.
pub fn guide(app: &App, head: &Head, status: Option<&str>, playbook: Option<&str>) -> Reply {
    let found = match resolve::guided(app, head, playbook, status) {
        Ok(found) => found,
        Err(titles) => {
            let known: Vec<_> = titles.iter().map(String::as_str).collect();
            return Reply::Private(render::problem::unknown_playbook(playbook.unwrap_or_default(), &known));
        }
    };
    let playbook = &found;
    let guide = guide::guide(playbook);
    let Some(typed) = status else {
        let statuses = guide.statuses.into_iter().map(|s| (s.emoji, s.label, s.means)).collect();
        return Reply::Private(render::guide::guide(&GuideView::Overview {
            title: guide.title,
            why: guide.why,
            advice: guide.advice,
            noun: playbook.noun.singular.clone(),
            statuses,
            stages: guide.stages,
        }));
    };
    match guide.statuses.into_iter().find(|s| is_called(typed, s.id.as_str(), &s.label)) {
        Some(s) => Reply::Private(render::guide::guide(&GuideView::Status(Box::new(GuideStatus {
            emoji: s.emoji,
            label: s.label,
            means: s.means,
            when: s.when,
            example: s.example,
            needs: s.needs,
            uses: s.uses,
            happens: s.happens,
            next: s.next,
            red_flag: s.red_flag,
            moves: s.moves,
        })))),
        None => {
            let rejection = Rejection::UnknownStatus { typed: typed.to_owned() };
            replies::refusal(app, head, Some(playbook.clone()), &rejection)
        }
    }
}

/// Runs with a record and what its wording is made from, or says that there is none.
pub async fn with_scene<F>(app: &App, head: &Head, target: Target, then: F) -> Result<Reply, Fault>
where
    F: AsyncFnOnce(Scene, Row) -> Result<Reply, Fault>,
{
    let Some(row) = resolve::row(app, head, target).await? else {
        return Ok(match target {
            Target::Handle(handle) => {
                let noun = noun_of(app, head.workspace, handle.letter);
                Reply::Private(render::problem::unknown_record(&noun, &handle.to_string()))
            }
            Target::Record(_) | Target::Approval(_) => gone(),
        });
    };
    let playbook: Option<Arc<Playbook>> = app.playbook_of(&row.record);
    match playbook {
        Some(playbook) => then(Scene::new(app, head, playbook), row).await,
        None => Ok(gone()),
    }
}

/// What records with a letter are called.
pub fn noun_of(app: &App, workspace: crate::domain::ids::WorkspaceId, letter: char) -> String {
    let known = app.active(workspace).into_iter().find(|p| p.noun.letter == letter);
    known.map_or_else(|| letter.to_string(), |p| p.noun.singular.clone())
}
