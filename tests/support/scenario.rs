//! Scenarios: text files that a sales manager could read, and [`check`], which plays one.
//!
//! ```text
//! # A comment.
//! playbook tests/playbooks/toy.toml      the playbook of a file, instead of the shipped one
//! week of 2027-03-08                     the Monday that the beginning counts from, instead of 23 November 2026
//! team Sales zone Asia/Kuala_Lumpur hours "mon-fri 09:00-18:00" leads #leads alerts #alerts digest-at 17:00
//! file leads.csv                         a file that a command may name: the lines after it that begin with |
//! | name,email                           … one line of it
//! person ana rep                         a person and their role in the first team, or `of North`
//! person zoe rep duties ae,senior        … with duties; `carries 20`: so many open records at most
//! accounts 500, Acme Ltd=zoe             the account list, and from which size on a company is an enterprise
//! file a.toml from tests/x.toml `1` `2`  a file that can be attached, `file:a.toml`, with each first text replaced by
//!                                        the second
//! person root admin                      whoever may manage the server
//! person guest                           somebody nobody has placed
//!
//! at mon 09:00                           the beginning, in the first team's zone; later: time moves on to then
//! advance 2 business hours               time moves on by a span of the first team's calendar
//!
//! ana> /lead new name:"Acme"             a command, given in #general
//! ana in #sales> /lead list              … in another channel
//! ana types /lead status lead:L-1 to:con what is suggested is her answer
//! ana presses "Approve" in #approvals    a button of the newest message there that has it
//! ana presses earlier "Reply" in #leads  … of a message as it stood before it was last changed
//! ana presses "Fill in"                  … of the last answer that she got; `in private`: of a private message
//! ana picks "Budget"                     the same with a pick list; `of "Change a status"`: of the list called so
//! ana submits reason:"not now"           the form that she was given last; inputs by id or label
//! ana uses "Create lead" on "I'm Jane"    a command of a message's menu; `by kai`: kai wrote it; ` / ` ends a line
//! ana again                              her last input once more: the same event, delivered twice
//! hook email.replied lead:L-1 note:"Yes" what another system tells, as docs/hooks.md has it; `field.value:12k`: of a form
//! hook again                             the same event once more
//!
//! ignore #digest                         what is posted there need not be named
//! ana is away until fri 09:00            she says so; `ana is away`: until `ana is back`
//! ana is off the server                  she left the workspace, and the bot knows it
//! ana leaves the server                  she left it, and nobody has told the bot
//! #alerts is gone                        the channel does not exist any more; `is there again`: it does
//! ana takes no private messages
//!
//! ana< L-1 … Attempting                  her last answer has these pieces, in this order; what buttons say does not
//!                                        count, but for a piece that names one: `[Attempting]`
//! hook< done L-1 connected               what the other system was answered: done, created, kept: why
//! ana! Attempting                        … has not
//! ana< file "refused.csv" … 4,no name    a file on it, with this line
//! #alerts< L-1 … breached                a message new or changed since the last step has
//! #alerts! L-1                           no such message has
//! private ana< yours now                 the same for private messages
//! thread Acme< note                      … for lines of the thread with that in its name
//! #alerts shows L-1                      a message that stands there now has
//! #alerts never shows L-2                no message that stands there now has
//! nothing                                nothing at all was posted, changed or told since the last step
//! ```
//!
//! Unnamed leftovers fail: every new message in a channel or to a person has to be named before the next step, and
//! so has every answer that is a refusal. Changed messages and thread lines may be left unnamed.

mod acts;
mod expect;
mod hook;
mod setup;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bellwether::chat::action::Action;
use bellwether::chat::intent::{Input, Request};
use bellwether::chat::message::{Message, Reply};
use bellwether::domain::calendar::Calendar;
use bellwether::domain::span::Span;
use bellwether::domain::workspace::Away;
use bellwether::playbook::Playbooks;
use chrono::{NaiveDate, NaiveTime};

use super::fake_chat::{Posted, Where};
use super::plain;
use super::world::World;

/// The Monday of a scenario's beginning where it names none.
const MONDAY: &str = "2026-11-23";

/// Plays a scenario; the first line that does not hold fails with its place in the file and what was there.
pub async fn check(path: &str) {
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = std::fs::read_to_string(&full).unwrap_or_else(|e| panic!("{path}: {e}"));
    let mut play = match Play::begin(&text).await {
        Ok(play) => play,
        Err(why) => panic!("{path}: {why}"),
    };
    for (number, line) in text.lines().enumerate() {
        if let Err(why) = play.line(line.trim()).await {
            panic!("\n{path}:{}: {}\n{why}\n", number + 1, line.trim());
        }
    }
    if let Err(why) = play.nothing_left() {
        panic!("\n{path}: at the end\n{why}\n");
    }
    play.world.check_histories().await;
}

/// What a person was answered last.
struct Answered {
    reply: Reply,
    named: bool,
}

struct Play {
    world: World,
    calendar: Calendar,
    monday: NaiveDate,
    began: bool,
    answers: BTreeMap<String, Answered>,
    last_input: BTreeMap<String, Request>,
    forms: BTreeMap<String, Action>,
    /// What was posted or changed since the last step, each message once, as it stands; and whether it was named.
    seen: Vec<(Posted, bool)>,
    /// Every version of every message, for buttons that are pressed too late.
    versions: Vec<Posted>,
    ignored: Vec<Where>,
    /// Who went on in a private message: what they press there comes without workspace, rights and roles.
    in_private: BTreeSet<String>,
    /// How many events other systems have sent.
    events: u32,
    /// The last of them, as it was sent.
    last_event: Option<String>,
    trace: bool,
}

type Outcome = Result<(), String>;

impl Play {
    async fn begin(text: &str) -> Result<Self, String> {
        let playbooks = match text.lines().find_map(|l| l.trim().strip_prefix("playbook ")) {
            Some(file) => {
                let full = Path::new(env!("CARGO_MANIFEST_DIR")).join(file.trim());
                let toml = std::fs::read_to_string(&full).map_err(|e| format!("{file}: {e}"))?;
                Playbooks::of(vec![(file.to_owned(), toml)]).map_err(|e| format!("{e:?}"))?
            }
            None => Playbooks::builtin(),
        };
        let monday = text.lines().find_map(|l| l.trim().strip_prefix("week of ")).unwrap_or(MONDAY);
        let monday: NaiveDate = monday.trim().parse().map_err(|_| format!("{monday} is no date"))?;
        let start = monday.and_time(NaiveTime::MIN).and_utc();
        let mut world = World::at(start, playbooks).await;
        world.channel("general");
        Ok(Self {
            world,
            calendar: Calendar::default(),
            monday,
            began: false,
            answers: BTreeMap::new(),
            last_input: BTreeMap::new(),
            forms: BTreeMap::new(),
            seen: Vec::new(),
            versions: Vec::new(),
            ignored: Vec::new(),
            in_private: BTreeSet::new(),
            events: 0,
            last_event: None,
            trace: std::env::var_os("SCENARIO_TRACE").is_some(),
        })
    }

    async fn line(&mut self, line: &str) -> Outcome {
        if line.is_empty()
            || line.starts_with("# ")
            || line == "#"
            || line.starts_with("playbook ")
            || line.starts_with("week of ")
        {
            return Ok(());
        }
        if let Some(text) = line.strip_prefix('|') {
            return self.world.add_to_file(text.strip_prefix(' ').unwrap_or(text));
        }
        if self.trace {
            println!("{line}");
        }
        if line == "nothing" {
            return self.nothing_at_all();
        }
        if let Some(done) = self.expectation(line)? {
            return done;
        }
        self.nothing_left()?;
        self.step(line).await?;
        self.read_chat();
        Ok(())
    }

    async fn step(&mut self, line: &str) -> Outcome {
        if let Some(rest) = line.strip_prefix("hook ") {
            return self.hook(rest).await;
        }
        if let Some(rest) = line.strip_prefix("team ") {
            return self.team(rest).await;
        }
        if let Some(name) = line.strip_prefix("file ").filter(|rest| !rest.contains(" from ")) {
            self.world.begin_file(name);
            return Ok(());
        }
        if let Some(rest) = line.strip_prefix("person ") {
            return self.person(rest).await;
        }
        if let Some(rest) = line.strip_prefix("file ") {
            return self.file(rest);
        }
        if let Some(rest) = line.strip_prefix("at ") {
            let to = self.moment(rest)?;
            return self.go_to(to).await;
        }
        if let Some(rest) = line.strip_prefix("advance ") {
            let span = Span::parse(rest).map_err(|e| e.to_string())?;
            let to = self.calendar.add(self.world.now(), span);
            return self.go_to(to).await;
        }
        if let Some(channel) = line.strip_prefix("ignore ") {
            self.ignored.push(Where::Channel(self.world.channel_called(channel)?));
            return Ok(());
        }
        if let Some(text) = line.strip_prefix("accounts ") {
            return self.accounts(text).await;
        }
        if let Some((name, until)) = line.split_once(" is away").filter(|(name, _)| !name.contains(' ')) {
            let until = until.strip_prefix(" until ").map(|until| self.moment(until)).transpose()?;
            let away = Away { from: self.world.now(), until };
            return self.presence(name, Some(away), false).await;
        }
        if let Some(name) = line.strip_suffix(" is back") {
            return self.presence(name, None, false).await;
        }
        if let Some(name) = line.strip_suffix(" is off the server") {
            return self.presence(name, None, true).await;
        }
        if let Some(name) = line.strip_suffix(" leaves the server") {
            self.world.chat.leave(self.world.who(name)?.id);
            return Ok(());
        }
        if let Some(channel) = line.strip_suffix(" is there again") {
            let channel = self.world.channel_called(channel)?;
            self.world.chat.restore_channel(channel);
            return Ok(());
        }
        if let Some(channel) = line.strip_suffix(" is gone") {
            let channel = self.world.channel_called(channel)?;
            self.world.chat.remove_channel(channel);
            return Ok(());
        }
        if let Some(name) = line.strip_suffix(" takes no private messages") {
            self.world.chat.close_private(self.world.who(name)?.id);
            return Ok(());
        }
        if let Some((who, command)) = line.split_once("> /") {
            let (who, channel) = who.split_once(" in ").unwrap_or((who, "#general"));
            let channel = self.world.channel(channel);
            let call = self.world.call(&format!("/{command}"))?;
            self.in_private.remove(who);
            return self.input(who, channel, Input::Call(call)).await;
        }
        let (who, does) = line.split_once(' ').ok_or("I cannot read this line")?;
        if let Some(typed) = does.strip_prefix("types ") {
            let choices = self.world.suggest(who, typed).await?;
            let message = Message::line(plain::labels(&choices));
            self.answer(who, Reply::Private(message));
            return Ok(());
        }
        if let Some(rest) = does.strip_prefix("uses ") {
            return self.menu(who, rest).await;
        }
        if does == "again" {
            let request = self.last_input.get(who).ok_or("there is nothing to repeat")?.clone();
            let reply = self.world.handle(request).await;
            self.answer(who, reply);
            return Ok(());
        }
        if let Some(rest) = does.strip_prefix("presses ") {
            return self.press(who, rest).await;
        }
        if let Some(rest) = does.strip_prefix("picks ") {
            return self.pick(who, rest).await;
        }
        if let Some(rest) = does.strip_prefix("submits") {
            return self.submit(who, rest).await;
        }
        Err("I cannot read this line".to_owned())
    }
}
