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
//! ignore #digest                         what is posted there need not be named
//! ana is away until fri 09:00            she says so; `ana is away`: until `ana is back`
//! ana is off the server                  she left the workspace, and the bot knows it
//! ana leaves the server                  she left it, and nobody has told the bot
//! #alerts is gone                        the channel does not exist any more; `is there again`: it does
//! ana takes no private messages
//!
//! ana< L-1 … Attempting                  her last answer has these pieces, in this order; what buttons say does not
//!                                        count, but for a piece that names one: `[Attempting]`
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

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bellwether::chat::action::Action;
use bellwether::chat::intent::{Input, Menu, Request};
use bellwether::chat::message::{Message, Reply};
use bellwether::chat::value;
use bellwether::domain::accounts;
use bellwether::domain::calendar::{self, Calendar, WeeklyHours};
use bellwether::domain::ids::{ChannelId, Remote, TeamId, WorkspaceId};
use bellwether::domain::span::Span;
use bellwether::domain::workspace::{Away, Duty, Person, Role, Thresholds, Workspace};
use bellwether::playbook::Playbooks;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::fake_chat::{Kind, Posted, Where};
use super::plain::{self, Names};
use super::world::{WORKSPACE, World};

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

    // Steps.

    async fn step(&mut self, line: &str) -> Outcome {
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

    async fn team(&mut self, rest: &str) -> Outcome {
        let words = words(rest)?;
        let (name, options) = words.split_first().ok_or("a team needs a name")?;
        let mut team = Workspace::without_setup(WORKSPACE, TeamId(0)).teams.remove(0);
        team.name.clone_from(name);
        for pair in options.chunks(2) {
            let [key, value] = pair else { return Err("options come in pairs".to_owned()) };
            let channel = |world: &mut World| Some(world.channel(value));
            match key.as_str() {
                "zone" => team.calendar.zone = value.parse().map_err(|_| format!("no zone {value}"))?,
                "hours" => team.calendar.hours = WeeklyHours::parse(value).map_err(|e| e.to_string())?,
                "leads" => team.leads = channel(&mut self.world),
                "alerts" => team.alerts = channel(&mut self.world),
                "approvals" => team.approvals = channel(&mut self.world),
                "digest" => team.digest = channel(&mut self.world),
                "digest-at" => {
                    team.digest_at = NaiveTime::parse_from_str(value, "%H:%M").map_err(|e| e.to_string())?;
                }
                _ => return Err(format!("a team has no {key}")),
            }
        }
        // The first team's calendar is what `at` and `advance` go by.
        if self.calendar == Calendar::default() {
            self.calendar = team.calendar.clone();
        }
        let saved = self.world.app.store().save_team(WORKSPACE, team, Vec::new()).await;
        saved.map_err(|e| e.to_string())?;
        Ok(())
    }

    /// `a.toml from tests/x.toml` and pairs of texts in backticks; `\n` is a new line.
    fn file(&mut self, rest: &str) -> Outcome {
        let (head, changes) = rest.split_once('`').unwrap_or((rest, ""));
        let (name, path) = head.trim().split_once(" from ").ok_or("write: file a.toml from tests/x.toml")?;
        let full = Path::new(env!("CARGO_MANIFEST_DIR")).join(path.trim());
        let mut text = std::fs::read_to_string(&full).map_err(|e| format!("{path}: {e}"))?;
        let quoted: Vec<&str> = changes.split('`').step_by(2).filter(|t| !t.is_empty()).collect();
        for pair in quoted.chunks(2) {
            let [old, new] = pair else { return Err("texts come in pairs".to_owned()) };
            if !text.contains(old) {
                return Err(format!("{path} has no {old}"));
            }
            text = text.replace(old, &new.replace("\\n", "\n"));
        }
        self.world.file(name, text.into_bytes());
        Ok(())
    }

    async fn person(&mut self, rest: &str) -> Outcome {
        let mut words = rest.split_whitespace();
        let name = words.next().ok_or("a person needs a name")?;
        let kind = words.next();
        let id = self.world.person(name, kind == Some("admin"));
        let role = match kind {
            None => return Ok(()),
            Some("rep") => Some(Role::Rep),
            Some("manager") => Some(Role::Manager),
            Some("admin") => None,
            Some(other) => return Err(format!("nobody is a {other}")),
        };
        let workspace = self.world.app.store().workspace(WORKSPACE);
        let (mut team, mut duties, mut capacity) = (workspace.teams[0].id, BTreeSet::new(), None);
        while let Some(word) = words.next() {
            match (word, words.next()) {
                ("of", Some(name)) => team = workspace.team_named(name).ok_or("no such team")?.id,
                ("duties", Some(list)) => {
                    duties = list.split(',').map(Duty::parse).collect::<Option<_>>().ok_or("no such duty")?;
                }
                ("carries", Some(number)) => capacity = number.parse().ok(),
                _ => return Err("write: person ana rep of Sales duties ae,senior carries 20".to_owned()),
            }
        }
        let person = Person {
            id,
            name: name.to_owned(),
            admin: kind == Some("admin"),
            roles: Vec::new(),
            team: role.map(|_| team),
            role,
            duties,
            capacity,
            ..Person::unknown(id)
        };
        let saved = self.world.app.store().save_person(WORKSPACE, person, Vec::new()).await;
        saved.map_err(|e| e.to_string())
    }

    async fn presence(&mut self, name: &str, away: Option<Away>, gone: bool) -> Outcome {
        let (id, now) = (self.world.who(name)?.id, self.world.now());
        let workspace = self.world.app.store().workspace(WORKSPACE);
        let known = workspace.people.get(&id).ok_or("nobody knows them yet")?.clone();
        let person = Person { away, gone: gone.then_some(now), ..known };
        let saved = self.world.app.store().save_person(WORKSPACE, person, Vec::new()).await;
        saved.map_err(|e| e.to_string())?;
        self.world.settle().await;
        Ok(())
    }

    async fn accounts(&mut self, text: &str) -> Outcome {
        let person = |name: &str| self.world.who(name).ok().map(|who| who.id);
        let read = accounts::parse(text, person).map_err(|e| format!("{e:?}"))?;
        let known = self.world.app.store().workspace(WORKSPACE).thresholds.clone();
        let thresholds = Thresholds { enterprise_size: read.size, accounts: read.accounts, ..known };
        let saved = self.world.app.store().save_thresholds(WORKSPACE, thresholds, Vec::new()).await;
        saved.map(drop).map_err(|e| e.to_string())
    }

    fn moment(&self, text: &str) -> Result<DateTime<Utc>, String> {
        let zone = self.calendar.zone;
        if self.began {
            return value::parse_when(text, self.world.now(), zone);
        }
        // The first one counts from the scenario's Monday.
        let sunday = self.monday.pred_opt().expect("a date");
        let before = calendar::instant(zone, sunday.and_hms_opt(12, 0, 0).expect("noon"));
        value::parse_when(text, before, zone)
    }

    async fn go_to(&mut self, to: DateTime<Utc>) -> Outcome {
        if !self.began {
            self.began = true;
            self.world.clock.set(to);
            self.world.settle().await;
            return Ok(());
        }
        if to <= self.world.now() {
            return Err(format!("that is not later than now, {}", self.world.now()));
        }
        self.world.advance_to(to).await;
        Ok(())
    }

    async fn input(&mut self, who: &str, channel: ChannelId, input: Input) -> Outcome {
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

    fn answer(&mut self, who: &str, reply: Reply) {
        if let Reply::Form(form) = &reply {
            self.forms.insert(who.to_owned(), form.action.clone());
        }
        if self.trace {
            println!("    {who}< {}", self.plain(&reply).replace('\n', "\n      "));
        }
        self.answers.insert(who.to_owned(), Answered { reply, named: false });
    }

    /// `"Create lead" on "I'm Jane" by kai`; in the text, ` / ` is a new line.
    async fn menu(&mut self, who: &str, rest: &str) -> Outcome {
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

    async fn press(&mut self, who: &str, rest: &str) -> Outcome {
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

    async fn pick(&mut self, who: &str, rest: &str) -> Outcome {
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

    async fn submit(&mut self, who: &str, rest: &str) -> Outcome {
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
    fn messages(
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

    // Expectations.

    /// `None`: the line is no expectation.
    fn expectation(&mut self, line: &str) -> Result<Option<Outcome>, String> {
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

    fn expect_answer(&mut self, who: &str, wanted: bool, text: &str) -> Outcome {
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

    fn expect_posted(&mut self, places: &[Where], wanted: bool, text: &str) -> Outcome {
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

    fn place(&self, subject: &str) -> Result<Vec<Where>, String> {
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

    fn shown(&self, place: &str) -> Result<Vec<String>, String> {
        let places = self.place(place)?;
        Ok(places
            .into_iter()
            .flat_map(|at| self.world.chat.standing(at))
            .map(|(_, message)| self.plain_message(&message))
            .collect())
    }

    /// Takes in what happened on the platform; versions of one message are one.
    fn read_chat(&mut self) {
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

    fn nothing_left(&mut self) -> Outcome {
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

    fn nothing_at_all(&self) -> Outcome {
        match self.seen.iter().find(|(p, named)| !named && !self.is_ignored(p.at)) {
            Some((posted, _)) => {
                let text = self.plain_message(&posted.message);
                Err(format!("in {}:\n{}", self.where_name(posted.at), indent(&text)))
            }
            None => Ok(()),
        }
    }

    fn is_ignored(&self, at: Where) -> bool {
        self.ignored.contains(&self.world.chat.root(at))
    }

    fn where_name(&self, at: Where) -> String {
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

    fn plain(&self, reply: &Reply) -> String {
        self.with_names(|names| plain::reply(reply, names))
    }

    fn plain_message(&self, message: &Message) -> String {
        self.with_names(|names| plain::message(message, names))
    }

    fn with_names(&self, f: impl FnOnce(&Names<'_>) -> String) -> String {
        f(&Names {
            person: &|id| self.world.person_name(id),
            channel: &|id| self.world.channel_name(id),
            zone: self.calendar.zone,
            now: self.world.now(),
        })
    }
}

/// Whether the pieces between `…` occur in this order. What a button says is found only by a piece that names it as one,
/// `[Inactive]`: a status that somebody might choose is not one that the record is in.
fn has(text: &str, wanted: &str) -> bool {
    let flat = |t: &str| t.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = flat(text);
    let said = without_buttons(&text);
    let mut from = 0;
    for piece in wanted.split('…').map(flat).filter(|p| !p.is_empty()) {
        let place = if piece.contains(['[', ']']) { &text } else { &said };
        match place[from..].find(&piece) {
            Some(at) => from += at + piece.len(),
            None => return false,
        }
    }
    true
}

/// The text with as many blanks where buttons stand: every other place stays where it is.
fn without_buttons(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        let Some((label, after)) = after.split_once(']') else { break };
        said.push_str(before);
        said.push_str(&"\u{1}".repeat(label.len() + 2));
        rest = after;
    }
    said + rest
}

fn indent(text: &str) -> String {
    text.lines().map(|l| format!("    {l}")).collect::<Vec<_>>().join("\n")
}

fn there(all: &[String]) -> String {
    if all.is_empty() {
        return "nothing is there".to_owned();
    }
    format!("only this is there:\n{}", all.iter().map(|t| indent(t)).collect::<Vec<_>>().join("\n    --\n"))
}

/// `"Approve" in #approvals`: the label and the place.
fn quoted(text: &str) -> Result<(String, &str), String> {
    let rest = text.trim().strip_prefix('"').ok_or("a label stands in quotes")?;
    let (label, rest) = rest.split_once('"').ok_or("a label stands in quotes")?;
    let rest = rest.trim();
    Ok((label.to_owned(), rest.strip_prefix("in ").unwrap_or(rest)))
}

/// Words, those in quotes as one.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or("a quotation mark is not closed")?,
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    Ok(words)
}

/// `reason:"not now" note:"call back"`; names with spaces stand in quotes too.
fn pairs(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut pairs = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (key, after) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let (key, after) = quoted.split_once('"').ok_or("a quotation mark is not closed")?;
                (key, after.strip_prefix(':').ok_or("a colon follows the name")?)
            }
            None => rest.split_once(':').ok_or("write name:\"text\"")?,
        };
        let quoted = after.strip_prefix('"').ok_or("the text stands in quotes")?;
        let (value, after) = quoted.split_once('"').ok_or("a quotation mark is not closed")?;
        pairs.push((key.trim().to_owned(), value.to_owned()));
        rest = after.trim_start();
    }
    Ok(pairs)
}
