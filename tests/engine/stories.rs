//! Single rules, told as what happens to one lead. The record is Ana's; Mia leads the team; Monday is a Monday.

use bellwether::domain::activity::Activity;
use bellwether::domain::clocks::clocks;
use bellwether::domain::command::{Actor, Command};
use bellwether::domain::event::{Cause, EventKind, Withdrawal};
use bellwether::domain::field::{Data, FieldValue, builtin};
use bellwether::domain::ids::{ClockId, FieldId, StageId, StatusId};
use bellwether::domain::record::ClockOutcome;
use bellwether::domain::rejection::{OwnRequest, Rejection};
use chrono::{DateTime, Duration, TimeZone, Utc};

use super::properties::lead_lifecycle;
use super::world::{ADA, ANA, BEN, MIA, World, monday, text, usd, workspace};

fn lead() -> World {
    World::new(lead_lifecycle())
}

fn big_lead() -> World {
    World::with_value(lead_lifecycle(), 12_000)
}

fn at(day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, day, hour, minute, 0).single().expect("a date")
}

fn outcome(world: &World, clock: &str) -> Option<ClockOutcome> {
    world.record.run(&ClockId::from(clock)).and_then(|run| run.end.as_ref()).map(|end| end.outcome)
}

fn reason(id: &str) -> Data {
    [
        (FieldId::from(builtin::REASON), FieldValue::Choice(id.to_owned())),
        (FieldId::from(builtin::NOTE), text("They said so on the telephone.")),
    ]
    .into()
}

/// D42: warned at 75 %, breached after 2 business hours, then the manager.
#[test]
fn a_new_lead_that_nobody_contacts_breaches_after_two_business_hours() {
    let mut lead = lead();
    lead.until(at(2, 10, 29));
    assert!(lead.alerts().is_empty());
    lead.until(at(2, 10, 30));
    assert_eq!(lead.alerts(), ["first-contact Nudge", "first-contact Rescue"]);
    lead.until(at(2, 11, 0));
    assert_eq!(lead.alerts(), ["first-contact Nudge", "first-contact Rescue", "first-contact Breach"]);
    lead.until(at(2, 18, 0));
    assert_eq!(lead.alerts().last().map(String::as_str), Some("first-contact Escalation"));
    lead.log(ANA, Activity::EmailSent).expect("late is better than never");
    assert_eq!(
        outcome(&lead, "first-contact"),
        Some(ClockOutcome::Breached),
        "a late contact does not un-breach"
    );
}

/// D42, ruling 5: a touch in time meets it, and the rule moves the lead (D26b).
#[test]
fn the_first_touch_meets_the_clock() {
    let mut lead = lead();
    lead.until(at(2, 10, 0));
    lead.log(ANA, Activity::CallUnanswered).expect("logged");
    assert_eq!(outcome(&lead, "first-contact"), Some(ClockOutcome::Met));
    lead.until(at(2, 17, 0));
    assert!(!lead.alerts().iter().any(|a| a.starts_with("first-contact")));
}

/// The weekend of 3-architecture.md, as a lead lives it.
#[test]
fn a_lead_of_saturday_afternoon_is_due_on_monday_at_eleven() {
    for born in [at(7, 15, 0), at(8, 20, 0)] {
        let lead = World::starting(lead_lifecycle(), born, workspace(), None);
        assert_eq!(clocks(&lead.record, &lead.env())[0].deadline, Some(at(9, 11, 0)));
    }
}

/// R8, ruling 8: however late the sweep, one message, and the breach keeps its own time.
#[test]
fn after_downtime_only_the_highest_step_speaks() {
    let mut lead = lead();
    lead.now = at(4, 10, 0);
    lead.tell(Actor::TIME, &Command::ClockElapsed).expect("time is never refused");
    assert_eq!(lead.alerts(), ["first-contact Escalation"]);
    assert_eq!(
        lead.record.run(&ClockId::from("first-contact")).and_then(|r| r.breached_at),
        Some(at(2, 11, 0))
    );
    let before = lead.events.len();
    lead.tell(Actor::TIME, &Command::ClockElapsed).expect("time is never refused");
    assert_eq!(lead.events.len(), before, "a stale timer changes nothing");
}

/// A sweep that comes late does not turn a breach into a success.
#[test]
fn an_sla_is_judged_by_its_deadline_not_by_the_sweep() {
    let mut lead = lead();
    lead.now = at(2, 11, 30);
    lead.log(ANA, Activity::EmailSent).expect("logged");
    assert_eq!(outcome(&lead, "first-contact"), Some(ClockOutcome::Breached));
}

/// D26b, ruling 1: the rule is not held up by missing data; the rest is owed, and comes before the next choice.
#[test]
fn an_automatic_move_owes_what_it_could_not_know() {
    let mut lead = lead();
    lead.log(ANA, Activity::EmailSent).expect("logged");
    assert_eq!(lead.status(), "attempting");
    assert!(!lead.record.owes.is_empty(), "the next follow-up is owed");
    let refused = lead.choose(ANA, "nurture").expect_err("owed data comes first");
    assert!(matches!(refused, Rejection::Owes { .. }), "{refused:?}");
    lead.pay(ANA);
    lead.choose(ANA, "nurture").expect("now it may");
}

/// Autocompletion offers only what the engine allows: nothing while data is owed or a request waits.
#[test]
fn what_is_offered_would_be_allowed() {
    let offered = |lead: &World| bellwether::domain::decide::offered(&lead.record, ANA, &lead.env());
    let mut lead = big_lead();
    for to in offered(&lead) {
        let mut twin = big_lead();
        twin.choose(ANA, to.as_str()).expect("offered, so allowed");
    }
    assert_eq!(offered(&lead).len(), 4);
    lead.log(ANA, Activity::EmailSent).expect("logged");
    assert_eq!(offered(&lead), [], "data is owed");
    lead.pay(ANA);
    assert!(!offered(&lead).is_empty());
    lead.choose_with(ANA, "unqualified", reason("budget")).expect("asked for");
    assert_eq!(offered(&lead), [], "a request waits");
}

/// Ruling 1: reminded after one business day, once.
#[test]
fn owed_data_is_chased_after_a_business_day() {
    let mut lead = lead();
    lead.log(ANA, Activity::EmailSent).expect("logged");
    lead.until(at(3, 9, 0) - Duration::seconds(1));
    assert!(!lead.record.owes_chased);
    lead.until(at(3, 9, 0));
    assert!(lead.record.owes_chased);
}

/// D26c; a click alone is not two-way contact.
#[test]
fn a_reply_connects_and_a_click_does_not() {
    let mut lead = lead();
    lead.log(ANA, Activity::EmailClicked).expect("logged");
    lead.log(ANA, Activity::EmailOpened).expect("logged");
    assert_eq!(lead.status(), "new");
    lead.log(ANA, Activity::EmailReplied).expect("logged");
    assert_eq!(lead.status(), "connected");
    assert_eq!(outcome(&lead, "first-contact"), Some(ClockOutcome::Met));
}

/// Ruling 10: "unsubscribe" is a reply, but not a conversation.
#[test]
fn an_opt_out_does_not_connect_but_proposes() {
    for words in ["Please UNSUBSCRIBE me", "tolong berhenti hantar emel", "I am out of office until Monday"] {
        let mut lead = lead();
        lead.log_with(ANA, Activity::EmailReplied, Some(words)).expect("logged");
        assert_eq!(lead.status(), "new", "{words}");
        assert!(lead.events.iter().any(|e| matches!(e.kind, EventKind::Suggested { .. })), "{words}");
    }
}

/// D26d from New, Attempting, Connected and Stale (ruling 2).
#[test]
fn a_meeting_held_means_working() {
    let mut lead = lead();
    lead.log(ANA, Activity::MeetingHeld).expect("logged");
    assert_eq!(lead.status(), "working");
}

/// D27, ruling 10: the override is logged against its rule, which stays silent until a person moves the lead.
#[test]
fn an_override_is_logged_and_silences_the_rule() {
    let mut lead = lead();
    lead.choose(ANA, "attempting").expect("chosen");
    lead.log(ANA, Activity::EmailReplied).expect("logged");
    assert_eq!(lead.status(), "connected");
    lead.pay(ANA);
    lead.choose(ANA, "attempting").expect("the reply was nothing");
    let moved = lead.last_move();
    let rule = moved.overrides.expect("it overrides the rule");
    lead.log(ANA, Activity::EmailReplied).expect("logged");
    assert_eq!(lead.status(), "attempting", "{rule} stays silent");
    lead.choose(ANA, "connected").expect("a person moves it");
    lead.choose(ANA, "attempting").expect("and back");
    lead.log(ANA, Activity::EmailReplied).expect("logged");
    assert_eq!(lead.status(), "connected", "{rule} speaks again");
}

/// D27: going on from where a rule put the lead does not contradict the rule.
#[test]
fn going_on_is_no_override() {
    let mut lead = lead();
    lead.log(ANA, Activity::EmailSent).expect("logged");
    assert_eq!(lead.status(), "attempting", "by a rule");
    lead.pay(ANA);
    lead.choose(ANA, "unqualified").expect("they are too small");
    assert_eq!(lead.last_move().overrides, None);
}

/// D29, D43, D38 as one ladder (conflict 2): Tuesday 09:00 in; day 5 is Sunday, so Monday at opening; 5 business
/// days are up on Tuesday; day 7 as well, and coinciding steps are one (ruling 7).
#[test]
fn attempting_has_one_ladder() {
    let mut lead = lead();
    lead.until(at(3, 9, 0));
    lead.choose(ANA, "attempting").expect("chosen");
    lead.effects.clear();
    lead.until(at(9, 8, 59));
    assert_eq!(lead.alerts(), ["reach Nudge", "reach Rescue"], "75 % of five business days");
    lead.until(at(9, 9, 0));
    assert_eq!(lead.alerts().last().map(String::as_str), Some("reach Escalation"), "day 5, at opening");
    lead.until(at(10, 9, 0));
    assert_eq!(lead.alerts().len(), 4, "the breach and day 7 fall together: {:?}", lead.alerts());
    assert_eq!(lead.record.run(&ClockId::from("reach")).and_then(|r| r.breached_at), Some(at(10, 9, 0)));
    lead.choose(ANA, "connected").expect("at last");
    assert_eq!(outcome(&lead, "reach"), Some(ClockOutcome::Breached));
}

/// D43, ruling 5: Connected ↔ Attempting within 30 days resumes what was left.
#[test]
fn back_within_thirty_days_resumes_what_was_left() {
    let mut lead = lead();
    lead.choose(ANA, "attempting").expect("chosen");
    let deadline = |lead: &World| {
        let running = clocks(&lead.record, &lead.env());
        running.iter().find(|c| c.id().as_str() == "reach").and_then(|c| c.deadline)
    };
    assert_eq!(deadline(&lead), Some(at(9, 9, 0)));
    lead.until(at(4, 9, 0));
    lead.choose(ANA, "unqualified").map(drop).expect("small enough to need nobody");
    assert_eq!(outcome(&lead, "reach"), Some(ClockOutcome::Cancelled), "another way out is not counted");
    lead.until(at(6, 9, 0));
    lead.choose(ANA, "recycled").expect("again");
    assert_eq!(lead.record.owner, Some(BEN), "never back to Ana (ruling 9)");
    lead.choose(BEN, "attempting").expect("again");
    assert_eq!(deadline(&lead), Some(at(10, 18, 0)), "two business days were used, two were spent away");
}

/// D45, D39, D26e, D54: 7 days, 14 days, 30 days, the review, 5 business days of grace, and out.
#[test]
fn working_without_activity_ends_in_a_review_and_then_unqualified() {
    let mut lead = lead();
    lead.log(ANA, Activity::MeetingHeld).expect("logged");
    lead.pay(ANA);
    lead.effects.clear();
    lead.until(at(31, 9, 0));
    assert_eq!(lead.alerts()[..2], ["keep-active Breach", "keep-active Escalation"]);
    lead.until(Utc.with_ymd_and_hms(2026, 4, 1, 9, 0, 0).single().expect("a date"));
    assert_eq!(lead.status(), "stale");
    assert_eq!(lead.alerts().last().map(String::as_str), Some("review Review"));
    lead.advance(Duration::days(20));
    assert_eq!(lead.status(), "stale", "the grace starts when the review was delivered (ruling 8)");
    lead.tell(Actor::TIME, &Command::Delivered { clock: ClockId::from("review") }).expect("delivered");
    lead.advance(Duration::days(6));
    assert_eq!(lead.status(), "stale");
    lead.advance(Duration::days(1));
    assert_eq!(lead.status(), "unqualified");
    assert_eq!(lead.record.last_reason.as_ref().map(|r| r.as_str()), Some("no_response"));
}

/// Ruling 8: in Stale a touch extends the grace once, a two-way activity takes the lead back to Working.
#[test]
fn a_touch_extends_the_grace_once_and_a_reply_ends_it() {
    let mut lead = stale(lead());
    lead.advance(Duration::days(3));
    lead.log(ANA, Activity::EmailSent).expect("logged");
    lead.advance(Duration::days(1));
    lead.log(ANA, Activity::EmailSent).expect("logged");
    lead.advance(Duration::days(5));
    assert_eq!(lead.status(), "stale", "extended");
    let mut other = lead;
    other.advance(Duration::days(3));
    assert_eq!(other.status(), "unqualified", "once");

    let mut lead = stale(self::lead());
    lead.log(ANA, Activity::CallAnswered).expect("logged");
    assert_eq!(lead.status(), "working");
}

fn stale(mut lead: World) -> World {
    lead.log(ANA, Activity::MeetingHeld).expect("logged");
    lead.pay(ANA);
    lead.advance(Duration::days(30));
    assert_eq!(lead.status(), "stale");
    lead.tell(Actor::TIME, &Command::Delivered { clock: ClockId::from("review") }).expect("delivered");
    lead
}

/// D54 with D40 (conflict 4): no timer evades an approval, and a refusal begins the review anew.
#[test]
fn a_timer_asks_a_manager_for_a_big_lead() {
    let mut lead = stale(big_lead());
    lead.advance(Duration::days(8));
    assert_eq!(lead.status(), "stale");
    assert_eq!(lead.record.pending.as_ref().map(|p| p.requested_by), Some(None));
    let refused = lead.approve(ANA).expect_err("Ana owns it");
    assert!(matches!(refused, Rejection::OwnRequest { because: OwnRequest::Owns, .. }), "{refused:?}");
    lead.reject(MIA, "call them once more").expect("Mia may");
    assert_eq!(lead.status(), "stale");
    lead.effects.clear();
    lead.advance(Duration::days(1));
    assert_eq!(lead.alerts(), ["review Review"]);
}

/// D40, X3.
#[test]
fn a_big_disqualification_waits_for_a_manager() {
    let mut lead = big_lead();
    lead.choose_with(ANA, "unqualified", reason("budget")).expect("asked for");
    assert_eq!(lead.status(), "new", "it waits");
    for (who, because) in [(ANA, "requested"), (BEN, "no manager"), (ADA, "an admin, while a manager may")] {
        lead.approve(who).expect_err(because);
    }
    let refused = lead.choose(ANA, "attempting").expect_err("nothing else meanwhile");
    assert!(matches!(refused, Rejection::Waiting { .. }), "{refused:?}");
    let approval = lead.approval();
    lead.approve(MIA).expect("Mia may");
    assert_eq!(lead.status(), "unqualified");
    let late = Command::Decide { approval, verdict: bellwether::domain::command::Verdict::Approve };
    assert_eq!(lead.tell(Actor::person(MIA), &late), Err(Rejection::NoSuchRequest), "one decision");
    let moved = lead.last_move();
    assert!(matches!(moved.cause, Cause::Approval { requested_by: Some(ANA), .. }));
}

/// X3: the highest value of the last 30 open days counts, not the one entered a minute ago.
#[test]
fn lowering_the_value_first_does_not_help() {
    let mut lead = big_lead();
    let value = |units| Command::Edit {
        field: FieldId::from(builtin::VALUE),
        value: Some(FieldValue::Money(usd(units))),
    };
    lead.tell(Actor::person(ANA), &value(100)).expect("edited");
    lead.choose_with(ANA, "unqualified", reason("budget")).expect("asked for");
    assert!(lead.record.pending.is_some());
    assert_eq!(lead.record.pending.as_ref().and_then(|p| p.peak), Some(usd(12_000)));

    let mut lead = big_lead();
    lead.tell(Actor::person(ANA), &value(100)).expect("edited");
    lead.now += Duration::days(31);
    lead.choose_with(ANA, "unqualified", reason("budget")).expect("long ago");
    assert_eq!(lead.status(), "unqualified");
}

/// Ruling 11: never known, and somebody spoke with them: the value is asked first.
#[test]
fn the_value_is_asked_where_somebody_must_know_it() {
    let mut lead = lead();
    lead.choose(ANA, "connected").expect("chosen");
    let command = Command::Move { to: StatusId::from("unqualified"), data: reason("budget"), expected: None };
    let refused = lead.tell(Actor::person(ANA), &command).expect_err("the value is missing");
    assert_eq!(
        refused,
        Rejection::Missing {
            to: Some(StatusId::from("unqualified")),
            fields: vec![FieldId::from(builtin::VALUE)]
        }
    );
}

/// Ruling 11: a reply withdraws the request; a note does not.
#[test]
fn a_reply_withdraws_the_request() {
    let mut lead = big_lead();
    lead.choose_with(ANA, "unqualified", reason("not_interested")).expect("asked for");
    lead.log(ANA, Activity::Note).expect("logged");
    assert!(lead.record.pending.is_some());
    lead.log(BEN, Activity::EmailReplied).expect("logged");
    assert!(lead.record.pending.is_none());
    let withdrawn = |e: &bellwether::domain::event::Event| {
        matches!(e.kind, EventKind::ApprovalWithdrawn { why: Withdrawal::Replied, .. })
    };
    assert!(lead.events.iter().any(withdrawn));
}

/// Ruling 5: the time it waited is credited back where a manager decided.
#[test]
fn waiting_for_a_manager_costs_the_rep_nothing() {
    let mut lead = big_lead();
    lead.choose_with(ANA, "unqualified", reason("budget")).expect("asked for");
    lead.until(at(2, 15, 0));
    assert!(lead.alerts().is_empty(), "clocks wait with it");
    lead.reject(MIA, "they asked for an offer").expect("Mia may");
    assert_eq!(clocks(&lead.record, &lead.env())[0].deadline, Some(at(2, 17, 0)));
}

/// Behaviour: reminded after 4 business hours, escalated after a business day; never approved by time.
#[test]
fn a_request_is_chased_and_never_approves_itself() {
    let mut lead = big_lead();
    lead.choose_with(ANA, "unqualified", reason("budget")).expect("asked for");
    let steps = |lead: &World| lead.record.pending.as_ref().map(|p| p.steps);
    lead.until(at(2, 12, 59));
    assert_eq!(steps(&lead), Some(0));
    lead.until(at(2, 13, 0));
    assert_eq!(steps(&lead), Some(1));
    lead.until(at(3, 9, 0));
    assert_eq!(steps(&lead), Some(2));
    lead.advance(Duration::days(60));
    assert_eq!(steps(&lead), Some(2));
    lead.approve(ADA).expect("once escalated, the next ones may as well");
}

/// Ruling 11: with no manager free, an admin; with nobody, it stays and names nobody.
#[test]
fn the_order_of_deciders() {
    let mut lead = big_lead();
    lead.workspace.people.remove(&MIA);
    lead.choose_with(ANA, "unqualified", reason("budget")).expect("asked for");
    lead.approve(ADA).expect("an admin stands in");

    let mut lead = big_lead();
    lead.workspace.people.remove(&MIA);
    lead.workspace.people.remove(&ADA);
    lead.choose_with(ANA, "unqualified", reason("budget")).expect("asked for");
    let refused = lead.approve(ANA).expect_err("her own");
    assert_eq!(refused, Rejection::OwnRequest { because: OwnRequest::Requested, others: Vec::new() });
}

/// D10: locked for good.
#[test]
fn converted_never_moves() {
    let mut lead = lead();
    lead.choose(ANA, "connected").expect("chosen");
    lead.choose(ANA, "qualified").expect("chosen");
    assert_eq!(lead.record.stage, Some(StageId::from("opportunity")), "in the same event (ruling 3)");
    lead.choose(ANA, "converted").expect("chosen");
    for status in lead.playbook.statuses.clone() {
        lead.choose(MIA, status.id.as_str()).expect_err("locked");
    }
    lead.log(ANA, Activity::MeetingHeld).expect("a log is no move");
    assert_eq!(lead.status(), "converted");
}

/// D26f, ruling 3: a person gives the last of what an opportunity is; from elsewhere it is data only.
#[test]
fn an_opportunity_with_all_its_data_converts_a_qualified_lead() {
    let mut lead = lead();
    lead.choose(ANA, "connected").expect("chosen");
    lead.choose(ANA, "qualified").expect("chosen");
    let needs = lead.playbook.status(&StatusId::from("converted")).expect("declared").needs.clone();
    for field in needs.iter().flat_map(|n| n.any_of[0].clone()) {
        assert_eq!(lead.status(), "qualified");
        let value = Some(lead.plausible(&field, None));
        lead.tell(Actor::person(ANA), &Command::Edit { field, value }).expect("edited");
    }
    assert_eq!(lead.status(), "converted");
}

/// D1, D67: forward by anyone, SQL means Working; back by a manager with a reason, into Nurture. What the status needs
/// is asked for as with any other move that a person chooses, and nothing is owed (ruling 1).
#[test]
fn stages_go_forward_and_back_only_by_a_manager() {
    let mut lead = lead();
    let stage = |to: &str, data: Data| Command::SetStage { to: StageId::from(to), data };
    let refused =
        lead.tell(Actor::person(ANA), &stage("sql", Data::new())).expect_err("nobody has talked to them");
    let Rejection::Missing { to: Some(to), fields } = refused else { panic!("{refused:?}") };
    assert_eq!((to.as_str(), fields.len(), lead.status()), ("working", 4, "new"));
    assert!(lead.record.clocks.iter().any(|run| run.clock.as_str() == "first-contact" && run.end.is_none()));
    lead.stage_with(ANA, "sql", Data::new()).expect("promoted, skipping one");
    assert_eq!((lead.status(), lead.record.stage.as_ref().map(|s| s.as_str())), ("working", Some("sql")));
    assert_eq!(lead.record.owes, []);
    let refused = lead.tell(Actor::person(ANA), &stage("mql", Data::new())).expect_err("a rep");
    assert!(matches!(refused, Rejection::NeedsManager { .. }), "{refused:?}");
    let refused = lead.tell(Actor::person(MIA), &stage("mql", Data::new())).expect_err("no reason");
    assert!(matches!(refused, Rejection::Missing { .. }), "{refused:?}");
    let why = [(FieldId::from(builtin::NOTE), text("wrong segment"))].into();
    lead.stage_with(MIA, "mql", why).expect("demoted");
    assert_eq!(lead.record.owes, []);
    assert_eq!((lead.status(), lead.record.stage.as_ref().map(|s| s.as_str())), ("nurture", Some("mql")));
}

/// D65, D66: New does not stand at Opportunity.
#[test]
fn impossible_combinations_are_refused() {
    let mut lead = lead();
    let to = StageId::from("opportunity");
    let refused =
        lead.tell(Actor::person(ANA), &Command::SetStage { to, data: Data::new() }).expect_err("New there");
    assert!(matches!(refused, Rejection::Combination { .. }), "{refused:?}");
}

/// Ruling 6.
#[test]
fn reports_are_late_by_seven_days_at_most_and_never_early() {
    let mut lead = lead();
    lead.until(at(20, 12, 0));
    let log = |at| Command::Log {
        activity: Activity::CallUnanswered,
        at: Some(at),
        outcome: None,
        note: None,
        next: None,
    };
    let refused = lead.tell(Actor::person(ANA), &log(at(20, 12, 5))).expect_err("the future");
    assert!(matches!(refused, Rejection::InFuture { .. }));
    let refused = lead.tell(Actor::person(ANA), &log(at(13, 11, 59))).expect_err("too long ago");
    assert!(matches!(refused, Rejection::TooLongAgo { .. }));
    lead.tell(Actor::person(ANA), &log(at(20, 9, 0))).expect("three hours late");

    let mut lead = self::lead();
    lead.until(at(3, 12, 0));
    lead.tell(Actor::person(ANA), &log(monday() - Duration::hours(1))).expect("before the lead was here");
    assert_eq!(lead.status(), "new", "history only");
}

/// Ruling 1: a reason from the list of that status; what only a clock may say, nobody else may.
#[test]
fn a_reason_has_to_fit_the_status() {
    for wrong in ["gone_quiet", "no_response", "mood"] {
        let mut lead = lead();
        let refused = lead.choose_with(ANA, "unqualified", reason(wrong)).expect_err(wrong);
        let Rejection::UnknownReason { fits, .. } = refused else { panic!("{refused:?}") };
        assert!(fits.contains(&"Budget".to_owned()) && !fits.contains(&"No response".to_owned()), "{fits:?}");
    }
}

/// Ruling 16: a team-mate's record after "Take it"; notes at any time.
#[test]
fn reps_work_on_their_own_leads() {
    let mut lead = lead();
    lead.log(BEN, Activity::Note).expect("anybody of the team may note");
    assert_eq!(lead.choose(BEN, "attempting"), Err(Rejection::NotYours { owner: ANA }));
    lead.tell(Actor::person(BEN), &Command::Take).expect("taken");
    lead.choose(BEN, "attempting").expect("now it is Ben's");
    lead.choose(MIA, "connected").expect("and Mia leads the team");
}

/// Ruling 23: a note does not make a button stale; a move does.
#[test]
fn a_button_drawn_before_a_move_is_stale() {
    let mut lead = lead();
    let drawn = lead.record.version;
    lead.log(ANA, Activity::Note).expect("logged");
    let press = |world: &World, version| {
        let mut data = Data::new();
        for need in world.playbook.status(&StatusId::from("attempting")).expect("declared").needs.clone() {
            for field in &need.any_of[0] {
                data.insert(field.clone(), world.plausible(field, None));
            }
        }
        Command::Move { to: StatusId::from("attempting"), data, expected: Some(version) }
    };
    let command = press(&lead, drawn);
    lead.tell(Actor::person(ANA), &command).expect("fresh");
    lead.choose(ANA, "connected").expect("chosen");
    let command = press(&lead, drawn);
    let refused = lead.tell(Actor::person(ANA), &command).expect_err("stale");
    assert_eq!(refused, Rejection::StaleButton { status: StatusId::from("connected") });
}

/// Ruling 5: a snooze silences the post, not the time.
#[test]
fn a_snooze_holds_the_post_and_not_the_breach() {
    let mut lead = lead();
    lead.tell(Actor::person(ANA), &Command::Snooze { until: at(2, 14, 0) }).expect("snoozed");
    lead.until(at(2, 13, 59));
    assert!(lead.alerts().is_empty());
    lead.until(at(2, 14, 0));
    assert_eq!(lead.alerts().len(), 1);
    assert_eq!(
        lead.record.run(&ClockId::from("first-contact")).and_then(|r| r.breached_at),
        Some(at(2, 11, 0))
    );
}
