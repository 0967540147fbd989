//! From an input to an answer: the only place that knows every command.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::change::{Change, Create, Outcome, Target};
use super::draft::Find;
use super::fields::{Reading, is_called};
use super::head::Head;
use super::replies::Scene;
use super::resolve::{self, Named};
use super::{
    App, Fault, actions, bulk, export, head, import, join, me, menu, new, outcomes, outside, pipelines,
    playbooks, points, query, replies, setup, tasks, undo,
};
use crate::chat::intent::{Input, Intent, RecordArg, Request};
use crate::chat::message::{Message, Reply};
use crate::chat::parse;
use crate::chat::render::{self, Ctx};
use crate::domain::activity::Activity;
use crate::domain::command::{Command, Completed, Report};
use crate::domain::field::{Data, FieldValue, builtin};
use crate::domain::ids::{DraftId, FieldId, StageId, StatusId, WorkspaceId};
use crate::domain::playbook::{Field, Playbook};
use crate::domain::rejection::Rejection;
use crate::domain::workspace::Workspace;
use crate::store::row::Row;
use crate::store::{Batch, Needs, Work};

/// Answers an input.
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Fault> {
    let Some(workspace) = workspace_of(app, request).await? else {
        return Ok(Reply::Private(render::input::not_here()));
    };
    let head = Head::of(request, workspace);
    let was_known = app.store().workspace(workspace).people.contains_key(&head.person());
    let reply = match &request.input {
        Input::Call(call) => match parse::intent(call) {
            Ok(intent) => command(app, &head, intent).await?,
            Err(sentence) => replies::mistake(&sentence),
        },
        Input::Menu(chosen) => menu::chosen(app, &head, chosen).await?,
        Input::Press { action, values, on_private } => match action {
            Some(action) => {
                let reply = actions::press(app, &head, action, values).await?;
                if *on_private { in_place(reply) } else { reply }
            }
            None => Reply::Private(render::problem::expired_button()),
        },
        Input::Submit { action, inputs } => match action {
            Some(action) => actions::submit(app, &head, action, inputs).await?,
            None => Reply::Private(render::problem::expired_button()),
        },
    };
    let mut reply = greet(app, &head, reply).await?;
    if !was_known {
        super::namesakes::join(app, workspace, head.person(), head.person()).await?;
    }
    match &mut reply {
        Reply::Private(message) | Reply::Public(message) | Reply::Update(message) => {
            render::words::name_people(message, &app.store().workspace(workspace));
        }
        Reply::Form(_) => {}
    }
    Ok(reply)
}

/// An answer to a press on a message that only the person sees replaces that message.
fn in_place(reply: Reply) -> Reply {
    match reply {
        Reply::Private(message) => Reply::Update(message),
        reply @ (Reply::Public(_) | Reply::Update(_) | Reply::Form(_)) => reply,
    }
}

/// The workspace that an input is about. A private message has none of its own: it is the one of the record that
/// its button names, where the person is known there.
async fn workspace_of(app: &App, request: &Request) -> Result<Option<WorkspaceId>, Fault> {
    if request.workspace.0 != 0 {
        return Ok(Some(request.workspace));
    }
    let subject = match &request.input {
        Input::Press { action: Some(action), values, .. } => actions::subject(action, values),
        Input::Submit { action: Some(action), .. } => actions::subject(action, &[]),
        Input::Call(_)
        | Input::Menu(_)
        | Input::Press { action: None, .. }
        | Input::Submit { action: None, .. } => None,
    };
    let Some(subject) = subject else { return Ok(None) };
    let workspace = match subject {
        actions::Subject::Record(id) => {
            app.store().records(&[id]).await?.first().map(|row| row.record.workspace)
        }
        actions::Subject::Approval(id) => app.store().approval(id).await?.map(|a| a.workspace),
        actions::Subject::Job(id) => app.store().job(id).await?.map(|j| j.workspace),
        actions::Subject::Draft(id) => app.store().work(Find(id)).await?.map(|d| d.workspace),
    };
    Ok(workspace.filter(|id| app.store().workspace(*id).people.contains_key(&request.who.id)))
}

/// One slash command.
async fn command(app: &App, head: &Head, intent: Intent) -> Result<Reply, Fault> {
    match intent {
        Intent::New { noun, name, company, email, phone, value, source, owner, team, pipeline, others } => {
            let typed = [
                (builtin::NAME, Some(name)),
                (builtin::COMPANY, company),
                (builtin::EMAIL, email),
                (builtin::PHONE, phone),
                (builtin::VALUE, value),
                (builtin::SOURCE, source),
            ];
            let inputs = typed.into_iter().filter_map(|(id, text)| Some((id.to_owned(), text?))).collect();
            let asked =
                new::Asked { noun: &noun, pipeline: pipeline.as_deref(), inputs, others, owner, team };
            new::begin(app, head, asked).await
        }
        Intent::Show { record } => {
            with_record(app, head, &record, async |target, _| query::show(app, head, target).await).await
        }
        Intent::Status { record, to, reason, note } => {
            with_record(app, head, &record, async |target, playbook| {
                let to = status_called(playbook, &to);
                let mut data = Data::new();
                if let Some(reason) = reason {
                    let reading = reading(app, head, playbook, Some(&to));
                    data.insert(FieldId::new(builtin::REASON), reading.reason(&reason));
                }
                insert_text(&mut data, builtin::NOTE, note);
                change(app, head, target, Command::Move { to, data, expected: None }).await
            })
            .await
        }
        Intent::Stage { record, to, reason } => {
            with_record(app, head, &record, async |target, playbook| {
                let stage = playbook.stages.order.iter().find(|s| is_called(&to, s.id.as_str(), &s.label));
                let to = stage.map_or_else(|| StageId::new(to.trim()), |s| s.id.clone());
                let mut data = Data::new();
                insert_text(&mut data, builtin::NOTE, reason);
                change(app, head, target, Command::SetStage { to, data }).await
            })
            .await
        }
        Intent::Log { record, activity, outcome, note, at, next, due } => {
            with_record(app, head, &record, async |target, playbook| {
                let logged = Logged { activity: &activity, outcome, note, at, next, due };
                let scene = Scene::new(app, head, playbook.clone());
                match logged.command(&scene.ctx(), &reading(app, head, playbook, None)) {
                    Ok(command) => change(app, head, target, command).await,
                    Err(message) => Ok(Reply::Private(*message)),
                }
            })
            .await
        }
        Intent::Done { noun, task, outcome, status, next, due } => {
            match app.playbook_named(head.workspace, &noun) {
                Some(playbook) => {
                    let typed = tasks::Done { task, outcome, status, next, due };
                    tasks::done(app, head, playbook, typed).await
                }
                None => Ok(unknown_noun(&noun)),
            }
        }
        Intent::Next { record, action, due } => {
            with_record(app, head, &record, async |target, playbook| {
                match reading(app, head, playbook, None).due(&due) {
                    Ok(due) => change(app, head, target, Command::Plan { action, due }).await,
                    Err(sentence) => Ok(replies::mistake(&sentence)),
                }
            })
            .await
        }
        Intent::Edit { record, field, value } => {
            with_record(app, head, &record, async |target, playbook| {
                let called = |f: &&Field| is_called(&field, f.id.as_str(), &f.label);
                let spec = match playbook.fields.iter().find(called) {
                    None if is_called(&field, "sub_status", "sub-status") => {
                        sub_status(app, head, target, playbook).await?
                    }
                    known => known,
                };
                let Some(spec) = spec else {
                    let rejection = Rejection::UnknownField { typed: field };
                    return Ok(replies::refusal(app, head, Some(playbook.clone()), &rejection));
                };
                let value = match value {
                    None => None,
                    Some(text) => match reading(app, head, playbook, None).field(spec, &text) {
                        Ok(value) => Some(value),
                        Err(sentence) => return Ok(replies::mistake(&sentence)),
                    },
                };
                change(app, head, target, Command::Edit { field: spec.id.clone(), value }).await
            })
            .await
        }
        Intent::Assign { record, to } => {
            with_record(app, head, &record, async |target, _| {
                remember_named(app, head, to.id, &to.name).await?;
                change(app, head, target, Command::Assign { to: to.id, why: None }).await
            })
            .await
        }
        Intent::Mine { noun, filter } => query::mine(app, head, &noun, filter).await,
        Intent::List { noun, filters } => query::list(app, head, &noun, filters).await,
        Intent::Bulk { noun, to, filters, reason, note } => {
            bulk::bulk(app, head, bulk::Args { noun, to, filters, reason, note }).await
        }
        Intent::Undo { record: None } => undo::last(app, head).await,
        Intent::Undo { record: Some(record) } => {
            with_record(app, head, &record, async |target, _| undo::of(app, head, target, None).await).await
        }
        Intent::History { record } => {
            with_record(app, head, &record, async |target, _| query::history(app, head, target, 0).await)
                .await
        }
        Intent::Export { noun, filters } => export::export(app, head, &noun, filters).await,
        Intent::Merge { record, into } => {
            with_record(app, head, &record, async |from, _| {
                with_record(app, head, &into, async |into, _| join::merge(app, head, from, into).await).await
            })
            .await
        }
        Intent::Erase { record } => {
            with_record(app, head, &record, async |target, _| join::ask_to_erase(app, head, target).await)
                .await
        }
        Intent::Import { noun, file, mapping, dry_run, pipeline } => {
            import::import(app, head, import::Args { noun, file, mapping, dry_run, pipeline }).await
        }
        Intent::Approvals { which } => query::approvals(app, head, which).await,
        Intent::Digest { team } => super::digest::preview(app, head, team.as_deref()).await,
        Intent::Points { by, who, company } => points::points(app, head, by, who, company).await,
        Intent::Guide { status, playbook } => {
            Ok(query::guide(app, head, status.as_deref(), playbook.as_deref()))
        }
        Intent::PlaybookList => Ok(playbooks::list(app, head)),
        Intent::PlaybookShow { playbook } => playbooks::show(app, head, playbook.as_deref()).await,
        Intent::PlaybookUse { playbook: None } => Ok(playbooks::used(app, head)),
        Intent::PlaybookUse { playbook: Some(playbook) } => playbooks::take(app, head, &playbook).await,
        Intent::PlaybookCheck { file } => playbooks::check(app, head, &file).await,
        Intent::SetupPlaybook { playbook, active, file } => {
            playbooks::setup(app, head, &playbook, active, file).await
        }
        Intent::SetupPipeline(change) => pipelines::change(app, head, change).await,
        Intent::Simulate { file, since } => {
            super::simulate::simulate(app, head, &file, since.as_deref()).await
        }
        Intent::SetupTeam(args) => setup::team(app, head, *args).await,
        Intent::SetupMember { person, team, role, duties, capacity } => {
            setup::member(app, head, setup::Member { person, team, role, duties, capacity }).await
        }
        Intent::SetupCalendar { team, hours } => setup::calendar(app, head, team, hours).await,
        Intent::SetupHolidays { team, add, remove, file } => {
            setup::holidays(app, head, setup::Holidays { team, add, remove, file }).await
        }
        Intent::SetupThresholds(args) => setup::thresholds(app, head, *args).await,
        Intent::SetupHooks(args) => outside::settings::hooks(app, head, args).await,
        Intent::SetupShow => setup::show(app, head, 0).await,
        Intent::MySettings { budget } => me::settings(app, head, budget).await,
        Intent::MyQuietHours { hours } => me::quiet_hours(app, head, hours).await,
        Intent::MyAway { until, from } => me::away(app, head, until, from).await,
        Intent::MyZone { zone } => me::zone(app, head, &zone).await,
        Intent::MyLanguage { language } => me::language(app, head, language).await,
        Intent::MyBooking { link } => me::booking(app, head, link.as_deref()).await,
    }
}

/// Runs a command for the record that is meant; a name that is not enough is answered with a choice.
async fn with_record<F>(app: &App, head: &Head, arg: &RecordArg, then: F) -> Result<Reply, Fault>
where
    F: AsyncFnOnce(Target, &Arc<Playbook>) -> Result<Reply, Fault>,
{
    let Some(playbook) = app.playbook_named(head.workspace, &arg.noun) else {
        return Ok(unknown_noun(&arg.noun));
    };
    match resolve::record(app, head, &playbook, arg).await? {
        Named::One(target) if app.library().is_mixed(head.workspace, playbook.noun.letter) => {
            // What is typed is meant in the words of the rules that the record lives under.
            let row = resolve::row(app, head, target).await?;
            let own = row.and_then(|row| app.playbook_of(&row.record)).unwrap_or(playbook);
            then(target, &own).await
        }
        Named::One(target) => then(target, &playbook).await,
        Named::Several(rows) => Ok(several(app, head, &playbook, &arg.typed, rows)),
        Named::None => {
            Ok(Reply::Private(render::problem::unknown_record(&playbook.noun.singular, &arg.typed)))
        }
    }
}

/// Asks the engine to change a record.
pub async fn change(app: &App, head: &Head, target: Target, command: Command) -> Result<Reply, Fault> {
    change_of_draft(app, head, target, command, DraftId(0)).await
}

/// The same, completing an unfinished form.
pub async fn change_of_draft(
    app: &App,
    head: &Head,
    target: Target,
    command: Command,
    draft: DraftId,
) -> Result<Reply, Fault> {
    let job = Change { head: head.clone(), library: app.library(), target, command, draft };
    let decides = match &job.command {
        Command::Decide { approval, .. } => Some(*approval),
        _ => None,
    };
    let answer = app.store().work(job).await?;
    match (&answer.outcome, decides, target) {
        // Pressed too late, or at the same time as somebody else: who decided, when and why.
        (Outcome::Refused { rejection: Rejection::NoSuchRequest, .. }, Some(approval), _) => {
            query::decided(app, head, approval).await
        }
        (Outcome::Gone, _, Target::Handle(handle)) => {
            let noun = query::noun_of(app, head.workspace, handle.letter);
            Ok(Reply::Private(render::problem::unknown_record(&noun, &handle.to_string())))
        }
        _ => Ok(replies::answer(app, head, answer)),
    }
}

/// Asks the engine for a new record.
pub async fn create(app: &App, head: &Head, create: Create) -> Result<Reply, Fault> {
    let answer = app.store().work(create).await?;
    Ok(replies::answer(app, head, answer))
}

/// How to read what the person typed.
pub fn reading<'a>(app: &App, head: &Head, playbook: &'a Playbook, to: Option<&'a StatusId>) -> Reading<'a> {
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    Reading {
        playbook,
        to,
        now: app.clock().now(),
        zone: workspace.zone_of(head.person()),
        currency: workspace.thresholds.currency,
    }
}

/// A status by its id or label; as typed where none is called so, for the engine to refuse.
pub fn status_called(playbook: &Playbook, typed: &str) -> StatusId {
    let known = playbook.statuses.iter().find(|s| is_called(typed, s.id.as_str(), &s.label));
    known.map_or_else(|| StatusId::new(typed.trim()), |s| s.id.clone())
}

/// The field that holds the sub-status of a record (D16), where its status has one.
async fn sub_status<'p>(
    app: &App,
    head: &Head,
    target: Target,
    playbook: &'p Playbook,
) -> Result<Option<&'p Field>, Fault> {
    let row = resolve::row(app, head, target).await?;
    let status = row.and_then(|row| playbook.status(&row.record.status));
    Ok(status.and_then(|status| playbook.field(status.sub_status.as_ref()?)))
}

/// What was typed about an activity.
pub struct Logged<'a> {
    /// Its name or label.
    pub activity: &'a str,
    /// The outcome's id or label.
    pub outcome: Option<String>,
    /// A note.
    pub note: Option<String>,
    /// When it took place.
    pub at: Option<String>,
    /// What is next.
    pub next: Option<String>,
    /// When that is due.
    pub due: Option<String>,
}

impl Logged<'_> {
    /// The command; what to tell where something cannot be read.
    pub fn command(self, ctx: &Ctx<'_>, reading: &Reading<'_>) -> Result<Command, Box<Message>> {
        let activity = Activity::ALL
            .into_iter()
            .find(|a| is_called(self.activity, a.name(), render::words::activity(*a)))
            .ok_or_else(|| Box::new(render::problem::unknown_activity(self.activity)))?;
        let instant = |text: Option<String>| -> Result<Option<DateTime<Utc>>, Box<Message>> {
            let read = text.map(|text| reading.instant(&text)).transpose();
            read.map_err(|sentence| Box::new(render::problem::unreadable(&sentence)))
        };
        let said = self.outcome.map(|typed| {
            let said = outcomes::read(reading.playbook, &typed);
            said.ok_or_else(|| Box::new(render::problem::unknown_outcome(ctx, &typed)))
        });
        let said = said.transpose()?.unwrap_or_default();
        let due = self.due.map(|text| reading.due(&text)).transpose();
        let due = due.map_err(|sentence| Box::new(render::problem::unreadable(&sentence)))?;
        let next = match (self.next, due) {
            (Some(action), due) => Some((action, due)),
            (None, Some(_)) => {
                return Err(Box::new(render::problem::unreadable(&render::input::due_without_action())));
            }
            (None, None) => None,
        };
        let event = Completed::Logged { activity, at: instant(self.at)?, note: self.note };
        let outcome = Some(said.outcome).filter(|outcome| !outcome.is_empty());
        let report = Report { outcome, to: said.to, next, told: false };
        Ok(Command::Complete { event, report, data: said.data })
    }
}

/// A name that several records have.
fn several(app: &App, head: &Head, playbook: &Playbook, typed: &str, rows: Vec<Row>) -> Reply {
    let rows = replies::scenes(app, head, rows);
    let views = replies::row_views(&rows);
    Reply::Private(render::problem::ambiguous(&playbook.noun.singular, typed, &views))
}

fn insert_text(data: &mut Data, field: &str, text: Option<String>) {
    if let Some(text) = text {
        data.insert(FieldId::new(field), FieldValue::Text(text));
    }
}

fn unknown_noun(noun: &str) -> Reply {
    replies::mistake(&render::input::unknown_noun(noun))
}

/// No team is called so.
pub fn unknown_team(workspace: &Workspace, typed: &str) -> Reply {
    let teams: Vec<_> = workspace.teams.iter().map(|t| t.name.as_str()).collect();
    Reply::Private(render::problem::unknown_team(typed, &teams))
}

/// Remembers a person whom a command names, so that they are known when the engine asks (ruling 17).
pub async fn remember_named(
    app: &App,
    head: &Head,
    id: crate::domain::ids::PersonId,
    name: &str,
) -> Result<(), Fault> {
    if id == head.person() || app.store().workspace(head.workspace).people.contains_key(&id) {
        return Ok(());
    }
    let mut person = head::newcomer(id);
    name.clone_into(&mut person.name);
    app.store().work(Remember { workspace: head.workspace, person: Some(person), greeted: false }).await?;
    super::namesakes::join(app, head.workspace, id, head.person()).await?;
    Ok(())
}

/// Remembers whoever only looked, and shows the first admin, once, what to set.
async fn greet(app: &App, head: &Head, reply: Reply) -> Result<Reply, Fault> {
    let workspace = app.store().workspace(head.workspace);
    let person = head.to_remember(&workspace);
    let greets = head.in_workspace
        && head.who.admin
        && !workspace.greeted
        && matches!(reply, Reply::Private(_) | Reply::Update(_));
    if person.is_none() && !greets {
        return Ok(reply);
    }
    let first = app.store().work(Remember { workspace: head.workspace, person, greeted: greets }).await?;
    let with = |message: Message| match first {
        First::Yes => {
            super::beside(message, render::settings::greeting(&app.store().workspace(head.workspace)))
        }
        First::No => message,
    };
    Ok(match reply {
        Reply::Private(message) => Reply::Private(with(message)),
        Reply::Update(message) => Reply::Update(with(message)),
        reply @ (Reply::Public(_) | Reply::Form(_)) => reply,
    })
}

/// Whether this admin is the first one who is told what to set.
enum First {
    Yes,
    No,
}

struct Remember {
    workspace: WorkspaceId,
    person: Option<crate::domain::workspace::Person>,
    greeted: bool,
}

impl Work for Remember {
    type Answer = First;

    fn needs(&self) -> Needs {
        Needs::default()
    }

    fn run(&self, batch: &mut Batch) -> First {
        if let Some(person) = &self.person {
            batch.remember(self.workspace, person.clone());
        }
        if self.greeted && !batch.workspace(self.workspace).greeted {
            batch.greeted(self.workspace);
            return First::Yes;
        }
        First::No
    }
}
