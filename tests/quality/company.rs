//! D41: leads of one company that come to wait at the same moment make one flag, whichever of them is first.

use bellwether::chat::intent::{Input, Request};
use bellwether::chat::message::Reply;

use crate::support::fake_chat::Where;

use crate::kit::{new_lead, request, row, say, told, typed, world};
use crate::support::world::World;

const ROUNDS: usize = 16;

/// A lead of the company that is asked when to try again: the form that parks it.
async fn about_to_wait(world: &World, name: &str, company: &str) -> Request {
    let id = new_lead(world, "ana", &format!("name:\"{name}\" company:\"{company}\"")).await;
    let lead = row(world, id).await.record.handle;
    let log = "activity:call_answered note:\"Not now\" next:\"Ask again\"";
    say(world, "ana", &format!("/lead log lead:{lead} {log}")).await;
    let asked = say(world, "ana", &format!("/lead status lead:{lead} to:nurture reason:timing")).await;
    let Reply::Form(form) = asked else { panic!("no form: {}", told(world, &asked)) };
    let inputs = [("re_engage_on".to_owned(), "2027-01-10".to_owned())].into();
    request(world, "ana", Input::Submit { action: Some(form.action), inputs })
}

fn flags(world: &World, company: &str) -> usize {
    let alerts = Where::Channel(world.channel_called("alerts").expect("the channel"));
    let standing = world.chat.standing(alerts);
    standing.iter().filter(|(_, message)| crate::kit::text(world, message).contains(company)).count()
}

/// Both are parked at once: each alone would not be enough, together they are flagged once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_that_are_parked_at_the_same_moment() {
    let world = world().await;
    say(&world, "root", "/setup thresholds cluster:2").await;
    for n in 0..ROUNDS {
        let company = format!("Twin{n}x");
        let one = about_to_wait(&world, &format!("One {n}"), &company).await;
        let other = about_to_wait(&world, &format!("Other {n}"), &format!("{company} Ltd")).await;
        let (first, second) = tokio::join!(world.app.handle(one), world.app.handle(other));
        for reply in [first, second] {
            let said = told(&world, &reply);
            assert!(!crate::support::plain::is_refusal(&reply), "{said}");
        }
        world.settle().await;
        assert_eq!(flags(&world, &company), 1, "{company}");
    }
    world.check_histories().await;
}

/// One is parked while a third one of the company is made: either it was flagged before, or it is not at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_is_parked_while_another_one_is_made() {
    let world = world().await;
    say(&world, "root", "/setup thresholds cluster:2").await;
    for n in 0..ROUNDS {
        let company = format!("Late{n}x");
        let one = about_to_wait(&world, &format!("One {n}"), &company).await;
        let other = about_to_wait(&world, &format!("Other {n}"), &company).await;
        world.handle(one).await;
        let line = format!("/lead new name:\"New {n}\" company:\"{company}\" email:\"new{n}@mail.com\"");
        let new = request(&world, "ben", typed(&world, &line));
        let (parked, made) = tokio::join!(world.app.handle(other), world.app.handle(new));
        for reply in [parked, made] {
            assert!(!crate::support::plain::is_refusal(&reply), "{}", told(&world, &reply));
        }
        world.settle().await;
        assert!(flags(&world, &company) <= 1, "{company}");
    }
}
