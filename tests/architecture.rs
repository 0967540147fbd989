//! The promises of the architecture that a compiler does not check: who may import whom, where the time is
//! read, where a platform and a database are known.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Every source file below `src/`, with its path from there.
fn sources() -> Vec<(String, String)> {
    fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).expect("a readable folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    found.sort();
    assert!(found.len() > 40, "the sources were found");
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
            (name, std::fs::read_to_string(&path).expect("text"))
        })
        .collect()
}

/// Code without comments and without the tests at its end.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

#[test]
fn each_outside_name_stays_in_the_module_that_owns_it() {
    let rules: [(&str, &[&str]); 6] = [
        // The log filter of main.rs names one of its modules.
        ("serenity::", &["adapters/discord/", "main.rs"]),
        ("sqlx", &["store/"]),
        ("axum", &["playground/", "adapters/webhook"]),
        ("Utc::now", &["clock.rs"]),
        ("Local::now", &["clock.rs"]),
        // The playground is a server of its own; what it times by itself are connections, never the domain.
        ("SystemTime::now", &["clock.rs", "playground/"]),
    ];
    let mut broken = Vec::new();
    for (file, text) in sources() {
        let code = code(&text);
        for (name, owners) in rules {
            if code.contains(name) && !owners.iter().any(|owner| file.starts_with(owner)) {
                broken.push(format!("{file} names {name}"));
            }
        }
        // Tokio's Instant (operational: timeouts, rate limits) is not the time of day; std's would escape tests.
        if code.contains("std::time::Instant") && file != "clock.rs" && !file.starts_with("playground/") {
            broken.push(format!("{file} names std::time::Instant"));
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn modules_import_only_what_lies_below_them() {
    let allowed: BTreeMap<&str, &[&str]> = [
        ("domain", &["domain"][..]),
        ("clock.rs", &[]),
        ("crm.rs", &[]),
        ("heartbeat.rs", &["clock"]),
        // The configuration holds the token in the adapters' type, which never prints it.
        ("config.rs", &["adapters"]),
        ("playbook", &["playbook", "domain"]),
        // What is told of a simulation is told from its figures; `simulate` is as pure as the domain.
        ("chat", &["chat", "domain", "simulate"]),
        ("report", &["report", "chat", "domain"]),
        ("simulate", &["simulate", "domain"]),
        ("store", &["store", "domain", "clock"]),
        ("service", &["service", "domain", "chat", "store", "report", "playbook", "simulate", "clock"]),
        ("worker", &["worker", "crm", "service", "domain", "chat", "store", "playbook", "clock"]),
        ("adapters", &["adapters", "crm", "chat", "domain"]),
        // The playground knows nothing of the bot: it sees only what crosses the wire.
        ("playground", &["playground"]),
    ]
    .into();
    let mut broken = Vec::new();
    for (file, text) in sources() {
        let module = file.split('/').next().unwrap_or_default();
        let Some(allowed) = allowed.get(module) else { continue };
        for used in code(&text).split("crate::").skip(1) {
            let name: String = used.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if !allowed.contains(&name.as_str()) {
                broken.push(format!("{file} uses {name}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Ruling 28: the engine knows classes, needs and clocks, never a status of a shipped playbook.
#[test]
fn no_status_of_a_shipped_playbook_is_named_in_the_code() {
    let builtin = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/playbook/builtin");
    let mut statuses = Vec::new();
    for entry in std::fs::read_dir(builtin).expect("the shipped playbooks") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("text");
        let heads = text.lines().filter_map(|line| line.strip_prefix("[status.")?.strip_suffix(']'));
        statuses.extend(heads.filter(|id| !id.contains('.')).map(str::to_owned));
    }
    assert!(statuses.len() >= 10, "statuses were found: {statuses:?}");
    // The same words in other senses: `/lead new`, the option `stale`, "5 working days", a socket's state.
    let other_senses = [
        ("new", "chat/"),
        ("stale", "chat/"),
        ("stale", "service/query.rs"),
        ("working", "domain/span.rs"),
        ("connected", "playground/"),
        ("active", "chat/commands/settings.rs"),
        ("active", "chat/parse.rs"),
        ("abandoned", "chat/commands/settings.rs"),
        ("active", "playground/"),
        ("problem", "chat/render/playbook.rs"),
        ("contact", "chat/value/guess.rs"),
    ];
    // The schema's own words: a pipeline's statuses are called as their classes are.
    let classes = ["open", "parked", "won", "lost", "excluded"];
    let not_a_status = |file: &str, id: &str| {
        file.ends_with("/tests.rs")
            || classes.contains(&id)
            || other_senses.iter().any(|(word, place)| *word == id && file.starts_with(place))
    };
    let mut broken = Vec::new();
    for (file, text) in sources() {
        let code = code(&text);
        for id in &statuses {
            if code.contains(&format!("\"{id}\"")) && !not_a_status(&file, id) {
                broken.push(format!("{file} names the status {id}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}
