//! Importing and exporting: previews, refusals, results. What a row is refused for stands in a file, so sentences here
//! are plain text.

use super::jobs::{JobFile, Progress, confirm};
use super::words::{self, join, tidy};
use crate::chat::action::Action;
use crate::chat::message::{Choice, Choices, Message, Severity, Span, Text};
use crate::domain::ids::{JobId, PersonId};
use crate::domain::playbook::Noun;

/// So many people are named in a summary.
const TOLD: usize = 40;
/// A pick list holds so many.
const LISTED: usize = 25;

/// Where a mapping is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// The option of a command.
    Chat,
    /// The command line.
    Terminal,
}

impl Door {
    /// The option with what it says.
    fn option(self, says: &str) -> String {
        match self {
            Self::Chat => format!("mapping:\"{says}\""),
            Self::Terminal => format!("--map \"{says}\""),
        }
    }
}

/// Too many bytes; the sentence.
pub fn too_large(most: usize) -> String {
    format!("The file is too large: split it into files of at most {} MB.", most / 1024 / 1024)
}

/// No text that can be read; the sentence.
pub fn not_utf8() -> String {
    "The file is no UTF-8 text: save it as \"CSV UTF-8\" and send it again.".to_owned()
}

/// No CSV; the sentence.
pub fn not_csv() -> String {
    "The file is no CSV: save it as \"CSV UTF-8\", with a line of headers.".to_owned()
}

/// Nothing in it; the sentence.
pub fn empty() -> String {
    "The file is empty: it needs a line of headers and at least one row.".to_owned()
}

/// Too wide; the sentence.
pub fn too_many_columns(columns: usize, most: usize) -> String {
    format!("The file has {columns} columns: leave out some, at most {most} are read.")
}

/// A row that is wider than the headers; the sentence.
pub fn too_many_cells(line: u64, cells: usize, columns: usize) -> String {
    format!("Line {line} has {cells} cells, but there are {columns} columns: mend the line.")
}

/// A field that is too long, also one whose quote is never closed; the sentence.
pub fn field_too_long(line: u64, most: usize) -> String {
    format!("Line {line} has a field of over {most} characters: shorten it, or close its quote.")
}

/// Too many rows; the sentence.
pub fn too_many_rows(most: usize) -> String {
    format!("The file has over {} rows: split it.", words::thousands(most as u64))
}

/// A mapping that cannot be read; the sentence.
pub fn unreadable_mapping(item: &str, door: Door) -> String {
    let like = door.option("Full name=name, Deal size=value, Fax=-");
    format!("\"{}\" is no mapping: write it like {like}.", tidy(item, 60))
}

/// A column that the file does not have; the sentence.
pub fn unknown_column(column: &str, headers: &[String]) -> String {
    let known: Vec<_> = headers.iter().filter(|h| !h.is_empty()).take(20).map(|h| tidy(h, 40)).collect();
    format!("The file has no column \"{}\": it has {}.", tidy(column, 60), join(&known, "and"))
}

/// Something that no column can be; the sentence.
pub fn unknown_target(typed: &str, known: &[String]) -> String {
    let known: Vec<_> = known.iter().take(40).cloned().collect();
    format!("A column cannot be \"{}\": pick {}, or - to leave it out.", tidy(typed, 60), join(&known, "or"))
}

/// A needed column that is missing; the sentence.
pub fn no_column_for(word: &str, door: Door) -> String {
    format!("No column is the {word}: say which one with {}.", door.option(&format!("column={word}")))
}

/// A field that the playbook does not have; the sentence.
pub fn unknown_field(word: &str) -> String {
    format!("There is no field \"{}\" any more: change the mapping.", tidy(word, 60))
}

/// A cell that must not be empty; the sentence.
pub fn empty_cell(word: &str) -> String {
    format!("The cell for {word} is empty: fill it in.")
}

/// A date that could be read two ways; the sentence.
pub fn either_way_round(cell: &str) -> String {
    format!("\"{}\" could be two dates: write dates like 2026-12-01.", tidy(cell, 40))
}

/// No date; the sentence.
pub fn no_date(cell: &str) -> String {
    format!("\"{}\" is no date: write it like 2026-12-01 or 2026-12-01 14:30.", tidy(cell, 40))
}

/// Nobody is called that; the sentence.
pub fn unknown_person(name: &str) -> String {
    format!("I know nobody called \"{}\": correct the name.", tidy(name, 60))
}

/// No team is called that; the sentence.
pub fn unknown_team(name: &str) -> String {
    format!("There is no team \"{}\": make it with /setup team, or correct the name.", tidy(name, 60))
}

/// An id that another row of the file has; the sentence.
pub fn twice(id: &str, line: u64) -> String {
    format!("Line {line} has the same id \"{}\": keep one of them.", tidy(id, 60))
}

/// A step of a record that is not here; the sentence.
pub fn unknown_external(id: &str) -> String {
    format!("No record has the id \"{}\": import the records first.", tidy(id, 60))
}

/// The same record's other steps cannot be brought; the sentence.
pub fn with_its_history(line: u64) -> String {
    format!("Line {line} of the same record is refused: a past comes whole or not at all.")
}

/// What an import would do, or did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// New ones.
    pub made: u64,
    /// Changed ones.
    pub changed: u64,
    /// Those that are as the file says.
    pub same: u64,
    /// Refused rows.
    pub refused: u64,
}

/// `40 made, 3 changed, 2 the same, 1 refused`.
pub fn tally(tally: &Tally) -> String {
    let all = [
        (tally.made, "made"),
        (tally.changed, "changed"),
        (tally.same, "the same"),
        (tally.refused, "refused"),
    ];
    let said: Vec<_> = all
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{} {what}", words::thousands(*n)))
        .collect();
    if said.is_empty() { "nothing yet".to_owned() } else { said.join(", ") }
}

/// What is shown before an import.
#[derive(Debug, Clone, Default)]
pub struct Preview<'a> {
    /// The file's name.
    pub file: &'a str,
    /// `lead`, or `step` of a history.
    pub noun: &'a str,
    /// How many rows.
    pub rows: u64,
    /// Each column: its header, and what it is taken for.
    pub columns: Vec<(String, Option<String>)>,
    /// What would happen.
    pub tally: Tally,
    /// The first refusals: line and sentence.
    pub refusals: Vec<(u64, String)>,
    /// Names that nobody here has.
    pub strangers: Vec<String>,
    /// Whether a column is the id.
    pub has_id: bool,
    /// Whether the rows are steps of a past.
    pub history: bool,
    /// Rows whose e-mail address another record or row has.
    pub doubles: u64,
    /// What has to be set right before anything else; one sentence.
    pub problem: Option<String>,
}

/// The preview; `job`: it can be started.
pub fn preview(view: &Preview<'_>, job: Option<JobId>) -> Message {
    let mut message =
        Message::default().titled(format!("{}: {}", tidy(view.file, 60), words::count(view.rows, "row")));
    if let Some(problem) = &view.problem {
        message.severity = Severity::Warning;
        message.lines.push(problem.clone().into());
    } else {
        let would = format!("Would be: {}.", tally(&view.tally));
        message.lines.push(Text::strong(would));
    }
    let mut columns = Text::default();
    for (at, (header, target)) in view.columns.iter().take(40).enumerate() {
        columns = if at > 0 { columns.then("\n") } else { columns };
        let target = target.clone().unwrap_or_else(|| "left out".to_owned());
        columns = columns.then(format!("{} → ", tidy(header, 40))).and(Span::Strong(target));
    }
    message = message.long_fact("Columns", columns);
    if view.tally.refused > 0 {
        let mut text = Text::default();
        for (at, (line, why)) in view.refusals.iter().take(5).enumerate() {
            text = if at > 0 { text.then("\n") } else { text };
            text = text.then(format!("Line {line}: {}", tidy(why, 180)));
        }
        if view.tally.refused > 5 {
            text = text.then(format!("\n… and {} more", words::thousands(view.tally.refused - 5)));
        }
        message = message.long_fact("Refused", text);
    }
    if !view.strangers.is_empty() {
        let names: Vec<_> = view.strangers.iter().take(10).map(|n| tidy(n, 40)).collect();
        let more = view.strangers.len().saturating_sub(10);
        let more = if more > 0 { format!(" … and {more} more") } else { String::new() };
        let text = format!("{}{more}: they come in by name, without an account.", names.join(", "));
        message = message.long_fact("Not known here", text);
    }
    if view.doubles > 0 {
        let rows = words::count(view.doubles, "row");
        message
            .lines
            .push(format!("{rows} with an e-mail address that is here already: a second one is made, so look at both after.").into());
    }
    if !view.has_id && !view.history {
        let text =
            format!("No column is the id: importing this file again would make every {} twice.", view.noun);
        message.lines.push(text.into());
    }
    let Some(job) = job else { return message };
    let rows = view.tally.made + view.tally.changed;
    if view.problem.is_none() && rows > 0 {
        message = confirm(message, job, format!("Import {}", words::thousands(rows)));
    }
    if view.columns.len() > LISTED {
        message.lines.push("More columns are changed with the option mapping.".into());
    }
    let options = view.columns.iter().enumerate().take(LISTED).map(|(at, (header, target))| Choice {
        value: at.to_string(),
        label: tidy(header, 90),
        means: Some(target.clone().unwrap_or_else(|| "left out".to_owned())),
    });
    message.choices.push(Choices {
        action: Action::PickColumn { job },
        prompt: "Change what a column is".to_owned(),
        options: options.collect(),
    });
    message
}

/// What a column can be.
pub fn pick_field(job: JobId, column: u32, header: &str, targets: &[(String, String)]) -> Message {
    let mut message = Message::line(Text::plain("What is ").and(Span::Strong(tidy(header, 60))).then("?"));
    let mut options = vec![Choice { value: "-".to_owned(), label: "Leave it out".to_owned(), means: None }];
    options.extend(targets.iter().map(|(word, label)| Choice {
        value: word.clone(),
        label: tidy(label, 90),
        means: None,
    }));
    if options.len() > LISTED {
        let others: Vec<_> = options.split_off(LISTED).into_iter().map(|option| option.label).collect();
        let text = format!("With the option mapping it can also be {}.", join(&others, "or"));
        message.lines.push(tidy(&text, 1_000).into());
    }
    message.choices.push(Choices {
        action: Action::PickField { job, column },
        prompt: "Pick one".to_owned(),
        options,
    });
    message
}

/// What an import is called while it runs.
pub fn progress(file: &str, counts: &Tally) -> Progress {
    Progress { title: format!("Import of {}", tidy(file, 60)), so_far: tally(counts) }
}

/// What came of it.
pub fn result(file: &str, counts: &Tally, head: String) -> (Message, JobFile) {
    let severity = if counts.refused > 0 { Severity::Warning } else { Severity::Good };
    let mut message =
        Message::line(format!("Import of {}: {}.", tidy(file, 60), tally(counts))).severity(severity);
    if counts.refused > 0 {
        message
            .lines
            .push("The file has the refused rows with the reason for each: mend them and import it.".into());
    }
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    (message, JobFile { name: format!("{}-refused.csv", tidy(stem, 40)), head })
}

/// What a team is told of an import.
#[derive(Debug, Clone)]
pub struct Arrived<'a> {
    /// The file's name.
    pub file: &'a str,
    /// How many records it made.
    pub made: u64,
    /// The team's name.
    pub team: &'a str,
    /// Who was given how many, because the file names nobody.
    pub routed: Vec<(PersonId, u64)>,
    /// For how many nobody was free.
    pub nobody_free: u64,
    /// Who gives those away.
    pub managers: Vec<PersonId>,
}

/// What a team is told, once (ruling 8): whoever got some hears it by this, and not once for each.
pub fn summary(view: &Arrived<'_>) -> Message {
    let records = |n: u64| match n {
        1 => "1 record".to_owned(),
        n => format!("{} records", words::thousands(n)),
    };
    let mut message = Message::line(format!(
        "📥 {} came in for {} from {}. Their deadlines count from now; each gets its card when somebody first works on it.",
        records(view.made),
        tidy(view.team, 60),
        tidy(view.file, 60)
    ));
    let mut routed = view.routed.clone();
    routed.sort_by_key(|(person, n)| (std::cmp::Reverse(*n), *person));
    if !routed.is_empty() {
        let mut text = Text::plain("Those without an owner went to ");
        for (at, (person, n)) in routed.iter().take(TOLD).enumerate() {
            text = if at > 0 { text.then(", ") } else { text };
            text = text.and(Span::Person(*person)).then(format!(": {}", words::thousands(*n)));
            message.mentions.push(*person);
        }
        let more = routed.len().saturating_sub(TOLD);
        text = if more > 0 { text.then(format!(" and {more} more people")) } else { text };
        message.lines.push(text.then("."));
    }
    if view.nobody_free > 0 {
        let mut text = Text::plain(format!(
            "{} of them have no owner, because nobody is free: give them to somebody with /lead bulk or /lead assign",
            words::thousands(view.nobody_free)
        ));
        for (at, manager) in view.managers.iter().take(TOLD).enumerate() {
            text = text.then(if at > 0 { ", " } else { " – " }).and(Span::Person(*manager));
            message.mentions.push(*manager);
        }
        message.lines.push(text.then("."));
    }
    message
}

/// An export.
pub fn exported(rows: u64, noun: &Noun, name: String, text: String) -> Message {
    let word = if rows == 1 { &noun.singular } else { &noun.plural };
    Message::line(format!("{} {word}, as a file.", words::thousands(rows)))
        .severity(Severity::Good)
        .file(name, text)
}

/// Nothing to export; the sentence.
pub fn nothing_to_export(plural: &str) -> Message {
    super::problem::unreadable(&format!("No {plural} fit these filters: leave some out."))
}

/// More than a message carries; the sentence.
pub fn export_too_large(rows: u64) -> Message {
    super::problem::unreadable(&format!(
        "{} rows are too many for one file here: add filters, or use bellwether export.",
        words::thousands(rows)
    ))
}
