//! Interactions: what a command, a press, a form is answered with, and when.

use super::kit::*;
use std::collections::BTreeMap;
use std::time::Duration;

use bellwether::chat::action::Action;
use bellwether::chat::intent::{Call, Input as Asked, Value as Given};
use bellwether::chat::message::Message;
use bellwether::chat::port::Place;
use bellwether::clock::{Clock, SystemClock};
use bellwether::domain::ids::WorkspaceId;
use bellwether::playground::{Fault, Got, Rule};
use serde_json::json;

/// Ruling 18
#[tokio::test(flavor = "multi_thread")]
async fn commands_are_registered_once_and_not_again_while_they_are_the_same() {
    let first = bench().await;
    let guild = first.server.guild(0).expect("a guild");
    assert_eq!(first.server.read(|w| w.commands(Some(guild)).len()), 3, "one and two of the menu");
    let told = first.script.joined.lock().expect("no panic").clone();
    assert_eq!(told.iter().map(|(w, _)| *w).collect::<Vec<_>>(), [WorkspaceId(guild as i64)]);
    first.stop.send_replace(true);
    first.gateway.await.expect("no panic").expect("a clean stop");

    let second = bench_on(first.server).await;
    // The second connection has looked at what is there, once it is heard of the workspace and asked.
    let looked = async {
        while second.commands_asked("GET") < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, looked).await.expect("it looks");
    assert!(matches!(second.lead("private").await.got, Got::Message(_)));
    assert_eq!(second.commands_asked("PUT"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_is_answered_privately_or_publicly_as_the_reply_says() {
    let bench = bench().await;
    let private = bench.lead("private").await;
    assert_eq!((said(&private).as_str(), is_private(&private)), ("Only you see this.", true));
    let public = bench.lead("public").await;
    assert_eq!((said(&public).as_str(), is_private(&public)), ("Owned by Ana.", false));
    let replaced = bench.lead("update").await;
    assert!(is_private(&replaced), "there is nothing to replace");
    let pictured = bench.lead("image").await;
    let files = &pictured.message().expect("a message").attachments;
    assert_eq!((files[0].name.as_str(), files[0].bytes.len()), ("funnel.png", 64));
    mentions_are_explicit(&bench.sent("POST /interactions"));
}

/// A reply with a file: at once where it is small; a large one is promised first, because its way up may take longer
/// than Discord waits.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_may_carry_files() {
    let bench = bench().await;
    let small = bench.lead("saved").await;
    assert_eq!((said(&small).as_str(), is_private(&small)), ("37 rows were refused.", true));
    let file = &small.message().expect("a message").attachments[0];
    assert_eq!((file.name.as_str(), file.bytes.as_slice()), ("refused.csv", b"row,why\n".as_slice()));
    let served = reqwest::get(&file.url).await.and_then(reqwest::Response::error_for_status).expect("served");
    assert_eq!(served.bytes().await.expect("its content").as_ref(), b"row,why\n");

    let Got::Deferred { message, ephemeral: true } = bench.lead("heavy").await.got else {
        panic!("a promise")
    };
    let filled = bench.server.filled(message, SOON).await.expect("filled");
    assert_eq!((filled.attachments[0].bytes.len(), filled.is_ephemeral()), (2 << 20, true));
    let late = deferred(&bench, "slow-saved").await;
    let late = bench.server.filled(late, SOON).await.expect("filled");
    assert_eq!(late.attachments[0].bytes.as_slice(), b"row,why\n", "a reply that came late has its file too");
    mentions_are_explicit(&bench.sent("/webhooks"));
}

/// A message's menu: everything that the message says, and who wrote it.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_of_a_messages_menu_brings_the_message() {
    let bench = bench().await;
    let said_by_ben = bench.server.say("ben", "leads", "call Acme").expect("said");
    let on_his = bench.server.message_command("ana", said_by_ben, "Create lead").await.expect("sent");
    assert_eq!(said(&on_his), "Create lead on \"call Acme\" by Ben");
    let ours = bench.port.post(bench.place("leads"), &card(), KEY).await.expect("posted");
    let ours = ours.message.0 as u64;
    let on_ours = bench.server.message_command("ana", ours, "Log to lead").await.expect("sent");
    let words = said(&on_ours);
    assert!(words.contains("L-5 · Acme") && words.contains("Owned by Ana.\" by a bot"), "{words}");
}

/// A post of the outbox with a file; an edit keeps or replaces it on purpose.
#[tokio::test(flavor = "multi_thread")]
async fn a_post_may_carry_files_that_an_edit_keeps_or_replaces() {
    let bench = bench().await;
    let post = Message::line("Done: 3 of 5.").file("refused.csv", "row,why\n4,no name\n");
    let posted = bench.port.post(bench.place("alerts"), &post, KEY).await.expect("posted");
    let names = || {
        let message = bench.server.message(posted.message.0 as u64).expect("there");
        message.attachments.iter().map(|a| a.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(), ["refused.csv"]);
    let kept = Message { keeps_files: true, ..Message::line("Done: 5 of 5.") };
    bench.port.edit(posted, &kept, KEY).await.expect("edited");
    assert_eq!(names(), ["refused.csv"]);
    bench.port.edit(posted, &kept.file("late.csv", "row\n"), KEY).await.expect("edited");
    assert_eq!(names(), ["refused.csv", "late.csv"]);
    bench.port.edit(posted, &Message::line("Done.").file("all.csv", "row\n"), KEY).await.expect("edited");
    assert_eq!(names(), ["all.csv"]);
    bench.port.edit(posted, &Message::line("Undone."), KEY).await.expect("edited");
    assert!(names().is_empty());
    mentions_are_explicit(&bench.sent("/channels"));
}

/// Ruling 16: who asks, where, with which rights, comes from the interaction.
#[tokio::test(flavor = "multi_thread")]
async fn the_service_hears_who_asks_and_where() {
    let bench = bench().await;
    let options = json!({"lead": "L-5", "who": "ben"});
    bench.server.invoke("mia", "alerts", "/lead private", options).await.expect("allowed");
    let heard = bench.script.last();
    assert_eq!(heard.workspace.0 as u64, bench.server.guild(0).expect("a guild"));
    assert_eq!(heard.channel, bench.channel("alerts"));
    assert_eq!((heard.who.id, heard.who.name.as_str(), heard.who.admin), (bench.person("mia"), "Mia", true));
    assert_eq!(heard.who.roles.len(), 1);
    let options: BTreeMap<_, _> = [
        ("lead".to_owned(), Given::Text("L-5".into())),
        ("who".to_owned(), Given::Person(bench.person("ben"), "Ben".into())),
    ]
    .into();
    assert_eq!(heard.input, Asked::Call(Call { path: vec!["lead".into(), "private".into()], options }));
    bench.lead("private").await;
    assert!(!bench.script.last().who.admin, "Ana may not manage the server");
}

/// Rulings 22, 23
#[tokio::test(flavor = "multi_thread")]
async fn a_press_replaces_the_message_and_the_outbox_still_finds_it() {
    let bench = bench().await;
    let posted = bench.port.post(bench.place("leads"), &card(), KEY).await.expect("posted");
    let outcome = bench.press(posted.message.0 as u64, &Action::Take { record: RECORD }).await;
    assert!(matches!(&outcome.got, Got::Updated(m) if m.id == posted.message.0 as u64));
    assert_eq!(said(&outcome), "Ana took it.");
    let since = SystemClock::default().now() - chrono::TimeDelta::minutes(5);
    assert_eq!(bench.port.find(bench.place("leads"), since, KEY).await, Ok(Some(posted)));
    mentions_are_explicit(&bench.sent("POST /interactions"));
}

/// R9
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_button_reaches_the_service_as_unreadable() {
    let bench = bench().await;
    let message = bench.lead("public").await.message().expect("a message").id;
    bench.server.press_forged("ana", message, "9:zz:~~").await.expect("sent");
    let forged = Asked::Press { action: None, values: Vec::new(), on_private: false };
    assert_eq!(bench.script.last().input, forged);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pick_brings_its_value_and_knows_that_its_message_is_private() {
    let bench = bench().await;
    let message = bench.lead("list").await.message().expect("a message").clone();
    let id = custom_ids(&message.components).remove(0);
    bench.server.select("ana", message.id, &id, &["won"]).await.expect("allowed");
    let action = Some(Action::PickStatus { record: RECORD, version: 1 });
    assert_eq!(
        bench.script.last().input,
        Asked::Press { action, values: vec!["won".into()], on_private: true }
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_opens_and_a_form_after_a_form_waits_behind_a_button() {
    let bench = bench().await;
    let opened = bench.lead("form").await;
    let modal = opened.modal().expect("a form");
    assert_eq!(modal.title, "What is missing");
    let again =
        bench.server.submit("ana", modal.interaction, json!({"phone": "123"})).await.expect("allowed");
    assert!(is_private(&again), "Discord takes no form in answer to a form");
    let message = again.message().expect("a message").id;
    bench.press(message, &Action::DraftForm { draft: DRAFT }).await;

    let posted = bench.port.post(bench.place("leads"), &card(), KEY).await.expect("posted");
    let asked = bench.press(posted.message.0 as u64, &Action::Reject { approval: APPROVAL }).await;
    let modal = asked.modal().expect("a form");
    bench.server.submit("ana", modal.interaction, json!({"phone": "why not"})).await.expect("allowed");
    let inputs = [("phone".to_owned(), "why not".to_owned())].into();
    let action = Some(Action::RejectForm { approval: APPROVAL });
    assert_eq!(bench.script.last().input, Asked::Submit { action, inputs });
}

#[tokio::test(flavor = "multi_thread")]
async fn suggestions_come_in_time_or_not_at_all() {
    let bench = bench().await;
    let ask = |typed: &'static str| {
        bench.server.autocomplete("ana", "leads", "/lead private", json!({"lead": typed}), "lead")
    };
    let Got::Choices(choices) = ask("acm").await.expect("allowed").got else { panic!("choices") };
    assert_eq!((choices.len(), &choices[0]), (25, &json!({"name": "L-0 acm – New", "value": "L-0"})));
    let Got::Choices(choices) = ask("never").await.expect("allowed").got else { panic!("choices") };
    assert!(choices.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_in_a_private_conversation_works_without_a_workspace() {
    let bench = bench().await;
    let to = Place::Person(bench.person("ana"));
    let posted = bench.port.post(to, &card(), KEY).await.expect("posted");
    let outcome = bench.press(posted.message.0 as u64, &Action::Take { record: RECORD }).await;
    assert_eq!(said(&outcome), "Ana took it.");
    let heard = bench.script.last();
    assert_eq!((heard.workspace, heard.who.name.as_str(), heard.who.admin), (WorkspaceId(0), "Ana", false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_fetched_and_one_that_is_too_large_is_refused_in_a_sentence() {
    let bench = bench().await;
    let send = async |bytes: usize| {
        let file = bench.server.upload("leads.csv", "text/csv", vec![b'x'; bytes]).to_string();
        said(
            &bench.server.invoke("ana", "leads", "/lead file", json!({"file": file})).await.expect("allowed"),
        )
    };
    assert_eq!(send(1_000).await, "leads.csv: 1000 bytes");
    let asked = bench.script.count();
    assert_eq!(
        send(1024 * 1024 + 1).await,
        "“leads.csv” is larger than 1 MB. Split it and attach a smaller one."
    );
    assert_eq!(bench.script.count(), asked, "the service need not hear of it");
}

// ---- three seconds ------------------------------------------------------------------------------------

async fn deferred(bench: &Bench, sub: &str) -> u64 {
    let outcome = bench.lead(sub).await;
    let Got::Deferred { message, ephemeral: true } = outcome.got else { panic!("{sub}: {outcome:?}") };
    assert!(outcome.latency < Duration::from_millis(2_500), "{:?}", outcome.latency);
    bench.script.go.notify_one();
    message
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reply_is_promised_in_time_and_comes() {
    let bench = bench().await;
    for (sub, text) in [("slow-private", "Only you see this."), ("slow-update", "Replaced.")] {
        let message = deferred(&bench, sub).await;
        let filled = bench.server.filled(message, SOON).await.expect("filled");
        assert_eq!(words(&filled.embeds), text);
    }
    let message = deferred(&bench, "slow-form").await;
    let filled = bench.server.filled(message, SOON).await.expect("filled");
    let ids: Vec<_> = custom_ids(&filled.components).iter().map(|id| Action::decode(id)).collect();
    assert_eq!(
        ids,
        [Some(Action::DraftForm { draft: DRAFT })],
        "a form that comes late waits behind a button"
    );

    let promise = deferred(&bench, "slow-public").await;
    let channel = bench.server.channel("leads").expect("a channel");
    let public = bench.server.wait_for(SOON, |w| {
        w.messages(channel).into_iter().find(|m| m.only_for.is_none()).map(|m| words(&m.embeds))
    });
    assert_eq!(public.await.as_deref(), Some("Owned by Ana."));
    assert!(bench.server.message(promise).is_none(), "the promise is taken away");
    mentions_are_explicit(&bench.sent("/webhooks"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_press_changes_its_message_or_answers_beside_it() {
    let bench = bench().await;
    let posted = bench.port.post(bench.place("leads"), &card(), KEY).await.expect("posted");
    let message = posted.message.0 as u64;
    let private = bench.press(message, &Action::Log { record: RECORD }).await;
    assert!(matches!(private.got, Got::DeferredUpdate));
    bench.script.go.notify_one();
    let beside = bench
        .server
        .wait_for(SOON, |w| w.all_messages().find(|m| m.only_for.is_some()).map(|m| words(&m.embeds)));
    assert_eq!(beside.await.as_deref(), Some("Logged."));

    let update = bench.press(message, &Action::History { record: RECORD, page: 0 }).await;
    assert!(matches!(update.got, Got::DeferredUpdate));
    bench.script.go.notify_one();
    let changed = bench.server.wait_for(SOON, |w| {
        w.message(message).map(|m| words(&m.embeds)).filter(|t| t == "Ana took it at last.")
    });
    assert!(changed.await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_the_service_is_said_with_a_code() {
    let bench = bench().await;
    let outcome = bench.lead("broken").await;
    assert!(is_private(&outcome) && said(&outcome).contains("Code: "), "{outcome:?}");
    assert_eq!(said(&bench.lead("private").await), "Only you see this.", "and the next one is answered");
}

/// R6
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_or_refused_for_a_moment_is_given_once() {
    let bench = bench().await;
    let faults = [
        Fault::LostAnswer,
        Fault::LostAnswer502,
        Fault::Refused,
        Fault::Status(503),
        Fault::RateLimited { retry_after: 0.05, global: false },
    ];
    for fault in faults {
        bench.server.fault(Rule::once("POST /interactions", fault.clone()));
        let outcome = bench.lead("private").await;
        assert_eq!(said(&outcome), "Only you see this.", "{fault:?}");
    }
    assert_eq!(bench.server.messages("leads").len(), 5);
}

/// R4: a copy of an interaction that is being answered is left alone; the person gets the answer of the first. What
/// comes later carries the same id, by which the service knows it.
#[tokio::test(flavor = "multi_thread")]
async fn an_interaction_that_comes_twice_is_answered_once() {
    let bench = bench().await;
    bench.server.duplicate_next();
    // Both copies were sent long before the promise is made.
    let promise = deferred(&bench, "slow-private").await;
    assert_eq!(bench.script.count(), 1);
    let filled = bench.server.filled(promise, SOON).await.expect("filled");
    assert!(filled.text().contains("Only you see this."), "{}", filled.text());
    assert_eq!((bench.script.count(), bench.server.messages("leads").len()), (1, 1));

    bench.server.duplicate_next();
    assert_eq!(said(&bench.lead("private").await), "Only you see this.");
    assert_eq!(bench.server.messages("leads").len(), 2);
    let asked = bench.script.asked.lock().expect("no panic");
    assert!(asked[1..].iter().all(|r| r.external_id == asked[1].external_id));
}

// ---- going out ----------------------------------------------------------------------------------------
