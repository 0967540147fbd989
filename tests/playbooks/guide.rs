//! The guide and the reference of keys: nobody needs another manual.

use std::path::Path;

use bellwether::playbook::{compile, guide, raw};

use super::{list, shipped, toy_with};

/// D19, D33, D57: nobody needs a manual.
#[test]
fn the_guide_says_everything_of_every_status() {
    let playbook = shipped();
    let guide = guide::guide(&playbook);
    for status in &guide.statuses {
        for text in [&status.means, &status.when, &status.example, &status.next, &status.red_flag] {
            assert!(!text.is_empty() && text.ends_with(['.', '?']), "{}: {text}", status.label);
        }
        assert!(!status.happens.is_empty(), "{} says what happens by itself (D33)", status.label);
        assert_eq!(
            status.needs.is_empty(),
            status.uses.is_empty(),
            "{} says why it asks (D69)",
            status.label
        );
    }
    for field in &playbook.fields {
        assert!(field.used_for.ends_with('.'), "{} says what it is used for (D69)", field.id);
    }
    assert!(!guide.why.is_empty(), "D69");
}

#[test]
fn the_guide_reads_what_the_engine_does() {
    let playbook = shipped();
    let of = |id: &str| guide::status(&playbook, &id.into()).unwrap();
    let first = of("new");
    assert_eq!(first.needs, ["Name", "E-mail or Phone"]);
    assert!(first.happens.contains(
        &"First contact: within 2 business hours. Met by an outreach or a conversation. At 75 % of that the owner \
          is reminded privately, and the team may take it over. After 2 business hours it is late: an alert in the team's channel. After 4 \
          business hours the team's manager is told."
            .to_owned()
    ), "{:#?}", first.happens);
    let qualified = of("qualified");
    assert!(
        qualified.needs[0].starts_with("Budget, Authority, Need and Timeline (BANT); or Metrics"),
        "{:?}",
        qualified.needs
    );
    assert!(qualified.happens.contains(&"The stage becomes Opportunity.".to_owned()));
    assert!(qualified.happens.contains(&"The sales manager is told.".to_owned()), "{:#?}", qualified.happens);
    assert!(qualified.moves.contains(&"Working (also asks for: Note)".to_owned()), "{:?}", qualified.moves);
    let lost = of("unqualified");
    assert!(lost.happens.iter().any(|h| h.starts_with("A manager must approve")), "{:#?}", lost.happens);
    assert!(
        of("attempting").happens.iter().all(|h| !h.contains("click")),
        "a rule that is off is not told of"
    );
    assert!(guide::status(&playbook, &"nowhere".into()).is_none());
}

#[test]
fn the_guide_as_markdown_is_complete_and_escaped() {
    let text = guide::markdown(&shipped());
    for heading in
        ["# Lead lifecycle", "## Stages", "MQL → SAL → SQL → Opportunity → Customer", "## 🌱 Nurture"]
    {
        assert!(text.contains(heading), "{heading}");
    }
    assert_eq!(text.matches("\n**When.** ").count(), 10);
    assert!(!text.contains("\n\n\n"));
    let odd = toy_with("means = \"Not to be answered.\"", "means = \"<b>|*x*\"");
    let odd = guide::markdown(&compile(&odd).unwrap_or_else(|p| panic!("{}", list(&p))).playbook);
    assert!(odd.contains("\\<b\\>\\|\\*x\\*"));
}

/// Every key is documented, in the schema's own words. `UPDATE_DOCS=1 cargo test --test playbooks` writes them.
#[test]
fn the_reference_documents_every_key() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/playbooks.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let marker = "<!-- The rest is written from src/playbook/raw/keys.rs. -->\n\n";
    let (prose, reference) = page.split_once(marker).expect("the marker");
    let wanted = raw::reference();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, format!("{prose}{marker}{wanted}")).unwrap();
        return;
    }
    assert_eq!(reference, wanted, "run UPDATE_DOCS=1 cargo test --test playbooks");
}

/// D69: whoever is asked is told why; fields of the same use are told of as one.
#[test]
fn the_guide_says_why_data_is_asked_for() {
    let playbook = shipped();
    let of = |id: &str| guide::status(&playbook, &id.into()).expect("the status").uses;
    let qualified = of("qualified");
    assert!(
        qualified[0].starts_with("Budget, Authority, Need, Timeline, Metrics")
            && qualified[0].contains("Why they qualify: Whoever takes over sees"),
        "{qualified:#?}"
    );
    assert!(qualified[1].starts_with("Note: "), "what only a move asks for: {qualified:#?}");
    assert!(guide::markdown(&playbook).contains("**Why it is asked**\n\n- Reason: Shows why"));
    // A playbook whose fields do not say: its own word.
    let toy = compile(super::TOY).unwrap_or_else(|p| panic!("{}", list(&p))).playbook;
    let asks = toy.statuses.iter().find(|s| !s.needs.is_empty()).expect("one that asks");
    let uses = guide::status(&toy, &asks.id).expect("the status").uses;
    assert_eq!(uses, ["So that no question stays unanswered."]);
}

/// D17, D72: said in the guide, the document and the checker, in the same words.
#[test]
fn too_many_or_few_statuses_are_advised_against() {
    assert_eq!((guide::advice(8), guide::advice(10), guide::advice(12)), (None, None, None));
    assert!(guide::advice(13).is_some_and(|a| a.contains("Fewer, clearer")));
    let few = guide::advice(3).expect("an advice");
    assert!(few.contains("this playbook has 3. Few, clear"), "{few}");
    let toy = compile(super::TOY).unwrap_or_else(|p| panic!("{}", list(&p))).playbook;
    assert_eq!(guide::guide(&toy).advice.as_ref(), Some(&few));
    assert!(guide::markdown(&toy).contains(&format!("*{few}*")));
    assert_eq!(guide::guide(&shipped()).advice, None);
    assert!(!guide::markdown(&shipped()).contains("People choose best"));
}
