//! What a person asks for, platform-neutral. An adapter turns its input into a [`Request`]; slash commands
//! arrive as a [`Call`] (names and raw options), which [`crate::chat::parse`] reads into an [`Intent`], so that
//! Discord, a scenario file and a later Slack share one reading.

use std::collections::BTreeMap;

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use crate::domain::hooks::Key;
use crate::domain::ids::{ChannelId, PersonId, RoleId, WorkspaceId};
use crate::domain::playbook::Class;
use crate::domain::points::Board;
use crate::domain::workspace::{Duty, QuietHours, Role};

use super::action::Action;

/// One input from a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Which adapter it came through, and the input's id there: a repetition has no second effect (R4).
    pub source: &'static str,
    /// Unique per source.
    pub external_id: String,
    /// Where. In a private conversation no platform says: [`WorkspaceId`] 0 then, and the workspace is that of the
    /// record, approval or draft that the action names.
    pub workspace: WorkspaceId,
    /// In which channel; in a thread, the thread.
    pub channel: ChannelId,
    /// Who.
    pub who: Who,
    /// What.
    pub input: Input,
}

/// The person, as the platform describes them with the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The platform's id.
    pub id: PersonId,
    /// The name shown in the workspace.
    pub name: String,
    /// They may manage the server.
    pub admin: bool,
    /// Their platform roles.
    pub roles: Vec<RoleId>,
}

/// The four shapes of input.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A slash command.
    Call(Call),
    /// A command of a message's menu.
    Menu(Menu),
    /// A button (no values) or a pick list (one value).
    Press {
        /// What it does; `None`: a custom_id that cannot be read (forged, or of another version).
        action: Option<Action>,
        /// What was picked.
        values: Vec<String>,
        /// The press was on a message that only this person sees, so that the reply may replace it.
        on_private: bool,
    },
    /// A form.
    Submit {
        /// What it does; `None` as above.
        action: Option<Action>,
        /// Text by input id.
        inputs: BTreeMap<String, String>,
    },
}

/// A slash command as typed: `/lead show lead:L-3`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Call {
    /// `["lead", "show"]`.
    pub path: Vec<String>,
    /// Values by option name.
    pub options: BTreeMap<String, Value>,
}

/// A command of a message's menu, with the message that it was chosen on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Menu {
    /// As registered: `Create lead`.
    pub name: String,
    /// Everything that the message says.
    pub text: String,
    /// Who wrote it, with the name shown; `None`: a bot.
    pub author: Option<(PersonId, String)>,
}

/// The value of an option.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// A person, with the name shown.
    Person(PersonId, String),
    /// A channel.
    Channel(ChannelId),
    /// A platform role.
    Role(RoleId),
    /// An attached file: name and content (at most 1 MB; larger ones are refused by the adapter).
    File(String, Vec<u8>),
}

/// The question of an autocompletion.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// Where.
    pub workspace: WorkspaceId,
    /// In which channel.
    pub channel: ChannelId,
    /// Who.
    pub who: Who,
    /// The command as far as it is typed.
    pub call: Call,
    /// The option that is being typed.
    pub focus: String,
    /// What stands in it.
    pub typed: String,
}

/// A slash command, read: every option in its place and of its kind. What only the rows can tell (which record is
/// meant, whether a status exists) is still as typed.
#[derive(Debug, Clone, PartialEq)]
pub enum Intent {
    /// `/lead new`.
    New {
        /// The command's noun.
        noun: String,
        /// Who or what it is.
        name: String,
        /// Their company.
        company: Option<String>,
        /// E-mail address, as typed.
        email: Option<String>,
        /// Telephone number, as typed.
        phone: Option<String>,
        /// What it is worth, as typed.
        value: Option<String>,
        /// Where it came from.
        source: Option<String>,
        /// Who works on it.
        owner: Option<PersonArg>,
        /// The team's name, as typed.
        team: Option<String>,
        /// Which of the pipelines that share the noun, as typed.
        pipeline: Option<String>,
        /// Whatever else was given, by option: fields of the playbook, the record that it is made of.
        others: BTreeMap<String, String>,
    },
    /// `/lead show`.
    Show {
        /// Which.
        record: RecordArg,
    },
    /// `/lead status`.
    Status {
        /// Which.
        record: RecordArg,
        /// The status, as typed or its id.
        to: String,
        /// The reason, as typed or its id.
        reason: Option<String>,
        /// A note.
        note: Option<String>,
    },
    /// `/lead stage`.
    Stage {
        /// Which.
        record: RecordArg,
        /// The stage, as typed or its id.
        to: String,
        /// Why.
        reason: Option<String>,
    },
    /// `/lead log`.
    Log {
        /// Which.
        record: RecordArg,
        /// The activity, as typed or its name.
        activity: String,
        /// The outcome, as typed or its id.
        outcome: Option<String>,
        /// A note.
        note: Option<String>,
        /// When it took place, as typed.
        at: Option<String>,
        /// What is planned next.
        next: Option<String>,
        /// When that is due, as typed.
        due: Option<String>,
    },
    /// `/lead done`.
    Done {
        /// The command's noun.
        noun: String,
        /// The task, as typed: `L-12/1`.
        task: String,
        /// What came of it.
        outcome: Option<String>,
        /// What status is true now, as typed; `keep` for the one that it has.
        status: Option<String>,
        /// What is planned next.
        next: Option<String>,
        /// When that is due, as typed.
        due: Option<String>,
    },
    /// `/lead next`.
    Next {
        /// Which.
        record: RecordArg,
        /// What is planned.
        action: String,
        /// When, as typed.
        due: String,
    },
    /// `/lead edit`.
    Edit {
        /// Which.
        record: RecordArg,
        /// The field, as typed or its id.
        field: String,
        /// As typed; `None`: to be emptied.
        value: Option<String>,
    },
    /// `/lead assign`.
    Assign {
        /// Which.
        record: RecordArg,
        /// To whom.
        to: PersonArg,
    },
    /// `/lead mine`.
    Mine {
        /// The command's noun.
        noun: String,
        /// Which of them.
        filter: MineFilter,
    },
    /// `/lead list`.
    List {
        /// The command's noun.
        noun: String,
        /// What they have in common.
        filters: ListFilters,
    },
    /// `/lead bulk`.
    Bulk {
        /// The command's noun.
        noun: String,
        /// The new status.
        to: String,
        /// Which records.
        filters: ListFilters,
        /// Why, for all of them.
        reason: Option<String>,
        /// A note, for all of them.
        note: Option<String>,
    },
    /// `/lead undo`.
    Undo {
        /// Which; `None`: whatever the person changed last.
        record: Option<RecordArg>,
    },
    /// `/lead history`.
    History {
        /// Which.
        record: RecordArg,
    },
    /// `/lead export`.
    Export {
        /// The command's noun.
        noun: String,
        /// What they have in common.
        filters: ListFilters,
    },
    /// `/lead merge`.
    Merge {
        /// Which one goes.
        record: RecordArg,
        /// Into which.
        into: RecordArg,
    },
    /// `/lead erase`.
    Erase {
        /// Which.
        record: RecordArg,
    },
    /// `/lead import`.
    Import {
        /// The command's noun.
        noun: String,
        /// The file: its name and content.
        file: (String, Vec<u8>),
        /// Which column is what, where the guess is wrong; as typed.
        mapping: Option<String>,
        /// Only show what would happen.
        dry_run: bool,
        /// Which of the pipelines that share the noun, as typed.
        pipeline: Option<String>,
    },
    /// `/approvals mine`, `/approvals all`.
    Approvals {
        /// Whose.
        which: ApprovalsOf,
    },
    /// `/pipeline digest`.
    Digest {
        /// The team's name, as typed.
        team: Option<String>,
    },
    /// `/pipeline points`.
    Points {
        /// Which leaderboard.
        by: Board,
        /// Whose ledger.
        who: Option<PersonArg>,
        /// Which company's ledger, as typed.
        company: Option<String>,
    },
    /// `/playbook guide`.
    Guide {
        /// The status, as typed or its id.
        status: Option<String>,
        /// The playbook, as typed or its id.
        playbook: Option<String>,
    },
    /// `/playbook list`.
    PlaybookList,
    /// `/playbook show`.
    PlaybookShow {
        /// The playbook, as typed or its id.
        playbook: Option<String>,
    },
    /// `/playbook use`.
    PlaybookUse {
        /// The playbook, as typed or its id; `None`: show which are used.
        playbook: Option<String>,
    },
    /// `/playbook check`.
    PlaybookCheck {
        /// The file: its name and content.
        file: (String, Vec<u8>),
    },
    /// `/setup playbook`.
    SetupPlaybook {
        /// The playbook, as typed or its id.
        playbook: String,
        /// Whether new records can be made under it; `None`: as it is.
        active: Option<bool>,
        /// Its rules: name and content.
        file: Option<(String, Vec<u8>)>,
    },
    /// `/setup pipeline …`.
    SetupPipeline(PipelineChange),
    /// `/playbook simulate`.
    Simulate {
        /// The draft: its name and content.
        file: (String, Vec<u8>),
        /// Where the period begins, as typed.
        since: Option<String>,
    },
    /// `/setup team`.
    SetupTeam(Box<TeamArgs>),
    /// `/setup member`.
    SetupMember {
        /// Who.
        person: PersonArg,
        /// The team's name, as typed.
        team: Option<String>,
        /// What they are.
        role: Option<MemberRole>,
        /// All of their duties; `None`: as they are.
        duties: Option<Vec<Duty>>,
        /// How many open records they can carry.
        capacity: Option<u32>,
    },
    /// `/setup calendar`.
    SetupCalendar {
        /// The team's name, as typed.
        team: Option<String>,
        /// Business hours, as typed; `None`: show them.
        hours: Option<String>,
    },
    /// `/setup holidays`.
    SetupHolidays {
        /// The team's name, as typed.
        team: Option<String>,
        /// Days, each as typed.
        add: Vec<String>,
        /// Days, each as typed.
        remove: Vec<String>,
        /// A calendar file: its name and content.
        file: Option<(String, Vec<u8>)>,
    },
    /// `/setup thresholds`.
    SetupThresholds(Box<ThresholdArgs>),
    /// `/setup hooks`.
    SetupHooks(HookArgs),
    /// `/setup show`.
    SetupShow,
    /// `/me settings`.
    MySettings {
        /// How many interruptions on a day, as typed; `None`: as it is.
        budget: Option<String>,
    },
    /// `/me quiet-hours`.
    MyQuietHours {
        /// From when until when; `None`: show them.
        hours: Option<Setting<QuietHours>>,
    },
    /// `/me away`.
    MyAway {
        /// Until when, as typed; `None`: show it.
        until: Option<Setting<String>>,
        /// From when, as typed.
        from: Option<String>,
    },
    /// `/me timezone`.
    MyZone {
        /// The zone, as typed.
        zone: String,
    },
    /// `/me language`.
    MyLanguage {
        /// As typed; `None`: show it.
        language: Option<String>,
    },
    /// `/me booking`.
    MyBooking {
        /// The address, as typed; `None`: none any more.
        link: Option<String>,
    },
}

/// The options of `/setup hooks`; none: show how things stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HookArgs {
    /// What becomes of the secret.
    pub secret: Option<HookSecret>,
    /// Where changes of status are sent.
    pub url: Option<Setting<String>>,
    /// Whether prepared messages are sent there, too (D30).
    pub messages: Option<bool>,
    /// The client secret of a HubSpot app.
    pub hubspot: Option<Setting<Key>>,
}

/// What becomes of the secret that signs webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookSecret {
    /// Another one is made, and shown once.
    New,
    /// There is none: nothing comes in.
    Off,
}

/// What is to become of a pipeline (C1, C5); names as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PipelineChange {
    /// `/setup pipeline add`: a new one.
    Add {
        /// Its name.
        pipeline: String,
        /// The names of its stages, in order.
        stages: Vec<String>,
        /// What makes an item stand in a status, by status: words, or an activity.
        makes: BTreeMap<String, String>,
    },
    /// `/setup pipeline rename`.
    Rename {
        /// Which.
        pipeline: String,
        /// Which of its stages; `None`: the pipeline itself.
        stage: Option<String>,
        /// The new name.
        to: String,
    },
    /// `/setup pipeline reorder`: every stage in its new place; a new name is a new stage.
    Reorder {
        /// Which.
        pipeline: String,
        /// The names of its stages, in the new order.
        stages: Vec<String>,
    },
    /// `/setup pipeline retire`: a stage goes, its records move.
    Retire {
        /// Which.
        pipeline: String,
        /// The stage that goes.
        stage: String,
        /// Where its records go on; `None`: at the stage before.
        into: Option<String>,
    },
}

/// The record that a command is about: an id, a name or a company, to be looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordArg {
    /// The command's noun: only its records are meant.
    pub noun: String,
    /// As typed: `L-12`, or a name.
    pub typed: String,
}

/// A person named in a command, with the name shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonArg {
    /// Who.
    pub id: PersonId,
    /// The name shown in the workspace.
    pub name: String,
}

/// Which of my records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MineFilter {
    /// All open ones.
    #[default]
    All,
    /// A clock is breached.
    Late,
    /// A clock or a planned action is due before the day ends.
    Today,
    /// Something is to be done, the nearest first.
    Tasks,
    /// Data is owed.
    Owing,
    /// A request waits.
    Waiting,
}

/// Which records a list has, by the class of their status (C3: open ones unless asked otherwise).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Being worked on.
    #[default]
    Open,
    /// Set aside.
    Parked,
    /// Ended well.
    Won,
    /// Ended otherwise.
    Lost,
    /// All of them.
    All,
}

/// What the records of a list have in common; names as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListFilters {
    /// A status.
    pub status: Option<String>,
    /// A stage.
    pub stage: Option<String>,
    /// Whose.
    pub owner: Option<PersonId>,
    /// A team.
    pub team: Option<String>,
    /// A company.
    pub company: Option<String>,
    /// Which class.
    pub state: State,
    /// Whether a state was asked for (a closed status without one shows its own class).
    pub state_given: bool,
    /// Only those that nobody has touched for long.
    pub stale: bool,
    /// Which of the pipelines that share the noun; all, if left out.
    #[serde(default)]
    pub pipeline: Option<String>,
}

/// Whose requests are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ApprovalsOf {
    /// Those that the person can decide or has made.
    Mine,
    /// All.
    All,
}

/// What a setting that can be taken away is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting<T> {
    /// This.
    To(T),
    /// None.
    Off,
}

/// The options of `/setup thresholds`; `None` leaves a number as it is. Each as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThresholdArgs {
    /// An amount.
    pub high_value: Option<String>,
    /// A currency.
    pub currency: Option<String>,
    /// Currency and rate.
    pub rates: Vec<(String, String)>,
    /// How many parked records of one company are flagged (D41).
    pub cluster: Option<u32>,
    /// The company-size limit and the account list (D37).
    pub enterprise: Option<String>,
    /// The grace of a forced review (D54); a dash: what the playbook says.
    pub stale_grace: Option<String>,
    /// How long a contact is active after the last activity (E6); a dash: what the playbook says.
    pub activity_window: Option<String>,
    /// How long a change can be taken back (X4).
    pub undo_window: Option<String>,
    /// Interruptions a day: of everyone, and of teams (X6).
    pub budget: Vec<String>,
}

/// What `/setup member` says of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberRole {
    /// They are there, as this.
    Is(Role),
    /// They have left (ruling 17).
    Gone,
}

/// The options of `/setup team`; `None` leaves a setting as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TeamArgs {
    /// The team's name: an existing one is changed.
    pub name: String,
    /// Whoever has it is a manager of the team.
    pub manager_role: Option<RoleId>,
    /// Whoever has it is a rep of the team.
    pub rep_role: Option<RoleId>,
    /// Where cards are posted.
    pub leads: Option<ChannelId>,
    /// Where breaches are posted.
    pub alerts: Option<ChannelId>,
    /// Where requests are posted.
    pub approvals: Option<ChannelId>,
    /// Where the digest is posted.
    pub digest: Option<ChannelId>,
    /// The local hour of the digest.
    pub digest_at: Option<NaiveTime>,
    /// The zone, as typed.
    pub timezone: Option<String>,
    /// Where customers book a meeting, as typed; a single - takes it away.
    pub booking: Option<String>,
}

impl ListFilters {
    /// [`ListFilters::stale`] leaves records whose last activity is younger than so many days (D39).
    pub const STALE_DAYS: i64 = 14;
}

impl MineFilter {
    /// Every filter.
    pub const ALL: [Self; 6] = [Self::All, Self::Late, Self::Today, Self::Tasks, Self::Owing, Self::Waiting];

    /// As typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Late => "late",
            Self::Today => "today",
            Self::Tasks => "tasks",
            Self::Owing => "owing",
            Self::Waiting => "waiting",
        }
    }

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::All => "All open ones",
            Self::Late => "Late: a clock is breached",
            Self::Today => "Due today",
            Self::Tasks => "Something to do",
            Self::Owing => "Data is missing",
            Self::Waiting => "Waiting for approval",
        }
    }
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Open, Self::Parked, Self::Won, Self::Lost, Self::All];

    /// As typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Parked => "parked",
            Self::Won => "won",
            Self::Lost => "lost",
            Self::All => "all",
        }
    }

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Parked => "Set aside",
            Self::Won => "Won",
            Self::Lost => "Lost",
            Self::All => "All of them",
        }
    }

    /// The classes that it stands for; [`Class::Excluded`] is in none but "all".
    pub fn classes(self) -> Vec<Class> {
        match self {
            Self::Open => vec![Class::Open],
            Self::Parked => vec![Class::Parked],
            Self::Won => vec![Class::Won],
            Self::Lost => vec![Class::Lost],
            Self::All => vec![Class::Open, Class::Parked, Class::Won, Class::Lost, Class::Excluded],
        }
    }
}
