//! X6: a person's day is written with what is said, survives a restart, and is exact when a job goes wrong.

use bellwether::domain::attention::{Attention, Held, Passage, Rule, Urgency, Word};
use bellwether::domain::decision::Notice;
use bellwether::domain::ids::*;
use bellwether::store::{Batch, Needs};

use crate::kit::*;

const ANA: PersonId = PersonId(7);

/// Takes one interruption, and holds one word.
fn interrupt(batch: &mut Batch) -> Passage {
    let now = batch.now();
    let rule = Rule::of(&batch.workspace(GUILD), ANA);
    let mut attention = batch.attention(GUILD, ANA);
    let passage = attention.offer(&rule, Urgency::Ranked(5), None, now);
    let word = Word::Notice(Notice::Owes);
    attention.held.push(Held {
        record: RecordId(1),
        version: 1,
        word,
        weight: 1,
        day: now.date_naive(),
        request: None,
    });
    batch.set_attention(GUILD, ANA, attention);
    passage
}

/// What was counted and held is there after a restart, and so is the moment at which it is told.
#[tokio::test]
async fn a_day_survives_a_restart() {
    let mut world = World::on_disk().await;
    assert_eq!(world.run(Needs::default(), interrupt).await, Passage::Now);
    assert_eq!(world.run(Needs::default(), interrupt).await, Passage::Now);
    let (before, until) = world.store.attention(GUILD, ANA).await.unwrap();
    assert_eq!((before.used, before.held.len()), (2, 2));
    assert_eq!(world.store.next_moment().await.unwrap(), until);
    assert_eq!(world.store.held(GUILD).await.unwrap().get(&ANA), Some(&2));
    world.restart().await;
    let known = world.run(Needs::default(), |batch| batch.attention(GUILD, ANA)).await;
    assert_eq!(known, before);
    assert!(world.store.moments_due().await.unwrap().is_empty(), "its moment has not come");
    world.clock.set(until.expect("a moment"));
    assert_eq!(world.store.moments_due().await.unwrap(), [(GUILD, ANA)]);
    world.run(Needs::default(), |batch| batch.set_attention(GUILD, ANA, Attention::default())).await;
    assert_eq!(world.store.next_moment().await.unwrap(), None);
}

/// Ruling 25: a job that goes wrong takes nothing of anybody's day, and the jobs beside it take theirs once.
#[tokio::test]
async fn a_job_that_fails_takes_nothing() {
    let world = World::new().await;
    let wrong = world.try_run(Needs::default(), |batch: &mut Batch| {
        interrupt(batch);
        batch.rearm(RecordId(99), None);
    });
    let right = world.run(Needs::default(), interrupt);
    let (wrong, _) = tokio::join!(wrong, right);
    assert!(wrong.is_err(), "it used what it had not named");
    let (attention, _) = world.store.attention(GUILD, ANA).await.unwrap();
    assert_eq!((attention.used, attention.held.len()), (1, 1));
}
