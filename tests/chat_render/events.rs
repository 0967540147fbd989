//! Requests, histories and confirmations (D20, D27, D40).

use bellwether::chat::render::view::{ApprovalStateView, ApprovalView, HistoryView};
use bellwether::chat::render::{approval, done, history};
use bellwether::domain::activity::Activity;
use bellwether::domain::event::{Cause, Event, EventKind, Moved, Source, Withdrawal};
use bellwether::domain::field::{Data, FieldValue};
use bellwether::domain::ids::ApprovalId;
use bellwether::domain::money::{Currency, Money};
use bellwether::domain::playbook::Class;
use bellwether::domain::record::Record;
use chrono::Duration;

use crate::fixture::{text_of as text, *};

fn request<'a>(
    world: &'a World,
    record: &'a Record,
    data: &'a Data,
    state: ApprovalStateView,
) -> ApprovalView<'a> {
    ApprovalView {
        ctx: world.ctx(),
        record,
        approval: ApprovalId(4),
        requested_by: Some(ANA),
        requested_at: now() - Duration::hours(1),
        from: Some(&record.status),
        to: world.gone(),
        data,
        peak: Some(Money { minor: 2_500_000, currency: Currency::USD }),
        deciders: vec![CHI],
        state,
    }
}

/// D40: the facts and two buttons while it waits; then who, when, why and no buttons to decide.
#[test]
fn a_request_shows_the_facts_and_then_the_decision() {
    let world = world();
    let record = world.record();
    let data: Data = [
        ("reason".into(), FieldValue::Choice("timing".into())),
        ("note".into(), FieldValue::Text("maybe next year".into())),
    ]
    .into();
    let waiting = approval::approval(&request(&world, &record, &data, ApprovalStateView::Waiting));
    assert_eq!(
        plain(&waiting),
        "\
# ✋ Approval: L-12 · Acme Ltd
@ana asks to move it from 🌱 Fresh to ⛔ Gone <2026-11-24 09:00 R>.
@chi: approve it, or reject it with a reason.
[Value] $12,000, $25,000 at its peak of 30 open days; approval needed from $10,000
[Owner] @ana
[Created] <2026-11-20 09:00 R>
[Reason] Bad timing
[Note] maybe next year
(Approve) (Reject) (Open) (History)"
    );
    assert_eq!(waiting.mentions, [CHI]);

    let (by, at) = (CHI, now());
    let ended = [
        (ApprovalStateView::Approved { by, at }, "✅ Approved by @chi on <2026-11-24 10:00 D>."),
        (
            ApprovalStateView::Rejected { by, at, reason: "call again".into() },
            "⛔ Rejected by @chi on <2026-11-24 10:00 D>: call again",
        ),
        (
            ApprovalStateView::Withdrawn { at, why: Withdrawal::Replied },
            "↩️ Withdrawn, because they replied, on <2026-11-24 10:00 D>.",
        ),
    ];
    for (state, said) in ended {
        let message = approval::approval(&request(&world, &record, &data, state));
        assert_eq!(text(&message.lines[1]), said);
        assert_eq!(labels(&message), ["Open", "History"]);
        assert!(message.mentions.is_empty());
    }

    // ruling 11: nobody may decide; the message names who must be added.
    let nobody =
        ApprovalView { deciders: vec![], ..request(&world, &record, &data, ApprovalStateView::Waiting) };
    assert!(plain(&approval::approval(&nobody)).contains("Add a manager with `/setup member role:manager`."));
    let all = approval::approvals_list("Waiting for approval: 1", &[nobody], BEN);
    assert!(plain(&all).contains("⚠️ nobody may decide it"), "{}", plain(&all));
    assert!(
        !plain(&all).contains("(Approve)"),
        "only whoever may decide is shown the buttons: {}",
        plain(&all)
    );
    let waiting = [request(&world, &record, &data, ApprovalStateView::Waiting)];
    let for_whom = |viewer| approval::approvals_list("Waiting", &waiting, viewer);
    assert_eq!(labels(&for_whom(CHI)), ["Approve", "Reject"]);
    assert_eq!(labels(&for_whom(ANA)), ["Take the request back"]);
    assert_eq!(plain(&approval::approvals_list("Nothing waits", &[], ANA)), "Nothing waits.");
}

fn event(kind: EventKind) -> Event {
    Event { at: now(), by: Some(ANA), source: Source::Manual, kind, clocks: Vec::new() }
}

fn moved(cause: Cause) -> Moved {
    Moved {
        from: "fresh".into(),
        to: "talking".into(),
        from_stage: Some("sql".into()),
        to_stage: Some("sql".into()),
        class: Class::Open,
        cause,
        reason: None,
        note: None,
        data: Data::new(),
        owes: Vec::new(),
        overrides: None,
        stayed_ms: 3_600_000,
        attempts: 0,
        nth: None,
        from_nth: None,
        skipped: Vec::new(),
        row_begins: false,
        ends_plan: false,
    }
}

/// D20, D27, ruling 6: who, by which way, how late, against which rule.
#[test]
fn the_history_names_actor_and_source() {
    let world = world();
    let record = world.record();
    let said = |event: &Event| text(&history::line(&world.ctx(), &record, event));
    let chosen = Moved { overrides: Some("reply".into()), ..moved(Cause::Chosen) };
    assert_eq!(
        said(&event(EventKind::Moved(Box::new(chosen)))),
        "➡️ 🌱 Fresh → 🤝 Talking by @ana · overrides rule reply · after 1 h"
    );
    let by_rule = Moved { owes: vec!["need".into()], ..moved(Cause::Rule("reply".into())) };
    let by_rule = Event { by: None, source: Source::Rule, ..event(EventKind::Moved(Box::new(by_rule))) };
    assert_eq!(
        said(&by_rule),
        "➡️ 🌱 Fresh → 🤝 Talking by itself (rule reply) · after 1 h · missing: \"What they need\""
    );
    let by_clock = moved(Cause::Clock("first".into()));
    assert_eq!(
        said(&event(EventKind::Moved(Box::new(by_clock)))),
        "➡️ 🌱 Fresh → 🤝 Talking by itself (first contact) · after 1 h"
    );
    let approved = Moved {
        reason: Some("timing".into()),
        note: Some("next year".into()),
        to_stage: Some("mql".into()),
        ..moved(Cause::Approval { approval: ApprovalId(4), requested_by: Some(BEN) })
    };
    assert_eq!(
        said(&event(EventKind::Moved(Box::new(approved)))),
        "➡️ 🌱 Fresh → 🤝 Talking · stage SQL → MQL approved by @ana, asked for by @ben · reason: Bad timing · after 1 h \
         · “next year”"
    );
    let late = EventKind::Logged {
        activity: Activity::CallAnswered,
        happened_at: now() - Duration::hours(3),
        history_only: true,
        outcome: None,
        note: Some("hi".into()),
        row_goes_on: false,
    };
    assert_eq!(
        said(&event(late)),
        "📞 Call, spoke with them · @ana · reported 3 h late · older than the last move, kept for the record only · “hi”"
    );
    assert_eq!(history::thread_line(&world.ctx(), &record, &event(EventKind::NextActionTold)), None);
    let edited = EventKind::Edited { field: "email".into(), old: None, new: None };
    assert_eq!(said(&event(edited)), "✏️ E-mail changed by @ana");

    let events = [event(EventKind::OwedChased), by_rule];
    let page = history::history(&world.ctx(), &record, &HistoryView { events: &events, page: 1, pages: 3 });
    assert_eq!(labels(&page), ["Newer", "Older"]);
    assert_eq!(page.lines.len(), 2);
    assert!(text(&page.lines[0]).starts_with("<2026-11-24 10:00 D> 📝 Owner reminded"));
}

/// The answer to a command: what happened, what a rule added, and what is next.
#[test]
fn a_confirmation_is_one_line_and_the_next_step() {
    let world = world();
    let record = Record { status: "talking".into(), ..world.record() };
    let logged = EventKind::Logged {
        activity: Activity::EmailReplied,
        happened_at: now(),
        history_only: false,
        outcome: None,
        note: None,
        row_goes_on: false,
    };
    let events = [event(logged), event(EventKind::Moved(Box::new(moved(Cause::Rule("reply".into())))))];
    assert_eq!(
        plain(&done::done(&world.ctx(), &record, &events)),
        "\
L-12 · Acme Ltd · logged: E-mail reply. It is now 🤝 Talking by itself.
Next: Find out what they need.
(Plan next) (Open)"
    );
    assert_eq!(
        plain(&done::done(&world.ctx(), &record, &[])),
        "L-12 · Acme Ltd is 🤝 Talking already; nothing was changed.\n(Open)"
    );
    let asked = event(EventKind::ApprovalRequested(Box::new(pending())));
    assert!(
        plain(&done::done(&world.ctx(), &record, &[asked])).contains("waits for approval: a manager decides")
    );
}
