//! What the time machine found (X2): in short for a message, in full as a table for a file and for the command line.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::words::{self, tidy};
use crate::chat::message::{Message, Severity, Text};
use crate::domain::ids::{ClockId, PersonId, RuleId, StatusId, WorkspaceId};
use crate::domain::playbook::{Playbook, StepAt};
use crate::domain::span::Span;
use crate::domain::workspace::Workspace;
use crate::simulate::figures::{Does, Figures, Refusals, Refused, Step, Why};
use crate::simulate::{Period, Report};

/// So many clocks, rules, reps and refusals are named in a message; the table has all.
const NAMED: usize = 8;
/// The table's file.
pub const FILE: &str = "simulation.csv";

/// What is told of.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The draft.
    pub draft: &'a Playbook,
    /// The rules in force.
    pub in_force: &'a Playbook,
    /// People.
    pub workspace: &'a Workspace,
    /// The zone in which dates are spelled out.
    pub zone: Tz,
    /// The time that was looked at.
    pub period: Period,
    /// What came out.
    pub report: &'a Report,
}

/// One line of the short form.
struct Line {
    label: String,
    text: String,
}

/// The message, with the table attached.
pub fn message(view: &View<'_>) -> Message {
    let mut message = Message::default().titled(title(view));
    message.lines.push(Text::plain(scope(view)));
    for line in lines(view) {
        message.lines.push(Text::strong(format!("{} ", line.label)).then(line.text));
    }
    message.footer = Some(format!("{} The table has every figure.", trust(view)));
    message.file(FILE, table(view))
}

/// The short form and the table, for a terminal.
pub fn text(view: &View<'_>) -> String {
    let mut text = format!("{}\n{}\n", title(view), scope(view));
    for line in lines(view) {
        text += &format!("\n{}: {}", line.label.trim_end_matches(':'), line.text);
    }
    text += &format!("\n\n{}\n\n", trust(view));
    let rows = rows(view);
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..COLUMNS.len()).map(width).collect();
    for row in &rows {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        text += cells.join("  ").trim_end();
        text.push('\n');
    }
    text
}

/// A draft that cannot be used, with the first of its problems, each spelled out.
pub fn unusable(problems: &[String]) -> Message {
    let mut message = Message::default().severity(Severity::Bad).titled("This draft cannot be used yet");
    for problem in problems.iter().take(10) {
        message.lines.push(Text::plain(tidy(problem, 300)));
    }
    if problems.len() > 10 {
        message.lines.push(Text::plain(format!("And {} more.", problems.len() - 10)));
    }
    message
}

/// Nothing to look at.
pub fn nothing(draft: &Playbook) -> Message {
    Message::line(nothing_line(draft)).severity(Severity::Warning)
}

/// The same as a line.
pub fn nothing_line(draft: &Playbook) -> String {
    let noun = tidy(&draft.noun.singular, 40);
    format!("There is no {noun} to try the draft on: the history is empty.")
}

/// Which workspace is meant.
pub fn unknown_workspace(asked: Option<i64>, known: &[WorkspaceId]) -> String {
    let all: Vec<String> = known.iter().map(ToString::to_string).collect();
    match (asked, known) {
        (_, []) => "The database has no workspace yet: run the bot first.".to_owned(),
        (Some(id), _) => {
            format!("There is no workspace {id}: write --workspace {}.", words::join(&all, "or"))
        }
        (None, _) => {
            format!("There are several workspaces: write --workspace {}.", words::join(&all, "or"))
        }
    }
}

/// Only so much at a time.
pub fn busy() -> Message {
    Message::line("Another simulation is running: try again in a minute.").severity(Severity::Warning)
}

/// Who may ask.
pub fn managers_only() -> Message {
    Message::line("Only managers and admins may simulate a playbook: ask one of them.")
        .severity(Severity::Warning)
}

/// The start of the period, as typed, cannot be read.
pub fn unreadable_since(typed: &str) -> String {
    format!(
        "\"{}\" is not a time to look back to: write it like 90d, 12 weeks or 2026-09-01.",
        tidy(typed, 60)
    )
}

/// The file is not text.
pub fn not_text() -> String {
    "The file is not UTF-8 text: attach the playbook's TOML file.".to_owned()
}

fn title(view: &View<'_>) -> String {
    format!("{} v{} on trial", tidy(&view.draft.title, 80), view.draft.version)
}

fn scope(view: &View<'_>) -> String {
    let date = |at: DateTime<Utc>| at.with_timezone(&view.zone).format("%-d %b %Y").to_string();
    let noun = tidy(&view.draft.noun.singular, 40);
    let Report { records, events, .. } = view.report;
    format!(
        "{} lived through again, {} to {}: {} of history. Nothing was changed; v{} is in force. \
         An arrow leads from what really happened to what the draft would have done.",
        words::count(*records, &noun),
        date(view.period.since),
        date(view.period.until),
        words::count(*events, "event"),
        view.in_force.version,
    )
}

fn lines(view: &View<'_>) -> Vec<Line> {
    let (really, draft) = (&view.report.really, &view.report.draft);
    let mut lines = vec![Line { label: "Alerts".to_owned(), text: change(really.alerts(), draft.alerts()) }];
    let mut add = |label: &str, parts: Vec<String>| {
        if !parts.is_empty() {
            let more = parts.len().saturating_sub(NAMED);
            let mut text = parts.into_iter().take(NAMED).collect::<Vec<_>>().join(" · ");
            if more > 0 {
                text += &format!(" · {more} more in the table");
            }
            lines.push(Line { label: label.to_owned(), text });
        }
    };
    let clocks: BTreeSet<&ClockId> =
        really.steps.keys().chain(draft.steps.keys()).map(|step| &step.clock).collect();
    let by_clock = clocks
        .into_iter()
        .map(|clock| (clock_label(view, clock), really.alerts_of(clock), draft.alerts_of(clock)));
    add("By deadline", sorted(by_clock.collect()));
    let (before, after) = (really.alerts_per_rep(), draft.alerts_per_rep());
    let reps: BTreeSet<_> = before.keys().chain(after.keys()).copied().collect();
    let of = |all: &BTreeMap<Option<PersonId>, u64>, rep| all.get(&rep).copied().unwrap_or(0);
    let by_rep = reps.into_iter().map(|rep| (rep_name(view, rep), of(&before, rep), of(&after, rep)));
    add("By rep", sorted(by_rep.collect()));
    let moved = pairs(&really.moved, &draft.moved, |rule| format!("\"{}\":", rule_label(view, rule)));
    add("Moved by rules", sorted(moved));
    let suggested =
        pairs(&really.suggested, &draft.suggested, |rule| format!("\"{}\":", rule_label(view, rule)));
    add("Proposed by rules", sorted(suggested));
    let by_clock = pairs(&really.by_clock, &draft.by_clock, |clock| clock_label(view, clock));
    add("Moved by deadlines", sorted(by_clock));
    if really.waited + draft.waited > 0 {
        add("Waited for a manager", vec![change(really.waited, draft.waited)]);
    }
    let mut refused: Vec<_> = draft.refused.iter().collect();
    refused.sort_by_key(|(_, refusals)| std::cmp::Reverse(refusals.count));
    let all: u64 = refused.iter().map(|(_, refusals)| refusals.count).sum();
    let label = format!("Would have been stopped: {all}");
    if all > 0 {
        let parts = refused.into_iter().map(|(what, refusals)| refusal(view, what, refusals, 1));
        add(&label, parts.collect());
    } else {
        lines.push(Line {
            label: "Would have been stopped:".to_owned(),
            text: "nothing that people did".to_owned(),
        });
    }
    if view.report.cut_short > 0 {
        lines.push(Line {
            label: "Left out:".to_owned(),
            text: format!(
                "{} could not be lived through to the end",
                words::count(view.report.cut_short, &tidy(&view.draft.noun.singular, 40))
            ),
        });
    }
    lines
}

/// How near the simulation of the rules in force comes to what really happened.
fn trust(view: &View<'_>) -> String {
    let (really, again) = (view.report.really.alerts(), view.report.in_force.alerts());
    if really == again {
        format!("Check: with the rules in force the simulation gives the {really} alerts that really fired.")
    } else {
        format!(
            "Check: with the rules in force the simulation gives {again} alerts where {really} really fired; the \
             draft's figures may be off by as much."
        )
    }
}

/// `120 → 214 (+94)`.
fn change(before: u64, after: u64) -> String {
    if before == after {
        return format!("{before}, as now");
    }
    let difference = i128::from(after) - i128::from(before);
    format!("{before} → {after} ({difference:+})")
}

/// The largest changes first; what is nothing on both sides is left out.
fn sorted(mut all: Vec<(String, u64, u64)>) -> Vec<String> {
    all.retain(|(_, before, after)| before + after > 0);
    all.sort_by_key(|(_, before, after)| std::cmp::Reverse(before.abs_diff(*after)));
    all.into_iter().map(|(label, before, after)| format!("{label} {}", change(before, after))).collect()
}

fn pairs<K: Ord>(
    before: &BTreeMap<K, u64>,
    after: &BTreeMap<K, u64>,
    label: impl Fn(&K) -> String,
) -> Vec<(String, u64, u64)> {
    let keys: BTreeSet<&K> = before.keys().chain(after.keys()).collect();
    let of = |all: &BTreeMap<K, u64>, key: &K| all.get(key).copied().unwrap_or(0);
    keys.into_iter().map(|key| (label(key), of(before, key), of(after, key))).collect()
}

fn clock_label(view: &View<'_>, id: &ClockId) -> String {
    let known = view.draft.clock(id).or_else(|| view.in_force.clock(id));
    let label = known.map_or(id.as_str(), |(_, clock)| clock.label.as_str());
    let mark = match (view.draft.clock(id), view.in_force.clock(id)) {
        (Some(_), None) => " (new)",
        (None, Some(_)) => " (gone)",
        (Some(_), Some(_)) | (None, None) => "",
    };
    format!("{}{mark}", tidy(label, 60))
}

fn rule_label(view: &View<'_>, id: &RuleId) -> String {
    let known = view.draft.rule(id).or_else(|| view.in_force.rule(id));
    tidy(known.map_or(id.as_str(), |rule| rule.label.trim_end_matches('.')), 90)
}

fn rep_name(view: &View<'_>, rep: Option<PersonId>) -> String {
    rep.map_or_else(|| "nobody's".to_owned(), |rep| tidy(&view.workspace.name_of(rep), 60))
}

fn status_label(view: &View<'_>, id: &StatusId) -> String {
    let known = view.draft.status(id).or_else(|| view.in_force.status(id));
    tidy(known.map_or(id.as_str(), |status| status.label.as_str()), 40)
}

/// `New → Connected needs Budget 23 (L-12 on 3 Nov)`.
fn refusal(view: &View<'_>, what: &Refused, refusals: &Refusals, examples: usize) -> String {
    let noun = tidy(&view.draft.noun.singular, 40);
    let status = |id: &Option<StatusId>| id.as_ref().map(|id| status_label(view, id));
    let step = match (status(&what.from), status(&what.to)) {
        (Some(from), Some(to)) if from != to => format!("{from} → {to}"),
        (_, Some(to)) => to,
        (Some(from), None) => format!("outreach in {from}"),
        (None, None) => format!("a new {noun}"),
    };
    let field = |id| view.draft.field(id).map_or_else(|| id.to_string(), |field| tidy(&field.label, 40));
    let fields: Vec<String> = refusals.fields.keys().map(field).collect();
    let why = match what.why {
        Why::NoSuchMove => "is no move".to_owned(),
        Why::NoSuchStatus => "is no status, and the draft does not say what it became".to_owned(),
        Why::Stage => "does not go with the stage".to_owned(),
        Why::Locked => "is too late: the record is locked".to_owned(),
        Why::Managers => "is for managers".to_owned(),
        Why::Missing => format!("asks for {}", words::join(&fields, "and")),
        Why::Reason => "asks for another reason".to_owned(),
        Why::Owed => format!("waits until {} is filled in", words::join(&fields, "and")),
        Why::Approval => "waits for a manager".to_owned(),
        Why::Outreach => "is refused".to_owned(),
        Why::Other => "is refused".to_owned(),
    };
    let date = |at: DateTime<Utc>| at.with_timezone(&view.zone).format("%-d %b").to_string();
    let shown = refusals.examples.iter().take(examples);
    let shown: Vec<String> = shown.map(|(handle, at)| format!("{handle} on {}", date(*at))).collect();
    let after = match refusals.after_another {
        0 => String::new(),
        n => format!(", {n} of them after an earlier refusal"),
    };
    format!("{step} {why} {} ({}{after})", times(refusals.count), shown.join(", "))
}

fn times(count: u64) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    }
}

const COLUMNS: [&str; 6] = ["What", "Which", "Rep", "Really", "Simulated with the rules in force", "Draft"];

/// The whole table as CSV.
fn table(view: &View<'_>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows(view) {
        // Writing to memory does not fail.
        let _ = writer.write_record(row.map(harmless));
    }
    writer.into_inner().unwrap_or_default()
}

/// A spreadsheet would run what begins like a formula.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

fn rows(view: &View<'_>) -> Vec<[String; 6]> {
    let Report { really, in_force, draft, .. } = view.report;
    let sides = [really, in_force, draft];
    let mut rows = vec![COLUMNS.map(str::to_owned)];
    let mut row = |what: &str, which: String, rep: String, counts: [String; 3]| {
        let [one, two, three] = counts;
        rows.push([what.to_owned(), which, rep, one, two, three]);
    };
    let numbers = |of: &dyn Fn(&Figures) -> u64| sides.map(|side| of(side).to_string());
    row("alerts", "all".to_owned(), String::new(), numbers(&Figures::alerts));
    let steps: BTreeSet<&Step> = sides.iter().flat_map(|side| side.steps.keys()).collect();
    for step in steps {
        let which = format!("{}: {}", clock_label(view, &step.clock), step_words(step));
        let of = |side: &Figures, rep| side.steps.get(step).and_then(|by| by.get(&rep)).copied().unwrap_or(0);
        let all = |side: &Figures| side.steps.get(step).map_or(0, |by| by.values().sum());
        row("step", which.clone(), String::new(), numbers(&all));
        let reps: BTreeSet<Option<PersonId>> =
            sides.iter().filter_map(|side| side.steps.get(step)).flat_map(|by| by.keys().copied()).collect();
        for rep in reps {
            row("step", which.clone(), rep_name(view, rep), numbers(&|side| of(side, rep)));
        }
    }
    let rules: BTreeSet<&RuleId> =
        sides.iter().flat_map(|s| s.moved.keys().chain(s.suggested.keys())).collect();
    for rule in rules {
        let of = |all: &BTreeMap<RuleId, u64>| all.get(rule).copied().unwrap_or(0);
        row("moved by rule", rule_label(view, rule), String::new(), numbers(&|s| of(&s.moved)));
        row("proposed by rule", rule_label(view, rule), String::new(), numbers(&|s| of(&s.suggested)));
    }
    let clocks: BTreeSet<&ClockId> = sides.iter().flat_map(|s| s.by_clock.keys()).collect();
    for clock in clocks {
        let of = |s: &Figures| s.by_clock.get(clock).copied().unwrap_or(0);
        row("moved by deadline", clock_label(view, clock), String::new(), numbers(&of));
    }
    row("moves chosen", String::new(), String::new(), numbers(&|s| s.chosen));
    row("waited for a manager", String::new(), String::new(), numbers(&|s| s.waited));
    row("reminded of missing data", String::new(), String::new(), numbers(&|s| s.owed));
    // The history does not keep what it refused.
    let refused: BTreeSet<&Refused> = in_force.refused.keys().chain(draft.refused.keys()).collect();
    for what in refused {
        let of = |side: &Figures| side.refused.get(what).map_or(0, |r| r.count).to_string();
        let either = draft.refused.get(what).or_else(|| in_force.refused.get(what));
        if let Some(refusals) = either {
            let counts = [String::new(), of(in_force), of(draft)];
            row("stopped", refusal(view, what, refusals, 3), String::new(), counts);
        }
    }
    rows
}

fn step_words(step: &Step) -> String {
    let does = match step.does {
        Does::Nudge => "nudge",
        Does::Breach => "breach",
        Does::Escalation => "escalation",
        Does::Review => "review",
        Does::Move => "move",
        Does::Unknown => "a step of an earlier version",
    };
    match step.at {
        None => does.to_owned(),
        Some(StepAt::Entry) => format!("{does} on entry"),
        Some(StepAt::Percent(percent)) => format!("{does} at {percent} %"),
        Some(StepAt::After(span)) if span == Span::Elapsed(chrono::Duration::zero()) => {
            format!("{does} at the start")
        }
        Some(StepAt::After(span)) => format!("{does} after {span}"),
    }
}
