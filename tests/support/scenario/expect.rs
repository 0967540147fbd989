//! What is expected, and what is left over.

use bellwether::chat::message::{Message, Reply};

use super::text::{has, indent, there, without_buttons};
use super::{Outcome, Play};
use crate::support::fake_chat::{Kind, Where};
use crate::support::plain::{self, Names};

impl Play {
    /// `None`: the line is no expectation.
    pub(super) fn expectation(&mut self, line: &str) -> Result<Option<Outcome>, String> {
        if let Some((place, text)) = line.split_once(" never shows ") {
            let found = self.shown(place)?.into_iter().find(|m| has(m, text));
            return Ok(Some(found.map_or(Ok(()), |m| Err(format!("it stands there:\n{}", indent(&m))))));
        }
        if let Some((place, text)) = line.split_once(" shows ") {
            let all = self.shown(place)?;
            let held = all.iter().any(|m| has(m, text));
            return Ok(Some(if held { Ok(()) } else { Err(there(&all)) }));
        }
        let at = line.find(['<', '!', '>']);
        let Some((subject, sign, text)) = at.map(|at| (&line[..at], &line[at..=at], line[at + 1..].trim()))
        else {
            return Ok(None);
        };
        if sign == ">" || subject.contains('"') || subject.starts_with("at ") {
            return Ok(None);
        }
        let wanted = sign == "<";
        if !subject.starts_with('#') && !subject.contains(' ') {
            return Ok(Some(self.expect_answer(subject, wanted, text)));
        }
        let at = self.place(subject)?;
        Ok(Some(self.expect_posted(&at, wanted, text)))
    }

    pub(super) fn expect_answer(&mut self, who: &str, wanted: bool, text: &str) -> Outcome {
        let answered = self.answers.get(who).ok_or_else(|| format!("{who} was told nothing"))?;
        let plain = self.plain(&answered.reply);
        if has(&plain, text) != wanted {
            return Err(format!("{who} was told:\n{}", indent(&plain)));
        }
        if let Some(answered) = self.answers.get_mut(who) {
            answered.named = true;
        }
        Ok(())
    }

    pub(super) fn expect_posted(&mut self, places: &[Where], wanted: bool, text: &str) -> Outcome {
        let texts: Vec<String> = self.seen.iter().map(|(p, _)| self.plain_message(&p.message)).collect();
        let mut found = None;
        let mut there_now = Vec::new();
        for (index, (posted, named)) in self.seen.iter().enumerate() {
            if !places.contains(&posted.at) {
                continue;
            }
            there_now.push(texts[index].clone());
            if has(&texts[index], text) && (!wanted || !named) {
                // A new message before a changed one: it is the one that has to be named.
                match found {
                    None => found = Some(index),
                    Some(old) if posted.kind == Kind::New && self.seen[old].0.kind == Kind::Edited => {
                        found = Some(index);
                    }
                    Some(_) => {}
                }
            }
        }
        match (wanted, found) {
            (true, Some(index)) => {
                self.seen[index].1 = true;
                Ok(())
            }
            (true, None) => Err(there(&there_now)),
            (false, Some(index)) => Err(format!("it is there:\n{}", indent(&texts[index]))),
            (false, None) => Ok(()),
        }
    }

    pub(super) fn place(&self, subject: &str) -> Result<Vec<Where>, String> {
        if let Some(name) = subject.strip_prefix("private ") {
            return Ok(vec![Where::Private(self.world.who(name)?.id)]);
        }
        if let Some(name) = subject.strip_prefix("thread ") {
            let threads = self.world.chat.threads();
            return Ok(threads
                .into_iter()
                .filter(|(_, _, title)| title.contains(name.trim()))
                .map(|(_, id, _)| Where::Thread(id))
                .collect());
        }
        if subject.starts_with('#') {
            return Ok(vec![Where::Channel(self.world.channel_called(subject)?)]);
        }
        Err(format!("\"{subject}\" is no place"))
    }

    pub(super) fn shown(&self, place: &str) -> Result<Vec<String>, String> {
        let places = self.place(place)?;
        Ok(places
            .into_iter()
            .flat_map(|at| self.world.chat.standing(at))
            .map(|(_, message)| self.plain_message(&message))
            .collect())
    }

    /// Takes in what happened on the platform; versions of one message are one.
    pub(super) fn read_chat(&mut self) {
        self.seen.clear();
        for posted in self.world.chat.take_log() {
            self.versions.push(posted.clone());
            if self.trace {
                let sign = if posted.kind == Kind::New { "+" } else { "~" };
                let text = self.plain_message(&posted.message).replace('\n', "\n      ");
                println!("  {sign} {}: {text}", self.where_name(posted.at));
            }
            match self.seen.iter_mut().find(|(p, _)| p.remote == posted.remote) {
                Some((known, _)) => known.message = posted.message,
                None => self.seen.push((posted, false)),
            }
        }
    }

    pub(super) fn nothing_left(&mut self) -> Outcome {
        for (posted, named) in &self.seen {
            let told = match posted.at {
                Where::Channel(_) | Where::Private(_) => posted.kind == Kind::New,
                Where::Thread(_) => false,
            };
            if told && !named && !self.is_ignored(posted.at) {
                let text = self.plain_message(&posted.message);
                return Err(format!("unnamed in {}:\n{}", self.where_name(posted.at), indent(&text)));
            }
        }
        for (who, answered) in &self.answers {
            if !answered.named && plain::is_refusal(&answered.reply) {
                return Err(format!("{who} was refused:\n{}", indent(&self.plain(&answered.reply))));
            }
        }
        Ok(())
    }

    pub(super) fn nothing_at_all(&self) -> Outcome {
        match self.seen.iter().find(|(p, named)| !named && !self.is_ignored(p.at)) {
            Some((posted, _)) => {
                let text = self.plain_message(&posted.message);
                Err(format!("in {}:\n{}", self.where_name(posted.at), indent(&text)))
            }
            None => Ok(()),
        }
    }

    pub(super) fn is_ignored(&self, at: Where) -> bool {
        self.ignored.contains(&self.world.chat.root(at))
    }

    pub(super) fn where_name(&self, at: Where) -> String {
        match at {
            Where::Channel(id) => format!("#{}", self.world.channel_name(id.0)),
            Where::Private(id) => format!("private {}", self.world.person_name(id.0)),
            Where::Thread(id) => {
                let threads = self.world.chat.threads();
                let name = threads.into_iter().find(|(_, thread, _)| *thread == id).map(|(_, _, name)| name);
                format!("thread {}", name.unwrap_or_default())
            }
        }
    }

    pub(super) fn plain(&self, reply: &Reply) -> String {
        self.with_names(|names| plain::reply(reply, names))
    }

    pub(super) fn plain_message(&self, message: &Message) -> String {
        self.with_names(|names| plain::message(message, names))
    }

    pub(super) fn with_names(&self, f: impl FnOnce(&Names<'_>) -> String) -> String {
        f(&Names {
            person: &|id| self.world.person_name(id),
            channel: &|id| self.world.channel_name(id),
            zone: self.calendar.zone,
            now: self.world.now(),
        })
    }
}
