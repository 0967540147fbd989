//! Every feature with the tests that prove it: `docs/features.md` is written from the tests themselves, which name the
//! numbers that they prove. A number of the five status systems without a test fails here.
//!
//! `UPDATE_DOCS=1 cargo test --test features` rewrites the page.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The five systems and what is ours, in a few words each.
const FEATURES: &[(&str, &str, &[&str])] = &[
    (
        "A",
        "Impact drivers",
        &[
            "None: nothing started",
            "Pitched: under discussion, a note in the CRM",
            "Closed Won: a commitment, points for person and company",
            "Closed Lost: the reason, chased where it is missing",
            "Implemented, by itself once confirmed, or by hand",
            "Key interactions documented, statuses reviewed on a schedule",
            "Points leaderboard with the ledger behind it",
        ],
    ),
    (
        "B",
        "Engagement model",
        &[
            "A structure that each client may change",
            "Every event asks for an outcome and the next action",
            "The status line: phase · stage · next action",
            "Four phases",
            "Lead: enquiry, contact",
            "Opportunity: engaged, selected, committed, contracted",
            "Customer: settled, surveyed, check-ins and renewals without a limit",
            "Closed: nurture, hold, problem, archive",
            "Outcomes and what each asks for",
            "The next status as a hint; skipping is recorded",
        ],
    ),
    (
        "C",
        "Pipelines",
        &[
            "Free columns",
            "Four fixed statuses, independent of the column",
            "Lists show open ones",
            "A status that follows from an action",
            "Pipelines of a workspace's own",
            "Two shipped examples",
            "Automation and personal follow-up",
        ],
    ),
    (
        "E",
        "Contact activity",
        &[
            "New: never touched",
            "Active: being pursued",
            "Inactive: nobody talks to them",
            "Unqualified: do not contact",
            "Statuses follow from activity",
            "A window of activity per workspace",
            "Leadership is asked about a quiet opportunity",
        ],
    ),
];

/// Letters whose numbers are counted; of `D`, `X`, `R` and `P` the page shows what is proved, whatever is due.
const LETTERS: [char; 8] = ['A', 'B', 'C', 'D', 'E', 'X', 'R', 'P'];

#[test]
fn every_feature_of_the_five_systems_has_a_test() {
    let found = references();
    let mut missing = Vec::new();
    for (letter, _, titles) in FEATURES {
        let numbers = (1..=titles.len()).map(|n| format!("{letter}{n}"));
        missing.extend(numbers.filter(|number| !found.contains_key(number)));
    }
    assert!(missing.is_empty(), "no test names {missing:?}");
    let page = page(&found);
    let path = root().join("docs/features.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).expect("the page");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "run UPDATE_DOCS=1 cargo test --test features");
}

fn page(found: &BTreeMap<String, BTreeSet<String>>) -> String {
    let mut text = String::from(
        "# Features and their proof\n\nWritten by `UPDATE_DOCS=1 cargo test --test features` from the tests, which name the numbers that \
         they prove. A story is a file of `tests/scenarios/`.\n",
    );
    let tests = |number: &str| {
        let all = found.get(number).into_iter().flatten().map(|test| format!("`{test}`"));
        all.collect::<Vec<_>>().join(", ")
    };
    for (letter, title, features) in FEATURES {
        let _ = write!(text, "\n## {title}\n\n| | what | proved by |\n| --- | --- | --- |\n");
        for (at, what) in features.iter().enumerate() {
            let number = format!("{letter}{}", at + 1);
            let _ = writeln!(text, "| {number} | {what} | {} |", tests(&number));
        }
    }
    for (letter, title) in
        [('D', "Lead lifecycle"), ('X', "Ours"), ('R', "Reliability"), ('P', "Performance")]
    {
        let _ = write!(text, "\n## {title}\n\n| | proved by |\n| --- | --- |\n");
        let mut numbers: Vec<_> = found.keys().filter(|number| number.starts_with(letter)).collect();
        numbers.sort_by_key(|number| number[1..].parse::<u32>().unwrap_or(0));
        for number in numbers {
            let _ = writeln!(text, "| {number} | {} |", tests(number));
        }
    }
    text
}

/// Which tests name which numbers.
fn references() -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut files = Vec::new();
    collect(&root().join("tests"), &mut files);
    collect(&root().join("benches"), &mut files);
    files.sort();
    for path in files {
        let name = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        if name.ends_with("features.rs") {
            continue;
        }
        let short = name.trim_start_matches("tests/").trim_end_matches(".rs").trim_end_matches(".txt");
        let kind = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        if kind == "txt" && name.contains("scenarios/") {
            for line in text.lines().filter(|line| line.starts_with('#')) {
                for number in numbers(line) {
                    found.entry(number).or_default().insert(short.to_owned());
                }
            }
        } else if kind == "rs" {
            rust(short, &text, &mut found);
        }
    }
    found
}

/// The numbers in the documentation of a test are proved by it; those in the file's own, by the file.
fn rust(file: &str, text: &str, found: &mut BTreeMap<String, BTreeSet<String>>) {
    let mut waiting: BTreeSet<String> = BTreeSet::new();
    for line in text.lines().map(str::trim) {
        if let Some(doc) = line.strip_prefix("//!") {
            for number in numbers(doc) {
                found.entry(number).or_default().insert(file.to_owned());
            }
        } else if let Some(doc) = line.strip_prefix("///") {
            waiting.extend(numbers(doc));
        } else if let Some(rest) = line.split("fn ").nth(1).filter(|_| line.ends_with('{')) {
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            for number in std::mem::take(&mut waiting) {
                found.entry(number).or_default().insert(format!("{file}::{name}"));
            }
        } else if !line.starts_with("#[") && !line.starts_with("//") {
            waiting.clear();
        }
    }
}

/// `D42`, and every number of `E1–E6`.
fn numbers(text: &str) -> Vec<String> {
    let pattern =
        regex::Regex::new(r"\b([A-Z])(\d{1,2})(?:[a-f]\b)?(?:[–-]([A-Z])?(\d{1,2}))?").expect("a pattern");
    let mut all = Vec::new();
    for found in pattern.captures_iter(text) {
        let Some(letter) = found[1].chars().next().filter(|l| LETTERS.contains(l)) else { continue };
        let Ok(from) = found[2].parse::<u32>() else { continue };
        let same = found.get(3).is_none_or(|other| other.as_str() == &found[1]);
        let to = found.get(4).filter(|_| same).and_then(|n| n.as_str().parse().ok()).unwrap_or(from);
        all.extend((from..=to.clamp(from, from + 20)).filter(|n| *n > 0).map(|n| format!("{letter}{n}")));
    }
    all
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
