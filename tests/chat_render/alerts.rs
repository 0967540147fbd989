//! Alerts, nudges and notices (D42).

use bellwether::chat::message::Severity;
use bellwether::chat::render::alert;
use bellwether::chat::render::view::{AlertLine, ClosedView};
use bellwether::domain::decision::{Alert, AlertLevel, Notice};
use bellwether::domain::ids::{ApprovalId, PersonId};
use bellwether::domain::record::Record;
use chrono::Duration;

use crate::fixture::{text_of as text, *};

fn alert_of(level: AlertLevel) -> Alert {
    Alert {
        clock: "first".into(),
        level,
        due_at: now() - Duration::minutes(20),
        to: vec![ANA],
        offers: Vec::new(),
        reports_delivery: false,
        owner: None,
    }
}

fn line<'a>(world: &'a World, record: &'a Record, alert: &'a Alert) -> AlertLine<'a> {
    AlertLine { ctx: world.ctx(), record, alert, silent: &[], opened_at: now(), deadline: None, closed: None }
}

/// D42: who, what, since when, and what can be done.
#[test]
fn a_breach_is_one_line_with_buttons() {
    let world = world();
    let (record, breach) = (world.record(), alert_of(AlertLevel::Breach));
    let message = alert::alert_message(&[line(&world, &record, &breach)]);
    assert_eq!(
        plain(&message),
        "\
⏰ L-12 · Acme Ltd · first contact was due <2026-11-24 09:40 T>, <2026-11-24 09:40 R> (2 business hours)
@ana: log what you did, or set the status that is true.
(Talking) (Parked) (Gone) (Log activity) (Snooze) (I'll take it) (Open)"
    );
    assert_eq!((message.severity, message.mentions), (Severity::Bad, vec![ANA]));
}

#[test]
fn each_level_has_its_words() {
    let world = world();
    let record = world.record();
    let said = |level, to: Vec<PersonId>, deadline| {
        let alert = Alert { to, offers: vec!["parked".into(), "gone".into()], ..alert_of(level) };
        let line = AlertLine { deadline, ..line(&world, &record, &alert) };
        let said = plain(&alert::alert_message(&[line]));
        said.lines().take(2).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(
        said(AlertLevel::Nudge, vec![ANA], Some(now() + Duration::minutes(30))),
        "⏳ L-12 · Acme Ltd · first contact is due <2026-11-24 10:30 T>, <2026-11-24 10:30 R>
@ana: log what you did, or set the status that is true."
    );
    assert_eq!(
        said(AlertLevel::Escalation, vec![ANA, CHI], None),
        "📣 L-12 · Acme Ltd · first contact · in 🌱 Fresh since <2026-11-24 08:00 R>
@chi: ask @ana how it stands, or take it."
    );
    assert_eq!(
        said(AlertLevel::Escalation, vec![CHI], Some(now() + Duration::days(2))),
        "📣 L-12 · Acme Ltd · first contact · in 🌱 Fresh since <2026-11-24 08:00 R> · due <2026-11-26 10:00 D>\n@chi: ask @ana how it stands, or take it."
    );
    assert_eq!(
        said(AlertLevel::Review, vec![ANA], None),
        "🔎 L-12 · Acme Ltd · first contact: review it now · in 🌱 Fresh since <2026-11-24 08:00 R>
@ana: log what you did, or set the status that is true."
    );
}

/// A resolved alert says how, has no buttons and pings nobody.
#[test]
fn a_closed_alert_says_who_resolved_it_and_when() {
    let world = world();
    let (record, breach) = (world.record(), alert_of(AlertLevel::Breach));
    let closed =
        ClosedView { at: now() + Duration::minutes(190), by: Some(ANA), moved_to: Some("talking".into()) };
    let line = AlertLine { closed: Some(closed), ..line(&world, &record, &breach) };
    let message = alert::alert_message(std::slice::from_ref(&line));
    assert!(
        plain(&message).ends_with("resolved: moved to Talking by @ana after 3 h 10 m"),
        "{}",
        plain(&message)
    );
    assert_eq!(message.severity, Severity::Closed);
    assert!(message.buttons.is_empty() && message.choices.is_empty() && message.mentions.is_empty());
    let closed = ClosedView { at: now(), by: None, moved_to: None };
    let message = alert::alert_message(&[AlertLine { closed: Some(closed), ..line }]);
    assert!(plain(&message).ends_with("resolved after less than a minute"), "{}", plain(&message));
}

/// P8: up to 25 alerts of one channel are one message, with a list to open one.
#[test]
fn several_alerts_are_one_message() {
    let world = world();
    let records: Vec<_> = (0..30).map(|n| world.numbered(n)).collect();
    let breach = alert_of(AlertLevel::Breach);
    let mut lines: Vec<_> = records.iter().map(|r| line(&world, r, &breach)).collect();
    lines[0].closed = Some(ClosedView { at: now(), by: Some(BEN), moved_to: Some("gone".into()) });
    let message = alert::alert_message(&lines);
    assert_eq!(message.lines.len(), 25);
    assert!(plain(&message).chars().count() < 4_000);
    assert_eq!(message.choices[0].options.len(), 24);
    assert_eq!(text(message.title.as_ref().unwrap()), "24 of 25 are still open");
    assert!(text(&message.lines[0]).starts_with("✓ L-0 · Acme Ltd · resolved: moved to Gone by @ben"));
    assert_eq!(message.mentions, [ANA]);
    assert!(alert::nudge_message(&lines, ANA).mentions.is_empty());
}

#[test]
fn every_notice_names_the_record_and_what_to_do() {
    let world = world();
    let record = Record { owes: vec!["need".into()], pending: Some(pending()), ..world.record() };
    let approval = ApprovalId(4);
    let notices = [
        (
            Notice::Assigned { by: Some(BEN), why: Some("Ben is away".into()), how: None },
            "👉 L-12 · Acme Ltd is yours now, from @ben: Ben is away. Status: 🌱 Fresh.",
        ),
        (
            Notice::Assigned { by: None, why: None, how: None },
            "👉 L-12 · Acme Ltd is yours now. Status: 🌱 Fresh.",
        ),
        (
            Notice::ApprovalDecided { approved: true, by: CHI, reason: None, to: "gone".into() },
            "L-12 · Acme Ltd: ⛔ Gone was approved by @chi.",
        ),
        (
            Notice::ApprovalDecided {
                approved: false,
                by: CHI,
                reason: Some("call again".into()),
                to: "gone".into(),
            },
            "L-12 · Acme Ltd: ⛔ Gone was refused by @chi: call again.",
        ),
        (
            Notice::ApprovalWithdrawn { to: "gone".into() },
            "L-12 · Acme Ltd: your request for ⛔ Gone ended, because they answered.",
        ),
        (
            Notice::ApprovalReminder { approval, escalated: true },
            "✋ L-12 · Acme Ltd waits for approval: ⛔ Gone, asked for <2026-11-24 09:00 R> and still undecided.",
        ),
        (
            Notice::Entered { status: "done".into(), reason: Some("timing".into()) },
            "L-12 · Acme Ltd is now 🏁 Done, reason: Bad timing. Owner: @ana.",
        ),
        (
            Notice::Suggested {
                rule: "answers".into(),
                to: vec!["parked".into(), "gone".into()],
                because: None,
            },
            "💡 L-12 · Acme Ltd looks like 💤 Parked or ⛔ Gone: you decide.",
        ),
        (
            Notice::Owes,
            "📝 L-12 · Acme Ltd still needs \"What they need\": until that is filled in, it cannot be moved.",
        ),
        (Notice::NextActionDue { action: "call back".into() }, "📌 L-12 · Acme Ltd · due now: call back"),
    ];
    for (notice, said) in notices {
        let message = alert::notice(&world.ctx(), &record, &notice);
        assert_eq!(text(&message.lines[0]), said);
        assert!(!message.buttons.is_empty());
    }
}

/// The others who are told stand in one line below several alerts, so that 25 lines stay within a message.
#[test]
fn several_alerts_name_whom_they_are_for_once() {
    let world = world();
    let mut records: Vec<_> = (0..25).map(|n| world.numbered(n)).collect();
    for record in &mut records {
        record.contact.name = "A very long name of a company indeed ".repeat(3);
    }
    let escalation = Alert { to: vec![ANA, BEN, CHI], ..alert_of(AlertLevel::Escalation) };
    let lines: Vec<_> = records.iter().map(|r| line(&world, r, &escalation)).collect();
    let message = alert::alert_message(&lines);
    assert_eq!(text(message.lines.last().unwrap()), "For @ben and @chi");
    assert!(plain(&message).chars().count() < 4_000);
    assert_eq!(message.mentions, [ANA, BEN, CHI]);
}
