//! Refusals and dead ends: one sentence that says what to do.

use bellwether::chat::message::Severity;
use bellwether::chat::render::view::RowView;
use bellwether::chat::render::{problem, rejection};
use bellwether::domain::ids::{ApprovalId, PersonId, StatusId, TeamId};
use bellwether::domain::money::Currency;
use bellwether::domain::rejection::{OwnRequest, Rejection};

use crate::fixture::{text_of as text, *};

fn rejections() -> Vec<Rejection> {
    let (to, stage): (StatusId, _) = ("gone".into(), "sql".into());
    let (team, approval, at) = (TeamId(1), ApprovalId(4), now());
    vec![
        Rejection::Missing { to: Some(to.clone()), fields: vec!["need".into(), "note".into()] },
        Rejection::Missing { to: None, fields: vec!["email".into()] },
        Rejection::NoSuchMove {
            from: "fresh".into(),
            to: to.clone(),
            allowed: vec!["talking".into(), "parked".into()],
        },
        Rejection::NoSuchMove { from: "fresh".into(), to: to.clone(), allowed: vec![] },
        Rejection::AlreadyThere { to: to.clone() },
        Rejection::UnknownStatus { typed: "hot".into() },
        Rejection::UnknownStage { typed: "hot".into() },
        Rejection::Locked { status: "done".into() },
        Rejection::Combination { status: to.clone(), stage },
        Rejection::AlreadyAtStage { stage: "sql".into() },
        Rejection::Owes { fields: vec!["need".into()] },
        Rejection::Waiting { approval, to: to.clone() },
        Rejection::StaleButton { status: to.clone() },
        Rejection::NotYours { owner: BEN },
        Rejection::OtherTeam { team },
        Rejection::NeedsManager { team, managers: vec![CHI] },
        Rejection::NeedsManager { team, managers: vec![] },
        Rejection::NeedsAdmin,
        Rejection::OwnRequest { because: OwnRequest::Requested, others: vec![CHI, BEN] },
        Rejection::OwnRequest { because: OwnRequest::Owned, others: vec![] },
        Rejection::OwnRequest { because: OwnRequest::Owns, others: vec![CHI] },
        Rejection::AskedOfOthers { of: vec![CHI] },
        Rejection::AskedOfOthers { of: vec![] },
        Rejection::NothingPlanned { status: to.clone() },
        Rejection::NotRequester { requester: Some(ANA) },
        Rejection::NotRequester { requester: None },
        Rejection::NoSuchRequest,
        Rejection::UnknownReason { typed: "mood".into(), fits: vec!["Budget".into(), "Timing".into()] },
        Rejection::InFuture { at },
        Rejection::TooLongAgo { at },
        Rejection::NoOutreach { status: to },
        Rejection::NoRate { currency: Currency::EUR },
        Rejection::UnknownField { typed: "shoe size".into() },
        Rejection::NothingOwed,
        Rejection::AlreadyOwner { owner: ANA },
        Rejection::UnknownPerson { person: PersonId(99) },
    ]
}

/// A wrong input gets one sentence that says what to do.
#[test]
fn every_refusal_is_one_sentence() {
    let world = world();
    let record = world.record();
    for why in rejections() {
        for record in [Some(&record), None] {
            let message = rejection::rejection(&world.ctx(), record, &why);
            assert_eq!(message.lines.len(), 1, "{why:?}");
            let said = text(&message.lines[0]);
            let sentences = said.matches(". ").count() + 1;
            assert!(said.ends_with('.') && sentences == 1 && !said.contains('!'), "{why:?}: {said}");
            assert!((20..=400).contains(&said.chars().count()), "{why:?}: {said}");
            assert!(message.mentions.is_empty());
            assert_eq!(message.severity, Severity::Warning);
        }
    }
}

#[test]
fn refusals_name_who_and_what() {
    let world = world();
    let record = world.record();
    let said = |why: &Rejection| plain(&rejection::rejection(&world.ctx(), Some(&record), why));
    assert_eq!(
        said(&Rejection::NoSuchMove {
            from: "fresh".into(),
            to: "done".into(),
            allowed: vec!["talking".into(), "gone".into()]
        }),
        "L-12 · Acme Ltd cannot go from 🌱 Fresh to 🏁 Done: pick 🤝 Talking or ⛔ Gone.\n(Talking) (Gone) (More…)"
    );
    assert_eq!(
        said(&Rejection::NotYours { owner: BEN }),
        "L-12 · Acme Ltd belongs to @ben: press \"Take it\" first, or ask them.\n(Take it) (Open)"
    );
    assert_eq!(
        said(&Rejection::OwnRequest { because: OwnRequest::Requested, others: vec![CHI, BEN] }),
        "You cannot decide this, because you asked for it: ask @chi or @ben.\n(Open)"
    );
    assert_eq!(
        said(&Rejection::Owes { fields: vec!["need".into()] }),
        "L-12 · Acme Ltd still needs \"What they need\": fill it in, then move it.\n(Fill in)"
    );
}

#[test]
fn dead_ends_say_where_to_go() {
    let world = world();
    let record = world.record();
    let row = || RowView { ctx: world.ctx(), record: &record, clocks: vec![] };
    let messages = [
        problem::unknown_record("lead", "Acne"),
        problem::ambiguous("lead", "Acme", &[row(), row()]),
        problem::unknown_team("North", &["Sales"]),
        problem::unknown_playbook("x", &["leads"]),
        problem::unknown_activity("dance"),
        problem::unknown_outcome(&world.ctx(), "good"),
        problem::expired_button(),
        problem::draft_gone(),
        problem::not_your_draft(),
        problem::record_gone(),
        problem::repeated(&world.ctx(), Some(&record)),
        problem::repeated(&world.ctx(), None),
        problem::fault("E-7F3A"),
        problem::busy(),
    ];
    for message in messages {
        let said = text(&message.lines[0]);
        assert!(said.ends_with('.') && !said.contains('!') && said.chars().count() < 400, "{said}");
    }
}
