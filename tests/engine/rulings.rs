//! Rulings at their edges: where two of them meet, or where one is easily read too narrowly. The record is Ana's; Mia
//! leads the team; Monday is a Monday.

use bellwether::domain::activity::Activity;
use bellwether::domain::clocks::clocks;
use bellwether::domain::command::{Actor, Command};
use bellwether::domain::decision::{AlertLevel, Effect};
use bellwether::domain::field::{Data, FieldValue, builtin};
use bellwether::domain::ids::{ClockId, FieldId, PersonId, RuleId, StageId};
use bellwether::domain::record::ClockOutcome;
use bellwether::domain::workspace::{Duty, Role};
use chrono::{DateTime, Duration, TimeZone, Utc};

use super::properties::lead_lifecycle;
use super::world::{ADA, ANA, BEN, MIA, World, text, usd};

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

fn deadline(world: &World, clock: &str) -> Option<DateTime<Utc>> {
    let running = clocks(&world.record, &world.env());
    running.iter().find(|c| c.id().as_str() == clock).and_then(|c| c.deadline)
}

fn because(id: &str) -> Data {
    [
        (FieldId::from(builtin::REASON), FieldValue::Choice(id.to_owned())),
        (FieldId::from(builtin::NOTE), text("They said so on the telephone.")),
    ]
    .into()
}

/// The last alert: how loud it is, and whom it is for.
fn last_alert(world: &World) -> (AlertLevel, Vec<PersonId>) {
    let mut alerts = world.effects.iter().filter_map(|effect| match effect {
        Effect::Alert(alert) => Some((alert.level, alert.to.clone())),
        Effect::Tell { .. } => None,
    });
    alerts.next_back().expect("an alert")
}

/// Ruling 5: an approval credits the wait as a refusal does; a rep who asked in time has decided in time.
#[test]
fn a_manager_who_approves_late_breaches_nobody() {
    let mut lead = big_lead();
    lead.choose(ANA, "connected").expect("they talked");
    assert_eq!(deadline(&lead, "decide"), Some(at(16, 9, 0)));
    lead.until(at(13, 9, 0));
    lead.choose_with(ANA, "unqualified", because("budget")).expect("asked for");
    lead.until(at(20, 9, 0));
    lead.approve(MIA).expect("late, but decided");
    assert_eq!(outcome(&lead, "decide"), Some(ClockOutcome::Met));
}

/// Ruling 5: nothing is credited where nobody decided.
#[test]
fn a_request_taken_back_costs_its_time() {
    let mut lead = big_lead();
    lead.choose(ANA, "connected").expect("they talked");
    lead.until(at(13, 9, 0));
    lead.choose_with(ANA, "unqualified", because("budget")).expect("asked for");
    lead.until(at(20, 9, 0));
    let approval = lead.approval();
    lead.tell(Actor::person(ANA), &Command::Withdraw { approval }).expect("Ana asked");
    assert_eq!(deadline(&lead, "decide"), Some(at(16, 9, 0)));
}

/// Ruling 5: a clock that began anew while the request waited is credited from then on, not from the request.
#[test]
fn credit_never_reaches_back_before_the_clock_began() {
    let mut lead = big_lead();
    lead.log(ANA, Activity::MeetingHeld).expect("logged");
    lead.pay(ANA);
    lead.until(at(3, 9, 0));
    lead.choose_with(ANA, "unqualified", because("budget")).expect("asked for");
    lead.until(at(5, 9, 0));
    lead.log(ANA, Activity::EmailSent).expect("an activity restarts D45");
    assert_eq!(deadline(&lead, "keep-active"), Some(at(12, 9, 0)));
    lead.until(at(6, 9, 0));
    lead.reject(MIA, "write to them").expect("Mia may");
    assert_eq!(deadline(&lead, "keep-active"), Some(at(13, 9, 0)), "one day of waiting, not three");
}

/// Ruling 5: D44 counts from Connected through Working, so a way back into Working within 30 days resumes it.
#[test]
fn back_in_working_resumes_the_decision_too() {
    let mut lead = lead();
    lead.choose(ANA, "connected").expect("they talked");
    lead.choose(ANA, "working").expect("at once");
    assert_eq!(deadline(&lead, "decide"), Some(at(16, 9, 0)));
    lead.until(at(3, 9, 0));
    lead.choose(ANA, "attempting").expect("they went quiet");
    assert_eq!(outcome(&lead, "decide"), Some(ClockOutcome::Cancelled));
    lead.until(at(4, 9, 0));
    let to = StageId::from("sql");
    lead.tell(Actor::person(ANA), &Command::SetStage { to, data: Data::new() }).expect("SQL means Working");
    assert_eq!(lead.status(), "working");
    assert_eq!(deadline(&lead, "decide"), Some(at(16, 18, 0)), "a day was used, a day was spent away");

    let mut never = self::lead();
    never.log(ANA, Activity::MeetingHeld).expect("logged");
    assert_eq!(never.status(), "working");
    assert_eq!(deadline(&never, "decide"), None, "it begins with Connected");
}

/// Ruling 5: a snooze silences what is said; what a clock does to the record is time's.
#[test]
fn a_snooze_holds_no_move() {
    let mut lead = lead();
    lead.log(ANA, Activity::MeetingHeld).expect("logged");
    lead.pay(ANA);
    lead.until(at(31, 9, 0));
    let until = at(31, 9, 0) + Duration::days(10);
    lead.tell(Actor::person(ANA), &Command::Snooze { until }).expect("snoozed");
    lead.advance(Duration::days(1));
    assert_eq!(lead.status(), "stale");

    let mut lead = lead_in_review();
    let until = lead.now + Duration::days(30);
    lead.tell(Actor::person(ANA), &Command::Snooze { until }).expect("snoozed");
    lead.advance(Duration::days(8));
    assert_eq!(lead.status(), "unqualified");
}

fn lead_in_review() -> World {
    let mut lead = lead();
    lead.log(ANA, Activity::MeetingHeld).expect("logged");
    lead.pay(ANA);
    lead.advance(Duration::days(30));
    lead.tell(Actor::TIME, &Command::Delivered { clock: ClockId::from("review") }).expect("delivered");
    lead
}

/// Ruling 6: an integration's own time counts, so a late webhook does not breach what was done in time.
#[test]
fn an_integration_is_taken_at_its_word() {
    let sent = |happened| Command::Log {
        activity: Activity::EmailSent,
        at: Some(happened),
        outcome: None,
        note: None,
        next: None,
    };
    let mut lead = lead();
    lead.now = at(2, 11, 30);
    lead.tell(Actor::INTEGRATION, &sent(at(2, 10, 0))).expect("logged");
    assert_eq!(outcome(&lead, "first-contact"), Some(ClockOutcome::Met));

    let mut breached = self::lead();
    breached.until(at(2, 11, 30));
    breached.tell(Actor::INTEGRATION, &sent(at(2, 10, 0))).expect("logged");
    assert_eq!(outcome(&breached, "first-contact"), Some(ClockOutcome::Breached), "never un-breached");

    let mut person = self::lead();
    person.now = at(2, 11, 30);
    person.tell(Actor::person(ANA), &sent(at(2, 10, 0))).expect("logged");
    assert_eq!(outcome(&person, "first-contact"), Some(ClockOutcome::Breached), "a person's is not");
}

/// Ruling 7: coinciding steps are one message, and everybody hears it whom any of them is for.
#[test]
fn coinciding_steps_reach_everybody_they_are_for() {
    let mut lead = lead();
    let sdr = lead.workspace.people.get_mut(&BEN).expect("Ben");
    sdr.duties = [Duty::SdrManager].into();
    lead.until(at(3, 9, 0));
    lead.choose(ANA, "attempting").expect("chosen");
    lead.effects.clear();
    // Tuesday to Tuesday: the fifth business day and the seventh day end at the same instant.
    lead.until(at(10, 9, 0));
    let (level, to) = last_alert(&lead);
    assert_eq!(level, AlertLevel::Escalation);
    assert_eq!(to, [ANA, BEN], "the breach is the owner's, the seventh day the SDR manager's");
}

/// D27: an override that had to wait for a manager is an override all the same.
#[test]
fn an_approved_override_is_logged_and_silences_the_rule() {
    // A team that takes up the unqualified again as soon as they answer.
    let text = include_str!("../../src/playbook/builtin/lead_lifecycle.toml");
    let from = "\"meeting_held\"] }\nfrom = [\"new\", \"attempting\", \"recycled\"]";
    assert!(text.contains(from), "{from}");
    let text = text.replace(from, &from.replace('[', "[\"unqualified\", "));
    let compiled = bellwether::playbook::compile(&text).expect("it compiles");
    let mut lead = World::with_value(Box::leak(Box::new(compiled.playbook)), 20_000);
    lead.choose(ANA, "attempting").expect("tried");
    lead.choose_with(ANA, "unqualified", because("budget")).expect("asked for");
    lead.approve(MIA).expect("Mia may");
    lead.log(ANA, Activity::CallAnswered).expect("the rule makes it Connected");
    assert_eq!(lead.status(), "connected");
    lead.pay(ANA);
    lead.choose_with(ANA, "unqualified", because("budget")).expect("asked for");
    lead.approve(MIA).expect("Mia may");
    let moved = lead.last_move();
    assert_eq!(moved.overrides, Some(RuleId::from("talk-connects")));
    assert!(lead.record.silenced.contains("talk-connects"));
    assert_eq!(lead.replayed(), lead.record);
}

/// Ruling 10: a person's move lets silenced rules speak again, also where a manager had to agree to it.
#[test]
fn an_approved_move_is_a_persons_move() {
    let mut lead = big_lead();
    lead.choose(ANA, "attempting").expect("tried");
    lead.log(ANA, Activity::EmailReplied).expect("the rule makes it Connected");
    lead.pay(ANA);
    lead.choose(ANA, "attempting").expect("an override: the reply was nothing");
    assert!(lead.record.silenced.contains("reply-connects"));
    lead.choose_with(ANA, "unqualified", because("budget")).expect("asked for");
    lead.approve(MIA).expect("Mia may");
    assert!(lead.record.silenced.is_empty());
}

/// D67, ruling 11: a demotion that waits for a second manager is still a demotion when it is approved.
#[test]
fn an_approved_demotion_goes_down_the_ladder() {
    let mut lead = big_lead();
    lead.workspace.people.get_mut(&ADA).expect("Ada").role = Some(Role::Manager);
    for _ in 0..2 {
        lead.choose(ANA, "nurture").expect("parked");
        lead.choose(ANA, "attempting").expect("and back");
    }
    let sal = StageId::from("sal");
    lead.tell(Actor::person(ANA), &Command::SetStage { to: sal, data: Data::new() }).expect("promoted");
    lead.stage_with(MIA, "mql", because("timing")).expect("the third parking");
    assert!(lead.record.pending.is_some());
    lead.approve(ADA).expect("the other manager");
    assert_eq!((lead.status(), lead.record.stage.as_ref().map(|s| s.as_str())), ("nurture", Some("mql")));
}

/// X3: the value given with the request is no way around the peak, and one without a rate counts as high.
#[test]
fn a_value_given_with_the_move_counts() {
    let mut lead = lead();
    let mut data = because("budget");
    data.insert(FieldId::from(builtin::VALUE), FieldValue::Money(usd(20_000)));
    lead.choose_with(ANA, "unqualified", data).expect("asked for");
    assert_eq!(lead.record.pending.as_ref().and_then(|p| p.peak), Some(usd(20_000)));
}

/// Rulings 1 and 11: a clock cannot ask for the value; it is owed, so that nobody gets around giving it by waiting.
#[test]
fn a_value_that_nobody_gave_is_owed_after_a_clocks_move() {
    let mut lead = lead_in_review();
    lead.advance(Duration::days(8));
    assert_eq!(lead.status(), "unqualified");
    assert!(lead.record.owes.contains(&FieldId::from(builtin::VALUE)), "{:?}", lead.record.owes);
}
