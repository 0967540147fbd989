//! The tree that every playbook's noun gets.

use super::{Command, Opt, OptKind, Sub, Suggests};
use crate::chat::intent::{ListFilters, MineFilter, State};
use crate::domain::playbook::{Noun, Playbook};

/// Discord's limit on the options of a command.
const MOST_OPTIONS: usize = 25;

/// `kin`: the playbooks that share the noun (ruling 18).
pub(super) fn command(noun: &Noun, kin: &[&Playbook]) -> Command {
    let asks_outcome = kin.iter().any(|p| !p.outcomes.is_empty());
    let pipelines = kin.iter().any(|p| p.pipeline);
    let (one, many) = (noun.singular.as_str(), noun.plural.as_str());
    let a = article(one);
    let record = || {
        Opt::text(one, format!("Which {one}: its id, name or company")).required().suggests(Suggests::Record)
    };
    let handle = format!("{}-12", noun.letter);
    let example = |rest: &str| format!("/{one} {}", rest.replace("{record}", &format!("{one}:{handle}")));
    let outcome = {
        let option = Opt::text("outcome", "What came of it");
        if asks_outcome { option.suggests(Suggests::Outcome) } else { option }
    };
    let done_outcome = {
        let option = Opt::text("outcome", "What came of it");
        if asks_outcome { option.suggests(Suggests::Outcome) } else { option }
    };
    let subs = vec![
        Sub::new(
            "new",
            format!("Create {a} {one}"),
            example("new name:\"Acme Ltd\" phone:\"+60 12 345 6789\""),
            vec![
                Opt::text("name", "Who or what it is").required(),
                Opt::text("company", "Their company"),
                Opt::text("email", "E-mail address"),
                Opt::text("phone", "Telephone number, such as +60 12 345 6789"),
                Opt::text("value", "What it is worth, such as 12k or RM 12,500"),
                Opt::text("source", "Where it came from"),
                Opt::new(OptKind::Person, "owner", "Left out: you; a manager's goes round the team"),
                Opt::text("team", "The team; the owner's or yours, if left out").suggests(Suggests::Team),
            ]
            .into_iter()
            .chain(pipeline(pipelines))
            .chain(sources(kin))
            .chain(fields_at_creation(kin))
            .take(MOST_OPTIONS)
            .collect(),
        ),
        Sub::new("show", format!("Show {a} {one}"), example("show {record}"), vec![record()]),
        Sub::new(
            "status",
            format!("Move {a} {one} to another status"),
            example("status {record} to:…"),
            vec![
                record(),
                Opt::text("to", "The new status").required().suggests(Suggests::StatusFor),
                Opt::text("reason", "Why, from the playbook's list").suggests(Suggests::Reason),
                Opt::text("note", "A note that belongs to the move"),
            ],
        ),
        Sub::new(
            "stage",
            format!("Promote {a} {one}, or take it back (managers)"),
            example("stage {record} to:…"),
            vec![
                record(),
                Opt::text("to", "The new stage").required().suggests(Suggests::StageFor),
                Opt::text("reason", "Why; needed to go back"),
            ],
        ),
        Sub::new(
            "log",
            "Log a call, an e-mail, a meeting, a note",
            example("log {record} activity:call_answered"),
            vec![
                record(),
                Opt::text("activity", "What happened").required().suggests(Suggests::Activity),
                outcome,
                Opt::text("note", "What was said"),
                Opt::text("at", "When, if not now: today 9:30, yesterday 3pm"),
                Opt::text("next", "What you plan next"),
                Opt::text("due", "When that is due: tomorrow 3pm, in 2 days"),
            ],
        ),
        Sub::new(
            "done",
            "Close a task, and say what status is true now",
            format!("/{one} done task:{handle}/1 status:keep"),
            vec![
                Opt::text("task", "Which task: pick it from the list").required().suggests(Suggests::Task),
                done_outcome,
                Opt::text("status", "keep, or the new status").suggests(Suggests::StatusForTask),
                Opt::text("next", "What you plan next"),
                Opt::text("due", "When that is due: tomorrow 3pm, in 2 days"),
            ],
        ),
        Sub::new(
            "next",
            "Plan the next action",
            example("next {record} action:\"call back\" due:\"tomorrow 3pm\""),
            vec![
                record(),
                Opt::text("action", "What you plan").required(),
                Opt::text("due", "When it is due: tomorrow 3pm, in 2 days, 2026-12-01").required(),
            ],
        ),
        Sub::new(
            "edit",
            format!("Change a field of {a} {one}"),
            example("edit {record} field:value value:12k"),
            vec![
                record(),
                Opt::text("field", "Which field").required().suggests(Suggests::Field),
                Opt::text("value", "What it is to be; a single - empties it").required(),
            ],
        ),
        Sub::new(
            "assign",
            format!("Give {a} {one} to someone"),
            example("assign {record} to:@ana"),
            vec![record(), Opt::new(OptKind::Person, "to", "The new owner").required()],
        ),
        Sub::new(
            "mine",
            format!("My open {many}, nearest to a breach first"),
            example("mine"),
            vec![
                Opt::text("filter", "Only some of them")
                    .choices(&MineFilter::ALL.map(|f| (f.name(), f.label()))),
            ],
        ),
        Sub::new("list", format!("List {many}"), example("list state:all company:Acme"), filters(pipelines)),
        Sub::new(
            "bulk",
            format!("Move many {many} at once; shows first what would happen"),
            example("bulk to:… status:… reason:…"),
            [Opt::text("to", "The new status").required().suggests(Suggests::AnyStatus)]
                .into_iter()
                .chain(filters(pipelines))
                .chain([
                    Opt::text("reason", "Why, for all of them").suggests(Suggests::Reason),
                    Opt::text("note", "A note, for all of them"),
                ])
                .collect(),
        ),
        Sub::new(
            "import",
            format!("Bring {many} in from a CSV file (managers)"),
            example("import file:leads.csv"),
            vec![
                Opt::new(OptKind::File, "file", "A CSV file with a line of headers").required(),
                Opt::text("mapping", "What a column is, where the guess is wrong: Deal size=value, Fax=-"),
                Opt::new(OptKind::Flag, "dry-run", "Only show what would happen"),
            ]
            .into_iter()
            .chain(pipeline(pipelines))
            .collect(),
        ),
        Sub::new(
            "export",
            format!("Take {many} out as a CSV file (managers)"),
            example("export state:all"),
            filters(pipelines),
        ),
        Sub::new("history", "Everything that happened to it", example("history {record}"), vec![record()]),
        Sub::new(
            "merge",
            format!("Join two {many} that are one (managers)"),
            example("merge {record} into:{handle}").replace("{handle}", &format!("{}-7", noun.letter)),
            vec![record(), Opt::text("into", "The one that stays").required().suggests(Suggests::Record)],
        ),
        Sub::new(
            "erase",
            "Blank everything personal about it (admins)",
            example("erase {record}"),
            vec![record()],
        ),
        Sub::new(
            "undo",
            "Take your last change back, within minutes",
            example("undo"),
            vec![
                Opt::text(one, format!("Which {one}; whatever you changed last, if left out"))
                    .suggests(Suggests::Record),
            ],
        ),
    ];
    Command { name: one.to_owned(), means: format!("Work with {many}"), subs }
}

/// Which of the pipelines that share the noun is meant (ruling 18).
fn pipeline(pipelines: bool) -> Option<Opt> {
    pipelines.then(|| Opt::text("pipeline", "Which pipeline").suggests(Suggests::Pipeline))
}

/// Of what other records one may be made (D26f).
fn sources(kin: &[&Playbook]) -> Vec<Opt> {
    let mut nouns: Vec<&str> =
        kin.iter().flat_map(|p| &p.comes_from).flat_map(|from| &from.nouns).map(String::as_str).collect();
    nouns.sort_unstable();
    nouns.dedup();
    nouns
        .into_iter()
        .map(|noun| {
            Opt::text(noun, format!("The {noun} that it is made of: its id, name or company"))
                .suggests(Suggests::Source)
        })
        .collect()
}

/// The playbooks' own fields that are asked for at once.
fn fields_at_creation(kin: &[&Playbook]) -> Vec<Opt> {
    let mut options: Vec<Opt> = Vec::new();
    for field in kin.iter().flat_map(|p| &p.fields).filter(|field| field.at_creation) {
        let name = field.id.as_str().replace('_', "-");
        if options.iter().all(|option| option.name != name) {
            options.push(Opt::text(&name, &field.label));
        }
    }
    options
}

/// What `list`, `bulk` and `export` can be narrowed down by.
fn filters(pipelines: bool) -> Vec<Opt> {
    let all = vec![
        Opt::text("status", "In this status").suggests(Suggests::AnyStatus),
        Opt::text("stage", "At this stage").suggests(Suggests::AnyStage),
        Opt::new(OptKind::Person, "owner", "Owned by"),
        Opt::text("team", "Of this team").suggests(Suggests::Team),
        Opt::text("company", "Of this company"),
        Opt::text("state", "Open ones, if left out").choices(&State::ALL.map(|s| (s.name(), s.label()))),
        Opt::new(
            OptKind::Flag,
            "stale",
            format!("Only those that nobody has touched for {} days", ListFilters::STALE_DAYS),
        ),
    ];
    all.into_iter().chain(pipeline(pipelines)).collect()
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}
