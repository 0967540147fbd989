//! The time machine (X2): histories whose answers are known, and the strongest check of all: under the rules that they
//! were lived under, they come out as they were.

use bellwether::domain::activity::Activity;
use bellwether::domain::clocks;
use bellwether::domain::command::{Actor, Command};
use bellwether::domain::decision::Effect;
use bellwether::domain::event::Source;
use bellwether::domain::ids::PersonId;
use bellwether::domain::playbook::Playbook;
use bellwether::domain::undo::straightened;
use bellwether::simulate::figures::Why;
use bellwether::simulate::live::{live, really};
use bellwether::simulate::{Figures, Past, Period, Report, Rules};
use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;
use proptest::test_runner::Config;

use super::properties::{Try, attempt, lead_lifecycle, toy, tries};
use super::world::{ANA, BEN, MIA, World};

/// All of a world's time.
fn always(world: &World) -> Period {
    Period { since: DateTime::<Utc>::MIN_UTC, until: world.now }
}

fn rules<'a>(world: &'a World, playbook: &'a Playbook) -> Rules<'a> {
    Rules { playbook, workspace: &world.workspace }
}

fn past(world: &World) -> Past<'_> {
    Past { contact: &world.record.contact, events: &world.events }
}

/// Reviews are delivered as they are posted.
fn deliver(world: &mut World) {
    for effect in std::mem::take(&mut world.effects) {
        if let Effect::Alert(alert) = effect
            && alert.reports_delivery
        {
            world
                .tell(Actor::TIME, &Command::Delivered { clock: alert.clock })
                .expect("time is never refused");
        }
    }
}

/// Time goes on, stopping at everything that is due.
fn advance(world: &mut World, to: DateTime<Utc>) {
    deliver(world);
    let mut stops = 0;
    while let Some(due) = clocks::next_due(&world.record, &world.env()).filter(|due| *due <= to) {
        world.now = world.now.max(due);
        world.tell(Actor::TIME, &Command::ClockElapsed).expect("time is never refused");
        deliver(world);
        stops += 1;
        assert!(stops < 500, "time stands still at {due}");
    }
    world.now = to;
}

/// A life as tried, with a watch that never stops.
pub fn lived(playbook: &'static Playbook, tries: &[Try]) -> World {
    let mut world = World::new(playbook);
    for one in tries {
        match one {
            // The simulation knows no downtime, and takes deliveries as they were.
            Try::Oversleep { hours } | Try::Wait { hours } => {
                let to = world.now + Duration::hours(*hours);
                advance(&mut world, to);
            }
            Try::Delivered { .. } => {}
            // What a clock said only because of something that is taken back after it stays said; nobody who lives
            // through the rest comes to say it.
            Try::Undo { .. } if world.events.last().is_some_and(|last| last.source == Source::Time) => {}
            other => {
                let now = world.now;
                advance(&mut world, now);
                attempt(&mut world, other);
                advance(&mut world, now);
            }
        }
    }
    // What was undone (X4) is not lived through once more.
    world.events = straightened(std::mem::take(&mut world.events));
    world
}

fn comes_out_as_it_was(playbook: &'static Playbook, tries: &[Try]) -> Result<(), TestCaseError> {
    let world = lived(playbook, tries);
    let period = always(&world);
    let rules = rules(&world, playbook);
    let really = really(&past(&world), &rules, &period);
    let again = live(&past(&world), &rules, &period);
    prop_assert_eq!(&again.figures, &really);
    prop_assert!(!again.cut_short);
    Ok(())
}

proptest! {
    #![proptest_config(Config { cases: 192, ..Config::default() })]

    /// X2: whatever people, clocks and integrations did, the same rules do the same again, to the last alert.
    #[test]
    fn the_same_rules_give_the_same_figures(tries in tries()) {
        comes_out_as_it_was(lead_lifecycle(), &tries)?;
    }

    /// The same on a playbook that shares nothing with it.
    #[test]
    fn so_they_do_for_a_playbook_of_three_statuses(tries in tries()) {
        comes_out_as_it_was(toy(), &tries)?;
    }
}

// ---- histories whose answers are known ----------------------------------------------------------------

const TOY: &str = include_str!("../playbooks/toy.toml");

/// The toy playbook with some of its text exchanged.
pub fn toy_with(changes: &[(&str, &str)]) -> &'static Playbook {
    let mut text = TOY.to_owned();
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replace(old, new);
    }
    let compiled = bellwether::playbook::compile(&text).unwrap_or_else(|problems| panic!("{problems:?}"));
    Box::leak(Box::new(compiled.playbook))
}

/// What a world's past comes to under other rules: since its first moment.
fn under(world: &World, draft: &Playbook) -> Figures {
    live(&past(world), &rules(world, draft), &always(world)).figures
}

/// `answer Nudge ana 1`.
fn steps(figures: &Figures) -> Vec<String> {
    let name = |rep: &Option<PersonId>| match rep {
        Some(ANA) => "ana".to_owned(),
        Some(BEN) => "ben".to_owned(),
        Some(other) => other.to_string(),
        None => "nobody".to_owned(),
    };
    let each = figures.steps.iter().flat_map(|(step, by_rep)| {
        by_rep.iter().map(move |(rep, n)| format!("{} {:?} {} {n}", step.clock, step.does, name(rep)))
    });
    each.collect()
}

fn stopped(figures: &Figures) -> Vec<(Why, u64)> {
    figures.refused.iter().map(|(what, refusals)| (what.why, refusals.count)).collect()
}

fn minutes(world: &mut World, minutes: i64) {
    let to = world.now + Duration::minutes(minutes);
    advance(world, to);
}

/// A shorter clock speaks up earlier, and charges whoever owned the record then.
#[test]
fn a_shorter_clock_would_have_fired_more() {
    let mut world = World::new(toy());
    minutes(&mut world, 40);
    world.tell(Actor::person(ANA), &Command::Assign { to: BEN, why: None }).expect("her own");
    minutes(&mut world, 10);
    world.log(BEN, Activity::CallUnanswered).expect("a call at 9:50");
    minutes(&mut world, 600);
    let rules = rules(&world, toy());
    assert_eq!(steps(&really(&past(&world), &rules, &always(&world))), ["answer Nudge ben 1"]);
    let draft = toy_with(&[("within = \"1 business hour\"", "within = \"30 business minutes\"")]);
    // 75 % at 9:22, 100 % at 9:30: Ana's; the call at 9:50 meets it before the escalation at 11:00.
    assert_eq!(steps(&under(&world, draft)), ["answer Nudge ana 1", "answer Breach ana 1"]);
}

/// What happened before the period counts for nothing, but it did happen.
#[test]
fn only_the_period_counts() {
    let mut world = World::new(toy());
    minutes(&mut world, 600);
    let since =
        |minutes: i64| Period { since: world.events[0].at + Duration::minutes(minutes), until: world.now };
    let rules = rules(&world, toy());
    let all = ["answer Nudge ana 1", "answer Breach ana 1", "answer Escalation ana 1"];
    for (from, left) in [(0, &all[..]), (50, &all[1..]), (90, &all[2..]), (121, &all[3..])] {
        assert_eq!(steps(&live(&past(&world), &rules, &since(from)).figures), left, "from minute {from}");
        assert_eq!(steps(&really(&past(&world), &rules, &since(from))), left, "from minute {from}");
    }
    let early = Period { since: DateTime::<Utc>::MIN_UTC, until: world.events[0].at + Duration::minutes(50) };
    assert_eq!(steps(&live(&past(&world), &rules, &early).figures), all[..1], "time ends at 9:50");
}

/// A form would have asked for it; the move goes on, so that the rest of the history means something.
#[test]
fn data_that_a_draft_asks_for_stops_the_move_for_a_moment() {
    let mut world = World::new(toy());
    world.choose(ANA, "answered").expect("an answer");
    minutes(&mut world, 600);
    let draft = toy_with(&[("needs = [\"answer_given\"]", "needs = [\"answer_given\", \"value\"]")]);
    let figures = under(&world, draft);
    assert_eq!(stopped(&figures), [(Why::Missing, 1)]);
    let (what, refusals) = figures.refused.first_key_value().expect("one");
    assert_eq!((&what.from, &what.to), (&Some("arrived".into()), &Some("answered".into())));
    assert_eq!(refusals.fields, [("value".into(), 1)].into());
    assert_eq!(refusals.examples, [(world.record.handle, world.events[0].at)]);
    assert_eq!((figures.chosen, figures.alerts()), (1, 0));
}

/// A move that a draft does not have leaves the record where it was: its clock goes on.
#[test]
fn a_move_that_is_gone_leaves_the_record_behind() {
    let mut world = World::new(toy());
    world.choose(ANA, "dropped").expect("a reason");
    minutes(&mut world, 60);
    world.choose(ANA, "arrived").expect("back");
    world.choose(ANA, "dropped").expect("again");
    minutes(&mut world, 600);
    let draft = toy_with(&[("to = [\"answered\", \"dropped\"]", "to = [\"answered\"]")]);
    let figures = under(&world, draft);
    let (what, refusals) = figures.refused.first_key_value().expect("one");
    assert_eq!(what.why, Why::NoSuchMove);
    assert_eq!((refusals.count, refusals.after_another), (2, 1), "to arrived it is already there");
    let all = ["answer Nudge ana 1", "answer Breach ana 1", "answer Escalation ana 1"];
    assert_eq!(steps(&figures), all);
}

/// A status that the draft calls otherwise is found where the draft says so, and counted where it does not.
#[test]
fn a_status_that_is_gone_has_a_successor_or_is_counted() {
    let mut world = World::new(toy());
    world.choose(ANA, "answered").expect("an answer");
    minutes(&mut world, 600);
    let draft = toy_with(&[
        ("to = \"answered\"", "to = \"solved\""),
        ("[status.answered]", "[status.solved]"),
        ("\"answered\", \"dropped\"", "\"solved\", \"dropped\""),
        ("answered = [\"front", "solved = [\"front"),
    ]);
    let mapped = toy_with(&[
        ("to = \"answered\"", "to = \"solved\""),
        ("[status.answered]", "[status.solved]"),
        ("\"answered\", \"dropped\"", "\"solved\", \"dropped\""),
        ("answered = [\"front", "solved = [\"front"),
        ("[stages]", "[upgrade]\nstatus = { answered = \"solved\" }\n\n[stages]"),
    ]);
    let figures = under(&world, mapped);
    assert_eq!((stopped(&figures), figures.chosen, figures.alerts()), (vec![], 1, 0));
    let figures = under(&world, draft);
    assert_eq!((stopped(&figures), figures.alerts()), (vec![(Why::NoSuchStatus, 1)], 3));
}

/// Gates (D40), both ways: what went ahead would wait, and what waited would go ahead.
#[test]
fn a_gate_more_and_a_gate_less() {
    let gate = "when = [{ peak_value_at_least = \"high_value\" }]\nneeds = \"manager_approval\"";
    let open =
        toy_with(&[(&format!("[[gate]]\nentering = [\"dropped\"]\nleaving = [\"open\"]\n{gate}"), "")]);
    let mut world = World::with_value(open, 50_000);
    world.choose(ANA, "dropped").expect("no gate");
    minutes(&mut world, 600);
    let figures = under(&world, toy());
    assert_eq!((stopped(&figures), figures.waited, figures.chosen), (vec![(Why::Approval, 1)], 1, 1));

    let mut world = World::with_value(toy(), 50_000);
    world.choose(ANA, "dropped").expect("it waits");
    minutes(&mut world, 30);
    world.approve(MIA).expect("the manager");
    minutes(&mut world, 600);
    let really = really(&past(&world), &rules(&world, toy()), &always(&world));
    assert_eq!((really.waited, really.chosen), (1, 1));
    let figures = under(&world, open);
    assert_eq!((stopped(&figures), figures.waited, figures.chosen), (vec![], 0, 1));
}

/// A rule's moves are its own: they are not taken from the history but made anew, or not.
#[test]
fn a_rule_that_is_off_moves_nothing() {
    let mut world = World::new(toy());
    world.log_with(ANA, Activity::CallAnswered, Some("lift it")).expect("a call");
    assert_eq!(world.status(), "answered");
    minutes(&mut world, 600);
    let moved = |figures: &Figures| figures.moved.values().sum::<u64>();
    let suggested = |figures: &Figures| figures.suggested.values().sum::<u64>();
    let same = under(&world, toy());
    assert_eq!((moved(&same), suggested(&same)), (1, 0));
    let from = "on = { kind = \"two_way\" }";
    let off = under(&world, toy_with(&[(from, &format!("{from}\nmode = \"off\""))]));
    assert_eq!((moved(&off), suggested(&off)), (0, 0));
    let asks = under(&world, toy_with(&[(from, &format!("{from}\nmode = \"suggest\""))]));
    assert_eq!((moved(&asks), suggested(&asks)), (0, 1));
}

/// The measure of the time machine: how long 100,000 events take.
#[test]
#[ignore = "takes a quarter of a minute and prints a figure; .ci/run runs it by itself"]
fn a_long_history_takes_seconds() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let worlds: Vec<World> = (0..200)
        .map(|_| lived(lead_lifecycle(), &tries().new_tree(&mut runner).expect("tries").current()))
        .collect();
    let (mut report, begun) = (Report::default(), std::time::Instant::now());
    while report.events < 100_000 {
        for world in &worlds {
            let rules = rules(world, lead_lifecycle());
            report.look_at(&past(world), &rules, &rules, &always(world));
        }
    }
    let Report { records, events, .. } = report;
    println!("{events} events of {records} records, three times each: {:?}", begun.elapsed());
    assert_eq!(report.really.steps, report.draft.steps);
}
