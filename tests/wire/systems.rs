//! Rulings 18, 28: all five systems on in one town, two pipelines beside them: every command of their nouns, every option
//! and every kind of suggestion crosses the wire, within Discord's limits.

use std::collections::BTreeMap;

use bellwether::chat::commands::{self, Command, Sub, Suggests, limits};
use bellwether::playbook::Playbooks;
use bellwether::playground::Got;
use serde_json::{Map, Value, json};

use crate::coverage::{crossed, list_value};
use crate::town::Town;

/// A noun, and what its records are moved by.
struct Noun {
    one: &'static str,
    letter: char,
    /// A status that a new record may go to.
    to: &'static str,
    reason: &'static str,
}

const NOUNS: [Noun; 4] = [
    Noun { one: "enquiry", letter: 'E', to: "hold", reason: "timing" },
    Noun { one: "opportunity", letter: 'O', to: "lost", reason: "price" },
    Noun { one: "driver", letter: 'D', to: "closed_lost", reason: "price" },
    Noun { one: "contact", letter: 'C', to: "unqualified", reason: "never_fits" },
];

/// The tree of everything that is shipped, and the items of a message's menu; what is a lead's is counted elsewhere.
fn tree() -> (Vec<Command>, Vec<String>) {
    let playbooks = Playbooks::builtin();
    let all: Vec<_> = playbooks.all().iter().map(std::sync::Arc::as_ref).collect();
    let tree = commands::tree(&all);
    assert_eq!(limits::beyond(&tree), Vec::<String>::new(), "within Discord's limits");
    let is_ours = |noun: &str| NOUNS.iter().any(|n| n.one == noun);
    let menu = commands::menu(&all).into_iter().filter(|item| is_ours(&item.noun)).map(|item| item.name);
    (tree.into_iter().filter(|command| is_ours(&command.name)).collect(), menu.collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_system_crosses_the_wire() {
    let town = Town::with_team().await;
    for id in ["engagement", "sales-pipeline", "feedback-pipeline", "impact-drivers", "activity"] {
        let line = format!("/setup playbook playbook:{id} active:true");
        town.says("mia", "general", &line).await.tells(&["is on"]);
    }
    let (tree, menu) = tree();
    for command in &tree {
        town.command(&command.name).await;
    }
    for noun in &NOUNS {
        records(&town, noun).await;
        let command = tree.iter().find(|c| c.name == noun.one).expect("its commands");
        many(&town, noun, command).await;
        suggestions(&town, noun, command).await;
        menus(&town, noun).await;
    }
    pipelines(&town).await;
    town.quiet().await;
    crossed(&town, &tree, menu, None);
}

/// One record, by every command that is about one.
async fn records(town: &Town, noun: &Noun) {
    let Noun { one, letter, to, reason } = noun;
    let says = async |rest: &str, parts: &[&str]| {
        let said = town.says("mia", "leads", &format!("/{one} {}", rest.replace("{it}", one))).await;
        let text = said.text();
        assert!(parts.iter().all(|part| text.contains(part)), "/{one} {rest}: {text}");
    };
    let (first, second) = (format!("{letter}-1"), format!("{letter}-2"));
    let new = "company:\"Sys Ltd\" email:sys@sys.example phone:\"+44 20 7946 0999\" value:5k source:fair owner:@mia team:Sales";
    says(&format!("new name:Sys {new}"), &[&first, "Sys"]).await;
    says("new name:\"Sys two\" company:\"Other Ltd\"", &[&second]).await;
    says("show {it}:Sys two", &[&second]).await;
    let log = "activity:call_answered note:\"They like it\" at:\"today 9:00\" next:Call due:\"in 2 days\"";
    says(&format!("log {{it}}:{first} {log}"), &[&first]).await;
    says(&format!("log {{it}}:{first} activity:note note:x outcome:no_change"), &[]).await;
    says(
        &format!("done task:{first}/9 outcome:no_change status:keep next:Call due:\"in 2 days\""),
        &["is no open task"],
    )
    .await;
    says(&format!("next {{it}}:{first} action:Call due:\"in 3 days\""), &["next action: Call"]).await;
    says(&format!("edit {{it}}:{first} field:value value:6k"), &["has a new Value", "6,000"]).await;
    says(&format!("undo {{it}}:{first}"), &["is undone"]).await;
    says(&format!("assign {{it}}:{first} to:@max"), &["belongs to"]).await;
    says("mine filter:today", &[]).await;
    says(&format!("history {{it}}:{first}"), &["created", "Next"]).await;
    says(&format!("stage {{it}}:{first} to:upstairs reason:x"), &["\"upstairs\" is no stage"]).await;
    let moved = format!("status {{it}}:{second} to:{to} reason:{reason} note:\"Not now\"");
    // Pipelines have no reasons of their own.
    if *one == "opportunity" {
        says(&moved, &["No reason is asked for here"]).await;
        says(&format!("status {{it}}:{second} to:{to} note:\"Not now\""), &[&second]).await;
    } else {
        says(&moved, &[&second]).await;
    }
    says(&format!("merge {{it}}:{second} into:{first}"), &["has taken"]).await;
    says(&format!("erase {{it}}:{first}"), &["Erase", "Blanked"]).await;
}

/// Lists, moves of many, files: with every option that narrows them down.
async fn many(town: &Town, noun: &Noun, command: &Command) {
    let Noun { one, to, reason, .. } = noun;
    let filters: BTreeMap<&str, &str> = [
        ("owner", "@max"),
        ("team", "Sales"),
        ("company", "Nobody"),
        ("state", "all"),
        ("stale", "false"),
        ("pipeline", "sales-pipeline"),
    ]
    .into();
    let has = |name: &str, option: &str| {
        let sub = command.subs.iter().find(|s| s.path == [name]).expect("it is there");
        sub.options.iter().any(|o| o.name == option)
    };
    for (name, own) in [
        ("list", String::new()),
        ("export", String::new()),
        ("bulk", format!("to:{to} reason:{reason} note:\"Not now\"")),
    ] {
        let filters = filters.iter().filter(|(option, _)| has(name, option));
        let filters: Vec<_> = filters.map(|(option, value)| format!("{option}:\"{value}\"")).collect();
        let line = format!("/{one} {name} {own} {}", filters.join(" "));
        let said = town.says("mia", "general", &line).await;
        let none = format!("No {}", command.means.trim_start_matches("Work with "));
        said.tells(&[&none]);
        for narrower in [format!("status:{to}"), "stage:upstairs".to_owned()] {
            let line = format!("/{one} {name} {own} {narrower}");
            let text = town.says("mia", "general", &line).await.text();
            assert!(!text.is_empty(), "{line}");
        }
    }
    let pipeline = if has("import", "pipeline") { "pipeline:feedback-pipeline" } else { "" };
    let text = "Wer,Firma,Fax\nNeu,Nova,1\n".to_owned();
    let file = town.server.upload("in.csv", "text/csv", text.into_bytes());
    let line = format!(
        "/{one} import file:{file} mapping:\"Wer=name, Firma=company, Fax=-\" dry-run:true {pipeline}"
    );
    town.says("mia", "general", &line).await.tells(&["in.csv: 1 row"]);
}

/// What every option suggests, at most 25 and never over 100 characters. What a playbook has none of is not suggested.
async fn suggestions(town: &Town, noun: &Noun, command: &Command) {
    let it = format!("{}-1", noun.letter);
    for sub in &command.subs {
        for option in sub.options.iter().filter(|o| o.suggests.is_some()) {
            let mut typed = Map::from_iter([(option.name.clone(), json!(""))]);
            if option.name != noun.one && sub.options.iter().any(|o| o.name == noun.one) {
                typed.insert(noun.one.to_owned(), json!(it));
            }
            let choices = offered(town, command, sub, Value::Object(typed), &option.name).await;
            let may_be_none = match option.suggests {
                Some(
                    Suggests::StatusFor
                    | Suggests::StageFor
                    | Suggests::AnyStage
                    | Suggests::Reason
                    | Suggests::Outcome
                    | Suggests::Task
                    | Suggests::Record
                    | Suggests::Source,
                ) => true,
                Some(_) | None => false,
            };
            let path = format!("{} {} {}", command.name, sub.path.join(" "), option.name);
            assert!(may_be_none || !choices.is_empty(), "nothing is suggested for {path}");
            assert!(choices.len() <= 25, "{path}: {choices:?}");
            assert!(choices.iter().all(|c| c["name"].as_str().is_some_and(|n| n.chars().count() <= 100)));
        }
    }
}

async fn offered(town: &Town, command: &Command, sub: &Sub, typed: Value, focus: &str) -> Vec<Value> {
    let path = format!("/{} {}", command.name, sub.path.join(" "));
    let offered = town.server.autocomplete("mia", "leads", &path, typed, focus).await;
    let Got::Choices(choices) = offered.expect("asked").got else { panic!("no answer for {path} {focus}") };
    choices
}

/// "Create …" and "Log to …" of a message's menu.
async fn menus(town: &Town, noun: &Noun) {
    let one = noun.one;
    let said = town.server.say("ben", "general", "Fay of Foxtrot wants the offer").expect("said");
    let item = format!("Create {one}");
    let form = town.server.message_command("mia", said, &item).await;
    let form = town.complete(form, &item).await.form();
    let made = town.submits("mia", &form, json!({"name": "Fay", "company": "Foxtrot"})).await;
    assert!(made.text().contains("Fay"), "{}", made.text());
    let item = format!("Log to {one}");
    let list = town.server.message_command("mia", said, &item).await;
    let list = town.complete(list, &item).await.tells(&[&format!("which {one}?")]);
    let what = town.pick("mia", &list, "nr", &list_value(&list)).await.tells(&["what happened?"]);
    let form = town.pick("mia", &what, "na", "note").await.form();
    town.submits("mia", &form, json!({})).await.tells(&["has your note"]);
}

/// C1–C4 over the wire: which pipeline, what stands in which column, what a payment does; the fields that are asked for
/// at once, and the lead that an opportunity is made of.
async fn pipelines(town: &Town) {
    town.says("ana", "leads", "/lead new name:Mei email:mei@acme.example company-size:40")
        .await
        .tells(&["L-1"]);
    let line =
        "/opportunity new name:Acme pipeline:sales-pipeline lead:L-1 value:5k expected-close:2030-01-01";
    town.says("ana", "leads", line).await.tells(&["L-1", "has to be"]);
    let line = "/opportunity new name:Acme pipeline:sales-pipeline expected-close:2030-01-01";
    let made = town.says("ana", "leads", line).await.tells(&["O-", "Acme", "is created"]).text();
    let handle = handle_in(&made, "O-");
    town.card(&handle, &["Sales pipeline · New lead · ", "Open"]).await;
    let line = "/opportunity new name:\"Acme again\" pipeline:chess";
    town.says("ana", "leads", line).await.tells(&["There is no pipeline \"chess\""]);
    let typed = json!({"opportunity": handle, "to": ""});
    let offered = town.server.autocomplete("ana", "leads", "/opportunity stage", typed, "to").await;
    let Got::Choices(choices) = offered.expect("asked").got else { panic!("no stages") };
    let stages: Vec<_> = choices.iter().filter_map(|c| c["value"].as_str()).collect();
    assert_eq!(stages, ["initial_contact", "sales_call", "closed_deal"], "those of its own pipeline");
    let line = format!("/opportunity stage opportunity:{handle} to:sales_call reason:\"They agreed\"");
    town.says("ana", "leads", &line).await.tells(&["Booked sales call"]);
    let line = format!("/opportunity log opportunity:{handle} activity:payment");
    town.says("ana", "leads", &line).await.tells(&["is now", "Won"]);
    town.card(&handle, &["Sales pipeline · Booked sales call · ", "Won"]).await;
    let made = town.says("ana", "leads", "/contact new name:Ken company:\"Ken Ltd\"").await.text();
    let contact = handle_in(&made, "C-");
    let deal = "pipeline:sales-pipeline value:5k expected-close:2030-01-01";
    let line = format!("/opportunity new name:\"Ken's order\" contact:{contact} {deal}");
    town.says("ana", "leads", &line).await.tells(&["Ken's order", "is created"]);
    let typed = json!({"name": "X", "pipeline": ""});
    let offered = town.server.autocomplete("ana", "leads", "/opportunity new", typed, "pipeline").await;
    let Got::Choices(choices) = offered.expect("asked").got else { panic!("no pipelines") };
    assert_eq!(choices.len(), 2, "{choices:?}");
    let typed = json!({"name": "X", "lead": ""});
    let offered = town.server.autocomplete("ana", "leads", "/opportunity new", typed, "lead").await;
    let Got::Choices(choices) = offered.expect("asked").got else { panic!("no leads") };
    assert_eq!(choices[0]["value"], "L-1", "{choices:?}");
}

/// `O-12` in a text.
fn handle_in(text: &str, letter: &str) -> String {
    let number = text.split(letter).nth(1).map(|t| t.chars().take_while(char::is_ascii_digit));
    format!("{letter}{}", number.expect("its number").collect::<String>())
}
