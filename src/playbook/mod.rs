//! Playbooks: TOML in, [`Playbook`] out, and the guide for people.
//!
//! - [`raw`]: the schema, every key with its documentation (also the source of `docs/playbooks.md`)
//! - [`compile`](mod@compile): text → playbook, every problem at once with its place
//! - [`guide`]: what a playbook says to people
//! - `builtin/`: the playbooks that are shipped
//! - [`edit`]: a pipeline's text changed from chat
//! - [`Playbooks`]: the shipped ones and a folder of the administrator's
//! - [`Library`]: which of them a workspace uses, and which rules a record lives under
//!
//! A playbook is data: no status, reason or clock of a shipped one is named anywhere in the program (ruling 28).

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::domain::ids::PlaybookId;
use crate::domain::playbook::Playbook;

pub mod compile;
pub mod edit;
pub mod guide;
pub mod library;
mod node;
pub mod problem;
pub mod raw;

pub use compile::{Compiled, compile};
pub use library::Library;
pub use problem::{Problem, Severity};

/// The shipped playbooks; the first is the default.
const BUILTIN: [(&str, &str); 6] = [
    ("builtin/lead_lifecycle.toml", include_str!("builtin/lead_lifecycle.toml")),
    ("builtin/engagement.toml", include_str!("builtin/engagement.toml")),
    ("builtin/sales_pipeline.toml", include_str!("builtin/sales_pipeline.toml")),
    ("builtin/feedback_pipeline.toml", include_str!("builtin/feedback_pipeline.toml")),
    ("builtin/impact_drivers.toml", include_str!("builtin/impact_drivers.toml")),
    ("builtin/activity.toml", include_str!("builtin/activity.toml")),
];

/// A folder holds at most this many playbooks (R9).
const MOST_FILES: usize = 100;

/// What is wrong with each file: its name and its problems, at least one of them an error.
pub type FileProblems = Vec<(String, Vec<Problem>)>;

/// The playbooks in use. Ids, nouns and letters are unique among them (ruling 18).
#[derive(Debug, Clone, Default)]
pub struct Playbooks {
    all: Vec<Arc<Playbook>>,
    /// What each was made of: its file and its text, in the order of `all`.
    sources: Vec<(String, String)>,
    warnings: FileProblems,
    /// Files that cannot be used.
    broken: FileProblems,
}

/// Playbooks that cannot be used, and nothing stands in for them.
#[derive(Debug, Clone, thiserror::Error)]
#[error("BELLWETHER_PLAYBOOKS has playbooks that cannot be used:{}", lines(.0))]
pub struct BadPlaybooks(pub FileProblems);

fn lines(files: &FileProblems) -> String {
    let all = files.iter().flat_map(|(file, problems)| problems.iter().map(move |problem| (file, problem)));
    all.fold(String::new(), |text, (file, problem)| text + &format!("\n  - {file}: {problem}"))
}

impl Playbooks {
    /// The shipped playbooks alone.
    ///
    /// # Panics
    /// Never in a released program: that they compile is tested.
    pub fn builtin() -> Self {
        match Self::of(builtin_texts()) {
            Ok(playbooks) => playbooks,
            Err(problems) => panic!("the shipped playbooks are broken: {problems:?}"),
        }
    }

    /// The shipped playbooks and every `*.toml` of a folder (`BELLWETHER_PLAYBOOKS`), in the order of the names.
    /// A file with the id of a shipped playbook takes its place. All problems of all files come at once.
    pub fn load(folder: Option<&Path>) -> Result<Self, FileProblems> {
        let playbooks = Self::found(folder);
        if playbooks.broken.is_empty() { Ok(playbooks) } else { Err(playbooks.broken) }
    }

    /// The same, whatever is wrong: [`Playbooks::mended`] says what to do about files that cannot be used.
    pub fn found(folder: Option<&Path>) -> Self {
        let Some(folder) = folder else { return Self::builtin() };
        let (files, mut broken) = read_folder(folder);
        let mut texts = builtin_texts();
        texts.extend(files);
        let mut playbooks = Self::gathered(texts);
        broken.append(&mut playbooks.broken);
        Self { broken, ..playbooks }
    }

    /// With the last good text of each file that cannot be used, so that a mistake in a file does not keep a bot from
    /// coming up again. A file that never was good is refused: nobody relies on it yet.
    pub fn mended(self, last_good: impl Fn(&str) -> Option<String>) -> Result<Self, BadPlaybooks> {
        if self.broken.is_empty() {
            return Ok(self);
        }
        let (mut texts, mut lost) = (self.sources, FileProblems::new());
        for (file, problems) in &self.broken {
            match last_good(file) {
                Some(text) => texts.push((file.clone(), text)),
                None => lost.push((file.clone(), problems.clone())),
            }
        }
        let mended = Self::gathered(texts);
        lost.extend(mended.broken);
        if lost.is_empty() { Ok(Self { broken: self.broken, ..mended }) } else { Err(BadPlaybooks(lost)) }
    }

    /// Compiles texts, each with the name of its file. A later one replaces an earlier one of the same id only
    /// where the earlier one is shipped.
    pub fn of(texts: Vec<(String, String)>) -> Result<Self, FileProblems> {
        let playbooks = Self::gathered(texts);
        if playbooks.broken.is_empty() { Ok(playbooks) } else { Err(playbooks.broken) }
    }

    fn gathered(texts: Vec<(String, String)>) -> Self {
        let mut found: Vec<(String, String, Arc<Playbook>)> = Vec::new();
        let (mut warnings, mut broken) = (FileProblems::new(), FileProblems::new());
        for (file, text) in texts {
            match compile(&text) {
                Ok(compiled) => {
                    // What is shipped is as its users' documents have it; nobody here is to change it.
                    let shipped = BUILTIN.iter().any(|(builtin, _)| *builtin == file);
                    if !compiled.warnings.is_empty() && !shipped {
                        warnings.push((file.clone(), compiled.warnings));
                    }
                    let playbook = Arc::new(compiled.playbook);
                    let shipped = found.iter().position(|(known, _, p)| {
                        p.id == playbook.id && BUILTIN.iter().any(|(builtin, _)| builtin == known)
                    });
                    match shipped {
                        Some(place) => found[place] = (file, text, playbook),
                        None => found.push((file, text, playbook)),
                    }
                }
                Err(problems) => broken.push((file, problems)),
            }
        }
        let (mut all, mut sources): (Vec<Arc<Playbook>>, Vec<(String, String)>) = (Vec::new(), Vec::new());
        for (file, text, playbook) in found {
            let taken = all.iter().zip(&sources).find_map(|(p, (other, _))| clash(&playbook, p, other));
            match taken {
                Some(message) => broken.push((file, vec![whole_file(message)])),
                None => {
                    all.push(playbook);
                    sources.push((file, text));
                }
            }
        }
        Self { all, sources, warnings, broken }
    }

    /// What a playbook was made of: the name of its file, and its text.
    pub fn source(&self, id: &PlaybookId) -> Option<(&str, &str)> {
        let place = self.all.iter().position(|p| p.id == *id)?;
        self.sources.get(place).map(|(file, text)| (file.as_str(), text.as_str()))
    }

    /// The files that cannot be used, and why; where there are any, an earlier text stands in.
    pub fn broken(&self) -> &[(String, Vec<Problem>)] {
        &self.broken
    }

    /// Puts another version in the place of the one with its id.
    pub(crate) fn replace(&mut self, playbook: Arc<Playbook>, text: String) {
        if let Some(place) = self.all.iter().position(|p| p.id == playbook.id) {
            self.all[place] = playbook;
            self.sources[place].1 = text;
        }
    }

    /// By id.
    pub fn get(&self, id: &PlaybookId) -> Option<Arc<Playbook>> {
        self.all.iter().find(|p| p.id == *id).cloned()
    }

    /// By what a record is called, as in `/lead`.
    pub fn by_noun(&self, noun: &str) -> Option<Arc<Playbook>> {
        self.all.iter().find(|p| p.noun.singular == noun).cloned()
    }

    /// By the letter of a record's name, as in `L-1042`; whatever the case.
    pub fn by_letter(&self, letter: char) -> Option<Arc<Playbook>> {
        self.all.iter().find(|p| p.noun.letter == letter.to_ascii_uppercase()).cloned()
    }

    /// All of them, the default first.
    pub fn all(&self) -> &[Arc<Playbook>] {
        &self.all
    }

    /// What the authors of the files should know, by file.
    pub fn warnings(&self) -> &[(String, Vec<Problem>)] {
        &self.warnings
    }
}

fn builtin_texts() -> Vec<(String, String)> {
    BUILTIN.map(|(file, text)| (file.to_owned(), text.to_owned())).to_vec()
}

/// Two playbooks that cannot be used side by side.
fn clash(playbook: &Playbook, earlier: &Playbook, file: &str) -> Option<String> {
    if playbook.id == earlier.id {
        Some(format!("The id `{}` is taken by {file}.", playbook.id))
    } else if !playbook.clashes_with(earlier) {
        None
    } else if playbook.noun.singular == earlier.noun.singular {
        Some(format!("The noun `{}` is taken by {file}.", playbook.noun.singular))
    } else {
        Some(format!("The letter `{}` is taken by {file}.", playbook.noun.letter))
    }
}

/// The texts of a folder, and what could not be read.
fn read_folder(folder: &Path) -> (Vec<(String, String)>, FileProblems) {
    let name = |path: &Path| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let listing = std::fs::read_dir(folder).and_then(|entries| {
        entries.map(|entry| entry.map(|e| e.path())).collect::<Result<Vec<PathBuf>, _>>()
    });
    let mut paths = match listing {
        Ok(paths) => paths,
        Err(why) => {
            let message = format!("The folder cannot be read: {why}.");
            return (Vec::new(), vec![(folder.display().to_string(), vec![whole_file(message)])]);
        }
    };
    paths.retain(|p| p.extension().is_some_and(|e| e == "toml"));
    paths.sort();
    if paths.len() > MOST_FILES {
        let message = format!("There are {} playbooks; at most {MOST_FILES} are read.", paths.len());
        return (Vec::new(), vec![(folder.display().to_string(), vec![whole_file(message)])]);
    }
    let (mut texts, mut broken) = (Vec::new(), Vec::new());
    for path in paths {
        match read_file(&path) {
            Ok(text) => texts.push((name(&path), text)),
            Err(why) => broken.push((name(&path), vec![whole_file(format!("It cannot be read: {why}."))])),
        }
    }
    (texts, broken)
}

/// Reads a little more than is allowed at most: the compiler then refuses the size.
pub fn read_file(path: &Path) -> std::io::Result<String> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(std::io::Error::other("it is not a file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(compile::MOST_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        // Cut in the middle of a character: it is too large, and the compiler says so.
        Err(why) if why.as_bytes().len() > compile::MOST_BYTES => {
            Ok(String::from_utf8_lossy(why.as_bytes()).into_owned())
        }
        Err(_) => Err(std::io::Error::other("it is not UTF-8 text")),
    }
}

fn whole_file(message: String) -> Problem {
    Problem { line: 1, column: 1, path: String::new(), message, suggestion: None, severity: Severity::Error }
}
