//! Answers every interaction within Discord's three seconds.
//!
//! Properties:
//! 1. Whatever the service does, Discord has heard from us [`PROMPT`] after the interaction came: with the reply if
//!    it is there and has no large files, else with a promise ("thinking…") that the reply fills when it comes.
//! 2. The service's work is never cut off, and a panic in it is answered in words.
//! 3. An answer that Discord does not take any more is logged and breaks nothing; one that may have been lost is
//!    sent again (Discord refuses the second one with 40060, which then means that the first arrived). Only a
//!    further message (a press whose reply came late) may appear twice then: better than a person without an answer.
//! 4. A copy of an interaction that is being answered is left alone: the person gets the answer of the first, not
//!    the word that it was done already (R4; the service sees to copies that come later).
//!
//! What a reply becomes:
//!
//! | came from | reply | at once | after a promise |
//! | --- | --- | --- | --- |
//! | command | private, update | a message only they see | the promised message |
//! | | public | a message | the promise is taken away, a message |
//! | | form | the form | a button that opens it |
//! | press | private, public | a message | a further message |
//! | | update | the pressed message changes | the same |
//! | | form | the form | a further message with a button |
//! | form | form | a message with a button: Discord takes no form in answer to a form | the same |
//! | | the rest | as for a press where a message opened it, else as for a command | |

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use serenity::model::application::Interaction;
use tokio::time::{Instant, timeout_at};

use super::inbound::{Asked, Attached, From, Incoming, Kind, Ticket, read};
use super::layout::form::modal;
use super::layout::text::{cut, length};
use super::rest::failure::{Failure, code};
use super::rest::{Body, Call, Rest, routes};
use super::{layout, words};
use crate::chat::intent::{Ask, Input, Request, Value as OptionValue};
use crate::chat::message::{Choice, Message, Reply};
use crate::chat::port::Service;

/// After this a reply is promised instead of given. Discord waits for three seconds; the rest is for the way.
pub const PROMPT: Duration = Duration::from_millis(1_500);
/// After this no suggestions are given.
const SUGGEST: Duration = Duration::from_secs(2);
/// Until then a first answer is tried again.
const FIRST_BY: Duration = Duration::from_millis(2_900);
/// For so long a later answer is tried again.
const LATER_BY: Duration = Duration::from_mins(1);
/// The largest file that is fetched: 1 MB.
pub const FILE_LIMIT: usize = 1024 * 1024;
/// A reply with larger files is promised first: their way up may take longer than Discord waits. Bytes.
const LIGHT: usize = 256 * 1024;
const SUGGESTIONS: usize = 25;

const MESSAGE: u8 = 4;
const UPDATE: u8 = 7;

/// Takes interactions to the service and its replies to Discord.
pub struct Desk {
    rest: Arc<Rest>,
    service: Arc<dyn Service>,
    /// The interactions that are being answered.
    attended: Mutex<HashSet<u64>>,
}

/// An interaction is being answered as long as this lives.
struct Attended<'a> {
    desk: &'a Desk,
    id: u64,
}

impl Drop for Attended<'_> {
    fn drop(&mut self) {
        self.desk.attended.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

/// How the first response was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Promise {
    /// "Thinking…", only they see it.
    Message,
    /// Nothing to see; the pressed message may still change.
    Quiet,
}

impl Desk {
    /// A desk.
    pub fn new(rest: Arc<Rest>, service: Arc<dyn Service>) -> Self {
        Self { rest, service, attended: Mutex::default() }
    }

    /// Answers an interaction that came at `came`. Ends when the answer is out.
    pub async fn attend(&self, interaction: &Interaction, came: Instant) {
        let Some(Incoming { ticket, asked }) = read(interaction) else { return };
        let Some(_attended) = self.attended(ticket.id) else { return };
        match asked {
            Asked::Do(request, files) => self.work(ticket, request, files, came).await,
            Asked::Complete(ask, kind) => self.complete(&ticket, ask, kind, came).await,
            Asked::Nothing => {}
        }
    }

    /// `None`: it is being answered already.
    fn attended(&self, id: u64) -> Option<Attended<'_>> {
        let new = self.attended.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        new.then_some(Attended { desk: self, id })
    }

    async fn work(&self, ticket: Ticket, request: Request, files: Vec<Attached>, came: Instant) {
        let (rest, service) = (self.rest.clone(), self.service.clone());
        // A task of its own: it goes on whatever happens here, and its panic stays there.
        let mut task = tokio::spawn(async move {
            match fetch(&rest, request, files).await {
                Ok(request) => service.handle(request).await,
                Err(refusal) => Reply::Private(refusal),
            }
        });
        let mut ready = None;
        if let Ok(done) = timeout_at(came + PROMPT, &mut task).await {
            let reply = done.unwrap_or_else(|e| broken(&ticket, &e));
            if weight(&reply) <= LIGHT {
                self.answer(&ticket, reply, came).await;
                return;
            }
            ready = Some(reply);
        }
        let promise = promise(ticket.from);
        let body = match promise {
            Promise::Message => json!({"type": 5, "data": {"flags": layout::EPHEMERAL}}),
            Promise::Quiet => json!({"type": 6}),
        };
        let promised = self.first(&ticket, Body::Json(body), came).await;
        let reply = match ready {
            Some(reply) => reply,
            None => task.await.unwrap_or_else(|e| broken(&ticket, &e)),
        };
        match promised {
            // A promise whose answer was lost may stand: it is fulfilled where it does.
            Ok(()) | Err(Failure::Unavailable { .. } | Failure::Limited { .. }) => {
                self.fulfil(&ticket, promise, reply).await;
            }
            // Too late, or another copy of the same interaction is being answered.
            Err(Failure::Refused { .. } | Failure::Unauthorized) => {}
        }
    }

    async fn answer(&self, ticket: &Ticket, reply: Reply, came: Instant) {
        let body = first_body(ticket.from, reply);
        if let Err(failure @ Failure::Refused { .. }) = self.first(ticket, body, came).await
            && !matches!(failure.code(), code::UNKNOWN_INTERACTION | code::ALREADY_ANSWERED)
        {
            // Something of ours does not fit Discord; the person hears at least that.
            let fault = layout::answer(MESSAGE, &words::fault(&fault_code(ticket)), true, None);
            let _ = self.first(ticket, fault, came).await;
        }
    }

    async fn fulfil(&self, ticket: &Ticket, promise: Promise, reply: Reply) {
        let (app, token) = (ticket.application, ticket.token.as_str());
        let more = |message: &Message, private| {
            routes::follow_up(app, token, layout::later_answer(message, private, None))
        };
        let instead = |message: &Message, marked| {
            routes::edit_answer(app, token, layout::later_answer(message, false, marked))
        };
        let calls = match (promise, reply) {
            (Promise::Message, Reply::Private(message) | Reply::Update(message)) => {
                vec![instead(&message, None)]
            }
            (Promise::Message, Reply::Form(form)) => vec![instead(&words::form_is_ready(&form), None)],
            // A promise that only they see stays so: it is taken away for a message that all see.
            (Promise::Message, Reply::Public(message)) => {
                vec![routes::delete_answer(app, token), more(&message, false)]
            }
            (Promise::Quiet, Reply::Private(message)) => vec![more(&message, true)],
            (Promise::Quiet, Reply::Public(message)) => vec![more(&message, false)],
            (Promise::Quiet, Reply::Form(form)) => vec![more(&words::form_is_ready(&form), true)],
            (Promise::Quiet, Reply::Update(message)) => vec![instead(&message, mark(ticket.from))],
        };
        for call in calls {
            if let Err(failure) = self.send(&call, Instant::now() + LATER_BY).await {
                tracing::error!(interaction = ticket.id, %failure, "a promised answer was not taken");
                if matches!(failure, Failure::Refused { .. }) {
                    let _ = self.rest.send(&more(&words::fault(&fault_code(ticket)), true)).await;
                }
                return;
            }
        }
    }

    async fn complete(&self, ticket: &Ticket, ask: Ask, kind: Kind, came: Instant) {
        let service = self.service.clone();
        let task = tokio::spawn(async move { service.suggest(ask).await });
        // Late suggestions are of no use to anyone: an empty list at least ends "loading".
        let choices = timeout_at(came + SUGGEST, task).await.ok().and_then(Result::ok).unwrap_or_default();
        let body = json!({"type": 8, "data": {"choices": suggestions(choices, kind)}});
        let _ = self.first(ticket, Body::Json(body), came).await;
    }

    /// The first response.
    async fn first(&self, ticket: &Ticket, body: Body, came: Instant) -> Result<(), Failure> {
        let call = routes::answer(ticket.id, &ticket.token, body);
        let sent = self.send(&call, came + FIRST_BY).await;
        match &sent {
            Ok(()) => {}
            Err(failure) if failure.code() == code::UNKNOWN_INTERACTION => {
                let late = came.elapsed().as_millis();
                tracing::warn!(
                    interaction = ticket.id,
                    late,
                    "Discord does not wait for this answer any more"
                );
            }
            Err(failure) if failure.code() == code::ALREADY_ANSWERED => {
                tracing::debug!(interaction = ticket.id, "answered already: it was delivered twice");
            }
            Err(failure) => tracing::error!(interaction = ticket.id, %failure, "an answer was not taken"),
        }
        sent
    }

    /// Sends, and sends again what may be lost, until `by`.
    async fn send(&self, call: &Call, by: Instant) -> Result<(), Failure> {
        let mut pause = Duration::from_millis(100);
        let mut may_be_there = false;
        loop {
            let failure = match self.rest.send(call).await {
                Ok(_) => return Ok(()),
                Err(failure) if may_be_there && failure.code() == code::ALREADY_ANSWERED => return Ok(()),
                Err(failure) => failure,
            };
            let wait = match &failure {
                Failure::Limited { wait, .. } => *wait,
                Failure::Unavailable { .. } => {
                    may_be_there = true;
                    pause
                }
                Failure::Refused { .. } | Failure::Unauthorized => return Err(failure),
            };
            if Instant::now() + wait >= by {
                return Err(failure);
            }
            tokio::time::sleep(wait).await;
            pause = (pause * 2).min(Duration::from_secs(5));
        }
    }
}

fn first_body(from: From, reply: Reply) -> Body {
    match (from, reply) {
        (_, Reply::Private(message)) | (From::Command, Reply::Update(message)) => {
            layout::answer(MESSAGE, &message, true, None)
        }
        (From::Form { opened_on: None }, Reply::Update(message)) => {
            layout::answer(MESSAGE, &message, true, None)
        }
        (_, Reply::Public(message)) => layout::answer(MESSAGE, &message, false, None),
        (From::Message { .. } | From::Form { opened_on: Some(_) }, Reply::Update(message)) => {
            layout::answer(UPDATE, &message, false, mark(from))
        }
        (From::Form { .. }, Reply::Form(form)) => {
            layout::answer(MESSAGE, &words::form_is_ready(&form), true, None)
        }
        (From::Command | From::Message { .. }, Reply::Form(form)) => Body::Json(modal(&form)),
    }
}

/// How many bytes of files go along with a reply.
fn weight(reply: &Reply) -> usize {
    match reply {
        Reply::Private(message) | Reply::Public(message) | Reply::Update(message) => {
            let image = message.image.as_ref().map_or(0, |i| i.bytes.len());
            message.files.iter().map(|f| f.bytes.len()).sum::<usize>() + image
        }
        Reply::Form(_) => 0,
    }
}

fn promise(from: From) -> Promise {
    match from {
        From::Command | From::Form { opened_on: None } => Promise::Message,
        From::Message { .. } | From::Form { opened_on: Some(_) } => Promise::Quiet,
    }
}

/// The outbox row of the message that a press came from: a message that replaces it carries it on.
fn mark(from: From) -> Option<i64> {
    match from {
        From::Command => None,
        From::Message { marker } => marker,
        From::Form { opened_on } => opened_on.flatten(),
    }
}

fn suggestions(choices: Vec<Choice>, kind: Kind) -> Vec<Value> {
    const LABEL: usize = 100;
    let shown = choices.into_iter().filter_map(|choice| {
        let value = match kind {
            Kind::Text => json!(choice.value),
            Kind::Number => json!(choice.value.parse::<i64>().ok()?),
        };
        // What comes back cannot be cut.
        let label = match choice.means.as_deref().map(str::trim).filter(|m| !m.is_empty()) {
            Some(means) => format!("{} – {means}", choice.label.trim()),
            None => choice.label.trim().to_owned(),
        };
        let fits = (1..=LABEL).contains(&length(&choice.value)) && !label.is_empty();
        fits.then(|| json!({"name": cut(&label, LABEL), "value": value}))
    });
    shown.take(SUGGESTIONS).collect()
}

/// Puts the attached files into the request, or says in one sentence why not.
async fn fetch(rest: &Rest, mut request: Request, files: Vec<Attached>) -> Result<Request, Message> {
    for file in files {
        if file.size as usize > FILE_LIMIT {
            return Err(words::too_large(&file.name, FILE_LIMIT));
        }
        let bytes = match rest.download(&file.url, FILE_LIMIT).await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Err(words::too_large(&file.name, FILE_LIMIT)),
            Err(failure) => {
                tracing::warn!(%failure, "an attached file could not be fetched");
                return Err(words::not_fetched(&file.name));
            }
        };
        match &mut request.input {
            Input::Call(call) => {
                call.options.insert(file.option, OptionValue::File(file.name, bytes));
            }
            Input::Menu(_) | Input::Press { .. } | Input::Submit { .. } => {}
        }
    }
    Ok(request)
}

fn broken(ticket: &Ticket, error: &tokio::task::JoinError) -> Reply {
    let code = fault_code(ticket);
    tracing::error!(interaction = ticket.id, code, %error, "the service broke off");
    Reply::Private(words::fault(&code))
}

/// What the person is given and the log has: the interaction's id, shortened.
fn fault_code(ticket: &Ticket) -> String {
    format!("{:06x}", (ticket.id >> 12) & 0x00ff_ffff)
}

#[cfg(test)]
mod tests;
