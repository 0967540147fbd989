//! The table of slash commands: what an adapter registers, what autocompletion asks, what the text form is read
//! against. Nothing else says which commands there are.
//!
//! Every playbook's noun gets the same tree (`/lead …`); the others stand once. Names and options are the contract
//! of the product; an option that a later feature brings is not declared before that feature is there.

pub mod limits;
mod nouns;
mod settings;

use crate::domain::playbook::Playbook;

/// One slash command with its subcommands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// `lead`.
    pub name: String,
    /// One line, 1 to 100 characters.
    pub means: String,
    /// At least one.
    pub subs: Vec<Sub>,
}

/// A subcommand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sub {
    /// The words after the command's name: one, or two where it is in a group.
    pub path: Vec<String>,
    /// One line, 1 to 100 characters.
    pub means: String,
    /// Required ones first.
    pub options: Vec<Opt>,
    /// The whole command as one would type it; shown when something is missing.
    pub example: String,
}

/// An option of a subcommand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opt {
    /// `owner`; lower case letters and hyphens.
    pub name: String,
    /// One line, 1 to 100 characters.
    pub means: String,
    /// What it takes.
    pub kind: OptKind,
    /// Whether it must be given.
    pub required: bool,
    /// The only values, as value and label; empty: any.
    pub choices: Vec<(String, String)>,
    /// What is suggested while it is typed; `None`: nothing.
    pub suggests: Option<Suggests>,
}

/// What an option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OptKind {
    /// Text.
    Text,
    /// A whole number, not negative.
    Integer,
    /// Yes or no.
    Flag,
    /// A person.
    Person,
    /// A channel to write in.
    Channel,
    /// A platform role.
    Role,
    /// An attached file.
    File,
}

/// What is suggested for an option while it is typed; the service answers (it knows the rows).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Suggests {
    /// Records of the command's noun: own ones first, then the nearest to a breach.
    Record,
    /// Statuses that the engine would allow for the command's record now, each with its meaning (D18).
    StatusFor,
    /// Every status of the noun's playbook.
    AnyStatus,
    /// Stages that the engine would allow for the command's record now.
    StageFor,
    /// Every stage of the noun's playbook.
    AnyStage,
    /// Activities, those first that the record's status suggests.
    Activity,
    /// Open tasks of whoever asks, the nearest first.
    Task,
    /// `keep`, and the statuses that the engine would allow for the task's record now.
    StatusForTask,
    /// Outcomes of the noun's playbook.
    Outcome,
    /// Reasons that fit the status given in `to`.
    Reason,
    /// Fields that can be edited.
    Field,
    /// Records of the noun that the option is called by.
    Source,
    /// Pipelines that share the command's noun; for set-up all there are.
    Pipeline,
    /// Stages of the pipeline that is named beside it.
    StageOf,
    /// All of them in one line, as they stand.
    StageOrder,
    /// What can make an item stand in a status by itself: activities (C4).
    Makes,
    /// Teams.
    Team,
    /// Playbooks.
    Playbook,
    /// IANA time zones.
    Zone,
}

/// A command of a message's menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuItem {
    /// What the menu says: `Create lead`.
    pub name: String,
    /// The noun that it works with.
    pub noun: String,
    /// What it does.
    pub does: MenuVerb,
}

/// What a message's menu offers for a noun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MenuVerb {
    /// Make a record of the message.
    Create,
    /// Log the message to a record.
    Log,
}

/// As many items as Discord gives a message's menu; the nouns that come after find no place.
const MENU_ITEMS: usize = 15;
/// The longest name of an item.
const MENU_NAME: usize = 32;

/// The words that no playbook may take as its noun (ruling 18).
pub const RESERVED: [&str; 5] = ["pipeline", "playbook", "approvals", "me", "setup"];

/// Every command, for the playbooks that are active in a workspace.
pub fn tree(playbooks: &[&Playbook]) -> Vec<Command> {
    let mut commands: Vec<Command> = Vec::new();
    for playbook in playbooks {
        // Two playbooks may share a noun (all pipelines are opportunities; ruling 18).
        if commands.iter().all(|c| c.name != playbook.noun.singular) {
            let kin: Vec<_> = playbooks.iter().filter(|p| p.noun == playbook.noun).copied().collect();
            commands.push(nouns::command(&playbook.noun, &kin));
        }
    }
    commands.extend(settings::commands());
    commands
}

/// What a message's menu offers, for the playbooks that are active in a workspace.
pub fn menu(playbooks: &[&Playbook]) -> Vec<MenuItem> {
    let mut items: Vec<MenuItem> = Vec::new();
    for playbook in playbooks {
        let noun = &playbook.noun.singular;
        for (does, name) in
            [(MenuVerb::Create, format!("Create {noun}")), (MenuVerb::Log, format!("Log to {noun}"))]
        {
            if items.iter().all(|item| item.name != name) && name.chars().count() <= MENU_NAME {
                items.push(MenuItem { name, noun: noun.clone(), does });
            }
        }
    }
    items.truncate(MENU_ITEMS);
    items
}

/// The subcommand that a path names.
pub fn find<'a>(tree: &'a [Command], path: &[String]) -> Option<&'a Sub> {
    let (name, rest) = path.split_first()?;
    tree.iter().find(|c| c.name == *name)?.subs.iter().find(|s| s.path == rest)
}

impl Command {
    /// How many of the 8,000 characters it takes that Discord allows a command: names, descriptions and values.
    pub fn size(&self) -> usize {
        let length = |text: &str| text.chars().count();
        let sizes = self.subs.iter().map(|sub| {
            let options = sub.options.iter().map(|option| {
                let choices = option.choices.iter().map(|(value, label)| length(value) + length(label));
                length(&option.name) + length(&option.means) + choices.sum::<usize>()
            });
            sub.path.iter().map(|w| length(w)).sum::<usize>() + length(&sub.means) + options.sum::<usize>()
        });
        length(&self.name) + length(&self.means) + sizes.sum::<usize>()
    }
}

impl Sub {
    fn new(name: &str, means: impl Into<String>, example: impl Into<String>, options: Vec<Opt>) -> Self {
        let (required, optional): (Vec<_>, Vec<_>) = options.into_iter().partition(|o| o.required);
        Self {
            path: name.split(' ').map(str::to_owned).collect(),
            means: means.into(),
            options: required.into_iter().chain(optional).collect(),
            example: example.into(),
        }
    }
}

impl Opt {
    fn new(kind: OptKind, name: &str, means: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            means: means.into(),
            kind,
            required: false,
            choices: Vec::new(),
            suggests: None,
        }
    }

    fn text(name: &str, means: impl Into<String>) -> Self {
        Self::new(OptKind::Text, name, means)
    }

    fn required(self) -> Self {
        Self { required: true, ..self }
    }

    fn suggests(self, what: Suggests) -> Self {
        Self { suggests: Some(what), ..self }
    }

    fn choices(self, choices: &[(&str, &str)]) -> Self {
        let choices = choices.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned()));
        Self { choices: choices.collect(), ..self }
    }
}
