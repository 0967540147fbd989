//! A playbook, compiled: the rules of one status system, valid by construction.
//!
//! [`crate::playbook::compile`] makes these from TOML and is the only maker: every id that occurs here is
//! declared here, so the engine looks things up without a failure path. The schema speaks in general words
//! (class, need, clock, rule, gate); no status id of a shipped playbook appears in the engine (ruling 28).

mod clock;
mod data;
mod effects;
mod route;
mod rule;
mod upgrade;

use std::collections::{BTreeMap, BTreeSet};

use super::activity::Activity;
use super::ids::{ClockId, FieldId, PlaybookId, ReasonId, RouteId, RuleId, StageId, StatusId};

pub use clock::{Audience, ClockSpec, Question, Rescue, SpanSetting, Starts, Step, StepAt, StepDoes};
pub use data::{Field, FieldKind, FieldRole, KnownFrom, Need, Outcome, OutcomeEffect, Reason, Way};
pub use effects::{
    Bound, CrmLog, DoneBy, Flag, FlagWhen, Leave, Offers, OnEntry, ShareFlag, ShareOf, TaskSpec,
};
pub use route::{Accounts, Among, Nobody, Route};
pub use rule::{Gate, GateWhen, Pattern, Rule, RuleMode, Trigger};
pub use upgrade::{Landing, Upgrade};

/// The rules of one status system.
#[derive(Debug, Clone, PartialEq)]
pub struct Playbook {
    /// Its id, such as `lead-lifecycle`.
    pub id: PlaybookId,
    /// Its name for people.
    pub title: String,
    /// One or two sentences: what the data is used for (D69).
    pub why: String,
    /// What its records are called.
    pub noun: Noun,
    /// Counted up with each change of the rules; records pin the version they live under.
    pub version: u32,
    /// The status of a new record.
    pub initial: StatusId,
    /// In the order of the file, which is the order of every picker and report.
    pub statuses: Vec<Status>,
    /// The buyer's journey.
    pub stages: Stages,
    /// Groups of statuses for reporting, in order: id and label.
    pub phases: Vec<(String, String)>,
    /// Every field of a record: the built-in ones and those declared here, in the order of forms.
    pub fields: Vec<Field>,
    /// Why a record is moved: the list that a form offers (D12).
    pub reasons: Vec<Reason>,
    /// What a rep reports after an activity (B9); empty where the playbook does not ask.
    pub outcomes: Vec<Outcome>,
    /// Data that a new record needs (D4).
    pub create_needs: Vec<Need>,
    /// Of what other record one may be made (D26f).
    pub comes_from: Option<ComesFrom>,
    /// Automatic rules, first match wins.
    pub rules: Vec<Rule>,
    /// Ways of finding an owner (D34–D37).
    pub routes: Vec<Route>,
    /// The route of a new record for which nobody is named; `None`: whoever makes it keeps it.
    pub new_route: Option<RouteId>,
    /// When several records of one company are flagged (D41).
    pub cluster: Option<Cluster>,
    /// What is logged with a note is documented in the CRM (A6).
    pub crm_log: Option<CrmLog>,
    /// Moves that wait for an approval.
    pub gates: Vec<Gate>,
    /// Which statuses may stand in which stages (D64–D67).
    pub combinations: Combinations,
    /// How records of earlier versions come over.
    pub upgrade: Upgrade,
    /// Several of these may share a noun and a letter (ruling 18: all pipelines are opportunities).
    pub pipeline: bool,
    /// Whether a workspace has it without switching it on.
    pub on: bool,
    /// The day from which the rules are agreed to hold; for people, the engine goes by the upload (D62).
    pub effective: Option<chrono::NaiveDate>,
}

/// What records of a playbook are called (ruling 18).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noun {
    /// `lead`; also the name of the command tree.
    pub singular: String,
    /// `leads`.
    pub plural: String,
    /// `L`, as in `L-1042`.
    pub letter: char,
}

/// Of what other record one may be made (D26f).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComesFrom {
    /// The other's noun, such as `lead`; several where records of any of them become one.
    pub nouns: Vec<String>,
    /// What a record made that way needs, beside what every new one does.
    pub needs: Vec<Need>,
}

/// Whether a record in a status is worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Being worked on.
    Open,
    /// Set aside, to be taken up again.
    Parked,
    /// Ended well.
    Won,
    /// Ended otherwise.
    Lost,
    /// Not real; left out of every report.
    Excluded,
}

/// One status.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// Its id.
    pub id: StatusId,
    /// Its name for people.
    pub label: String,
    /// One emoji.
    pub emoji: String,
    /// Whether a record here is worked on.
    pub class: Class,
    /// The phase it belongs to.
    pub phase: Option<String>,
    /// Entered again and again, counted: check-in 1, 2, … n (B7).
    pub numbered: Option<Numbering>,
    /// A record here never changes again (D10).
    pub locked: bool,
    /// Whether the record may be entered by a person's choice; `false` for statuses set by a clock only (D14).
    pub chosen: bool,
    /// Refuses every touch (ruling 14).
    pub refuses_outreach: bool,
    /// Guide texts (D19).
    pub guide: Guide,
    /// Where a person may move the record from here.
    pub moves: Vec<Move>,
    /// Data that a chosen move into this status needs; owed after an automatic one (ruling 1).
    pub needs: Vec<Need>,
    /// Entering sets this stage in the same event (ruling 3).
    pub sets_stage: Option<StageId>,
    /// Activities that the pickers offer first here.
    pub suggests: Vec<Activity>,
    /// Clocks that start here.
    pub clocks: Vec<ClockSpec>,
    /// What entering sets off.
    pub on_entry: Vec<OnEntry>,
    /// The field whose answer is shown behind the status (D16).
    pub sub_status: Option<FieldId>,
    /// What shows that something is wrong with a record here.
    pub flags: Vec<Flag>,
    /// What shows that something is wrong with all that come here together.
    pub shares: Vec<ShareFlag>,
    /// Statuses that are offered beyond the pickers.
    pub offers: Offers,
}

/// How the number of a numbered status is said (B7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbering {
    /// `Check-in 3`.
    Cardinal,
    /// `Renewal 3rd`.
    Ordinal,
}

/// What the guide says about a status (D19, D33, D57).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guide {
    /// One line; shown in every picker (D18).
    pub means: String,
    /// When to use it.
    pub when: String,
    /// A worked example (D57).
    pub example: String,
    /// What happens by itself.
    pub happens: Vec<String>,
    /// The next step for the rep (D33).
    pub next: String,
    /// What shows that something is wrong.
    pub red_flag: String,
}

/// A move that a person may make.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// The status that it leads to.
    pub to: StatusId,
    /// Who may make it.
    pub by: MoveBy,
    /// Data needed beside what the status itself needs.
    pub needs: Vec<Need>,
}

/// Who may make a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveBy {
    /// Whoever may change the record (ruling 16).
    Anyone,
    /// A manager of its team.
    Manager,
}

/// The stages of a playbook.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stages {
    /// In order.
    pub order: Vec<Stage>,
    /// Forward only, but for a manager's demotion (D1, D67); `false`: free columns (C1).
    pub ladder: bool,
    /// The status that a demotion sets (D67).
    pub demotion_sets: Option<StatusId>,
    /// The stage of a new record; none where the playbook has no stages.
    pub initial: Option<StageId>,
}

/// One stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Its id.
    pub id: StageId,
    /// Its name for people.
    pub label: String,
    /// One line.
    pub means: String,
    /// Entering it sets this status, where the combination with the present one is not allowed or always
    /// (D67: promoted to SQL → Working).
    pub sets_status: Option<StatusId>,
}

/// Which statuses may stand in which stages. What is not listed is allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Combinations {
    /// A listed status stands only in these stages.
    pub status_only_in: BTreeMap<StatusId, BTreeSet<StageId>>,
    /// A listed stage holds only these statuses.
    pub stage_only_with: BTreeMap<StageId, BTreeSet<StatusId>>,
}

impl Playbook {
    /// Whether the two cannot be active side by side: a noun and a letter belong to one playbook, or to pipelines
    /// (ruling 18).
    pub fn clashes_with(&self, other: &Self) -> bool {
        let kin = self.pipeline && other.pipeline && self.noun == other.noun;
        !kin && (self.noun.singular == other.noun.singular || self.noun.letter == other.noun.letter)
    }

    /// A status by its id; ids in a compiled playbook and its records are always declared.
    pub fn status(&self, id: &StatusId) -> Option<&Status> {
        self.statuses.iter().find(|s| s.id == *id)
    }

    /// A stage by its id.
    pub fn stage(&self, id: &StageId) -> Option<&Stage> {
        self.stages.order.iter().find(|s| s.id == *id)
    }

    /// Where the stage stands on the ladder, from 0.
    pub fn rank(&self, id: &StageId) -> Option<usize> {
        self.stages.order.iter().position(|s| s.id == *id)
    }

    /// A field by its id.
    pub fn field(&self, id: &FieldId) -> Option<&Field> {
        self.fields.iter().find(|f| f.id == *id)
    }

    /// A field by a word that may be its id.
    pub fn field_called(&self, word: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.id.as_str() == word)
    }

    /// A reason by its id.
    pub fn reason(&self, id: &ReasonId) -> Option<&Reason> {
        self.reasons.iter().find(|r| r.id == *id)
    }

    /// An outcome by its id.
    pub fn outcome(&self, id: &str) -> Option<&Outcome> {
        self.outcomes.iter().find(|o| o.id == id)
    }

    /// A rule by its id.
    pub fn rule(&self, id: &RuleId) -> Option<&Rule> {
        self.rules.iter().find(|r| r.id == *id)
    }

    /// Where a status stands in the order of the journey, from 0: that of the file. What is parked, lost or excluded
    /// stands outside of it.
    pub fn place(&self, id: &StatusId) -> Option<usize> {
        let place = self.statuses.iter().position(|s| s.id == *id)?;
        match self.statuses[place].class {
            Class::Open | Class::Won => Some(place),
            Class::Parked | Class::Lost | Class::Excluded => None,
        }
    }

    /// The name of a phase for people.
    pub fn phase_label<'a>(&'a self, id: &'a str) -> &'a str {
        self.phases.iter().find(|(phase, _)| phase == id).map_or(id, |(_, label)| label)
    }

    /// What a status says about one of its tasks.
    pub fn task(&self, status: &StatusId, label: &str) -> Option<&TaskSpec> {
        self.status(status)?.tasks().find(|task| task.label == label)
    }

    /// A flag by its id, with the status that it belongs to.
    pub fn flag(&self, id: &RuleId) -> Option<(&Status, &Flag)> {
        self.statuses.iter().find_map(|s| s.flags.iter().find(|f| f.id == *id).map(|f| (s, f)))
    }

    /// A route by its id.
    pub fn route(&self, id: &RouteId) -> Option<&Route> {
        self.routes.iter().find(|r| r.id == *id)
    }

    /// The first field that the engine takes for something.
    pub fn field_of(&self, role: FieldRole) -> Option<&Field> {
        self.fields.iter().find(|f| f.role == Some(role))
    }

    /// A clock by its id, with the status that it starts in.
    pub fn clock(&self, id: &ClockId) -> Option<(&Status, &ClockSpec)> {
        self.statuses.iter().find_map(|s| s.clocks.iter().find(|c| c.id == *id).map(|c| (s, c)))
    }

    /// The name of a status for people; the id where a newer version dropped it.
    pub fn status_label<'a>(&'a self, id: &'a StatusId) -> &'a str {
        self.status(id).map_or(id.as_str(), |s| &s.label)
    }

    /// The name of a stage for people.
    pub fn stage_label<'a>(&'a self, id: &'a StageId) -> &'a str {
        self.stage(id).map_or(id.as_str(), |s| &s.label)
    }

    /// The reasons that a person may give for entering a status.
    pub fn reasons_for<'a>(&'a self, to: &'a StatusId) -> impl Iterator<Item = &'a Reason> {
        self.reasons
            .iter()
            .filter(move |r| !r.clock_only && (r.for_status.is_empty() || r.for_status.contains(to)))
    }
}

impl Status {
    /// Whether a person may enter it again from itself (B7).
    pub fn follows_itself(&self) -> bool {
        self.numbered.is_some() && self.moves.iter().any(|m| m.to == self.id)
    }

    /// Whether something is planned next for what stands here: not for what has ended otherwise than well or never
    /// changes again, nor where nobody may reach out (B8).
    pub fn plans(&self) -> bool {
        match self.class {
            Class::Open | Class::Parked | Class::Won => !self.refuses_outreach && !self.locked,
            Class::Lost | Class::Excluded => false,
        }
    }

    /// The tasks that it opens.
    pub fn tasks(&self) -> impl Iterator<Item = &TaskSpec> {
        self.on_entry.iter().filter_map(|entry| match entry {
            OnEntry::Task(task) => Some(task),
            OnEntry::Notify(_)
            | OnEntry::Route(_)
            | OnEntry::Start(_)
            | OnEntry::Leave(_)
            | OnEntry::Points(_)
            | OnEntry::CrmNote { .. } => None,
        })
    }
}

impl Combinations {
    /// Whether the pair may stand (D66).
    pub fn allows(&self, status: &StatusId, stage: &StageId) -> bool {
        self.status_only_in.get(status).is_none_or(|stages| stages.contains(stage))
            && self.stage_only_with.get(stage).is_none_or(|statuses| statuses.contains(status))
    }
}

/// Records of one company that all stand in one of these statuses are flagged once (D41); how many it takes is a setting
/// of the workspace ([`Thresholds::cluster`](super::workspace::Thresholds)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// Which statuses.
    pub statuses: Vec<StatusId>,
    /// What to do about it, in one line for people.
    pub says: String,
}
