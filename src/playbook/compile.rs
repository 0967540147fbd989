//! TOML text → [`Playbook`], valid by construction.
//!
//! In four passes, so that an author sees every problem at once: the syntax (which alone stops everything),
//! the shape ([`super::raw`]), the meaning of each part (the files below this one), and the playbook as a whole
//! ([`check`]: combinations, ways out, rules that chase each other; [`circle`]: circles without a person). A part that is
//! wrong is reported and left out; because references are checked against the *names* in the file, leaving it out causes
//! no further problems.

use std::collections::{BTreeMap, BTreeSet};

use toml::de::DeTable;

use super::node::{Node, Section};
use super::problem::{Place, Problem, Problems, Severity, cut};
use super::raw;
use crate::domain::ids::{PlaybookId, StatusId};
use crate::domain::playbook::{ComesFrom, Noun, Playbook};

mod check;
mod circle;
mod clock;
mod data;
mod effects;
mod journey;
mod read;
mod route;
mod rule;
mod status;
mod upgrade;

/// A playbook that can be used, with what its author should know.
#[derive(Debug, Clone, PartialEq)]
pub struct Compiled {
    /// The rules.
    pub playbook: Playbook,
    /// Warnings only, in the order of the file.
    pub warnings: Vec<Problem>,
}

/// No file is larger than this (R9).
pub const MOST_BYTES: usize = 256 * 1024;

/// Names of commands, which no noun may take (ruling 18).
pub const RESERVED_NOUNS: [&str; 5] = ["pipeline", "playbook", "approvals", "me", "setup"];

/// Compiles a playbook. The error holds every problem, warnings among them, in the order of the file.
pub fn compile(text: &str) -> Result<Compiled, Vec<Problem>> {
    let mut problems = Problems::new(text);
    let start = Place { path: String::new(), at: 0 };
    if text.len() > MOST_BYTES {
        problems.error(&start, format!("A playbook has at most {} KB.", MOST_BYTES / 1024));
        return Err(problems.into_list());
    }
    let table = match DeTable::parse(text) {
        Ok(table) => table.into_inner(),
        Err(error) => {
            let at = error.span().map_or(0, |s| s.start);
            let message = format!("This is not TOML: {}.", cut(error.message(), 200));
            problems.error(&Place { path: String::new(), at }, message);
            return Err(problems.into_list());
        }
    };
    let root = Section::root(&table);
    raw::check(&root, &raw::FILE, &mut problems);
    let names = Names::of(&root);
    let mut reader = Reader { root, problems, names, dangling: References::AllDeclared };
    let playbook = reader.playbook();
    check::whole(&mut reader, &playbook);
    if reader.problems.any_error() {
        return Err(reader.problems.into_list());
    }
    Ok(Compiled { playbook, warnings: reader.problems.into_list() })
}

/// A problem that only shows once a text is compiled, at the place of a key; where the key is absent, at the nearest
/// table that is there.
pub fn at(text: &str, path: &[&str], severity: Severity, message: String) -> Problem {
    let mut problems = Problems::new(text);
    let table = DeTable::parse(text).map(toml::Spanned::into_inner).unwrap_or_default();
    let root = Section::root(&table);
    let mut place = Place { path: path.join("."), at: 0 };
    let mut section = Some(root);
    for key in path {
        let Some(node) = section.as_ref().and_then(|s| s.get(key)) else { break };
        place.at = node.place.at;
        section = node.into_section();
    }
    match severity {
        Severity::Error => problems.error(&place, message),
        Severity::Warning => problems.warning(&place, message),
    }
    problems.into_list().remove(0)
}

/// What a word may refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Status,
    Stage,
    Field,
    Reason,
    Phase,
    Patterns,
    Route,
}

impl Kind {
    fn noun(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Stage => "stage",
            Self::Field => "field",
            Self::Reason => "reason",
            Self::Phase => "phase",
            Self::Patterns => "list of patterns",
            Self::Route => "route",
        }
    }

    /// The top-level table that declares them.
    fn table(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Stage => "stage",
            Self::Field => "field",
            Self::Reason => "reason",
            Self::Phase => "phases",
            Self::Patterns => "patterns",
            Self::Route => "route",
        }
    }
}

/// Every name that the file declares, whether or not what it names is in order.
struct Names(BTreeMap<&'static str, BTreeSet<String>>);

impl Names {
    fn of(root: &Section<'_>) -> Self {
        let kinds =
            [Kind::Status, Kind::Stage, Kind::Field, Kind::Reason, Kind::Phase, Kind::Patterns, Kind::Route];
        let declared = |kind: Kind| {
            let section = root.section(kind.table());
            let mut names: BTreeSet<String> =
                section.iter().flat_map(Section::entries).map(|e| e.key.to_owned()).collect();
            if kind == Kind::Field {
                names.extend(crate::domain::field::builtin::ALL.map(str::to_owned));
            }
            (kind.table(), names)
        };
        Self(kinds.into_iter().map(declared).collect())
    }

    fn all(&self, kind: Kind) -> impl Iterator<Item = &str> {
        self.0.get(kind.table()).into_iter().flatten().map(String::as_str)
    }

    fn has(&self, kind: Kind, name: &str) -> bool {
        self.0.get(kind.table()).is_some_and(|names| names.contains(name))
    }
}

/// Whether conclusions about the whole playbook can be drawn from its references.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum References {
    AllDeclared,
    /// Something is misspelt or incomplete, but no reference to a status: parts are left out.
    OthersDangle,
    StatusDangles,
}

/// Reads parts of the file and collects problems.
struct Reader<'d> {
    root: Section<'d>,
    problems: Problems<'d>,
    names: Names,
    dangling: References,
}

impl<'d> Reader<'d> {
    fn playbook(&mut self) -> Playbook {
        let head = self.root.section("playbook");
        let head = head.as_ref();
        let fields = self.fields();
        let reasons = self.reasons();
        let text = |this: &mut Self, key| head.and_then(|h| this.text(h, key)).unwrap_or_default();
        let id = head.and_then(|h| self.id(h, "id", Ids::WithHyphens)).unwrap_or_default();
        let (title, why) = (text(self, "title"), text(self, "why"));
        let noun = self.noun(head);
        let version = head.and_then(|h| h.get("version"));
        if let Some((node, 0)) = version.as_ref().and_then(|n| Some((n, n.number()?))) {
            self.problems.error(&node.place, "The first version is 1.");
        }
        if why.is_empty() {
            let place = self.root.place_of("playbook");
            self.problems.warning(&place, "`why` is missing: people ask what the data is used for.");
        }
        let initial = head.and_then(|h| self.one(h, "initial", Kind::Status)).unwrap_or_default();
        let comes_from = head.and_then(|h| h.section("comes_from")).and_then(|from| {
            let mut nouns = Vec::new();
            for node in from.get("noun").map(|n| n.one_or_many()).unwrap_or_default() {
                let Some((noun, place)) = word(&node) else { continue };
                self.check_id(noun, &place, Ids::WithHyphens);
                nouns.push(noun.to_owned());
            }
            (!nouns.is_empty()).then(|| ComesFrom { nouns, needs: self.needs(&from, "needs") })
        });
        let create_needs = head.map(|h| self.needs(h, "create_needs")).unwrap_or_default();
        let phases = self.phases();
        let stages = self.stages();
        let statuses = self.statuses(&fields);
        let version = version.and_then(|n| n.number()).unwrap_or(1);
        Playbook {
            id: PlaybookId::new(id),
            title,
            why,
            noun,
            version,
            upgrade: self.upgrade(version),
            effective: self.effective(head),
            pipeline: head.is_some_and(|h| h.flag("pipeline", false)),
            on: head.is_none_or(|h| h.flag("on", true)),
            initial: StatusId::new(initial),
            statuses,
            stages,
            phases,
            reasons,
            outcomes: self.outcomes(),
            create_needs,
            comes_from,
            rules: self.rules(),
            routes: self.routes(),
            new_route: self.new_route(),
            cluster: self.cluster(),
            crm_log: self.crm_log(),
            gates: self.gates(&fields),
            combinations: self.combinations(),
            fields,
        }
    }

    fn noun(&mut self, head: Option<&Section<'d>>) -> Noun {
        let singular = head.and_then(|h| self.id(h, "noun", Ids::WithHyphens)).unwrap_or_default();
        let place = head.map_or_else(|| self.root.place.clone(), |h| h.place_of("noun"));
        if RESERVED_NOUNS.contains(&singular.as_str()) {
            let reserved = RESERVED_NOUNS.join(", ");
            self.problems
                .error(&place, format!("`{singular}` is a command already; the noun is none of {reserved}."));
        }
        let plural = head.and_then(|h| self.text(h, "plural")).unwrap_or_else(|| format!("{singular}s"));
        let letter = head.and_then(|h| self.text(h, "letter").map(|t| (t, h.place_of("letter"))));
        let letter = match letter {
            None => 'X',
            Some((text, place)) => match text.chars().collect::<Vec<_>>().as_slice() {
                [letter] if letter.is_ascii_uppercase() => *letter,
                _ => {
                    self.problems.error(&place, "The letter is one capital letter from A to Z.");
                    'X'
                }
            },
        };
        Noun { singular, plural, letter }
    }
}

/// How an id may be spelt. Both fit a button's id on every platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ids {
    /// `a-z`, `0-9`, `_`.
    Plain,
    /// The same and `-`.
    WithHyphens,
}

impl Ids {
    /// At most 24 characters, beginning with a letter.
    fn allow(self, word: &str) -> bool {
        let hyphen = self == Self::WithHyphens;
        word.len() <= 24
            && word.starts_with(|c: char| c.is_ascii_lowercase())
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || (hyphen && c == '-'))
    }

    fn says(self) -> &'static str {
        match self {
            Self::Plain => "at most 24 of a-z, 0-9 and _, beginning with a letter",
            Self::WithHyphens => "at most 24 of a-z, 0-9, _ and -, beginning with a letter",
        }
    }
}

/// The node's text, where it is one: shape errors were reported before.
fn word<'d>(node: &Node<'d>) -> Option<(&'d str, Place)> {
    node.text().map(|text| (text, node.place.clone()))
}
