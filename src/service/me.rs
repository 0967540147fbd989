//! A person's own settings: `/me …`. They are nobody else's business, so no change of them stands in `/setup show`;
//! that somebody is away does, since others go by it.

use std::sync::Arc;

use super::head::{self, Head};
use super::setup::{self, Changes, Refused, settle};
use super::{App, Fault, replies};
use crate::chat::intent::Setting;
use crate::chat::message::{Message, Reply};
use crate::chat::render;
use crate::chat::value;
use crate::domain::attention::Rule;
use crate::domain::workspace::{Away, Language, Person, QuietHours, Thresholds, Workspace};
use crate::store::settings::{self as stored, Set};

/// `/me settings`: all of mine, and what is held back for me.
pub async fn settings(app: &App, head: &Head, budget: Option<String>) -> Result<Reply, Fault> {
    if let Some(typed) = budget {
        let budget = match typed.as_str() {
            "-" => None,
            number => match a_day(number) {
                Ok(number) => Some(number),
                Err(Refused::Sentence(sentence)) => return Ok(replies::mistake(&sentence)),
                Err(_) => return Ok(replies::mistake(&render::input::unreadable_budget(number))),
            },
        };
        return set(app, head, move |me| me.budget = budget, render::me::budget_saved).await;
    }
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    let (attention, until) = app.store().attention(head.workspace, head.person()).await?;
    let now = app.clock().now();
    let today = Rule::of(&workspace, head.person()).today(&attention, now);
    let held = until.map(|until| (attention.held.len(), until));
    Ok(Reply::Private(render::me::settings(&workspace, head.person(), now, today, held)))
}

/// `/me quiet-hours`.
pub async fn quiet_hours(app: &App, head: &Head, hours: Option<Setting<QuietHours>>) -> Result<Reply, Fault> {
    match hours {
        None => shown(app, head, render::me::quiet),
        Some(hours) => {
            let quiet = match hours {
                Setting::To(hours) => Some(hours),
                Setting::Off => None,
            };
            set(app, head, move |me| me.quiet = quiet, render::me::quiet).await
        }
    }
}

/// `/me away`.
pub async fn away(
    app: &App,
    head: &Head,
    until: Option<Setting<String>>,
    from: Option<String>,
) -> Result<Reply, Fault> {
    let now = app.clock().now();
    let zone = head::with_person(app.store().workspace(head.workspace), head).zone_of(head.person());
    let until = match (until, &from) {
        (None, None) => return shown(app, head, render::me::away),
        (Some(Setting::Off), _) => {
            return set(app, head, |me| me.away = None, render::me::away).await;
        }
        (None, Some(_)) => Ok(None),
        (Some(Setting::To(typed)), _) => value::parse_when(&typed, now, zone).map(Some),
    };
    let from = from.map_or(Ok(now), |typed| value::parse_when(&typed, now, zone));
    let (from, until) = match (from, until) {
        (Ok(from), Ok(until)) => (from, until),
        (Err(sentence), _) | (_, Err(sentence)) => return Ok(replies::mistake(&sentence)),
    };
    if until.is_some_and(|until| until <= now || until <= from) {
        return Ok(replies::mistake(&render::input::away_ends_too_early()));
    }
    set(app, head, move |me| me.away = Some(Away { from, until }), render::me::away).await
}

/// `/me timezone`.
pub async fn zone(app: &App, head: &Head, typed: &str) -> Result<Reply, Fault> {
    let zone = match setup::zone(typed) {
        Ok(zone) => zone,
        Err(message) => return Ok(Reply::Private(*message)),
    };
    set(app, head, move |me| me.timezone = Some(zone), move |_, _| render::settings::zone_saved(zone)).await
}

/// `/me booking`: what prepared messages have for a booking page (D30).
pub async fn booking(app: &App, head: &Head, typed: Option<&str>) -> Result<Reply, Fault> {
    let link = match typed.map(setup::address).transpose() {
        Ok(link) => link.flatten(),
        Err(message) => return Ok(Reply::Private(*message)),
    };
    let said = |_: &Workspace, me: &Person| render::settings::booking_saved(me.booking.as_deref());
    set(app, head, move |me| me.booking.clone_from(&link), said).await
}

/// `/me language`: only what is translated can be had (ruling 24).
pub async fn language(app: &App, head: &Head, typed: Option<String>) -> Result<Reply, Fault> {
    let Some(typed) = typed else { return shown(app, head, render::me::language) };
    match typed.to_lowercase().as_str() {
        "en" | "english" => set(app, head, |me| me.language = Language::En, render::me::language).await,
        _ => Ok(replies::mistake(&render::input::not_translated(&typed))),
    }
}

/// How many interruptions on a day, as typed.
pub(super) fn a_day(typed: &str) -> Result<u32, Refused> {
    let number = typed.trim().parse::<u32>().ok().filter(|n| Thresholds::BUDGETS.contains(n));
    number.ok_or_else(|| Refused::Sentence(render::input::unreadable_budget(typed)))
}

type Said = fn(&Workspace, &Person) -> Message;

/// A setting as it is.
fn shown(app: &App, head: &Head, said: Said) -> Result<Reply, Fault> {
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    let me = workspace.people.get(&head.person()).cloned();
    let me = me.unwrap_or_else(|| head::newcomer(head.person()));
    Ok(Reply::Private(said(&workspace, &me)))
}

/// Sets one of my settings.
async fn set(
    app: &App,
    head: &Head,
    set: impl Fn(&mut Person) + Send + Sync + 'static,
    said: impl FnOnce(&Workspace, &Person) -> Message,
) -> Result<Reply, Fault> {
    let change = move |workspace: &Arc<Workspace>, head: &Head, _: Changes| {
        let me = head.person();
        let mut person = workspace.people.get(&me).cloned().unwrap_or_else(|| head::newcomer(me));
        set(&mut person);
        let what = stored::Setting::Person(person.clone());
        Ok((person, Some(Set::of(what, Vec::new()))))
    };
    settle(app, head, change, |done, person| said(&done.workspace, &person)).await
}
