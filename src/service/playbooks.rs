//! `/setup playbook`, `/playbook list`, `show`, `use`, `check`: what a workspace goes by.
//!
//! What `/playbook use` means: the playbook that is named takes over its noun. It is switched on, and whichever has its
//! noun or its letter is switched off; records that were made under that one go on under it.
//!
//! One change at a time ([`App`] holds the turn), because what an upload may do depends on what was uploaded before.
//! The order of an upload: everything is checked, the text is committed, and only then does anybody go by it.

use std::sync::Arc;

use super::fields::is_called;
use super::head::{self, Head};
use super::upgrade::{self, Forecast};
use super::{App, Fault, access, replies};
use crate::chat::commands::{self, limits};
use crate::chat::message::{Message, Reply};
use crate::chat::render;
use crate::chat::render::playbook::{CheckView, PlaybookView, Ramped, RulesView, UploadView};
use crate::domain::ids::{PlaybookId, WorkspaceId};
use crate::domain::playbook::Playbook;
use crate::domain::ramp::Spread;
use crate::domain::workspace::SettingChange;
use crate::playbook::library::{Origin, Shelved};
use crate::playbook::{Problem, Severity, compile, guide};
use crate::store::StoreError;
use crate::store::playbooks::{Keep, Text, Upgrade};

mod judge;

/// `/playbook list`.
pub fn list(app: &App, head: &Head) -> Reply {
    let all: Vec<_> = app.library().all(head.workspace).iter().map(view).collect();
    Reply::Private(render::playbook::list(&all))
}

/// `/playbook use`, without a name.
pub fn used(app: &App, head: &Head) -> Reply {
    let all: Vec<_> = app.library().all(head.workspace).iter().map(view).collect();
    Reply::Private(render::playbook::used(&all))
}

/// `/playbook show`.
pub async fn show(app: &App, head: &Head, typed: Option<&str>) -> Result<Reply, Fault> {
    let shelved = match called(app, head.workspace, typed) {
        Ok(shelved) => shelved,
        Err(message) => return Ok(Reply::Private(*message)),
    };
    let playbook = &shelved.playbook;
    let mut standing: Vec<(u32, u64)> = Vec::new();
    for stands in app.store().standing(head.workspace, &playbook.id).await? {
        match standing.last_mut() {
            Some((version, count)) if *version == stands.version => *count += stands.count,
            Some(_) | None => standing.push((stands.version, stands.count)),
        }
    }
    let rules = RulesView {
        moves: guide::moves(playbook),
        clocks: guide::clocks(playbook),
        rules: guide::rules_of(playbook),
        gates: guide::gates(playbook),
        standing,
        markdown: guide::markdown(playbook),
    };
    Ok(Reply::Private(render::playbook::show(&view(&shelved), rules)))
}

/// Everything that is wrong with a text, and whether a platform takes the commands that it brings.
pub fn problems(text: &str) -> Vec<Problem> {
    let compiled = match compile(text) {
        Ok(compiled) => compiled,
        Err(problems) => return problems,
    };
    let mut problems = compiled.warnings;
    let beyond = limits::beyond(&commands::tree(&[&compiled.playbook]));
    let at_noun = |message| compile::at(text, &["playbook", "noun"], Severity::Error, message);
    problems.extend(beyond.into_iter().map(at_noun));
    problems.sort_by_key(|p| (p.line, p.column, p.severity));
    problems
}

/// `/playbook check`: anybody may, since nothing is changed.
pub async fn check(app: &App, head: &Head, file: &(String, Vec<u8>)) -> Result<Reply, Fault> {
    let (name, bytes) = file;
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Ok(Reply::Private(render::playbook::no_text(name)));
    };
    let (problems, _) = examine(app, head.workspace, text).await?;
    Ok(Reply::Private(render::playbook::checked(&check_view(name, &problems))))
}

/// `/setup playbook`.
pub async fn setup(
    app: &App,
    head: &Head,
    typed: &str,
    active: Option<bool>,
    file: Option<(String, Vec<u8>)>,
) -> Result<Reply, Fault> {
    if let Some(refused) = not_admin(app, head) {
        return Ok(refused);
    }
    let _turn = app.shared.playbook_turn.lock().await;
    if let Some((name, bytes)) = file {
        return upload(app, head, typed, active, &name, &bytes).await;
    }
    match active {
        Some(active) => switch(app, head, typed, active).await,
        None => show(app, head, Some(typed)).await,
    }
}

/// `/playbook use`, with a name.
pub async fn take(app: &App, head: &Head, typed: &str) -> Result<Reply, Fault> {
    if let Some(refused) = not_admin(app, head) {
        return Ok(refused);
    }
    let _turn = app.shared.playbook_turn.lock().await;
    let shelved = match called(app, head.workspace, Some(typed)) {
        Ok(shelved) => shelved,
        Err(message) => return Ok(Reply::Private(*message)),
    };
    if shelved.active {
        return Ok(Reply::Private(render::playbook::as_it_is(&view(&shelved))));
    }
    let others: Vec<_> =
        app.active(head.workspace).into_iter().filter(|p| p.clashes_with(&shelved.playbook)).collect();
    let mut keep = Keep::default();
    keep.switches.push((head.workspace, shelved.playbook.id.clone(), true));
    keep.changes.push(changed(app, head, &shelved.playbook, "on"));
    for other in &others {
        keep.switches.push((head.workspace, other.id.clone(), false));
        keep.changes.push(changed(app, head, other, "off"));
    }
    app.keep_own(head.workspace, keep).await?;
    let titles: Vec<_> = others.iter().map(|p| p.title.clone()).collect();
    let now = view(&Shelved { active: true, ..shelved });
    Ok(Reply::Private(render::playbook::switched(&now, &titles, 0)))
}

async fn switch(app: &App, head: &Head, typed: &str, active: bool) -> Result<Reply, Fault> {
    let shelved = match called(app, head.workspace, Some(typed)) {
        Ok(shelved) => shelved,
        Err(message) => return Ok(Reply::Private(*message)),
    };
    if shelved.active == active {
        return Ok(Reply::Private(render::playbook::as_it_is(&view(&shelved))));
    }
    let on = app.active(head.workspace);
    if !active && on.len() == 1 {
        return Ok(Reply::Private(render::playbook::last_one(&view(&shelved))));
    }
    if active && let Some(other) = on.iter().find(|p| p.clashes_with(&shelved.playbook)) {
        return Ok(Reply::Private(render::playbook::taken(&view(&shelved), &other.title)));
    }
    let (id, word) = (&shelved.playbook.id, if active { "on" } else { "off" });
    let keep = Keep {
        switches: vec![(head.workspace, id.clone(), active)],
        changes: vec![changed(app, head, &shelved.playbook, word)],
        ..Keep::default()
    };
    app.keep_own(head.workspace, keep).await?;
    let records = app.store().standing(head.workspace, id).await?.iter().map(|s| s.count).sum();
    let now = view(&Shelved { active, ..shelved });
    Ok(Reply::Private(render::playbook::switched(&now, &[], records)))
}

async fn upload(
    app: &App,
    head: &Head,
    typed: &str,
    active: Option<bool>,
    file: &str,
    bytes: &[u8],
) -> Result<Reply, Fault> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Ok(Reply::Private(render::playbook::no_text(file)));
    };
    let workspace = head.workspace;
    let (problems, new) = examine(app, workspace, text).await?;
    let Some(new) = new.filter(|_| problems.iter().all(|p| p.severity == Severity::Warning)) else {
        let in_use = called(app, workspace, Some(typed)).ok().map(|shelved| shelved.playbook.version);
        return Ok(Reply::Private(render::playbook::refused(&check_view(file, &problems), in_use)));
    };
    if !is_called(typed, new.id.as_str(), &new.title) {
        return Ok(Reply::Private(render::playbook::another(file, typed, new.id.as_str())));
    }
    let before = app.library().newest(workspace, &new.id);
    let shelves = app.store().shelves();
    let same =
        |t: &Text| t.workspace == workspace && t.id == new.id && t.version == new.version && t.text == text;
    if shelves.texts.iter().any(same) && before.as_ref().is_some_and(|b| b.version == new.version) {
        return Ok(Reply::Private(render::playbook::unchanged(&view(&own(&new, true)))));
    }
    if let Some(message) = under_way(app, workspace, &new.id).await? {
        return Ok(Reply::Private(message));
    }
    let file = file.to_owned();
    let placing = Placing { new: new.clone(), text: text.to_owned(), file, active, what: None };
    let Placed { on, moving, ramped, holder } = place(app, head, placing).await?;
    let warnings = problems.iter().map(ToString::to_string).collect();
    let told = UploadView {
        playbook: view(&own(&new, on)),
        replaces: before.as_ref().map(|b| b.version),
        added: before.as_ref().map(|b| added(b, &new)).unwrap_or_default(),
        gone: before.as_ref().map(|b| gone(b, &new)).unwrap_or_default(),
        moving,
        ramped,
        held_by: holder.filter(|_| before.is_none()),
        warnings,
    };
    Ok(Reply::Private(render::playbook::uploaded(&told)))
}

/// A version that is in order, to be kept and gone by.
pub(super) struct Placing {
    /// What it says.
    pub new: Arc<Playbook>,
    /// As it is written.
    pub text: String,
    /// What its file is called.
    pub file: String,
    /// Whether it is to be on; `None`: as it is, and a new one is.
    pub active: Option<bool>,
    /// What was changed, in the words of `/setup show`.
    pub what: Option<String>,
}

/// What came of it.
pub(super) struct Placed {
    /// Whether it is on.
    pub on: bool,
    /// So many records move to it.
    pub moving: u64,
    /// What it makes due at once.
    pub ramped: Option<Ramped>,
    /// The title of the playbook that has its noun or its letter.
    pub holder: Option<String>,
}

/// Keeps a version; its records begin to come over.
pub(super) async fn place(app: &App, head: &Head, placing: Placing) -> Result<Placed, Fault> {
    let Placing { new, text, file, active, what } = placing;
    let workspace = head.workspace;
    let before = app.library().newest(workspace, &new.id);
    let moving: u64 = app.store().standing(workspace, &new.id).await?.iter().map(|s| s.count).sum();
    let others = app.active(workspace);
    let holder = others.iter().find(|p| p.id != new.id && p.clashes_with(&new));
    let on = active.unwrap_or(true) && holder.is_none();
    // A switch that was set stays as it is, unless it is set now.
    let stays = before.is_some() && active.is_none();
    let is_on = if stays { others.iter().any(|p| p.id == new.id) } else { on };
    let state = if is_on { "on" } else { "off" };
    let state = what.map_or_else(|| state.to_owned(), |what| format!("{state}: {what}"));
    let mut keep = Keep {
        changes: vec![changed(app, head, &new, &state)],
        texts: vec![Text {
            workspace,
            id: new.id.clone(),
            version: new.version,
            file,
            text,
            by: Some(head.person()),
            at: app.clock().now(),
        }],
        ..Keep::default()
    };
    if !stays {
        keep.switches.push((workspace, new.id.clone(), on));
    }
    let mut forecast = Forecast::Spread(Spread::default());
    if moving > 0 {
        let (id, version, by) = (new.id.clone(), new.version, Some(head.person()));
        let upgrade = Upgrade { workspace, id, version, by };
        forecast = upgrade::forecast(app, &upgrade, &new, moving).await?;
        keep.upgrades.push(upgrade);
    }
    let holder = holder.map(|p| p.title.clone());
    app.keep_own(workspace, keep).await?;
    Ok(Placed { on, moving, ramped: ramped(&forecast), holder })
}

/// Everything that is wrong with a text, in itself and here; the playbook, where it compiles.
pub(super) async fn examine(
    app: &App,
    workspace: WorkspaceId,
    text: &str,
) -> Result<(Vec<Problem>, Option<Arc<Playbook>>), StoreError> {
    let compiled = match compile(text) {
        Ok(compiled) => compiled,
        Err(problems) => return Ok((problems, None)),
    };
    let new = Arc::new(compiled.playbook);
    let library = app.library();
    let all = library.all(workspace);
    let before = library.newest(workspace, &new.id);
    let standing = match &before {
        Some(_) => app.store().standing(workspace, &new.id).await?,
        None => Vec::new(),
    };
    let known = app.store().shelves().texts.iter().any(|t| t.workspace == workspace && t.text == text);
    let mut problems = compiled.warnings;
    let case = judge::Case { text, new: &new, before: before.as_deref(), standing: &standing, all: &all };
    // What was taken before is not judged again against itself.
    if !known {
        problems.extend(case.problems());
    }
    let mut active: Vec<&Playbook> = all.iter().filter(|s| s.active).map(|s| &*s.playbook).collect();
    active.retain(|p| p.id != new.id && !p.clashes_with(&new));
    active.insert(0, &new);
    problems
        .extend(limits::beyond(&commands::tree(&active)).into_iter().map(|message| case.at_noun(message)));
    problems.sort_by_key(|p| (p.line, p.column, p.severity));
    Ok((problems, Some(new)))
}

/// Where records still move to the newest version, the next one has to wait.
pub(super) async fn under_way(
    app: &App,
    workspace: WorkspaceId,
    id: &PlaybookId,
) -> Result<Option<Message>, StoreError> {
    let upgrades = app.store().upgrades().await?;
    let Some(upgrade) = upgrades.into_iter().find(|u| u.workspace == workspace && u.id == *id) else {
        return Ok(None);
    };
    let standing = app.store().standing(workspace, id).await?;
    let left = standing.iter().filter(|s| s.version != upgrade.version).map(|s| s.count).sum();
    let shelved = app.library().all(workspace).into_iter().find(|s| s.playbook.id == *id);
    Ok(shelved.filter(|_| left > 0).map(|s| render::playbook::still_moving(&view(&s), left)))
}

/// The playbook that is meant, active or not; without a name the first that is on.
fn called(app: &App, workspace: WorkspaceId, typed: Option<&str>) -> Result<Shelved, Box<Message>> {
    let all = app.library().all(workspace);
    let found = match typed {
        None => all.iter().find(|s| s.active),
        Some(typed) => all.iter().find(|s| is_called(typed, s.playbook.id.as_str(), &s.playbook.title)),
    };
    found.cloned().ok_or_else(|| {
        let known: Vec<_> = all.iter().map(|s| s.playbook.title.as_str()).collect();
        Box::new(render::problem::unknown_playbook(typed.unwrap_or_default(), &known))
    })
}

pub(super) fn not_admin(app: &App, head: &Head) -> Option<Reply> {
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    let refused = access::configure(&workspace, head.person()).err()?;
    Some(replies::refusal(app, head, None, &refused))
}

fn changed(app: &App, head: &Head, playbook: &Playbook, state: &str) -> (WorkspaceId, SettingChange) {
    let change = SettingChange {
        setting: format!("playbook {}", playbook.id),
        value: format!("version {}, {state}", playbook.version),
        by: head.person(),
        at: app.clock().now(),
    };
    (head.workspace, change)
}

/// What is said of the records that have something to say at once.
fn ramped(forecast: &Forecast) -> Option<Ramped> {
    match forecast {
        Forecast::Many => Some(Ramped::Many),
        Forecast::Spread(spread) => {
            let last = spread.turns.values().max()?;
            Some(Ramped::Counted(spread.turns.len(), *last))
        }
    }
}

fn own(playbook: &Arc<Playbook>, active: bool) -> Shelved {
    Shelved { playbook: playbook.clone(), active, origin: Origin::Own }
}

fn added(before: &Playbook, new: &Playbook) -> Vec<String> {
    new.statuses.iter().filter(|s| before.status(&s.id).is_none()).map(|s| s.label.clone()).collect()
}

fn gone(before: &Playbook, new: &Playbook) -> Vec<(String, String)> {
    let gone = before.statuses.iter().filter(|s| new.status(&s.id).is_none());
    gone.filter_map(|s| Some((s.label.clone(), new.status_label(new.status_now(&s.id)?).to_owned())))
        .collect()
}

fn check_view(file: &str, problems: &[Problem]) -> CheckView {
    let of = |severity: Severity| {
        problems.iter().filter(|p| p.severity == severity).map(ToString::to_string).collect::<Vec<_>>()
    };
    CheckView { file: file.to_owned(), errors: of(Severity::Error), warnings: of(Severity::Warning) }
}

pub(super) fn view(shelved: &Shelved) -> PlaybookView {
    let playbook = &shelved.playbook;
    PlaybookView {
        id: playbook.id.as_str().to_owned(),
        title: playbook.title.clone(),
        why: playbook.why.clone(),
        noun: playbook.noun.singular.clone(),
        plural: playbook.noun.plural.clone(),
        version: playbook.version,
        active: shelved.active,
        own: shelved.origin == Origin::Own,
        effective: playbook.effective.map(|day| day.to_string()),
    }
}
