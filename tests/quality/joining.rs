//! Ruling 15: merges and erasures against what happens at the same moment. Of two that exclude each other one is done and
//! the other is told why not; nothing that somebody wrote outlives an erasure, whichever came first.

use bellwether::chat::action::Action;
use bellwether::chat::intent::{Input, Request};
use bellwether::domain::ids::{RecordId, RecordRef};
use bellwether::domain::record::Ended;

use crate::kit::{new_lead, request, row, say, told, typed, world};
use crate::support::world::{WORKSPACE, World};

const ROUNDS: usize = 24;

async fn lead(world: &World, name: &str) -> (RecordId, RecordRef) {
    let id = new_lead(world, "ana", &format!("name:\"{name}\"")).await;
    (id, row(world, id).await.record.handle)
}

fn merge(world: &World, from: RecordRef, into: RecordRef) -> Request {
    request(world, "mia", typed(world, &format!("/lead merge lead:{from} into:{into}")))
}

fn erase(world: &World, record: RecordId, handle: RecordRef) -> Request {
    let submit = Input::Submit {
        action: Some(Action::EraseForm { record }),
        inputs: [("id".to_owned(), handle.to_string())].into(),
    };
    request(world, "root", submit)
}

/// One into the other and the other into the one: no circle, and nothing is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_that_go_into_each_other() {
    let world = world().await;
    for n in 0..ROUNDS {
        let (one, one_is) = lead(&world, &format!("One {n}")).await;
        let (other, other_is) = lead(&world, &format!("Other {n}")).await;
        let (first, second) = tokio::join!(
            world.app.handle(merge(&world, one_is, other_is)),
            world.app.handle(merge(&world, other_is, one_is)),
        );
        let said = [told(&world, &first), told(&world, &second)];
        assert_eq!(
            said.iter().filter(|s| s.contains("in") && s.contains("has taken")).count(),
            1,
            "{said:?}"
        );
        assert_eq!(said.iter().filter(|s| s.contains("one and the same")).count(), 1, "{said:?}");
        let (one, other) = (row(&world, one).await.record, row(&world, other).await.record);
        let (gone, stays) = if one.ended.is_some() { (one, other) } else { (other, one) };
        assert_eq!(gone.ended, Some(Ended::Merged { into: stays.id, handle: stays.handle }));
        assert_eq!((stays.ended, stays.absorbed), (None, vec![gone.id]));
    }
    assert_eq!(world.check_histories().await, 2 * ROUNDS);
}

/// One record into two others: it goes into one of them, and the second merge takes that one along.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_that_goes_into_two() {
    let world = world().await;
    for n in 0..ROUNDS {
        let (from, from_is) = lead(&world, &format!("From {n}")).await;
        let (one, one_is) = lead(&world, &format!("One {n}")).await;
        let (other, other_is) = lead(&world, &format!("Other {n}")).await;
        let _ = tokio::join!(
            world.app.handle(merge(&world, from_is, one_is)),
            world.app.handle(merge(&world, from_is, other_is)),
        );
        let Some(Ended::Merged { into, .. }) = row(&world, from).await.record.ended else { panic!("{n}") };
        assert!(into == one || into == other);
        let (one, other) = (row(&world, one).await.record, row(&world, other).await.record);
        // What the handle of the first leads to goes on into the second: all three are one.
        let (gone, stays) = if one.ended.is_some() { (one, other) } else { (other, one) };
        assert_eq!(gone.ended, Some(Ended::Merged { into: stays.id, handle: stays.handle }));
        assert_eq!((gone.absorbed, stays.ended), (vec![from], None));
        assert!(stays.absorbed.len() == 2 && stays.absorbed.contains(&from), "{:?}", stays.absorbed);
    }
    world.check_histories().await;
}

/// An erasure and a note, a change of the name, a merge: whichever comes first, no word is left.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_erasure_and_a_change() {
    let world = world().await;
    let lines = [
        "/lead log lead:{} activity:note note:\"Ursula is ill\"",
        "/lead edit lead:{} field:name value:\"Ursula Ill\"",
        "/lead assign lead:{} to:@ben",
    ];
    for n in 0..ROUNDS {
        let (id, handle) = lead(&world, "Ursula").await;
        say(&world, "ana", &format!("/lead edit lead:{handle} field:name value:\"Ursula B.\"")).await;
        assert!(row(&world, id).await.chat.personal_before.is_some(), "an undo would find it");
        let line = lines[n % lines.len()].replace("{}", &handle.to_string());
        let change = request(&world, "mia", typed(&world, &line));
        let (erased, changed) = if n % 2 == 0 {
            tokio::join!(world.app.handle(erase(&world, id, handle)), world.app.handle(change))
        } else {
            let (changed, erased) =
                tokio::join!(world.app.handle(change), world.app.handle(erase(&world, id, handle)));
            (erased, changed)
        };
        assert!(told(&world, &erased).contains("is erased"), "{}", told(&world, &erased));
        let row = row(&world, id).await;
        assert!(matches!(row.record.ended, Some(Ended::Erased { .. })), "{}", told(&world, &changed));
        assert_eq!(row.chat.personal_before, None);
        let history = world.app.store().history(id, 0, 100).await.expect("a history");
        let kept = format!("{:?} {:?} {history:?}", row.record, row.chat);
        assert!(!kept.contains("Ursula"), "{line}: {kept}");
        for name in ["ana", "ben", "mia"] {
            let person = world.who(name).expect("known").id;
            let (attention, _) = world.app.store().attention(WORKSPACE, person).await.expect("a read");
            assert!(attention.held.iter().all(|held| held.record != id), "{name}: {attention:?}");
        }
    }
    assert_eq!(world.check_histories().await, ROUNDS);
}
