//! What is wrong with a playbook, and where. A person fixes it with the file open beside the list, so each
//! problem has a line, a column, the path of the key, and, where a word was misspelt, the word that was meant.

use std::fmt;

/// Whether the playbook can be used nevertheless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The playbook is refused.
    Error,
    /// The playbook works; its author should know.
    Warning,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The key, such as `status.attempting.clock[0].within`; empty: the file as a whole.
    pub path: String,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
    /// How bad it is.
    pub severity: Severity,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "line {}, column {}: {word}", self.line, self.column)?;
        if !self.path.is_empty() {
            write!(f, " in {}", self.path)?;
        }
        write!(f, ": {}", self.message)?;
        match &self.suggestion {
            Some(meant) => write!(f, " Did you mean `{meant}`?"),
            None => Ok(()),
        }
    }
}

/// A place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The path of the key.
    pub path: String,
    /// The byte offset.
    pub at: usize,
}

/// The problems found so far.
pub(super) struct Problems<'t> {
    text: &'t str,
    list: Vec<Problem>,
    left_out: usize,
}

impl<'t> Problems<'t> {
    /// More are counted, not kept: a hostile file must not make a huge answer (R9).
    const MOST: usize = 200;

    pub fn new(text: &'t str) -> Self {
        Self { text, list: Vec::new(), left_out: 0 }
    }

    pub fn error(&mut self, place: &Place, message: impl Into<String>) {
        self.add(place, Severity::Error, message.into(), None);
    }

    pub fn warning(&mut self, place: &Place, message: impl Into<String>) {
        self.add(place, Severity::Warning, message.into(), None);
    }

    /// An error about a word, with the nearest of the words that are known.
    pub fn unknown<'w>(
        &mut self,
        place: &Place,
        message: impl Into<String>,
        word: &str,
        known: impl IntoIterator<Item = &'w str>,
    ) {
        // The search for the nearest word is the dear part: not for what is only counted.
        let meant = if self.list.len() < Self::MOST { nearest(word, known) } else { None };
        self.add(place, Severity::Error, message.into(), meant.map(str::to_owned));
    }

    fn add(&mut self, place: &Place, severity: Severity, message: String, suggestion: Option<String>) {
        if self.list.len() == Self::MOST {
            self.left_out += 1;
            return;
        }
        let (line, column) = line_and_column(self.text, place.at);
        // A name in the file may be as long as the file.
        let (path, message) = (cut(&place.path, 200), cut(&message, 600));
        self.list.push(Problem { line, column, path, message, suggestion, severity });
    }

    pub fn any_error(&self) -> bool {
        self.left_out > 0 || self.list.iter().any(|p| p.severity == Severity::Error)
    }

    /// In the order of the file.
    pub fn into_list(mut self) -> Vec<Problem> {
        self.list.sort_by_key(|p| (p.line, p.column, p.severity));
        if self.left_out > 0 {
            self.list.push(Problem {
                line: 1,
                column: 1,
                path: String::new(),
                message: format!("{} more problems are not shown: fix these first.", self.left_out),
                suggestion: None,
                severity: Severity::Error,
            });
        }
        self.list
    }
}

fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// At most `most` characters, with an ellipsis where some were cut.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most).chain(std::iter::once('…')).collect()
}

/// The known word that is nearest, where one is near enough to have been meant.
fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let most = (word.chars().count() / 3).max(1);
    if word.chars().count() > 40 {
        return None;
    }
    known
        .into_iter()
        .map(|k| (distance(word, k), k))
        .filter(|(d, _)| *d <= most)
        .min_by_key(|(d, _)| *d)
        .map(|(_, k)| k)
}

/// How many letters must be added, dropped, changed, or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut above: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut next = vec![i + 1];
        for j in 0..b.len() {
            let changed = row[j] + usize::from(a[i] != b[j]);
            let swapped = i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j];
            let best = changed.min(row[j + 1] + 1).min(next[j] + 1);
            next.push(if swapped { best.min(above[j - 1] + 1) } else { best });
        }
        above = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_word_is_recognised_and_a_strange_one_is_not() {
        assert_eq!(nearest("lable", ["label", "class", "means"]), Some("label"));
        assert_eq!(nearest("clas", ["label", "class", "means"]), Some("class"));
        assert_eq!(nearest("zebra", ["label", "class", "means"]), None);
        assert_eq!(nearest(&"x".repeat(5000), ["label"]), None);
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(line_and_column("a\nüb", 4), (2, 2));
        assert_eq!(line_and_column("a", 99), (1, 2));
    }
}
