//! Reads commands. [`intent`] turns a [`Call`] into an [`Intent`]; [`typed`] turns a line of text, `/lead new
//! name:"Acme Ltd" owner:@ben`, into a [`Call`] against the table of commands, so that scenarios and platforms
//! without slash commands speak the same language. Every refusal is one sentence with an example.

mod line;

pub use line::{Mention, typed};

use std::collections::BTreeMap;

use chrono::NaiveTime;

use super::intent::{
    ApprovalsOf, Call, HookArgs, HookSecret, Intent, ListFilters, MemberRole, MineFilter, PersonArg,
    PipelineChange, RecordArg, Setting, State, TeamArgs, ThresholdArgs, Value,
};
use crate::domain::hooks::Key;
use crate::domain::ids::{ChannelId, RoleId};
use crate::domain::points::Board;
use crate::domain::workspace::{Duty, QuietHours, Role};

/// Reads a command. The noun is whatever the command's first word is, where it is none of ours.
pub fn intent(call: &Call) -> Result<Intent, String> {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let args = Args(call);
    match path.as_slice() {
        ["approvals", "mine"] => Ok(Intent::Approvals { which: ApprovalsOf::Mine }),
        ["approvals", "all"] => Ok(Intent::Approvals { which: ApprovalsOf::All }),
        ["pipeline", "digest"] => Ok(Intent::Digest { team: args.text("team")? }),
        ["pipeline", "points"] => Ok(Intent::Points {
            by: match args.text("by")?.as_deref() {
                None | Some("person") => Board::Person,
                Some("company") => Board::Company,
                Some(other) => {
                    return Err(format!("\"{other}\" adds nothing up: choose person or company."));
                }
            },
            who: args.person("who")?,
            company: args.text("company")?,
        }),
        ["playbook", "guide"] => {
            Ok(Intent::Guide { status: args.text("status")?, playbook: args.text("playbook")? })
        }
        ["playbook", "list"] => Ok(Intent::PlaybookList),
        ["playbook", "show"] => Ok(Intent::PlaybookShow { playbook: args.text("playbook")? }),
        ["playbook", "use"] => Ok(Intent::PlaybookUse { playbook: args.text("playbook")? }),
        ["playbook", "check"] => Ok(Intent::PlaybookCheck {
            file: args.file("file")?.ok_or_else(|| missing("file", "/playbook check file:leads.toml"))?,
        }),
        ["playbook", "simulate"] => Ok(Intent::Simulate {
            file: args.file("file")?.ok_or_else(|| missing("file", "/playbook simulate file:draft.toml"))?,
            since: args.text("since")?,
        }),
        ["setup", what] => setup(what, &args),
        ["setup", "pipeline", what] => pipeline(what, &args).map(Intent::SetupPipeline),
        ["me", what] => me(what, &args),
        ["approvals" | "pipeline" | "playbook" | "setup" | "me", ..] => Err(args.unknown()),
        [noun, what] => on_record(noun, what, &args),
        _ => Err(args.unknown()),
    }
}

fn on_record(noun: &str, what: &str, args: &Args<'_>) -> Result<Intent, String> {
    // Nearly always the letter of its numbers.
    let letter = noun.chars().next().map_or('A', |first| first.to_ascii_uppercase());
    let record = || {
        let example = format!("/{noun} {what} {noun}:{letter}-12");
        Ok::<_, String>(RecordArg { noun: noun.to_owned(), typed: args.need(noun, &example)? })
    };
    let example = |rest: &str| format!("/{noun} {what} {noun}:{letter}-12 {rest}");
    Ok(match what {
        "new" => Intent::New {
            noun: noun.to_owned(),
            name: args.need("name", &format!("/{noun} new name:\"Acme Ltd\""))?,
            company: args.text("company")?,
            email: args.text("email")?,
            phone: args.text("phone")?,
            value: args.text("value")?,
            source: args.text("source")?,
            owner: args.person("owner")?,
            team: args.text("team")?,
            pipeline: args.text("pipeline")?,
            others: args.others(&NEW)?,
        },
        "show" => Intent::Show { record: record()? },
        "status" => Intent::Status {
            record: record()?,
            to: args.need("to", &example("to:…"))?,
            reason: args.text("reason")?,
            note: args.text("note")?,
        },
        "stage" => Intent::Stage {
            record: record()?,
            to: args.need("to", &example("to:…"))?,
            reason: args.text("reason")?,
        },
        "log" => Intent::Log {
            record: record()?,
            activity: args.need("activity", &example("activity:call_answered"))?,
            outcome: args.text("outcome")?,
            note: args.text("note")?,
            at: args.text("at")?,
            next: args.text("next")?,
            due: args.text("due")?,
        },
        "done" => Intent::Done {
            noun: noun.to_owned(),
            task: args.need("task", &format!("/{noun} done task:{letter}-12/1 status:keep"))?,
            outcome: args.text("outcome")?,
            status: args.text("status")?,
            next: args.text("next")?,
            due: args.text("due")?,
        },
        "next" => Intent::Next {
            record: record()?,
            action: args.need("action", &example("action:\"call back\" due:\"tomorrow 3pm\""))?,
            due: args.need("due", &example("action:\"call back\" due:\"tomorrow 3pm\""))?,
        },
        "edit" => {
            let value = args.need("value", &example("field:value value:12k"))?;
            Intent::Edit {
                record: record()?,
                field: args.need("field", &example("field:value value:12k"))?,
                value: Some(value).filter(|v| v != "-"),
            }
        }
        "assign" => Intent::Assign {
            record: record()?,
            to: args.person("to")?.ok_or_else(|| missing("to", &example("to:@ana")))?,
        },
        "mine" => Intent::Mine {
            noun: noun.to_owned(),
            filter: args.one_of("filter", &MineFilter::ALL, MineFilter::name)?.unwrap_or_default(),
        },
        "list" => Intent::List { noun: noun.to_owned(), filters: filters(args)? },
        "bulk" => Intent::Bulk {
            noun: noun.to_owned(),
            to: args.need("to", &format!("/{noun} bulk to:… status:…"))?,
            filters: filters(args)?,
            reason: args.text("reason")?,
            note: args.text("note")?,
        },
        "export" => Intent::Export { noun: noun.to_owned(), filters: filters(args)? },
        "undo" => {
            Intent::Undo { record: args.text(noun)?.map(|typed| RecordArg { noun: noun.to_owned(), typed }) }
        }
        "history" => Intent::History { record: record()? },
        "merge" => Intent::Merge {
            record: record()?,
            into: RecordArg { noun: noun.to_owned(), typed: args.need("into", &example("into:A-7"))? },
        },
        "erase" => Intent::Erase { record: record()? },
        "import" => Intent::Import {
            noun: noun.to_owned(),
            file: args
                .file("file")?
                .ok_or_else(|| missing("file", &format!("/{noun} import file:leads.csv")))?,
            mapping: args.text("mapping")?,
            dry_run: args.flag("dry-run")?,
            pipeline: args.text("pipeline")?,
        },
        _ => return Err(args.unknown()),
    })
}

/// The options of `list`, `bulk` and `export`.
fn filters(args: &Args<'_>) -> Result<ListFilters, String> {
    let state = args.one_of("state", &State::ALL, State::name)?;
    Ok(ListFilters {
        status: args.text("status")?,
        stage: args.text("stage")?,
        owner: args.person("owner")?.map(|p| p.id),
        team: args.text("team")?,
        company: args.text("company")?,
        state: state.unwrap_or_default(),
        state_given: state.is_some(),
        stale: args.flag("stale")?,
        pipeline: args.text("pipeline")?,
    })
}

fn setup(what: &str, args: &Args<'_>) -> Result<Intent, String> {
    Ok(match what {
        "team" => Intent::SetupTeam(Box::new(TeamArgs {
            name: args.need("name", "/setup team name:Sales alerts:#alerts")?,
            manager_role: args.role("manager-role")?,
            rep_role: args.role("rep-role")?,
            leads: args.channel("leads")?,
            alerts: args.channel("alerts")?,
            approvals: args.channel("approvals")?,
            digest: args.channel("digest")?,
            digest_at: args.text("digest-at")?.map(|t| hour(&t)).transpose()?,
            timezone: args.text("timezone")?,
            booking: args.text("booking")?,
        })),
        "member" => Intent::SetupMember {
            person: args
                .person("person")?
                .ok_or_else(|| missing("person", "/setup member person:@ana team:Sales role:rep"))?,
            team: args.text("team")?,
            role: args.text("role")?.map(|t| role(&t)).transpose()?,
            duties: args.text("duties")?.map(|t| duties(&t)).transpose()?,
            capacity: args.number("capacity")?,
        },
        "calendar" => Intent::SetupCalendar { team: args.text("team")?, hours: args.text("hours")? },
        "holidays" => Intent::SetupHolidays {
            team: args.text("team")?,
            add: args.text("add")?.as_deref().map(items).unwrap_or_default(),
            remove: args.text("remove")?.as_deref().map(items).unwrap_or_default(),
            file: args.file("file")?,
        },
        "thresholds" => Intent::SetupThresholds(Box::new(ThresholdArgs {
            high_value: args.text("high-value")?,
            currency: args.text("currency")?,
            rates: args.text("rates")?.map(|t| rates(&t)).transpose()?.unwrap_or_default(),
            cluster: args.number("cluster")?,
            enterprise: args.text("enterprise")?,
            stale_grace: args.text("stale-grace")?,
            activity_window: args.text("activity-window")?,
            undo_window: args.text("undo-window")?,
            budget: args.text("budget")?.as_deref().map(items).unwrap_or_default(),
        })),
        "playbook" => Intent::SetupPlaybook {
            playbook: args.need("playbook", "/setup playbook playbook:our-leads file:…")?,
            active: args.maybe("active")?,
            file: args.file("file")?,
        },
        "hooks" => Intent::SetupHooks(HookArgs {
            secret: args.text("secret")?.map(|typed| hook_secret(&typed)).transpose()?,
            url: args.text("url")?.map(|t| if off(&t) { Setting::Off } else { Setting::To(t) }),
            messages: args.maybe("messages")?,
            hubspot: args
                .text("hubspot")?
                .map(|t| if off(&t) { Setting::Off } else { Setting::To(Key::new(t.trim())) }),
        }),
        "show" => Intent::SetupShow,
        _ => return Err(args.unknown()),
    })
}

fn hook_secret(typed: &str) -> Result<HookSecret, String> {
    match typed.trim().to_lowercase().as_str() {
        "new" => Ok(HookSecret::New),
        "off" => Ok(HookSecret::Off),
        _ => Err(wrong("secret", "new or off")),
    }
}

fn pipeline(what: &str, args: &Args<'_>) -> Result<PipelineChange, String> {
    let example = |rest: &str| format!("/setup pipeline {what} pipeline:Onboarding {rest}");
    let stages = "stages:\"Kick-off, Training, Live\"";
    let which = |rest: &str| args.need("pipeline", &example(rest));
    let names = || Ok::<_, String>(items(&args.need("stages", &example(stages))?));
    Ok(match what {
        "add" => PipelineChange::Add {
            pipeline: which(stages)?,
            stages: names()?,
            makes: args.others(&["pipeline", "stages"])?,
        },
        "rename" => PipelineChange::Rename {
            pipeline: which("stage:Training to:Coaching")?,
            stage: args.text("stage")?,
            to: args.need("to", &example("stage:Training to:Coaching"))?,
        },
        "reorder" => PipelineChange::Reorder { pipeline: which(stages)?, stages: names()? },
        "retire" => PipelineChange::Retire {
            pipeline: which("stage:Training")?,
            stage: args.need("stage", &example("stage:Training"))?,
            into: args.text("into")?,
        },
        _ => return Err(args.unknown()),
    })
}

fn me(what: &str, args: &Args<'_>) -> Result<Intent, String> {
    Ok(match what {
        "settings" => Intent::MySettings { budget: args.text("budget")? },
        "quiet-hours" => {
            let read = |typed: String| {
                if off(&typed) { Ok(Setting::Off) } else { quiet_hours(&typed).map(Setting::To) }
            };
            Intent::MyQuietHours { hours: args.text("hours")?.map(read).transpose()? }
        }
        "away" => Intent::MyAway {
            until: args.text("until")?.map(|t| if off(&t) { Setting::Off } else { Setting::To(t) }),
            from: args.text("from")?,
        },
        "timezone" => Intent::MyZone { zone: args.need("zone", "/me timezone zone:Asia/Tokyo")? },
        "booking" => Intent::MyBooking {
            link: Some(args.need("link", "/me booking link:https://cal.example.com/ana")?)
                .filter(|t| !off(t)),
        },
        "language" => Intent::MyLanguage { language: args.text("language")? },
        _ => return Err(args.unknown()),
    })
}

/// A single dash: none.
fn off(typed: &str) -> bool {
    matches!(typed, "-" | "–" | "—")
}

/// `22:00-08:00`, `10pm to 8am`.
fn quiet_hours(typed: &str) -> Result<QuietHours, String> {
    let (from, to) = typed
        .split_once(['-', '–'])
        .or_else(|| typed.split_once(" to "))
        .ok_or_else(|| format!("\"{}\" is not a span of hours: write it like 22:00-08:00.", clip(typed)))?;
    let (from, to) = (hour(from)?, hour(to)?);
    if from == to {
        return Err(
            "Quiet hours end at another time than they begin: write them like 22:00-08:00.".to_owned()
        );
    }
    Ok(QuietHours { from, to })
}

fn role(typed: &str) -> Result<MemberRole, String> {
    match typed.to_lowercase().as_str() {
        "rep" => Ok(MemberRole::Is(Role::Rep)),
        "manager" => Ok(MemberRole::Is(Role::Manager)),
        "gone" => Ok(MemberRole::Gone),
        _ => Err(format!("\"{}\" is not a role: write rep, manager or gone.", clip(typed))),
    }
}

fn duties(typed: &str) -> Result<Vec<Duty>, String> {
    if typed == "-" {
        return Ok(Vec::new());
    }
    items(typed)
        .iter()
        .map(|word| {
            Duty::parse(word).ok_or_else(|| {
                let known = Duty::ALL.map(Duty::name).join(", ");
                format!("\"{}\" is not a duty: the duties are {known}.", clip(word))
            })
        })
        .collect()
}

/// `USD 4.45, SGD=3.30`.
fn rates(typed: &str) -> Result<Vec<(String, String)>, String> {
    items(typed)
        .iter()
        .map(|item| {
            let (currency, rate) =
                item.split_once(|c: char| c.is_whitespace() || c == '=').ok_or_else(|| {
                    format!("\"{}\" is not a rate: write it like USD 4.45, SGD 3.30.", clip(item))
                })?;
            Ok((currency.trim().to_owned(), rate.trim_start_matches(['=', ' ']).trim().to_owned()))
        })
        .collect()
}

/// `8`, `08:30`, `8am`, `5:30 pm`.
fn hour(typed: &str) -> Result<NaiveTime, String> {
    let text = typed.to_lowercase().replace(' ', "");
    let (digits, afternoon) = match (text.strip_suffix("am"), text.strip_suffix("pm")) {
        (Some(rest), _) => (rest, Some(false)),
        (None, Some(rest)) => (rest, Some(true)),
        (None, None) => (text.as_str(), None),
    };
    let (hours, minutes) = digits.split_once([':', '.']).unwrap_or((digits, "0"));
    let plain = |part: &str| part.parse::<u32>().ok().filter(|_| part.bytes().all(|b| b.is_ascii_digit()));
    let read = || {
        let (hours, minutes) = (plain(hours)?, plain(minutes)?);
        let hours = match afternoon {
            None => hours,
            Some(pm) => (1..=12).contains(&hours).then_some(hours % 12 + if pm { 12 } else { 0 })?,
        };
        NaiveTime::from_hms_opt(hours, minutes, 0)
    };
    read().ok_or_else(|| format!("\"{}\" is not a time of day: write it like 08:30.", clip(typed)))
}

fn items(typed: &str) -> Vec<String> {
    typed.split([',', ';']).map(|i| i.trim().to_owned()).filter(|i| !i.is_empty()).collect()
}

fn missing(option: &str, example: &str) -> String {
    format!("\"{option}\" is missing: write it like {example}.")
}

/// What was typed, short enough to be repeated in an answer.
fn clip(text: &str) -> String {
    super::render::words::tidy(text, 60)
}

/// The options of a call, read by kind.
struct Args<'a>(&'a Call);

/// The options of `new` that every noun has.
const NEW: [&str; 9] = ["name", "company", "email", "phone", "value", "source", "owner", "team", "pipeline"];

impl Args<'_> {
    /// Whatever else was given.
    fn others(&self, known: &[&str]) -> Result<BTreeMap<String, String>, String> {
        let names = self.0.options.keys().filter(|name| !known.contains(&name.as_str()));
        let read = names.map(|name| Ok(self.text(name)?.map(|text| (name.clone(), text))));
        Ok(read.collect::<Result<Vec<_>, String>>()?.into_iter().flatten().collect())
    }

    /// Text without the spaces around it; empty text counts as left out. A number is taken as it is written.
    fn text(&self, option: &str) -> Result<Option<String>, String> {
        match self.0.options.get(option) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text.trim().to_owned()).filter(|t| !t.is_empty())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(
                Value::Flag(_) | Value::Person(..) | Value::Channel(_) | Value::Role(_) | Value::File(..),
            ) => Err(wrong(option, "text")),
        }
    }

    fn need(&self, option: &str, example: &str) -> Result<String, String> {
        self.text(option)?.ok_or_else(|| missing(option, example))
    }

    fn number(&self, option: &str) -> Result<Option<u32>, String> {
        match self.0.options.get(option) {
            None => Ok(None),
            Some(Value::Number(number)) => {
                u32::try_from(*number).map(Some).map_err(|_| wrong(option, "a whole number, such as 40"))
            }
            Some(
                Value::Text(_)
                | Value::Flag(_)
                | Value::Person(..)
                | Value::Channel(_)
                | Value::Role(_)
                | Value::File(..),
            ) => Err(wrong(option, "a whole number, such as 40")),
        }
    }

    fn flag(&self, option: &str) -> Result<bool, String> {
        Ok(self.maybe(option)?.unwrap_or(false))
    }

    fn maybe(&self, option: &str) -> Result<Option<bool>, String> {
        match self.0.options.get(option) {
            None => Ok(None),
            Some(Value::Flag(flag)) => Ok(Some(*flag)),
            Some(
                Value::Text(_)
                | Value::Number(_)
                | Value::Person(..)
                | Value::Channel(_)
                | Value::Role(_)
                | Value::File(..),
            ) => Err(wrong(option, "true or false")),
        }
    }

    fn person(&self, option: &str) -> Result<Option<PersonArg>, String> {
        match self.0.options.get(option) {
            None => Ok(None),
            Some(Value::Person(id, name)) => Ok(Some(PersonArg { id: *id, name: name.clone() })),
            Some(
                Value::Text(_)
                | Value::Number(_)
                | Value::Flag(_)
                | Value::Channel(_)
                | Value::Role(_)
                | Value::File(..),
            ) => Err(wrong(option, "a person, such as @ana")),
        }
    }

    fn channel(&self, option: &str) -> Result<Option<ChannelId>, String> {
        match self.0.options.get(option) {
            None => Ok(None),
            Some(Value::Channel(id)) => Ok(Some(*id)),
            Some(
                Value::Text(_)
                | Value::Number(_)
                | Value::Flag(_)
                | Value::Person(..)
                | Value::Role(_)
                | Value::File(..),
            ) => Err(wrong(option, "a channel, such as #alerts")),
        }
    }

    fn role(&self, option: &str) -> Result<Option<RoleId>, String> {
        match self.0.options.get(option) {
            None => Ok(None),
            Some(Value::Role(id)) => Ok(Some(*id)),
            Some(
                Value::Text(_)
                | Value::Number(_)
                | Value::Flag(_)
                | Value::Person(..)
                | Value::Channel(_)
                | Value::File(..),
            ) => Err(wrong(option, "a role, such as @managers")),
        }
    }

    fn file(&self, option: &str) -> Result<Option<(String, Vec<u8>)>, String> {
        match self.0.options.get(option) {
            None => Ok(None),
            Some(Value::File(name, bytes)) => Ok(Some((name.clone(), bytes.clone()))),
            Some(
                Value::Text(_)
                | Value::Number(_)
                | Value::Flag(_)
                | Value::Person(..)
                | Value::Channel(_)
                | Value::Role(_),
            ) => Err(wrong(option, "an attached file")),
        }
    }

    fn one_of<T: Copy>(
        &self,
        option: &str,
        all: &[T],
        name: impl Fn(T) -> &'static str,
    ) -> Result<Option<T>, String> {
        let Some(typed) = self.text(option)? else { return Ok(None) };
        all.iter().copied().find(|t| name(*t).eq_ignore_ascii_case(&typed)).map(Some).ok_or_else(|| {
            let known: Vec<_> = all.iter().map(|t| name(*t)).collect();
            format!("\"{}\" is not a {option}: write one of {}.", clip(&typed), known.join(", "))
        })
    }

    fn unknown(&self) -> String {
        format!("I know no command /{}: type / to see them all.", clip(&self.0.path.join(" ")))
    }
}

fn wrong(option: &str, wants: &str) -> String {
    format!("\"{option}\" takes {wants}.")
}
