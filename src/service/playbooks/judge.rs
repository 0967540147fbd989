//! Whether a playbook that compiles can take its place in a workspace: its version, its letter, and a place for every
//! record that lives under the one before.

use crate::domain::playbook::{Landing, Playbook};
use crate::playbook::library::{Origin, Shelved};
use crate::playbook::{Problem, Severity, compile};
use crate::store::playbooks::Standing;

/// A workspace has at most so many playbooks of its own (R9).
const MOST_OWN: usize = 20;

/// A new text, and what it comes to.
pub struct Case<'a> {
    /// As it was written.
    pub text: &'a str,
    /// What it says.
    pub new: &'a Playbook,
    /// The newest version that the workspace has.
    pub before: Option<&'a Playbook>,
    /// Where the records of any version stand.
    pub standing: &'a [Standing],
    /// Every playbook of the workspace.
    pub all: &'a [Shelved],
}

impl Case<'_> {
    /// Everything that is wrong.
    pub fn problems(&self) -> Vec<Problem> {
        let Some(before) = self.before else { return self.first() };
        let mut found = Vec::new();
        if self.new.version <= before.version {
            found.push(self.error(
                &["playbook", "version"],
                format!(
                    "Version {} is in use: count it up, `version = {}`.",
                    before.version,
                    before.version + 1
                ),
            ));
        }
        if self.new.noun.letter != before.noun.letter {
            let letter = before.noun.letter;
            let message =
                format!("Records are called {letter}-1, {letter}-2 already: the letter stays `{letter}`.");
            found.push(self.error(&["playbook", "letter"], message));
        }
        let oldest = self.standing.iter().map(|s| s.version).min().unwrap_or(before.version);
        if self.new.upgrade.from > oldest {
            let message =
                format!("Records live under version {oldest} here, which this file does not take over.");
            found.push(self.error(&["upgrade", "from"], message));
        }
        self.statuses(before, &mut found);
        self.stages(before, &mut found);
        self.pairs(&mut found);
        found
    }

    /// A problem of the noun, such as one that makes its commands too long.
    pub fn at_noun(&self, message: String) -> Problem {
        self.error(&["playbook", "noun"], message)
    }

    fn first(&self) -> Vec<Problem> {
        if self.all.iter().filter(|s| s.origin == Origin::Own).count() < MOST_OWN {
            return Vec::new();
        }
        let message =
            format!("There are {MOST_OWN} playbooks of your own already: change one of them instead.");
        vec![self.error(&["playbook", "id"], message)]
    }

    /// Statuses that are gone, of the version before and of any that records still live under.
    fn statuses(&self, before: &Playbook, found: &mut Vec<Problem>) {
        let mut gone: Vec<_> = self.new.orphans(before).collect();
        let used = self.standing.iter().flat_map(|s| std::iter::once(&s.status).chain(&s.waits_for));
        for status in used {
            if self.new.status_now(status).is_none() && !gone.contains(&status) {
                gone.push(status);
            }
        }
        for status in gone {
            let here: u64 = self.standing.iter().filter(|s| s.status == *status).map(|s| s.count).sum();
            let label = before.status_label(status);
            let path = ["upgrade", "status"];
            found.push(
                self.error(&path, successor("status", status.as_str(), label, here, &self.new.noun.plural)),
            );
        }
    }

    fn stages(&self, before: &Playbook, found: &mut Vec<Problem>) {
        for stage in self.new.orphan_stages(before) {
            let here =
                self.standing.iter().filter(|s| s.stage.as_ref() == Some(stage)).map(|s| s.count).sum();
            let label = before.stage_label(stage);
            let path = ["upgrade", "stage"];
            found.push(
                self.error(&path, successor("stage", stage.as_str(), label, here, &self.new.noun.plural)),
            );
        }
    }

    /// D66: what stands together now must still go together.
    fn pairs(&self, found: &mut Vec<Problem>) {
        let mut apart: Vec<(Landing, u64)> = Vec::new();
        for stands in self.standing {
            let landing = self.new.landing(&stands.status, stands.stage.as_ref());
            match landing {
                Landing::At(..) | Landing::NoStatus(_) | Landing::NoStage(_) => {}
                Landing::Apart(..) => match apart.iter_mut().find(|(known, _)| *known == landing) {
                    Some((_, count)) => *count += stands.count,
                    None => apart.push((landing, stands.count)),
                },
            }
        }
        for (landing, count) in apart {
            let Landing::Apart(status, stage) = landing else { continue };
            let message = format!(
                "{count} of the {} would stand at `{status}` in `{stage}`, which do not go together here.",
                self.new.noun.plural
            );
            found.push(self.error(&["combinations"], message));
        }
    }

    fn error(&self, path: &[&str], message: String) -> Problem {
        compile::at(self.text, path, Severity::Error, message)
    }
}

fn successor(kind: &str, id: &str, label: &str, here: u64, plural: &str) -> String {
    let stand = match here {
        0 => format!("No {plural} stand there now, but some may by then"),
        n => format!("{n} of the {plural} stand there"),
    };
    format!(
        "The {kind} `{id}` ({label}) is gone. {stand}: name its successor, `[upgrade.{kind}]` `{id} = \"…\"`."
    )
}
