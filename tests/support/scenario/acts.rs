//! What people do: commands, buttons, pick lists, forms.

use std::collections::BTreeMap;

use bellwether::chat::intent::{Input, Menu};
use bellwether::chat::message::{Message, Reply};
use bellwether::domain::ids::{ChannelId, Remote, WorkspaceId};

use super::text::{pairs, quoted};
use super::{Answered, Outcome, Play};
use crate::support::fake_chat::{Posted, Where};
use crate::support::plain;

impl Play {
    pub(super) async fn input(&mut self, who: &str, channel: ChannelId, input: Input) -> Outcome {
        let mut request = self.world.request(who, channel, input)?;
        if self.in_private.contains(who) {
            request.workspace = WorkspaceId(0);
            request.who.admin = false;
            request.who.roles.clear();
        }
        self.last_input.insert(who.to_owned(), request.clone());
        let reply = self.world.handle(request).await;
        self.answer(who, reply);
        Ok(())
    }

    pub(super) fn answer(&mut self, who: &str, reply: Reply) {
        if let Reply::Form(form) = &reply {
            self.forms.insert(who.to_owned(), form.action.clone());
        }
        if self.trace {
            println!("    {who}< {}", self.plain(&reply).replace('\n', "\n      "));
        }
        self.answers.insert(who.to_owned(), Answered { reply, named: false });
    }

    /// `"Create lead" on "I'm Jane" by kai`; in the text, ` / ` is a new line.
    pub(super) async fn menu(&mut self, who: &str, rest: &str) -> Outcome {
        let (name, rest) = quoted(rest)?;
        let (text, by) = quoted(rest.strip_prefix("on ").ok_or("write: uses \"…\" on \"the text\"")?)?;
        let author = match by.strip_prefix("by ") {
            Some(name) => Some((self.world.who(name)?.id, name.to_owned())),
            None => None,
        };
        let channel = self.world.channel("general");
        let menu = Menu { name, text: text.replace(" / ", "\n"), author };
        self.input(who, channel, Input::Menu(menu)).await
    }

    pub(super) async fn press(&mut self, who: &str, rest: &str) -> Outcome {
        let (earlier, rest) = match rest.strip_prefix("earlier ") {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let (label, place) = quoted(rest)?;
        let (messages, channel, private) = self.messages(who, place, earlier)?;
        let action = messages
            .iter()
            .rev()
            .flat_map(|m| &m.buttons)
            .find(|b| b.label == label)
            .map(|b| b.action.clone())
            .ok_or_else(|| {
                let all: Vec<_> = messages.iter().flat_map(|m| &m.buttons).map(|b| b.label.clone()).collect();
                format!("no button \"{label}\" there, only {all:?}")
            })?;
        let input = Input::Press { action: Some(action), values: Vec::new(), on_private: private };
        self.input(who, channel, input).await
    }

    pub(super) async fn pick(&mut self, who: &str, rest: &str) -> Outcome {
        let (label, place) = quoted(rest)?;
        // Two lists of one message may offer the same.
        let (list, place) = match place.trim().strip_prefix("of ") {
            Some(rest) => quoted(rest)?,
            None => (String::new(), place),
        };
        let (messages, channel, private) = self.messages(who, place, false)?;
        let lists = messages.iter().rev().flat_map(|m| &m.choices).filter(|c| c.prompt.contains(&list));
        let found = lists.clone().find_map(|list| {
            let option = list.options.iter().find(|o| o.label == label || o.label.ends_with(&label))?;
            Some((list.action.clone(), option.value.clone()))
        });
        let (action, value) = found.ok_or_else(|| {
            let all: Vec<_> = lists.map(|l| plain::labels(&l.options)).collect();
            format!("nothing called \"{label}\" to pick there, only {all:?}")
        })?;
        let input = Input::Press { action: Some(action), values: vec![value], on_private: private };
        self.input(who, channel, input).await
    }

    pub(super) async fn submit(&mut self, who: &str, rest: &str) -> Outcome {
        let form = match self.answers.get(who).map(|a| &a.reply) {
            Some(Reply::Form(form)) => form.clone(),
            Some(reply) => return Err(format!("{who} has no form, but: {}", self.plain(reply))),
            None => return Err(format!("{who} has no form")),
        };
        let mut inputs: BTreeMap<String, String> =
            form.inputs.iter().filter_map(|i| Some((i.id.clone(), i.value.clone()?))).collect();
        for (key, text) in pairs(rest)? {
            let input = form.inputs.iter().find(|i| i.id == key || i.label.eq_ignore_ascii_case(&key));
            let input = input.ok_or_else(|| format!("no input \"{key}\" in:\n{}", plain::form(&form)))?;
            inputs.insert(input.id.clone(), text);
        }
        for input in form.inputs.iter().filter(|i| i.required) {
            if inputs.get(&input.id).is_none_or(String::is_empty) {
                return Err(format!("the platform insists on \"{}\"", input.label));
            }
        }
        let channel = self.world.channel("general");
        self.input(who, channel, Input::Submit { action: Some(form.action), inputs }).await
    }

    /// The messages of a place in which a button may be pressed, the oldest first.
    pub(super) fn messages(
        &mut self,
        who: &str,
        place: &str,
        earlier: bool,
    ) -> Result<(Vec<Message>, ChannelId, bool), String> {
        let general = self.world.channel("general");
        if place.is_empty() {
            let message = match self.answers.get(who).map(|a| &a.reply) {
                Some(Reply::Private(m) | Reply::Update(m) | Reply::Public(m)) => m.clone(),
                Some(Reply::Form(_)) | None => return Err(format!("{who} has no message to press on")),
            };
            return Ok((vec![message], general, true));
        }
        let at = match place {
            "private" => {
                self.in_private.insert(who.to_owned());
                Where::Private(self.world.who(who)?.id)
            }
            channel => {
                self.in_private.remove(who);
                Where::Channel(self.world.channel_called(channel)?)
            }
        };
        let standing: Vec<(Remote, Message)> = self.world.chat.standing(at);
        let messages = if earlier {
            let outdated = |p: &&Posted| p.at == at && standing.iter().all(|(_, m)| *m != p.message);
            self.versions.iter().filter(outdated).map(|p| p.message.clone()).collect()
        } else {
            standing.into_iter().map(|(_, message)| message).collect()
        };
        let channel = match at {
            Where::Channel(channel) | Where::Thread(channel) => channel,
            Where::Private(_) => general,
        };
        Ok((messages, channel, false))
    }
}
