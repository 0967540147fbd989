//! R9: whatever comes in, it is answered in one clear sentence or taken as the text that it is: never a fault, never a
//! panic, nobody mentioned by accident, and nothing of another workspace seen or changed.

use std::collections::BTreeMap;

use bellwether::chat::action::{Action, SnoozeSpan};
use bellwether::chat::commands::{Command, OptKind};
use bellwether::chat::intent::{Ask, Call, Input, Menu, Request, Value};
use bellwether::chat::message::{Message, Reply, Span, Text};
use bellwether::domain::activity::Activity;
use bellwether::domain::ids::{
    ApprovalId, ChannelId, ClockId, DraftId, EventId, FieldId, JobId, KeptId, PersonId, RecordId, RoleId,
    RuleId, StatusId, WorkspaceId,
};
use bellwether::domain::points::Board;
use proptest::prelude::*;

use crate::kit::{is_fault, new_lead, request, row, say, told, typed, world};
use crate::support::plain::is_refusal;
use crate::support::world::{WORKSPACE, World};

/// Texts that break something somewhere.
fn hostile() -> Vec<String> {
    let plain = [
        "@everyone @here",
        "<@&123> <@123> <#5> </lead new:1>",
        "**bold** __x__ ||spoiler|| `code` ```block``` # head",
        "[free money](https://evil.example)",
        "\u{202E}drowssap\u{2066}",
        "zero\u{200B}\u{200D}wid\u{FEFF}th",
        "👩‍👩‍👧‍👦🏴‍☠️🇲🇾",
        "   ",
        "\u{3000}\u{00A0}\u{200B}",
        "\n\n\n",
        "\0\u{7}\u{1b}[31m",
        "'; DROP TABLE records; --",
        "{\"a\":1}",
        "%s%n{}{0}",
        "-1",
        "0",
        "1e309",
        "99999999999999999999999999999999",
        "RM -5",
        "$",
        "€€€1k1k",
        "NaN",
        "¼k",
        "١٢٣",
        "2026-02-30",
        "0000-00-00",
        "9999-12-31",
        "+262143-12-31",
        "tomorrow 99:99",
        "in 99999999999 days",
        "in -1 days",
        "18446744073709551616 business hours",
        "L-0",
        "L-1",
        "L-99999999999",
        "L--1",
        "a@b@c",
        "@b",
        "++60++12",
        "mon-fri 09:00-18:00, mon-fri 09:00-18:00",
        "mon-sun 00:00-24:00; fri-mon 25:00-09:00",
        "USD 0.0000000001, XXX=5, =, ,",
        "-",
    ];
    let long = [
        "x".repeat(10_000),
        "🦀".repeat(10_000),
        format!("e{}", "\u{301}".repeat(5_000)),
        "9".repeat(5_000),
        "@everyone ".repeat(1_000),
        "a, ".repeat(3_000),
    ];
    plain.into_iter().map(str::to_owned).chain(long).collect()
}

/// Values of every kind: some are always of the wrong one.
fn kinds() -> Vec<Value> {
    vec![
        Value::Number(i64::MIN),
        Value::Number(i64::MAX),
        Value::Flag(true),
        Value::Person(PersonId(i64::MAX), "@everyone".to_owned()),
        Value::Person(PersonId(7), String::new()),
        Value::Channel(ChannelId(i64::MAX)),
        Value::Role(RoleId(i64::MAX)),
        Value::File("../../etc/passwd".to_owned(), vec![0xFF; 64]),
    ]
}

/// An ordinary value of an option, so that the call gets as far as the hostile one.
fn ordinary(command: &str, option: &str, kind: OptKind) -> Value {
    match (kind, option) {
        (OptKind::Person, _) => Value::Person(PersonId(102), "cai".to_owned()),
        (OptKind::Integer, _) => Value::Number(5),
        (OptKind::Flag, _) => Value::Flag(true),
        (OptKind::Channel, _) => Value::Channel(ChannelId(10)),
        (OptKind::Role, _) => Value::Role(RoleId(5)),
        (OptKind::File, _) => Value::File("days.ics".to_owned(), Vec::new()),
        (OptKind::Text, option) if option == command => Value::Text("L-1".to_owned()),
        (OptKind::Text, option) => Value::Text(
            match option {
                "name" => "Sales",
                "to" => "nurture",
                "activity" => "note",
                "due" => "tomorrow 3pm",
                "field" => "value",
                "value" => "5k",
                "zone" => "Asia/Tokyo",
                _ => "something",
            }
            .to_owned(),
        ),
    }
}

/// What nobody may find in an answer: a fault, a mention of everyone, hidden characters, endless text.
fn check(world: &World, what: &str, reply: &Reply) {
    assert!(!is_fault(world, reply), "{what}: {}", told(world, reply));
    match reply {
        Reply::Private(m) | Reply::Public(m) | Reply::Update(m) => {
            check_message(what, m);
            if is_refusal(reply) {
                for line in m.title.iter().chain(&m.lines) {
                    let sentence: String = line.0.iter().map(plain).collect();
                    assert!(
                        !sentence.trim().is_empty() && sentence.chars().count() <= 1_000,
                        "{what}: {sentence}"
                    );
                }
            }
        }
        Reply::Form(form) => {
            assert!((1..=5).contains(&form.inputs.len()), "{what}: {} inputs", form.inputs.len());
        }
    }
}

fn check_message(what: &str, message: &Message) {
    assert!(message.mentions.iter().all(|p| p.0 > 0), "{what} mentions {:?}", message.mentions);
    let facts = message.facts.iter().map(|f| &f.value);
    let mut size = 0;
    for text in message.title.iter().chain(&message.lines).chain(facts) {
        for span in &text.0 {
            let text = plain(span);
            size += text.chars().count();
            let hidden =
                |c: char| c.is_control() && c != '\n' || "\u{202E}\u{2066}\u{200B}\u{FEFF}".contains(c);
            assert!(!text.chars().any(hidden), "{what}: hidden characters in {text:?}");
        }
    }
    assert!(size < 20_000, "{what}: {size} characters");
    for button in &message.buttons {
        assert!(button.action.encode().len() <= 80, "{what}: {:?}", button.action);
    }
}

fn plain(span: &Span) -> String {
    crate::support::plain::text(
        &Text(vec![span.clone()]),
        &crate::support::plain::Names {
            person: &|id| id.to_string(),
            channel: &|id| id.to_string(),
            zone: chrono_tz::UTC,
            now: crate::kit::monday(),
        },
    )
}

/// Everything that was posted is harmless as well.
fn check_posts(world: &World) {
    for posted in world.chat.take_log() {
        check_message("a post", &posted.message);
    }
}

/// Every option of every command, with every hostile text and every kind of value.
async fn every_option(world: &World, commands: &[Command], values: &[Value], who: &str) {
    for command in commands {
        for sub in &command.subs {
            for target in &sub.options {
                for value in values {
                    let mut call = Call { path: vec![command.name.clone()], ..Call::default() };
                    call.path.extend(sub.path.iter().cloned());
                    for option in sub.options.iter().filter(|o| o.required) {
                        let value = ordinary(&command.name, &option.name, option.kind);
                        call.options.insert(option.name.clone(), value);
                    }
                    call.options.insert(target.name.clone(), value.clone());
                    let shown: String = format!("{call:?}").chars().take(300).collect();
                    let reply = world.app.handle(request(world, who, Input::Call(call))).await;
                    check(world, &shown, &reply);
                }
            }
        }
        world.settle().await;
        check_posts(world);
    }
}

/// R9: hostile texts in every option, from a rep and from an admin.
#[tokio::test]
async fn hostile_texts_are_taken_or_refused() {
    let world = world().await;
    new_lead(&world, "root", "name:\"Acme\"").await;
    let texts: Vec<_> = hostile().into_iter().map(Value::Text).collect();
    every_option(&world, &world.app.commands(WORKSPACE), &texts, "root").await;
    world.check_histories().await;
}

/// R9: options of the wrong kind, with impossible numbers.
#[tokio::test]
async fn values_of_the_wrong_kind_are_refused() {
    let world = world().await;
    new_lead(&world, "root", "name:\"Acme\"").await;
    every_option(&world, &world.app.commands(WORKSPACE), &kinds(), "root").await;
    for path in
        [vec![], vec!["lead"], vec!["lead", "explode"], vec!["@everyone", "new"], vec!["setup", "x", "y"]]
    {
        let call = Call { path: path.into_iter().map(str::to_owned).collect(), options: BTreeMap::new() };
        let reply = world.handle(request(&world, "ana", Input::Call(call))).await;
        check(&world, "an unknown command", &reply);
        assert!(is_refusal(&reply), "{reply:?}");
    }
    world.check_histories().await;
}

/// R9: names are kept as the text that they are, and mention nobody, on the card as well.
#[tokio::test]
async fn a_hostile_name_is_only_a_name() {
    let world = world().await;
    for text in hostile() {
        let mut call = Call { path: vec!["lead".to_owned(), "new".to_owned()], ..Call::default() };
        for option in ["name", "company", "source"] {
            call.options.insert(option.to_owned(), Value::Text(text.clone()));
        }
        call.options.insert("email".to_owned(), Value::Text("x@acme.com".to_owned()));
        let reply = world.handle(request(&world, "ana", Input::Call(call))).await;
        check(&world, &text, &reply);
        for posted in world.chat.take_log() {
            check_message(&text, &posted.message);
            assert!(posted.message.mentions.is_empty(), "{text}");
        }
    }
    // The list, the history and the digest of them stay within bounds, too.
    for line in
        ["/lead list", "/lead mine", "/lead history lead:L-1", "/lead show lead:L-2", "/pipeline digest"]
    {
        check(&world, line, &say(&world, "ana", line).await);
    }
}

/// One of each verb, with the same id in all.
fn actions(id: i64, number: u32, word: &str) -> Vec<Action> {
    let (record, approval, draft) = (RecordId(id), ApprovalId(id), DraftId(id));
    let all = vec![
        Action::Open { record },
        Action::Move { record, to: StatusId::new(word), version: number },
        Action::MoreMoves { record },
        Action::PickStatus { record, version: number },
        Action::Log { record },
        Action::PickActivity { record },
        Action::LogForm { record, activity: word.to_owned() },
        Action::Snooze { record },
        Action::SnoozeFor { record, span: SnoozeSpan::NextBusinessDay },
        Action::Take { record },
        Action::FillOwed { record },
        Action::PlanNext { record },
        Action::PlanForm { record },
        Action::History { record, page: number },
        Action::Approve { approval },
        Action::Reject { approval },
        Action::RejectForm { approval },
        Action::Withdraw { approval },
        Action::DraftForm { draft },
        Action::DraftSubmit { draft },
        Action::DraftPick { draft, field: FieldId::new(word) },
        Action::PickRecord,
        Action::Page { draft, page: number },
        Action::SetupPage { page: number },
        Action::Undo { record, command: EventId(id) },
        Action::ListRecord { draft, page: number },
        Action::SetupPage { page: number },
        Action::ListMove { draft, page: number, record, version: number },
        Action::NewForm { noun: "lead".to_owned() },
        Action::NoteRecord { draft },
        Action::CreateAnyway { draft },
        Action::SetupPage { page: number },
        Action::Points {
            by: Board::Company,
            person: Some(PersonId(id)).filter(|p| p.0 != 0),
            company: Some(id).filter(|entry| *entry != 0),
            page: number,
        },
        Action::EraseAsk { record },
        Action::EraseForm { record },
        Action::NoteActivity { draft, record },
        Action::Rescue { record, from: Some(PersonId(id)).filter(|p| p.0 != 0) },
        Action::PickRescue,
        Action::ApproveAll { approval: ApprovalId(id) },
        Action::RejectAll { approval: ApprovalId(id) },
        Action::RejectAllForm { approval: ApprovalId(id) },
        Action::ReassignAll { record, from: PersonId(id.max(1)) },
        Action::Tasks { record },
        Action::TaskDone { record, task: number },
        Action::DoneAnswer { draft },
        Action::PickOutcome { draft },
        Action::TaskSent { record, task: number },
        Action::Answer { record, clock: ClockId::new(word), answer: number },
        Action::TaskConfirm { record, task: number },
        Action::Dismiss { record, rule: RuleId::new(word) },
        Action::StartJob { job: JobId(id) },
        Action::StopJob { job: JobId(id) },
        Action::PickColumn { job: JobId(id) },
        Action::PickField { job: JobId(id), column: number },
        Action::KeptAssign { kept: KeptId(id) },
        Action::KeptForm { kept: KeptId(id) },
        Action::KeptDismiss { kept: KeptId(id) },
        Action::SendNotes { record: Some(record).filter(|r| r.0 != 0) },
    ];
    let verbs: std::collections::BTreeSet<_> = all.iter().map(Action::verb).collect();
    assert_eq!(verbs.len(), Action::VERBS.len(), "a verb is missing here");
    all
}

/// An action pressed, picked and submitted.
fn inputs(action: &Action, text: &str) -> [Input; 3] {
    let press = |values| Input::Press { action: Some(action.clone()), values, on_private: true };
    let fields = ["note", "next", "due", "action", "reason", "name", "email", "value", "re_engage_on", text];
    let inputs = fields.iter().map(|id| ((*id).to_owned(), text.to_owned())).collect();
    [press(Vec::new()), press(vec![text.to_owned()]), Input::Submit { action: Some(action.clone()), inputs }]
}

/// What there is to be guessed: a lead, a request, an unfinished form, a list.
async fn filled(world: &World) -> RecordId {
    let lead = new_lead(world, "ana", "name:\"Acme Secret\" company:\"Hush Ltd\" value:\"20k\"").await;
    for number in 0..12 {
        new_lead(world, "ana", &format!("name:\"Hush {number}\"")).await;
    }
    say(world, "ana", "/lead status lead:L-1 to:unqualified reason:budget note:\"Hush money\"").await;
    say(world, "ana", "/lead new name:\"Hush half\"").await;
    say(world, "ana", "/lead list").await;
    lead
}

/// R9: forged, stale and impossible buttons and forms, each answered, none with an effect that is not its person's.
#[tokio::test]
async fn forged_buttons_are_answered() {
    let mut world = world().await;
    let lead = filled(&world).await;
    world.person("guest", false);
    let before = row(&world, lead).await.record;
    for id in [i64::MIN, -1, 0, 14, 999, i64::MAX] {
        for action in actions(id, u32::MAX, "@everyone") {
            for input in inputs(&action, "@everyone") {
                let reply = world.app.handle(request(&world, "ana", input)).await;
                check(&world, &format!("{action:?}"), &reply);
            }
        }
    }
    // Ids that exist, from somebody who has no business there.
    for id in [1, 2, 3] {
        for number in [0, u32::MAX] {
            for action in actions(id, number, "won") {
                for input in inputs(&action, "garbage") {
                    let reply = world.app.handle(request(&world, "olu", input)).await;
                    check(&world, &format!("{action:?}"), &reply);
                }
            }
        }
    }
    world.settle().await;
    assert_eq!(row(&world, lead).await.record, before);
    // A stale button of somebody who has: it says so.
    let stale = Action::Move { record: RecordId(2), to: StatusId::new("nurture"), version: 77 };
    let reply = world.handle(request(&world, "ana", inputs(&stale, "")[0].clone())).await;
    assert!(
        told(&world, &reply).contains("has moved since this button was drawn"),
        "{}",
        told(&world, &reply)
    );
    world.check_histories().await;
}

/// R9: calendar files that are too large, too many, cut off, repeating, or none.
#[tokio::test]
async fn calendar_bombs_are_refused() {
    let world = world().await;
    let event = |rest: &str| format!("BEGIN:VEVENT\r\nSUMMARY:X\r\n{rest}\r\nEND:VEVENT\r\n");
    let file = |events: &str| format!("BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n");
    let bombs: Vec<Vec<u8>> = vec![
        Vec::new(),
        vec![0xFF; 1_000_000],
        b"BEGIN:VCALENDAR".repeat(20_000),
        b"BEGIN:VEVENT\n".repeat(30_000),
        file(&event("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=SECONDLY")).into_bytes(),
        file(&event("DTSTART;VALUE=DATE:00010101\r\nDTEND;VALUE=DATE:99991231")).into_bytes(),
        file(&event("DTSTART;VALUE=DATE:99999999")).into_bytes(),
        file(&event("DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20260101")).into_bytes(),
        file(&(1..2_500).map(|n| event(&format!("DTSTART;VALUE=DATE:{}0101", 1000 + n))).collect::<String>())
            .into_bytes(),
        format!("BEGIN:VCALENDAR\n BEGIN:VEVENT\n{}", " x\n".repeat(100_000)).into_bytes(),
        file(&event(&format!("DTSTART;VALUE=DATE:20260101\r\nSUMMARY:{}", "@everyone".repeat(10_000))))
            .into_bytes(),
    ];
    for (number, bomb) in bombs.into_iter().enumerate() {
        let mut call = Call { path: vec!["setup".to_owned(), "holidays".to_owned()], ..Call::default() };
        call.options.insert("file".to_owned(), Value::File("x.ics".to_owned(), bomb));
        let reply = world.handle(request(&world, "root", Input::Call(call))).await;
        check(&world, &format!("file {number}"), &reply);
        let days = world.app.store().workspace(WORKSPACE).teams[0].calendar.holidays.len();
        assert!(days <= 2, "file {number} closed {days} days: {}", told(&world, &reply));
    }
}

/// R10, R9: nothing of one workspace is seen or changed from another, whatever is guessed.
#[tokio::test]
async fn another_workspace_sees_and_changes_nothing() {
    let mut world = world().await;
    let lead = filled(&world).await;
    world.person("eve", true);
    let elsewhere = |request: Request| Request { workspace: WorkspaceId(2), ..request };
    let rows = |world: &World| {
        let store = world.app.store().clone();
        async move { store.records(&(1..=20).map(RecordId).collect::<Vec<_>>()).await.expect("a read") }
    };
    let before = (rows(&world).await, world.app.store().workspace(WORKSPACE));
    let silent = |what: &str, said: String| {
        // What was typed may be said again.
        let said = said.replace("\"Acme\"", "").replace("company Hush", "");
        assert!(!said.contains("Acme") && !said.contains("Hush"), "{what}: {said}");
    };
    for id in 1..=16 {
        for word in ["note", "reason"] {
            for action in actions(id, 0, word) {
                for input in inputs(&action, &id.to_string()) {
                    for (who, home) in [("eve", WorkspaceId(2)), ("eve", WorkspaceId(0))] {
                        let request = Request { workspace: home, ..request(&world, who, input.clone()) };
                        let reply = world.app.handle(request).await;
                        check(&world, &format!("{action:?}"), &reply);
                        silent(&format!("{action:?}"), told(&world, &reply));
                    }
                }
            }
        }
    }
    for line in [
        "/lead show lead:L-1",
        "/lead show lead:\"Acme\"",
        "/lead history lead:L-1",
        "/lead undo lead:L-1",
        "/lead undo",
        "/lead log lead:L-1 activity:note note:\"hello\"",
        "/lead edit lead:L-1 field:value value:1",
        "/lead assign lead:L-1 to:@eve",
        "/lead status lead:L-1 to:nurture",
        "/lead list state:all",
        "/lead list company:Hush",
        "/lead mine",
        "/approvals all",
        "/pipeline digest",
        "/setup show",
        "/setup team name:Sales digest-at:\"03:00\"",
        "/setup calendar hours:\"mon-fri 01:00-02:00\"",
        "/setup thresholds high-value:1",
        "/setup member person:@ana role:manager",
    ] {
        let reply = world.app.handle(elsewhere(request(&world, "eve", typed(&world, line)))).await;
        check(&world, line, &reply);
        silent(line, told(&world, &reply));
    }
    let ask = Ask {
        workspace: WorkspaceId(2),
        channel: ChannelId(10),
        who: world.who("eve").expect("eve").clone(),
        call: Call { path: vec!["lead".to_owned(), "show".to_owned()], ..Call::default() },
        focus: "lead".to_owned(),
        typed: String::new(),
    };
    assert_eq!(world.app.suggest(ask).await, Vec::new());
    // Ids of records are counted per workspace.
    let new = elsewhere(request(&world, "eve", typed(&world, "/lead new name:\"Own\" email:\"e@eve.com\"")));
    let own = told(&world, &world.handle(new).await);
    assert!(own.contains("L-1 "), "{own}");
    let after = (rows(&world).await, world.app.store().workspace(WORKSPACE));
    assert_eq!(after.0[..before.0.len()], before.0[..]);
    assert_eq!(after.1, before.1);
    assert!(row(&world, lead).await.record.pending.is_some());
}

fn any_text() -> impl Strategy<Value = String> {
    let nasty = proptest::sample::select(hostile());
    prop_oneof![nasty, ".{0,40}", "[a-zL0-9:@ -]{0,20}"]
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![8 => any_text().prop_map(Value::Text), 1 => proptest::sample::select(kinds())]
}

fn any_input() -> impl Strategy<Value = Input> {
    let action = (-1..20_i64, any::<u32>(), 0..Action::VERBS.len(), 0..Activity::ALL.len()).prop_map(
        |(id, number, verb, activity)| {
            actions(id, number % 3, Activity::ALL[activity].name()).swap_remove(verb)
        },
    );
    let call = (0..64_usize, proptest::collection::vec((0..12_usize, any_value()), 0..6)).prop_map(
        |(sub, options)| {
            let playbooks = bellwether::playbook::Playbooks::builtin();
            let playbooks: Vec<_> = playbooks.all().iter().map(AsRef::as_ref).collect();
            let tree = bellwether::chat::commands::tree(&playbooks);
            let subs: Vec<_> = tree.iter().flat_map(|c| c.subs.iter().map(move |s| (c, s))).collect();
            let (command, sub) = subs[sub % subs.len()];
            let mut call = Call { path: vec![command.name.clone()], ..Call::default() };
            call.path.extend(sub.path.iter().cloned());
            for option in sub.options.iter().filter(|o| o.required) {
                call.options.insert(option.name.clone(), ordinary(&command.name, &option.name, option.kind));
            }
            for (option, value) in options {
                if let Some(option) = sub.options.get(option) {
                    call.options.insert(option.name.clone(), value);
                }
            }
            Input::Call(call)
        },
    );
    let menu = (any_text(), proptest::sample::select(vec!["Create lead", "Log to lead", "Fly"]))
        .prop_map(|(text, name)| Input::Menu(Menu { name: name.to_owned(), text, author: None }));
    let press = (action, any_text(), 0..3_usize)
        .prop_map(|(action, text, shape)| inputs(&action, &text)[shape].clone());
    prop_oneof![6 => call, 4 => press, 1 => menu]
}

proptest! {
    // A dozen stories each time; as many as PROPTEST_CASES says where it is set.
    #![proptest_config(ProptestConfig {
        cases: if std::env::var_os("PROPTEST_CASES").is_some() { ProptestConfig::default().cases } else { 12 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// R9, R5: random calls and presses with random texts, in any order: no fault, and every history still gives its row.
    #[test]
    fn whatever_comes_in_is_answered(inputs in proptest::collection::vec((0..5_usize, any_input()), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let mut world = world().await;
            filled(&world).await;
            world.person("guest", false);
            for (who, input) in inputs {
                let who = ["ana", "mia", "olu", "root", "guest"][who];
                let shown: String = format!("{who}: {input:?}").chars().take(400).collect();
                let reply = world.handle(request(&world, who, input)).await;
                check(&world, &shown, &reply);
            }
            check_posts(&world);
            world.check_histories().await;
        });
    }
}
