//! Cards and lists (D3, D10, D68).

use bellwether::chat::action::Action;
use bellwether::chat::intent::MineFilter;
use bellwether::chat::message::{Emphasis, Severity};
use bellwether::chat::render::view::{ListView, RowView};
use bellwether::chat::render::{card, list};
use bellwether::domain::clocks::{Clock, StepDue};
use bellwether::domain::ids::DraftId;
use bellwether::domain::record::{NextAction, Record};
use chrono::Duration;
use proptest::prelude::*;

use crate::fixture::{text_of as text, *};

fn clock(world: &World, breached: bool) -> Clock<'_> {
    let (_, spec) = world.playbook.clock(&"first".into()).unwrap();
    let deadline = now() + Duration::minutes(if breached { -30 } else { 90 });
    Clock {
        spec,
        started_at: Some(now() - Duration::hours(2)),
        deadline: Some(deadline),
        breached_at: breached.then_some(deadline),
        steps: vec![StepDue { fires_at: deadline, at: deadline, index: 0 }],
        fired: usize::from(breached),
    }
}

/// D3, D68: status and stage are both on the card, the likely moves are one click away.
#[test]
fn a_card_says_where_the_record_stands() {
    let world = world();
    let record = world.record();
    let card = card::card(&world.ctx(), &record, &[clock(&world, false)]);
    assert_eq!(
        plain(&card),
        "\
# L-12 · Acme Ltd
🌱 Fresh · SQL · since <2026-11-24 08:00 R>
Nobody has spoken with them.
[Owner] @ana
[Value] $12,000
[Contact] ana@acme.com
[Deadline] first contact due <2026-11-24 11:30 R>
[Next step] Call them.
(Talking) (Parked) (Gone) (More…) (Log activity) (Plan next) (History)"
    );
    assert_eq!(card.severity, Severity::Info);
    assert!(card.mentions.is_empty());
    let first = &card.buttons[0];
    assert_eq!(first.emphasis, Emphasis::Primary);
    assert_eq!(first.emoji.as_deref(), Some("🤝"));
    // ruling 23: the version of the status is in the button.
    assert_eq!(first.action, Action::Move { record: record.id, to: "talking".into(), version: 3 });
    assert_eq!(card.buttons[2].emphasis, Emphasis::Danger);
}

#[test]
fn a_late_card_is_red_and_says_since_when() {
    let world = world();
    let late = card::card(&world.ctx(), &world.record(), &[clock(&world, true)]);
    assert_eq!(late.severity, Severity::Bad);
    assert!(
        plain(&late).contains("[Deadline] ⏰ first contact was due <2026-11-24 09:30 R>"),
        "{}",
        plain(&late)
    );
}

/// D10: what never changes again offers no move.
#[test]
fn a_locked_card_has_no_moves() {
    let world = world();
    let record = Record { status: "done".into(), ..world.record() };
    let card = card::card(&world.ctx(), &record, &[]);
    assert_eq!(labels(&card), ["History"]);
    assert_eq!(card.severity, Severity::Good);
}

/// ruling 1, ruling 11: what owes or waits accepts no chosen move, and says why.
#[test]
fn a_card_that_owes_or_waits_offers_the_way_out_instead_of_moves() {
    let world = world();
    let owing = Record { owes: vec!["need".into(), "note".into()], ..world.record() };
    let card_owing = card::card(&world.ctx(), &owing, &[]);
    assert_eq!(labels(&card_owing), ["Fill in", "Log activity", "Plan next", "History"]);
    assert!(
        plain(&card_owing)
            .contains("📝 Still missing: \"What they need\" and \"Note\". Fill it in before the next move.")
    );
    assert_eq!(card_owing.severity, Severity::Warning);

    let waiting = Record { pending: Some(pending()), ..world.record() };
    let card_waiting = card::card(&world.ctx(), &waiting, &[]);
    assert_eq!(labels(&card_waiting), ["Take the request back", "Log activity", "Plan next", "History"]);
    assert!(
        plain(&card_waiting)
            .contains("✋ Waiting for approval: ⛔ Gone, asked for by @ana <2026-11-24 09:00 R>."),
        "{}",
        plain(&card_waiting)
    );

    let snoozed = Record {
        snoozed_until: Some(now() + Duration::hours(1)),
        owner: None,
        next: Some(NextAction {
            action: "call\nback".to_owned(),
            due: Some(now() + Duration::hours(3)),
            told: false,
        }),
        ..world.record()
    };
    let text = plain(&card::card(&world.ctx(), &snoozed, &[]));
    assert!(text.contains("🔕 Posts are silent until <2026-11-24 11:00 T>; deadlines go on."), "{text}");
    assert!(text.contains("[Next] call back · due <2026-11-24 13:00 R>"), "{text}");
    assert!(text.contains("[Owner] nobody yet") && text.contains("(Take it)"), "{text}");
}

/// D66: a move that the table of combinations forbids is not offered.
#[test]
fn a_card_offers_only_what_goes_with_the_stage() {
    let mut world = world();
    world.playbook.combinations.status_only_in.insert("talking".into(), ["mql".into()].into());
    let card = card::card(&world.ctx(), &world.record(), &[]);
    assert_eq!(labels(&card)[..2], ["Parked", "Gone"]);
}

/// D68: nearest to a breach first, one click from the list.
#[test]
fn a_list_opens_and_moves_with_one_click() {
    let world = world();
    let records: Vec<_> = (1..=3).map(|n| world.numbered(n)).collect();
    let rows = || {
        records
            .iter()
            .map(|record| RowView { ctx: world.ctx(), record, clocks: vec![clock(&world, true)] })
            .collect()
    };
    let view = ListView {
        plural: "leads",
        filters: vec!["status Fresh".into()],
        rows: rows(),
        total: 23,
        page: 1,
        draft: DraftId(5),
    };
    let mine = list::mine(MineFilter::All, &view);
    assert_eq!(mine.severity, Severity::Bad);
    assert_eq!(labels(&mine), ["L-1 → Talking", "L-2 → Talking", "L-3 → Talking", "Back", "Next"]);
    assert_eq!(
        text(&mine.lines[0]),
        "L-1 · Acme Ltd · 🌱 Fresh · SQL · $12,000 · ⏰ first contact was due <2026-11-24 09:30 R>"
    );
    assert_eq!(mine.choices[0].options[0].value, "101");
    let all = list::list(&view);
    assert_eq!(text(all.title.as_ref().unwrap()), "Leads (status Fresh): 23");
    assert_eq!(labels(&all), ["Back", "Next"]);
    assert_eq!(all.footer.as_deref(), Some("Page 2 of 3"));
    let none = ListView { rows: vec![], total: 0, page: 0, ..view };
    assert_eq!(plain(&list::list(&none)), "No leads (status Fresh). Try fewer filters, or state:all.");
    assert_eq!(plain(&list::mine(MineFilter::Late, &none)), "None of your leads is late.");
}

proptest! {
    /// R9: whatever a record is called, the card's parts stay within what platforms show, and nobody is pinged.
    #[test]
    fn hostile_names_stay_in_bounds(name in ".{0,200}", note in ".{0,400}") {
        let world = world();
        let mut record = world.record();
        record.contact.name = format!("{name}@everyone \u{202e}{}", "x".repeat(300));
        record.contact.company = Some(name.clone());
        record.next = Some(NextAction { action: note, due: None, told: false });
        let card = card::card(&world.ctx(), &record, &[]);
        prop_assert!(text(card.title.as_ref().unwrap()).chars().count() <= 100);
        prop_assert!(card.mentions.is_empty());
        let all = plain(&card);
        prop_assert!(!all.contains(['\u{202e}', '\u{200b}']), "hidden characters are left in {}", all);
        prop_assert!(card.facts.iter().all(|f| !f.value.is_empty() && !text(&f.value).is_empty()));
    }
}
