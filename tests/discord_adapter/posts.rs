//! What the bot posts by itself: once, found again, held back where Discord says so.

use super::kit::*;
use std::time::{Duration, Instant};

use bellwether::chat::message::{Image, Message};
use bellwether::chat::port::{Place, Refusal, Remote, SendError, SendKey};
use bellwether::clock::{Clock, SystemClock};
use bellwether::domain::ids::{ChannelId, MessageId, PersonId, WorkspaceId};
use bellwether::playground::{DmPolicy, Fault, Rule};

/// R2
#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_is_repeated_stands_once() {
    let bench = bench().await;
    let place = bench.place("alerts");
    bench.server.fault(Rule::once("POST /channels", Fault::LostAnswer));
    let lost = bench.port.post(place, &card(), KEY).await;
    assert!(matches!(lost, Err(SendError::Retry { after: None, everything: false, .. })), "{lost:?}");
    let first = bench.port.post(place, &card(), KEY).await.expect("posted");
    assert_eq!(bench.port.post(place, &card(), KEY).await, Ok(first));
    assert_eq!(bench.server.messages("alerts").len(), 1);
    let anew = bench.port.post(place, &card(), SendKey { generation: 1, ..KEY }).await.expect("posted");
    assert_ne!(anew, first);
}

/// Ruling 22
#[tokio::test(flavor = "multi_thread")]
async fn our_message_is_found_by_its_marker_among_many() {
    let bench = bench().await;
    let place = bench.place("alerts");
    let since = SystemClock::default().now();
    let plain = Message::line("Digest.");
    let other = SendKey { outbox: 7, generation: 0 };
    let with_buttons = bench.port.post(place, &card(), KEY).await.expect("posted");
    let without = bench.port.post(place, &plain, other).await.expect("posted");
    for n in 0..150 {
        bench.server.say("ana", "alerts", &format!("chatter #{n} #7")).expect("said");
    }
    let last = SendKey { outbox: 8, generation: 0 };
    let late = bench.port.post(place, &plain, last).await.expect("posted");
    assert_eq!(bench.port.find(place, since, KEY).await, Ok(Some(with_buttons)));
    assert_eq!(bench.port.find(place, since, other).await, Ok(Some(without)));
    assert_eq!(bench.port.find(place, since, last).await, Ok(Some(late)), "on the second page");
    assert_eq!(bench.port.find(place, since, SendKey { outbox: 9, generation: 0 }).await, Ok(None));
    let later = since + chrono::TimeDelta::minutes(10);
    assert_eq!(bench.port.find(place, later, KEY).await, Ok(None), "it was before that");
    bench.server.set_bot_access("alerts", false);
    assert_eq!(
        bench.port.find(place, since, KEY).await,
        Ok(None),
        "where history may not be read, it is sent"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_says_everything_and_notifies_nobody() {
    let bench = bench().await;
    let mut message = card();
    message.mentions = vec![bench.person("ben")];
    message.image = Some(Image { name: "a.png".into(), bytes: vec![1], alt: "A.".into() });
    let posted = bench.port.post(bench.place("alerts"), &message, KEY).await.expect("posted");
    let shown = bench.server.message(posted.message.0 as u64).expect("there");
    let ben = bench.server.user("ben").expect("a person");
    assert_eq!((shown.pinged.clone(), shown.attachments.len()), (vec![ben], 1));

    let mut resolved = Message::line("Resolved @everyone <@1>.");
    resolved.mentions = vec![bench.person("mia")];
    bench.port.edit(posted, &resolved, KEY).await.expect("edited");
    let shown = bench.server.message(posted.message.0 as u64).expect("there");
    assert!(shown.components.is_empty() && shown.attachments.is_empty(), "{shown:?}");
    assert_eq!(shown.pinged, [ben], "an edit adds nobody");
    mentions_are_explicit(&bench.sent("/channels"));
}

/// Rulings 20, 22
#[tokio::test(flavor = "multi_thread")]
async fn a_thread_that_is_there_already_counts_as_opened() {
    let bench = bench().await;
    let posted = bench.port.post(bench.place("leads"), &card(), KEY).await.expect("posted");
    let thread = bench.port.open_thread(posted, "L-5 · Acme").await.expect("opened");
    assert_eq!(bench.port.open_thread(posted, "L-5 · Acme").await, Ok(thread));
    let (note, key) = (Message::line("Note."), SendKey { outbox: 101, generation: 0 });
    let line = bench.port.post(Place::Channel(thread), &note, key).await;
    assert_eq!(line.map(|r| r.channel), Ok(thread));
}

/// Rulings 17, 20
#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_told_apart() {
    let bench = bench().await;
    let refused = |result: Result<Remote, SendError>| match result {
        Err(SendError::Refused { refusal, .. }) => refusal,
        other => panic!("{other:?}"),
    };
    let nowhere = Place::Channel(ChannelId(1));
    assert_eq!(refused(bench.port.post(nowhere, &card(), KEY).await), Refusal::ChannelGone);
    bench.server.set_bot_access("alerts", false);
    assert_eq!(refused(bench.port.post(bench.place("alerts"), &card(), KEY).await), Refusal::ChannelGone);

    let posted = bench.port.post(bench.place("leads"), &card(), KEY).await.expect("posted");
    let with = |code| Fault::Refusal { status: 400, code };
    bench.server.fault(Rule::once("PATCH /channels", with(30_046)));
    let edit = bench.port.edit(posted, &card(), KEY).await.map(|()| posted);
    assert_eq!(refused(edit), Refusal::MessageGone);
    bench.server.delete_message(posted.message.0 as u64);
    let edit = bench.port.edit(posted, &card(), KEY).await.map(|()| posted);
    assert_eq!(refused(edit), Refusal::MessageGone);
    bench.server.fault(Rule::once("threads", with(160_006)));
    let thread = bench.port.open_thread(posted, "x").await;
    assert_eq!(
        refused(thread.map(|channel| Remote { channel, message: MessageId(0) })),
        Refusal::NoMoreThreads
    );

    // Ruling 17: whoever cannot be reached may have left; Discord says so of a member, and of an account.
    let guild = WorkspaceId(bench.server.guild(0).expect("a guild") as i64);
    assert_eq!(bench.port.has_left(guild, bench.person("ben")).await, Ok(false));
    assert_eq!(bench.port.has_left(guild, PersonId(999)).await, Ok(true));
    bench.server.fault(Rule::once("POST /users/@me/channels", Fault::Refusal { status: 404, code: 10_013 }));
    let to = Place::Person(bench.person("ana"));
    assert_eq!(refused(bench.port.post(to, &card(), KEY).await), Refusal::PersonGone);

    for policy in [DmPolicy::RefuseSend, DmPolicy::RefuseOpen] {
        bench.server.set_dm("ben", policy);
        let to = Place::Person(bench.person("ben"));
        assert_eq!(refused(bench.port.post(to, &card(), KEY).await), Refusal::CannotReach, "{policy:?}");
    }
    bench.server.set_dm("ben", DmPolicy::Open);
    assert!(bench.port.post(Place::Person(bench.person("ben")), &card(), KEY).await.is_ok());
}

/// R6
#[tokio::test(flavor = "multi_thread")]
async fn a_429_of_a_channel_holds_that_channel_and_a_global_one_holds_all_but_answers() {
    let bench = bench().await;
    let (alerts, leads) = (bench.place("alerts"), bench.place("leads"));
    let key = |outbox| SendKey { outbox, generation: 0 };
    let requests = || bench.server.requests().into_iter().filter(|r| r.path.ends_with("/messages")).count();

    bench.server.fault(Rule::once("POST /channels", Fault::RateLimited { retry_after: 2.0, global: false }));
    let held = bench.port.post(alerts, &card(), key(1)).await;
    assert!(
        matches!(&held, Err(SendError::Retry { after: Some(a), everything: false, .. }) if *a >= Duration::from_secs(2))
    );
    let before = requests();
    let again = bench.port.post(alerts, &card(), key(1)).await;
    assert!(
        matches!(&again, Err(SendError::Retry { after: Some(a), everything: false, .. }) if *a > Duration::from_secs(1))
    );
    assert_eq!(requests(), before, "Discord is not even asked");
    assert!(bench.port.post(leads, &card(), key(2)).await.is_ok(), "another channel is not held");

    bench.server.fault(Rule::once("POST /channels", Fault::RateLimited { retry_after: 1.0, global: true }));
    let at = Instant::now();
    let held = bench.port.post(leads, &card(), key(3)).await;
    assert!(matches!(&held, Err(SendError::Retry { after: Some(_), everything: true, .. })), "{held:?}");
    let before = requests();
    let other = bench.port.post(bench.place("digest"), &card(), key(4)).await;
    assert!(matches!(&other, Err(SendError::Retry { everything: true, .. })), "{other:?}");
    assert_eq!(requests(), before);
    assert_eq!(said(&bench.lead("private").await), "Only you see this.", "answers are exempt");

    // Short waits are waited out here: with under a second left it is sent as soon as it may be.
    while let Err(SendError::Retry { .. }) = bench.port.post(leads, &card(), key(3)).await {
        tokio::task::yield_now().await;
    }
    assert!(at.elapsed() >= Duration::from_secs(1), "{:?}", at.elapsed());
    assert!(bench.server.violations().is_empty());
}

/// P8
#[tokio::test(flavor = "multi_thread")]
async fn a_burst_never_goes_beyond_fifty_in_a_second() {
    let bench = bench().await;
    let to: Vec<Place> = ["general", "leads", "alerts", "approvals", "digest"].map(|c| bench.place(c)).into();
    let posts = (0..120).map(|n| {
        let (port, place) = (bench.port.clone(), to[n % to.len()]);
        tokio::spawn(async move {
            let key = SendKey { outbox: n as i64, generation: 0 };
            loop {
                match port.post(place, &Message::line("x"), key).await {
                    Ok(_) => return,
                    Err(SendError::Retry { .. }) => tokio::task::yield_now().await,
                    Err(refused) => panic!("{refused}"),
                }
            }
        })
    });
    for post in posts.collect::<Vec<_>>() {
        post.await.expect("posted");
    }
    assert_eq!(bench.server.violations().len(), 0);
    assert_eq!(
        to.iter()
            .map(|p| match p {
                Place::Channel(c) => bench.server.messages(c.0 as u64).len(),
                Place::Person(_) => 0,
            })
            .sum::<usize>(),
        120
    );
}

// ---- starting and stopping ----------------------------------------------------------------------------
