//! Answers to interactions: the first one, and the follow-ups by the interaction's token.
//!
//! Three rules decide every case: one first answer, within [`Limits::answer_within`]; kinds of answer fit
//! the kind of interaction; everything else waits for the first answer and ends with the token's life.
//!
//! [`Limits::answer_within`]: crate::playground::Limits::answer_within

use serde_json::{Value, json};

use super::channels::{publish, tell};
use super::route::Route;
use super::{Answer, Call, Handled, compose, invalid, post, refuse};
use crate::playground::interact::{First, Interaction, Kind};
use crate::playground::state::World;
use crate::playground::things::{Id, Message};
use crate::playground::validate::{Problems, check_choices, check_modal};

pub fn handle(w: &mut World, route: &Route<'_>, call: Call<'_>) -> Handled {
    match (call.method, *route) {
        ("POST", Route::Callback { interaction, token }) => first(w, interaction, token, &call),
        ("POST", Route::Webhook { token }) => follow_up(w, token, &call),
        ("GET", Route::WebhookMessage { token, message }) => {
            let (_, id) = target(w, token, message, &call)?;
            Ok(Answer(200, w.messages.get(&id).map(|m| w.message_json(m)).unwrap_or_default()))
        }
        ("PATCH", Route::WebhookMessage { token, message }) => {
            let (_, id) = target(w, token, message, &call)?;
            let edited = post::edit(w, id, call.body, &call.files, call.now).map_err(invalid)?;
            tell(w, "MESSAGE_UPDATE", id, edited.only_for.is_some());
            Ok(Answer(200, w.message_json(&edited)))
        }
        ("DELETE", Route::WebhookMessage { token, message }) => {
            let (_, id) = target(w, token, message, &call)?;
            w.remove(id);
            Ok(Answer(204, Value::Null))
        }
        _ => Err(Answer(405, json!({"code": 0, "message": "405: Method Not Allowed"}))),
    }
}

fn first(w: &mut World, id: Id, token: &str, call: &Call<'_>) -> Handled {
    let unknown = || refuse(404, 10062, "Unknown interaction");
    let known = w.interactions.get(&id).filter(|i| i.token == token).ok_or_else(unknown)?;
    if known.first.is_some() {
        return Err(refuse(400, 40060, "Interaction has already been acknowledged."));
    }
    if known.created.elapsed() > call.limits.answer_within {
        return Err(unknown());
    }
    let interaction = known.clone();
    let kind = call.body["type"].as_u64().unwrap_or(0);
    let data = &call.body["data"];
    if !interaction.takes(kind) {
        let mut p = Problems::default();
        let message = format!("A callback of type {kind} does not fit this interaction.");
        p.add("type", "INTERACTION_APPLICATION_INVALID_CALLBACK_TYPE", message);
        return p.done().map(|()| Answer(204, Value::Null)).map_err(invalid);
    }
    let first = match kind {
        4 => {
            let message = reply(w, &interaction, data, call)?;
            let id = message.id;
            publish(w, message);
            First::Message(id)
        }
        5 => {
            let mut message = Message::new(w.next_id(), interaction.channel, w.app, call.now);
            message.only_for = ephemeral(data).then_some(interaction.user);
            message.loading = true;
            message.interaction = Some(interaction.id);
            message.kind = 20;
            let id = message.id;
            publish(w, message);
            First::Deferred(id)
        }
        6 => First::DeferredUpdate,
        7 => {
            let source = interaction.message.filter(|m| w.messages.contains_key(m));
            let source = source.ok_or_else(|| refuse(404, 10008, "Unknown Message"))?;
            let edited = post::edit(w, source, data, &call.files, call.now).map_err(wrapped)?;
            tell(w, "MESSAGE_UPDATE", source, edited.only_for.is_some());
            First::Updated(source)
        }
        8 => {
            check_choices(&data["choices"], interaction.focused).map_err(invalid)?;
            First::Choices(data["choices"].as_array().cloned().unwrap_or_default())
        }
        _ => {
            check_modal(data).map_err(invalid)?;
            First::Modal(data.clone())
        }
    };
    let original = match first {
        First::Message(id) | First::Deferred(id) | First::Updated(id) => Some(id),
        First::DeferredUpdate => interaction.message,
        First::Choices(_) | First::Modal(_) => None,
    };
    if let Some(i) = w.interactions.get_mut(&id) {
        i.original = original;
        i.latency = Some(i.created.elapsed());
        i.first = Some(first);
        i.answered.notify_one();
    }
    if call.query.get("with_response").is_none_or(|v| v != "true") {
        return Ok(Answer(204, Value::Null));
    }
    let message = original.and_then(|m| w.messages.get(&m));
    Ok(Answer(
        200,
        json!({
            "interaction": {
                "id": id.to_string(), "type": interaction.kind.number(),
                "response_message_id": original.map(|m| m.to_string()),
                "response_message_loading": message.is_some_and(|m| m.loading),
                "response_message_ephemeral": message.is_some_and(|m| m.only_for.is_some()),
            },
            "resource": {"type": kind, "message": message.map(|m| w.message_json(m))},
        }),
    ))
}

/// In an interaction's answer the message sits under `data`, and so do its errors.
fn wrapped(mut error: Value) -> Answer {
    if error["errors"].is_object() {
        error["errors"] = json!({"data": error["errors"].take()});
    }
    invalid(error)
}

fn ephemeral(data: &Value) -> bool {
    data["flags"].as_u64().unwrap_or(0) & 64 != 0
}

/// A new message in answer to an interaction, not yet posted.
fn reply(w: &mut World, i: &Interaction, data: &Value, call: &Call<'_>) -> Result<Message, Answer> {
    let mut message = compose(w, data, &call.files, i.channel, w.app, call.now).map_err(wrapped)?;
    message.only_for = ephemeral(data).then_some(i.user);
    if message.only_for.is_some() {
        message.pinged.clear();
        message.pinged_everyone = false;
    }
    message.interaction = Some(i.id);
    message.kind = if i.kind == Kind::Command { 20 } else { 0 };
    Ok(message)
}

/// The interaction of a token that has been answered and still lives.
fn answered(w: &World, token: &str, call: &Call<'_>) -> Result<Interaction, Answer> {
    let found = w.tokens.get(token).and_then(|i| w.interactions.get(i));
    let found = found.ok_or_else(|| refuse(404, 10015, "Unknown Webhook"))?;
    if found.created.elapsed() > call.limits.token_life {
        return Err(refuse(401, 50027, "Invalid Webhook Token"));
    }
    if found.first.is_none() {
        return Err(refuse(404, 10015, "Unknown Webhook"));
    }
    Ok(found.clone())
}

fn target(w: &World, token: &str, message: Option<Id>, call: &Call<'_>) -> Result<(Interaction, Id), Answer> {
    let i = answered(w, token, call)?;
    let id = message.or(i.original);
    let found = id.and_then(|id| w.messages.get(&id));
    // A token reaches its own interaction's messages and the one that its button sits on.
    let own = found.filter(|m| m.interaction == Some(i.id) || Some(m.id) == i.message);
    match own {
        Some(m) => Ok((i.clone(), m.id)),
        None => Err(refuse(404, 10008, "Unknown Message")),
    }
}

fn follow_up(w: &mut World, token: &str, call: &Call<'_>) -> Handled {
    let i = answered(w, token, call)?;
    // The first follow-up to a deferred answer takes its place, and its visibility.
    if let Some(First::Deferred(id)) = i.first
        && w.messages.get(&id).is_some_and(|m| m.loading)
    {
        let mut filled = compose(w, call.body, &call.files, i.channel, w.app, call.now).map_err(invalid)?;
        filled.id = id;
        filled.interaction = Some(i.id);
        filled.kind = 20;
        filled.only_for = w.messages.get(&id).and_then(|m| m.only_for);
        if filled.only_for.is_some() {
            filled.pinged.clear();
        }
        w.messages.insert(id, filled.clone());
        tell(w, "MESSAGE_UPDATE", id, filled.only_for.is_some());
        return Ok(Answer(200, w.message_json(&filled)));
    }
    let mut message = compose(w, call.body, &call.files, i.channel, w.app, call.now).map_err(invalid)?;
    message.only_for = ephemeral(call.body).then_some(i.user);
    if message.only_for.is_some() {
        message.pinged.clear();
        message.pinged_everyone = false;
    }
    message.interaction = Some(i.id);
    message.reply_to = i.original;
    let answer = publish(w, message);
    Ok(Answer(200, answer))
}
