//! A3, A7, ruling 12: whatever happens to records, in whatever order, the ledger adds up to what they stand for. What
//! they stand for is worked out here from their histories alone: the points of the status that they are in, for the
//! company that they belong to and for whoever earned them.

use std::cell::Cell;
use std::collections::BTreeMap;

use bellwether::chat::intent::Input;
use bellwether::chat::message::Reply;
use bellwether::domain::event::EventKind;
use bellwether::domain::ids::{PersonId, RecordRef};
use bellwether::domain::likeness;
use bellwether::domain::points::Board;
use bellwether::playbook::Playbooks;
use bellwether::store::points::LedgerOf;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::kit::{monday, request, say, set_up, told};
use crate::support::world::{WORKSPACE, World};

/// What a status of the playbook gives.
const POINTS: i64 = 10;
const GIVING: [&str; 2] = ["closed_won", "implemented"];
const STATUSES: [&str; 5] = ["not_started", "pitched", "closed_won", "closed_lost", "implemented"];
const COMPANIES: [&str; 3] = ["Acme Ltd", "ACME ltd.", "Golf"];
const PEOPLE: [&str; 3] = ["ana", "ben", "mia"];

#[derive(Debug, Clone)]
enum Try {
    New { who: usize, company: usize },
    Move { who: usize, driver: u32, to: usize },
    Assign { driver: u32, to: usize },
    Company { who: usize, driver: u32, company: usize },
    Undo { who: usize },
    Merge { from: u32, into: u32 },
    Erase { driver: u32 },
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    // A manager may do everything, and may take it back.
    let who = || prop_oneof![2 => 0..3usize, 3 => Just(2usize)];
    let to = prop_oneof![2 => 0..5usize, 3 => Just(2usize), 1 => Just(4usize)];
    let driver = 1u32..6;
    let one = prop_oneof![
        3 => (0..3usize, 0..3usize).prop_map(|(who, company)| Try::New { who, company }),
        12 => (who(), driver.clone(), to).prop_map(|(who, driver, to)| Try::Move { who, driver, to }),
        2 => (driver.clone(), 0..3usize).prop_map(|(driver, to)| Try::Assign { driver, to }),
        2 => (who(), driver.clone(), 0..3usize)
            .prop_map(|(who, driver, company)| Try::Company { who, driver, company }),
        5 => who().prop_map(|who| Try::Undo { who }),
        1 => (driver.clone(), driver.clone()).prop_map(|(from, into)| Try::Merge { from, into }),
        1 => driver.prop_map(|driver| Try::Erase { driver }),
    ];
    prop::collection::vec(one, 10..50)
}

async fn attempt(world: &World, number: usize, one: &Try) {
    match one {
        Try::New { who, company } => {
            let line = format!("/driver new name:\"Driver {number}\" company:\"{}\"", COMPANIES[*company]);
            say(world, PEOPLE[*who], &line).await;
        }
        Try::Move { who, driver, to } => {
            let line = format!("/driver status driver:D-{driver} to:{}", STATUSES[*to]);
            let rest = ["", " note:\"Shown\"", "", " reason:price", ""][*to];
            if let Reply::Form(form) = say(world, PEOPLE[*who], &format!("{line}{rest}")).await {
                let inputs = [("commitment", "By June, says Mei"), ("expected_implementation", "2027-06-30")];
                let inputs = inputs.map(|(field, text)| (field.to_owned(), text.to_owned())).into();
                let submit = Input::Submit { action: Some(form.action), inputs };
                world.handle(request(world, PEOPLE[*who], submit)).await;
            }
        }
        Try::Assign { driver, to } => {
            say(world, "mia", &format!("/driver assign driver:D-{driver} to:@{}", PEOPLE[*to])).await;
        }
        Try::Company { who, driver, company } => {
            let line =
                format!("/driver edit driver:D-{driver} field:company value:\"{}\"", COMPANIES[*company]);
            say(world, PEOPLE[*who], &line).await;
        }
        Try::Undo { who } => {
            say(world, PEOPLE[*who], "/driver undo").await;
        }
        Try::Merge { from, into } => {
            say(world, "mia", &format!("/driver merge driver:D-{from} into:D-{into}")).await;
        }
        Try::Erase { driver } => {
            let handle = RecordRef { letter: 'D', number: *driver };
            let found = world.app.store().record_by_handle(WORKSPACE, handle).await.expect("a read");
            let Some(row) = found else { return };
            let action = bellwether::chat::action::Action::EraseForm { record: row.record.id };
            let inputs = [("id".to_owned(), handle.to_string())].into();
            world.handle(request(world, "root", Input::Submit { action: Some(action), inputs })).await;
        }
    }
}

/// What the records stand for, by company and by person.
async fn standing(world: &World) -> (BTreeMap<String, i64>, BTreeMap<PersonId, i64>) {
    let (mut companies, mut people) = (BTreeMap::new(), BTreeMap::new());
    for number in 1..60 {
        let handle = RecordRef { letter: 'D', number };
        let Some(row) = world.app.store().record_by_handle(WORKSPACE, handle).await.expect("a read") else {
            break;
        };
        let record = row.record;
        if record.ended.is_some() || !GIVING.contains(&record.status.as_str()) {
            continue;
        }
        let company = record.contact.company.as_deref().and_then(likeness::company).expect("a company");
        *companies.entry(company).or_default() += POINTS;
        // Whoever owned it when it first came to points, and has not been without since: the last entry that followed
        // an exit, in what has not been undone.
        let told = world.app.store().past(record.id).await.expect("a history");
        let last = told.iter().rev().find_map(|told| match &told.event.kind {
            EventKind::Undone(undone) => undone.restored.credits.last().cloned(),
            EventKind::Credited(credit) => Some(credit.clone()),
            _ => None,
        });
        let person = last.and_then(|credit| credit.person).expect("somebody earned it");
        *people.entry(person).or_default() += POINTS;
    }
    (companies, people)
}

/// Gives how often there were points.
async fn plays(tries: Vec<Try>) -> usize {
    let mut with_points = 0;
    let mut world = World::at(monday(), Playbooks::builtin()).await;
    set_up(&mut world).await;
    let on = say(&world, "root", "/setup playbook playbook:impact-drivers active:true").await;
    assert!(told(&world, &on).contains("is on"), "{}", told(&world, &on));
    for (number, who) in [0, 1, 2].into_iter().enumerate() {
        attempt(&world, 100 + number, &Try::New { who, company: number }).await;
    }
    let store = world.app.store();
    for (number, one) in tries.iter().enumerate() {
        attempt(&world, number, one).await;
        let (companies, people) = standing(&world).await;
        with_points += usize::from(!people.is_empty());
        let (by_company, all) = store.leaderboard(WORKSPACE, Board::Company, 0, 100).await.expect("a board");
        let by_company: BTreeMap<_, _> = by_company
            .into_iter()
            .map(|total| (likeness::company(&total.company.expect("a name")).expect("a key"), total.points))
            .collect();
        assert_eq!((by_company.len() as u64, &by_company), (all, &companies), "after {one:?} of {tries:?}");
        let (by_person, _) = store.leaderboard(WORKSPACE, Board::Person, 0, 100).await.expect("a board");
        let by_person: BTreeMap<_, _> =
            by_person.into_iter().map(|total| (total.person.expect("a person"), total.points)).collect();
        assert_eq!(by_person, people, "after {one:?} of {tries:?}");
        // Every sum is that of its entries, and none is ever below nothing.
        for (person, points) in &by_person {
            let of = LedgerOf { person: Some(*person), company: None };
            let ledger = store.ledger(WORKSPACE, of, 0, 1_000).await.expect("a ledger");
            assert_eq!(ledger.entries.iter().map(|entry| entry.delta).sum::<i64>(), *points);
        }
    }
    world.check_histories().await;
    with_points
}

/// A3, ruling 12.
#[test]
fn the_ledger_adds_up_to_what_the_records_stand_for() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let with_points = Cell::new(0);
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    runner
        .run(&tries(), |tries| {
            with_points.set(with_points.get() + runtime.block_on(plays(tries)));
            Ok(())
        })
        .unwrap_or_else(|why| panic!("{why}"));
    assert!(with_points.get() > 100, "points in {} steps", with_points.get());
}

/// What is tried above is all that there is.
#[test]
fn the_statuses_are_those_of_the_playbook() {
    let playbooks = Playbooks::builtin();
    let drivers = playbooks.all().iter().find(|p| p.noun.singular == "driver").expect("the playbook");
    let known: Vec<&str> = drivers.statuses.iter().map(|status| status.id.as_str()).collect();
    assert_eq!(known, STATUSES);
}
