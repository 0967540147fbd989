//! R9 and who sees what: hostile names, forged and stale buttons, mentions that are none.

use bellwether::chat::action::Action;
use bellwether::domain::ids::{ApprovalId, DraftId, RecordId};
use serde_json::json;

use crate::town::{Said, Town, control};

fn hostile() -> Vec<String> {
    vec![
        "@everyone <@&1> **x**".to_owned(),
        "@here <@2> <#3> `code` ||secret||".to_owned(),
        "[click](https://evil.example) https://evil.example <https://evil.example>".to_owned(),
        "x".repeat(6_000),
        "é".repeat(6_000),
        "👩\u{200d}💻".repeat(800),
        "\u{202e}evil\u{202d} \u{2066}name".to_owned(),
        "\u{200b}".repeat(500) + "zero",
        "a\u{0}b\u{7}c".to_owned(),
        "*_~`|>#-[](){}\\\"':;".repeat(40),
        "<t:1:R> <:smile:1> </lead new:1>".to_owned(),
        "```\n# Title\n> quote\n```".to_owned(),
        "L-1".to_owned(),
        "'; DROP TABLE records; --".to_owned(),
        "{\"json\": true}".to_owned(),
    ]
}

/// R9: whatever a name holds, the answer is a plain one, the card fits, and nobody is pinged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_names_ping_nobody_and_break_nothing() {
    let town = Town::with_team().await;
    for (n, text) in (1..).zip(hostile()) {
        let options =
            json!({"name": text, "company": text, "email": format!("a@b{n}.example"), "source": text});
        let said = town.invokes("ana", "leads", "/lead new", options).await;
        said.tells_privately(&[&format!("L-{n}"), "is created as"]);
        let log = json!({"lead": format!("L-{n}"), "activity": "note", "note": text, "next": text, "due": "tomorrow 3pm"});
        town.invokes("ana", "leads", "/lead log", log).await.tells_privately(&["has your note"]);
        let next = json!({"lead": format!("L-{n}"), "action": text, "due": "friday 10:00"});
        town.invokes("ana", "leads", "/lead next", next).await.tells_privately(&["next action"]);
        // As a name to look for, as a status, as a date.
        for (command, options) in [
            ("/lead show", json!({"lead": text})),
            ("/lead status", json!({"lead": format!("L-{n}"), "to": text})),
            ("/lead next", json!({"lead": format!("L-{n}"), "action": "x", "due": text})),
            ("/lead edit", json!({"lead": format!("L-{n}"), "field": text, "value": text})),
            ("/lead edit", json!({"lead": format!("L-{n}"), "field": "value", "value": text})),
            ("/me timezone", json!({"zone": text})),
        ] {
            let said = town.invokes("ana", "leads", command, options).await;
            assert!(matches!(&said, Said::Message(m) if m.is_ephemeral()), "{command}: {}", said.text());
        }
        for (command, options, focus) in [
            ("/lead show", json!({"lead": text}), "lead"),
            ("/lead list", json!({"status": text}), "status"),
            ("/me timezone", json!({"zone": text}), "zone"),
        ] {
            town.server.autocomplete("ana", "leads", command, options, focus).await.expect("asked");
        }
        town.invokes("ana", "leads", "/lead list", json!({"company": text})).await;
    }
    // More than 6,000 characters no client sends in an option, more than 1,000 (4,000 in a long one) none in our forms.
    let options = json!({"name": "x".repeat(10_000)});
    assert!(town.server.invoke("ana", "leads", "/lead new", options).await.is_err());
    let card = town.card("L-1", &["New** "]).await;
    let form = town.press("ana", &card, "pn").await.form();
    let plan = json!({"action": "@everyone ".repeat(90), "due": "tomorrow 3pm"});
    town.submits("ana", &form, plan).await.tells(&["next action"]);
    let what = town.press("ana", &card, "lg").await.tells(&["what happened?"]);
    let form = town.pick("ana", &what, "pa", "note").await.form();
    let note = json!({"note": "\u{202e}**x** ".repeat(400), "next": "*".repeat(1_000)});
    town.submits("ana", &form, note).await.tells(&["has your note"]);
    town.says("ana", "leads", "/lead list").await.tells(&["Leads: 15"]);
    town.says("ana", "leads", "/lead mine").await.tells(&["leads"]);
    town.hours(4).await;
    town.hours(6).await;
    let (ana, mia) = (town.server.user("ana").expect("a person"), town.server.user("mia").expect("a person"));
    let max = town.server.user("max").expect("a person");
    town.server.read(|w| {
        for message in w.all_messages().filter(|m| m.author == w.bot()) {
            assert!(!message.pinged_everyone && message.mention_roles.is_empty(), "{}", message.text());
            let meant = |p: &u64| [ana, mia, max].contains(p);
            assert!(message.pinged.iter().all(meant), "{:?} pinged by {}", message.pinged, message.text());
        }
    });
    for card in town.public("leads") {
        let text = card.text();
        assert!(!text.contains("\u{202e}") && !text.contains("@everyone <@&1>"), "{text}");
    }
}

/// R9: buttons that we did not draw, or drew for something else, get one sentence and do nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forged_and_stale_buttons_are_refused() {
    let town = Town::with_team().await;
    town.says("ana", "leads", "/lead new name:Acme email:a@acme.example value:50k").await.tells(&["L-1"]);
    let card = town.card("L-1", &["New** "]).await;
    let forged = [
        "1:op:zzzz",
        "1:mv:1:0:dancing",
        "1:mv:1:0:stale",
        "1:mv:1:0:converted",
        "9:op:1",
        "1:zz:1",
        "x",
        "1:op:-1",
        "1:ap:zzz",
        "1:wd:zzz",
        "1:df:zzz",
        "1:pg:zzz:0",
        "1:hi:zzz:0",
        "1:ps:1:0",
        "1:pa:1",
        "1:pr",
        "1:dp:1:reason",
        "1:lf:1:note",
        "1:pf:1",
        "1:rf:1",
        "1:ds:1",
        "1:rj:zz",
        "1:fo:zz",
        "1:pn:zz",
    ];
    for id in forged {
        let outcome = town.server.press_forged("ben", card.id, id).await.expect("sent");
        let text = outcome.text();
        assert!(outcome.message().is_some_and(|m| m.is_ephemeral()), "{id}: {:?}", outcome.got);
        assert!(!text.contains("our side"), "{id}: {text}");
    }
    // Drafts and requests of others.
    let reasons = town.says("ana", "leads", "/lead status lead:L-1 to:unqualified").await.tells(&["Reason"]);
    let draft = control(&reasons, |a| matches!(a, Action::DraftPick { .. })).expect("a list");
    let Some(Action::DraftPick { draft, .. }) = Action::decode(&draft) else { panic!("a draft") };
    let theirs = Action::DraftForm { draft }.encode();
    let outcome = town.server.press_forged("ben", card.id, &theirs).await.expect("sent");
    assert!(outcome.text().contains("belongs to somebody else"), "{}", outcome.text());
    for action in [
        Action::DraftForm { draft: DraftId(99) },
        Action::Approve { approval: ApprovalId(99) },
        Action::Take { record: RecordId(99) },
    ] {
        let outcome = town.server.press_forged("ana", card.id, &action.encode()).await.expect("sent");
        assert!(outcome.message().is_some_and(|m| m.is_ephemeral()), "{action:?}: {:?}", outcome.got);
    }
    // The card as it was drawn before a move (ruling 23).
    let stale = control(&card, |a| matches!(a, Action::Move { to, .. } if to.as_str() == "nurture"));
    let log = "/lead log lead:L-1 activity:call_answered note:\"They like it\"";
    town.says("ana", "leads", log).await.tells(&["is now", "Connected"]);
    let outcome = town.server.press_forged("ana", card.id, &stale.expect("a button")).await.expect("sent");
    assert!(outcome.text().contains("has moved since this button was drawn"), "{}", outcome.text());
    let card = town.card("L-1", &["Connected** "]).await;
    town.press("ben", &card, "hi").await.tells_privately(&["History of L-1"]);
}

/// What is said to one person, only that person sees; a private message of another cannot be pressed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_seen_by_whoever_asked() {
    let town = Town::with_team().await;
    town.says("ana", "leads", "/lead new name:Acme email:a@acme.example").await.tells_privately(&["L-1"]);
    let show = town.says("ana", "leads", "/lead show lead:L-1").await.tells_privately(&["Acme"]);
    town.card("L-1", &["New** "]).await;
    let seen = |who: &str| {
        let all = town.server.visible_to(who, "leads");
        (all.iter().filter(|m| m.is_ephemeral()).count(), all.len())
    };
    assert_eq!(seen("ana"), (2, 3));
    assert_eq!(seen("ben"), (0, 1), "only the card is public");
    let id = control(&show, |a| a.verb() == "lg").expect("a button");
    assert!(town.server.press("ben", show.id, &id).await.is_err(), "Ben does not see it");
    // A press on a private message changes that message in place: no trail of old answers.
    let what = town.press("ana", &show, "lg").await.tells_privately(&["what happened?"]);
    assert_eq!(what.id, show.id);
    assert_eq!(seen("ana"), (2, 3));
    // Commands are the guild's: in a private conversation there are none.
    assert!(town.server.type_command("ana", "@ana", "/lead mine").await.is_err());
}
