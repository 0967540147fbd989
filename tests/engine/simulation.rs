//! The time machine (X2): histories whose answers are known, and the strongest check of all: under the rules that they
//! were lived under, they come out as they were.

use std::collections::BTreeMap;

use bellwether::domain::command::{Actor, Command};
use bellwether::domain::decision::Effect;
use bellwether::domain::{clocks, playbook::Playbook};
use bellwether::simulate::live::{live, really};
use bellwether::simulate::{Past, Period, Rules};
use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;
use proptest::test_runner::Config;

use super::properties::{Try, attempt, lead_lifecycle, toy, tries};
use super::world::World;

/// All of a world's time.
fn always(world: &World) -> Period {
    Period { since: DateTime::<Utc>::MIN_UTC, until: world.now }
}

fn rules<'a>(world: &'a World, playbook: &'a Playbook) -> Rules<'a> {
    static NOTHING: BTreeMap<bellwether::domain::ids::StatusId, bellwether::domain::ids::StatusId> =
        BTreeMap::new();
    Rules { playbook, workspace: &world.workspace, became: &NOTHING }
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
fn lived(playbook: &'static Playbook, tries: &[Try]) -> World {
    let mut world = World::new(playbook);
    for one in tries {
        match one {
            // The simulation knows no downtime, and takes deliveries as they were.
            Try::Oversleep { hours } | Try::Wait { hours } => {
                let to = world.now + Duration::hours(*hours);
                advance(&mut world, to);
            }
            Try::Delivered { .. } => {}
            other => {
                let now = world.now;
                advance(&mut world, now);
                attempt(&mut world, other);
                advance(&mut world, now);
            }
        }
    }
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
