//! Whoever writes a playbook is told of every mistake at once, with its place; hostile files are refused.

use bellwether::playbook::{Severity, compile};

use super::{TOY, list, problems, toy_with};

/// Each case of `mistakes.txt`.
#[test]
fn every_kind_of_mistake_is_named_with_its_place() {
    let (mut cases, mut missed) = (0, Vec::new());
    for case in include_str!("mistakes.txt").split("\n\n").filter(|c| c.starts_with('-')) {
        let lines = |mark: &str| {
            let lines =
                case.lines().filter_map(|l| l.strip_prefix(mark)).map(|l| l.strip_prefix(' ').unwrap_or(l));
            lines.collect::<Vec<_>>().join("\n")
        };
        let text = toy_with(&lines("-"), &lines("+"));
        let expected = lines("=");
        let (path, message) = expected.split_once(": ").expect("path: message");
        let found = problems(&text);
        let hit = found.iter().find(|p| p.path == path && p.message.contains(message));
        match hit {
            Some(hit) => {
                assert_eq!(hit.severity, Severity::Error, "{case}");
                assert!((1..=text.lines().count()).contains(&hit.line), "{case}");
            }
            None => missed.push(format!("{case}\nfound instead:\n{}", list(&found))),
        }
        cases += 1;
    }
    assert!(missed.is_empty(), "{}", missed.join("\n\n"));
    assert!(cases > 70, "{cases} cases were read");
}

/// D17, D19: what works and is nevertheless not good.
#[test]
fn warnings_do_not_refuse() {
    let table: &[(&str, &str, &str, &str)] = &[
        ("why = \"So that no question stays unanswered.\"\n", "", "playbook", "`why` is missing"),
        ("next = \"Answer.\"\n", "", "status.arrived", "The guide cannot say everything: next missing."),
        (
            "from = [\"arrived\"]\nto = \"answered\"",
            "from = [\"arrived\"]\nto = \"answered\"\nmode = \"auto\"\n[[rule]]\nid = \"late\"\nlabel = \"x\"\non = { activity = \"email_replied\" }\nfrom = [\"arrived\"]\nto = \"dropped\"",
            "rule[1].id",
            "`late` never acts",
        ),
    ];
    for (from, to, path, message) in table {
        let text = toy_with(from, to);
        let compiled = compile(&text).unwrap_or_else(|p| panic!("{}", list(&p)));
        let hit = compiled.warnings.iter().any(|w| w.path == *path && w.message.contains(message));
        assert!(hit, "{message}:\n{}", list(&compiled.warnings));
    }
    // D72, and a record that only time moves.
    let twins = TOY
        .replace("means = \"Not to be answered.\"", "means = \"Nobody has answered yet\"")
        .replace("{ at = \"2 business hours\", escalate = \"manager\" },", "{ at = \"2 business hours\", move = \"dropped\" },")
        .replace("label = \"Dropped\"", "label = \"answered\"")
        .replace(
            "[field.answer_given]",
            "[[status.dropped.clock]]\nid = \"again\"\nlabel = \"Again\"\nwithin = \"1 day\"\nladder = [{ at = \"100%\", move = \"arrived\" }]\n\n[field.answer_given]",
        );
    let compiled = compile(&twins).unwrap_or_else(|p| panic!("{}", list(&p)));
    for (path, message) in [
        ("status.dropped.means", "`arrived` means the same"),
        ("status.dropped.label", "`answered` has the same label"),
        (
            "status.arrived.clock[0].ladder[2].move",
            "By itself a record goes round for ever: `arrived` → `dropped` (clock `answer`) → `arrived` (clock `again`). \
             Nobody ever decides: write `escalate` instead of a `move`.",
        ),
    ] {
        let hits = compiled.warnings.iter().filter(|w| w.path == path && w.message.contains(message));
        assert_eq!(hits.count(), 1, "{message}:\n{}", list(&compiled.warnings));
    }
    let unreachable = TOY
        .replace("to = [\"answered\", \"dropped\"]", "to = [\"answered\"]")
        .replace("to = [\"arrived\", \"dropped\"]", "to = [\"arrived\"]");
    let compiled = compile(&unreachable).unwrap_or_else(|p| panic!("{}", list(&p)));
    assert!(compiled.warnings.iter().any(|w| w.message == "No way leads to `dropped`."));
}

/// What has nothing to do with each other is told together, also of one part and of what it takes the whole file to see;
/// and nothing is told that only follows from a part that was left out.
#[test]
fn independent_problems_come_together() {
    let text = TOY
        .replace("class = \"won\"", "class = \"wno\"")
        .replace("needs = [\"answer_given\"]", "needs = [\"anser_given\"]")
        .replace("to = [\"answered\", \"dropped\"]", "to = [\"answered\"]")
        .replace("to = [\"arrived\", \"dropped\"]", "to = [\"arrived\"]");
    let found = problems(&text);
    for (path, message) in [
        ("status.answered.class", "`wno` is none of: open"),
        ("status.answered.needs[0]", "No field `anser_given` is declared"),
        ("status.dropped", "No way leads to `dropped`."),
    ] {
        let hit = found.iter().any(|p| p.path == path && p.message.contains(message));
        assert!(hit, "{message}:\n{}", list(&found));
    }
    // Beside that the file has few statuses.
    assert_eq!(found.iter().filter(|p| p.path != "status").count(), 3, "{}", list(&found));
}

/// A circle of rules and clocks without a person is named, with its line and what to do; where a person has a hand in it,
/// all is well.
#[test]
fn circles_without_a_person_are_named() {
    let with = |on: &str, more: &str| {
        let added = format!(
            "[[status.answered.clock]]\nid = \"again\"\nlabel = \"Again\"\nladder = [{{ at = \"5 days\", move = \"dropped\" }}]\n\n\
             [[status.dropped.clock]]\nid = \"back\"\nlabel = \"Back\"\nladder = [{{ at = \"1 day\", move = \"arrived\" }}]\n\n\
             [[rule]]\nid = \"form\"\nlabel = \"x\"\non = {on}\nfrom = [\"arrived\"]\nto = \"answered\"\n{more}\n\n[[gate]]"
        );
        toy_with("[[gate]]", &added)
    };
    let found = |text: &str| {
        let compiled = compile(text).unwrap_or_else(|p| panic!("{}", list(&p)));
        compiled.warnings.into_iter().filter(|w| w.message.contains("goes round")).collect::<Vec<_>>()
    };
    // Two clocks and a rule: told once, at the first clock.
    let text = with("{ activity = \"form_submitted\" }", "");
    let hits = found(&text);
    assert_eq!(hits.len(), 1, "{}", list(&hits));
    assert_eq!(hits[0].path, "status.answered.clock[0].ladder[0].move");
    assert_eq!(hits[0].line, text.lines().position(|l| l.contains("5 days")).unwrap() + 1);
    assert_eq!(
        hits[0].message,
        "By itself a record goes round for ever: `answered` → `dropped` (clock `again`) → `arrived` (clock `back`) → \
         `answered` (rule `form`). Nobody ever decides: write `mode = \"suggest\"` in `form`, or `escalate` instead of a \
         `move`."
    );
    // Somebody wrote or called, somebody presses a button, an earlier rule proposes, a manager is always asked.
    let first = "[[rule]]\nid = \"talk-answers\"";
    let proposes = "[[rule]]\nid = \"asks\"\nlabel = \"x\"\non = { activity = \"form_submitted\" }\nfrom = [\"arrived\"]\n\
                    to = \"answered\"\nmode = \"suggest\"\n\n";
    for by_hand in [
        with("{ activity = \"email_replied\" }", ""),
        with("{ kind = [\"signal\", \"two_way\"] }", ""),
        with("{ activity = \"form_submitted\" }", "mode = \"suggest\""),
        with("{ activity = \"form_submitted\" }", "mode = \"off\""),
        text.replace(first, &format!("{proposes}{first}")),
        text.replace(
            "[[gate]]",
            "[[gate]]\nentering = [\"answered\"]\nneeds = \"manager_approval\"\n\n[[gate]]",
        ),
    ] {
        assert!(found(&by_hand).is_empty(), "{by_hand}\n{}", list(&found(&by_hand)));
    }
}

#[test]
fn an_open_status_without_a_way_out_is_refused() {
    let text =
        TOY.replace("class = \"lost\"", "class = \"parked\"").replace("to = [\"arrived\"]\nneeds", "needs");
    let found = problems(&text);
    let hit = found.iter().find(|p| p.message.contains("No way leads out of `dropped`")).expect("refused");
    assert_eq!((hit.path.as_str(), hit.severity), ("status.dropped", Severity::Error));
}

#[test]
fn a_status_and_a_stage_that_contradict_each_other_are_refused() {
    let text = TOY
        .replace("class = \"won\"", "class = \"won\"\nsets_stage = \"expert\"")
        .replace("label = \"Expert\"", "label = \"Expert\"\nsets_status = \"dropped\"");
    assert!(list(&problems(&text)).contains("It sets `expert`, which sets `dropped`: both cannot hold."));
}

/// All problems come at once, in the order of the file, each on its line, with what was meant.
#[test]
fn several_problems_are_reported_together() {
    let text = TOY
        .replace("letter = \"T\"", "letter = \"t\"")
        .replace("within = \"1 business hour\"", "within = \"soon\"")
        .replace("class = \"lost\"", "clas = \"lost\"")
        .replace("[reason.spam]\nlabel", "[reason.spam]\nlabbel")
        .replace("to = \"answered\"", "to = \"answerd\"");
    let found = problems(&text);
    let line = |part: &str| text.lines().position(|l| l.contains(part)).unwrap() + 1;
    let at = |path: &str| {
        found.iter().find(|p| p.path == path).unwrap_or_else(|| panic!("{path}:\n{}", list(&found)))
    };
    assert_eq!(at("playbook.letter").line, line("letter = "));
    assert_eq!(at("status.arrived.clock[0].within").line, line("within = "));
    let class = at("status.dropped.clas");
    assert_eq!((class.line, class.column), (line("clas = "), 1));
    assert_eq!(class.suggestion.as_deref(), Some("class"));
    assert_eq!(at("status.dropped").line, line("[status.dropped]"));
    assert_eq!(at("reason.spam.labbel").suggestion.as_deref(), Some("label"));
    let to = at("rule[0].to");
    assert_eq!((to.line, to.column), (line("to = \"answerd\""), 6));
    assert_eq!(to.suggestion.as_deref(), Some("answered"));
    assert!(found.iter().map(|p| p.line).is_sorted());
    assert!(to.to_string().ends_with("Did you mean `answered`?"), "{to}");
}

#[test]
fn a_syntax_error_stops_alone_with_its_line() {
    for (text, line) in [
        (toy_with("version = 1", "version = = 1"), 10),
        (toy_with("version = 1", "version = 1\nversion = 2"), 11),
        (
            toy_with("[reason.duplicate]", "[reason.spam]"),
            TOY.lines().position(|l| l == "[reason.duplicate]").unwrap() + 1,
        ),
    ] {
        let found = problems(&text);
        assert_eq!(found.len(), 1, "{}", list(&found));
        assert_eq!(found[0].line, line, "{}", found[0]);
        assert!(found[0].message.starts_with("This is not TOML"), "{}", found[0]);
    }
}

/// R9: one clear refusal, quickly, whatever comes.
#[test]
fn hostile_files_are_refused() {
    let deep_lists = format!("a = {}{}", "[".repeat(5_000), "]".repeat(5_000));
    let deep_tables = format!("[{}]\n", vec!["a"; 5_000].join("."));
    let nested = format!("a = {}{}", "{ b = ".repeat(2_000), "1".to_owned() + &" }".repeat(2_000));
    let many_keys = numbered(12_000, |i| format!("k{i} = {i}\n"));
    let many_statuses = numbered(9_000, |i| format!("[status.s{i}]\n"));
    let many_rules = format!("{TOY}{}", "[[rule]]\n".repeat(10_000));
    let many_words =
        toy_with("to = [\"answered\", \"dropped\"]", &format!("to = [{}]", "\"x\",".repeat(40_000)));
    let big = "#".repeat(300 * 1024);
    let long_name = format!("{TOY}[field.{}]", "x".repeat(200_000));
    let control = "a = \"\u{1}\"".to_owned();
    for text in [
        deep_lists,
        deep_tables,
        nested,
        many_keys,
        many_statuses,
        many_rules,
        many_words,
        big,
        control,
        long_name,
        String::new(),
    ] {
        let found = compile(&text).expect_err("refused");
        assert!(!found.is_empty() && found.len() <= 201, "{}", found.len());
        assert!(found.iter().all(|p| p.message.chars().count() < 700 && p.path.chars().count() < 300));
    }
    let long = compile(&"#".repeat(300 * 1024)).expect_err("too large");
    assert_eq!(list(&long), "line 1, column 1: error: A playbook has at most 256 KB.\n");
}

/// R9: half a file, or one without some line, is answered and never a fault.
#[test]
fn a_mutilated_file_is_answered() {
    let lines: Vec<&str> = TOY.lines().collect();
    for left_out in 0..lines.len() {
        let (before, after) = lines.split_at(left_out);
        let _ = compile(&[before, &after[1..]].concat().join("\n"));
    }
    for (end, _) in TOY.char_indices().step_by(7) {
        let _ = compile(&TOY[..end]);
    }
}

fn numbered(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect::<Vec<_>>().concat()
}
