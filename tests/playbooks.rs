//! The playbook compiler: what is shipped is in order, and whoever writes a playbook is told of every mistake
//! at once, with its place.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use bellwether::domain::activity::ActivityKind;
use bellwether::domain::field::builtin;
use bellwether::domain::ids::{PlaybookId, StageId, StatusId};
use bellwether::domain::playbook::{Class, FieldKind, KnownFrom, MoveBy, Playbook, StepAt, StepDoes};
use bellwether::domain::span::Span;
use bellwether::playbook::{Playbooks, Problem, compile};

#[path = "playbooks/guide.rs"]
mod guide;
#[path = "playbooks/mistakes.rs"]
mod mistakes;

const SHIPPED: &str = include_str!("../src/playbook/builtin/lead_lifecycle.toml");
const TOY: &str = include_str!("playbooks/toy.toml");

fn shipped() -> Playbook {
    compile(SHIPPED).unwrap_or_else(|p| panic!("{}", list(&p))).playbook
}

fn list(problems: &[Problem]) -> String {
    problems.iter().fold(String::new(), |mut text, p| {
        let _ = writeln!(text, "{p}");
        text
    })
}

/// The toy with one text replaced by another; the text must occur once.
fn toy_with(from: &str, to: &str) -> String {
    assert_eq!(TOY.matches(from).count(), 1, "{from} occurs once in toy.toml");
    TOY.replacen(from, to, 1)
}

fn problems(text: &str) -> Vec<Problem> {
    match compile(text) {
        Ok(compiled) => compiled.warnings,
        Err(problems) => problems,
    }
}

// --- What is shipped ---------------------------------------------------------------------------------------

#[test]
fn the_shipped_playbook_compiles_without_a_warning() {
    let compiled = compile(SHIPPED).unwrap_or_else(|p| panic!("{}", list(&p)));
    assert_eq!(list(&compiled.warnings), "");
}

/// Ruling 2, word by word; whatever is not in this table is refused.
#[test]
fn the_moves_are_those_of_ruling_2() {
    let moves = |from: &str| {
        let playbook = shipped();
        let status = playbook.status(&from.into()).unwrap().clone();
        status.moves.iter().map(|m| m.to.as_str().to_owned()).collect::<BTreeSet<_>>()
    };
    let table = [
        ("new", "attempting connected nurture unqualified"),
        ("attempting", "connected nurture unqualified"),
        ("connected", "working qualified attempting nurture unqualified"),
        ("working", "qualified attempting nurture unqualified"),
        ("stale", "working attempting qualified nurture unqualified"),
        ("qualified", "converted working nurture unqualified"),
        ("nurture", "attempting connected unqualified"),
        ("unqualified", "recycled nurture"),
        ("recycled", "attempting connected nurture unqualified"),
        ("converted", ""),
    ];
    for (from, to) in table {
        let expected = to.split_whitespace().map(str::to_owned).collect::<BTreeSet<_>>();
        assert_eq!(moves(from), expected, "{from}");
    }
    assert_eq!(shipped().statuses.len(), table.len());
}

/// Ruling 2: whoever returns a qualified lead says why.
#[test]
fn a_return_from_qualified_needs_a_note() {
    let playbook = shipped();
    let status = playbook.status(&"qualified".into()).unwrap();
    let back = status.moves.iter().find(|m| m.to.as_str() == "working").unwrap();
    assert_eq!(back.by, MoveBy::Anyone);
    assert_eq!(back.needs[0].any_of, vec![vec![builtin::NOTE.into()]]);
    assert!(back.needs[0].fresh);
}

/// D64–D66, ruling 3: every pair of a status and a stage.
#[test]
fn the_combinations_are_those_of_ruling_3() {
    let playbook = shipped();
    for status in &playbook.statuses {
        let allowed: Vec<&str> = playbook
            .stages
            .order
            .iter()
            .filter(|s| playbook.combinations.allows(&status.id, &s.id))
            .map(|s| s.id.as_str())
            .collect();
        let expected: &[&str] = match status.id.as_str() {
            "new" => &["mql", "sal"],
            "qualified" => &["opportunity"],
            "converted" => &["opportunity", "customer"],
            _ => &["mql", "sal", "sql", "opportunity"],
        };
        assert_eq!(allowed, expected, "{}", status.id);
    }
    assert!(playbook.combinations.allows(&"attempting".into(), &"sql".into()), "the seed's own example");
}

/// D67, ruling 3: promotion, qualification and demotion set the other one.
#[test]
fn stages_and_statuses_set_each_other() {
    let playbook = shipped();
    assert_eq!(playbook.stage(&"sql".into()).unwrap().sets_status, Some(StatusId::from("working")));
    assert_eq!(playbook.status(&"qualified".into()).unwrap().sets_stage, Some(StageId::from("opportunity")));
    assert_eq!(playbook.stages.demotion_sets, Some(StatusId::from("nurture")));
    assert!(playbook.stages.ladder);
}

/// D42–D45, D29, D38, D39, D26e, D54: spans, steps and who is told.
#[test]
fn the_clocks_are_those_of_the_seed() {
    let playbook = shipped();
    let clock = |id: &str| playbook.clock(&id.into()).unwrap().1.clone();
    let span = |text: &str| Some(Span::parse(text).unwrap());

    for first in ["first-contact", "fresh-contact"] {
        let first = clock(first);
        assert_eq!((first.within, first.sla), (span("2 business hours"), true));
        assert_eq!(first.met_by, [ActivityKind::Touch, ActivityKind::TwoWay]);
    }
    let reach = clock("reach");
    assert_eq!(reach.within, span("5 business days"));
    let after = |text: &str| StepAt::After(Span::parse(text).unwrap());
    let times: Vec<StepAt> = reach.ladder.iter().map(|s| s.at).collect();
    assert_eq!(times, [StepAt::Percent(75), after("5 days"), StepAt::Percent(100), after("7 days")]);
    let decide = clock("decide");
    assert_eq!((decide.within, decide.also_in), (span("10 business days"), vec!["working".into()]));
    let active = clock("keep-active");
    assert_eq!(active.within, span("7 days"));
    let last = active.ladder.last().unwrap();
    assert_eq!(last.at, after("30 days"));
    assert_eq!(last.does, StepDoes::Move { to: "stale".into(), reason: None });
    let review = clock("review");
    assert!(review.touch_extends_once);
    assert_eq!(review.ladder[0].at, StepAt::Entry);
    let StepDoes::Review(offers) = &review.ladder[0].does else { panic!("a review comes first") };
    assert_eq!(offers[0], "nurture".into(), "ruling 8: Nurture first");
    let reason = Some("no_response".into());
    assert_eq!(review.ladder[1].does, StepDoes::Move { to: "unqualified".into(), reason });
}

/// D12, ruling 1: the list of reasons; one is for clocks alone.
#[test]
fn the_reasons_are_those_of_the_seed() {
    let playbook = shipped();
    let ids = |to: &str| playbook.reasons_for(&to.into()).map(|r| r.id.to_string()).collect::<Vec<_>>();
    assert_eq!(
        ids("unqualified"),
        ["budget", "no_authority", "competitor", "wrong_fit", "not_interested", "timing", "bad_data"]
    );
    assert_eq!(ids("nurture"), ["budget", "timing", "needs_education", "gone_quiet"]);
    assert!(playbook.reason(&"no_response".into()).unwrap().clock_only);
}

/// Ruling 10: opt-outs and automatic answers in English and Malay are recognised, ordinary replies are not.
#[test]
fn opt_outs_and_automatic_answers_are_recognised() {
    let playbook = shipped();
    let rule = playbook.rule(&"reply-connects".into()).unwrap();
    let held_back = |text: &str| rule.unless_text.iter().any(|p| p.0.is_match(text));
    for text in [
        "Please UNSUBSCRIBE me",
        "take me off your mailing list",
        "Stop emailing us.",
        "don't contact me again",
        "Tolong batalkan langganan saya",
        "Jangan hubungi saya lagi",
        "sila buang nama saya dari senarai",
        "Automatic reply: I am out of the office until Monday",
        "Balasan automatik: saya sedang bercuti",
        "Undeliverable: your message",
    ] {
        assert!(held_back(text), "{text}");
    }
    for text in [
        "Yes, send me the price list",
        "Can we stop by your office on Monday?",
        "Boleh hantar sebut harga?",
        "We subscribe to a competitor, but tell me more",
        "I left the office early yesterday; call me today",
    ] {
        assert!(!held_back(text), "{text}");
    }
    assert_eq!(rule.else_propose, ["unqualified".into()]);
}

/// Discord's limits (2-chat): labels fit a form, lists fit a picker, meanings fit a line.
#[test]
fn everything_fits_a_form() {
    let playbook = shipped();
    for field in &playbook.fields {
        assert!(field.label.chars().count() <= 45, "{}", field.label);
        assert!(field.hint.chars().count() <= 100, "{}", field.hint);
        assert!(field.asked || field.known_from.is_some(), "{} can be known", field.id);
    }
    for status in &playbook.statuses {
        assert!(!status.guide.means.is_empty() && status.guide.means.chars().count() <= 100);
    }
    for id in builtin::ALL {
        assert!(playbook.field(&id.into()).is_some(), "{id} is there");
    }
    let disqualified = playbook.field(&"disqualified_at".into()).unwrap();
    assert_eq!((disqualified.known_from, disqualified.asked), (Some(KnownFrom::Now), false));
    assert_eq!(disqualified.kind, FieldKind::Instant);
}

// --- The toy ------------------------------------------------------------------------------------------------

/// Ruling 28: the toy shares no id with what is shipped, so that nothing works by accident of a name.
#[test]
fn the_toy_compiles_and_shares_no_id() {
    let compiled = compile(TOY).unwrap_or_else(|p| panic!("{}", list(&p)));
    let messages: Vec<&str> = compiled.warnings.iter().map(|w| w.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "People choose best among 8 to 12 statuses; this playbook has 3. Few, clear ones are kept truthfully: add one only where the work is another."
        ],
        "D17"
    );
    let (toy, shipped) = (compiled.playbook, shipped());
    assert!(toy.statuses.iter().all(|s| shipped.status(&s.id).is_none()));
    assert!(toy.stages.order.iter().all(|s| shipped.stage(&s.id).is_none()));
    assert!(toy.rules.iter().all(|r| shipped.rule(&r.id).is_none()));
    assert!(toy.reasons.iter().all(|r| shipped.reason(&r.id).is_none()));
    assert!(toy.statuses.iter().flat_map(|s| &s.clocks).all(|c| shipped.clock(&c.id).is_none()));
}

#[test]
fn classes_follow_the_feature_list() {
    let playbook = shipped();
    let class = |id: &str| playbook.status(&id.into()).unwrap().class;
    assert_eq!(class("nurture"), Class::Parked);
    assert_eq!(class("converted"), Class::Won);
    assert_eq!(class("unqualified"), Class::Lost);
    assert!(playbook.status(&"converted".into()).unwrap().locked, "D10");
    assert!(!playbook.status(&"stale".into()).unwrap().chosen, "D14");
}

// --- The registry -------------------------------------------------------------------------------------------

#[test]
fn shipped_playbooks_are_found_by_id_noun_and_letter() {
    let playbooks = Playbooks::load(None).expect("the shipped ones");
    let default = playbooks.get(&PlaybookId::from("lead-lifecycle")).expect("shipped");
    assert_eq!(playbooks.by_noun("lead"), Some(default.clone()));
    assert_eq!(playbooks.by_letter('l'), Some(default.clone()));
    assert_eq!(playbooks.all()[0], default);
    assert_eq!(playbooks.by_noun("ticket"), None);
}

#[test]
fn a_folder_adds_and_replaces_playbooks() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("toy.toml"), TOY).unwrap();
    std::fs::write(folder.path().join("own.toml"), SHIPPED.replacen("version = 1", "version = 2", 1))
        .unwrap();
    std::fs::write(folder.path().join("notes.txt"), "not a playbook").unwrap();
    let playbooks = Playbooks::load(Some(folder.path())).unwrap_or_else(|p| panic!("{p:?}"));
    assert_eq!(playbooks.by_letter('T').map(|p| p.noun.plural.clone()).as_deref(), Some("tickets"));
    assert_eq!(playbooks.all()[0].version, 2, "a file of the same id takes the place of the shipped one");
    assert_eq!(playbooks.warnings().len(), 1);
}

#[test]
fn a_folder_with_mistakes_names_every_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.toml"), TOY).unwrap();
    std::fs::write(folder.path().join("b.toml"), TOY).unwrap();
    std::fs::write(folder.path().join("c.toml"), TOY.replace("version = 1", "version = \"x\"")).unwrap();
    std::fs::write(folder.path().join("d.toml"), [0xff, 0xfe]).unwrap();
    std::fs::create_dir(folder.path().join("e.toml")).unwrap();
    let broken = Playbooks::load(Some(folder.path())).expect_err("mistakes");
    let mut files: Vec<&str> = broken.iter().map(|(file, _)| file.as_str()).collect();
    files.sort_unstable();
    assert_eq!(files, ["b.toml", "c.toml", "d.toml", "e.toml"]);
    let clash = broken.iter().find(|(file, _)| file == "b.toml").unwrap();
    assert!(clash.1[0].message.contains("The id `helpdesk` is taken by a.toml."), "{clash:?}");
    assert!(Playbooks::load(Some(&folder.path().join("nowhere"))).is_err());
}
