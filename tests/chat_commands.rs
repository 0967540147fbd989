//! The commands as people type them: the table, the text form, the reading.

use std::collections::{BTreeMap, BTreeSet};

use bellwether::chat::commands::{Command, OptKind, RESERVED, Suggests, find, tree};
use bellwether::chat::intent::{
    Call, Intent, ListFilters, MineFilter, PersonArg, PipelineChange, RecordArg, Setting, State,
    ThresholdArgs, Value,
};
use bellwether::chat::parse::{Mention, intent, typed};
use bellwether::domain::ids::{ChannelId, PersonId, RoleId};
use bellwether::domain::playbook::{Combinations, Noun, Playbook, Stages};
use bellwether::domain::workspace::QuietHours;
use bellwether::playbook::Playbooks;

fn playbook(singular: &str, plural: &str, letter: char) -> Playbook {
    Playbook {
        pipeline: false,
        comes_from: None,
        on: true,
        id: singular.into(),
        title: singular.to_owned(),
        why: String::new(),
        noun: Noun { singular: singular.to_owned(), plural: plural.to_owned(), letter },
        version: 1,
        initial: "a".into(),
        statuses: Vec::new(),
        stages: Stages::default(),
        phases: Vec::new(),
        fields: Vec::new(),
        reasons: Vec::new(),
        outcomes: Vec::new(),
        create_needs: Vec::new(),
        routes: vec![],
        new_route: None,
        cluster: None,
        crm_log: None,
        rules: Vec::new(),
        gates: Vec::new(),
        combinations: Combinations::default(),
        upgrade: Default::default(),
        effective: None,
    }
}

fn table() -> Vec<Command> {
    tree(&[&playbook("lead", "leads", 'L')])
}

fn resolve(mention: Mention<'_>) -> Option<Value> {
    match mention {
        Mention::Person("ben") => Some(Value::Person(PersonId(2), "Ben".to_owned())),
        Mention::Channel("alerts") => Some(Value::Channel(ChannelId(9))),
        Mention::Role("managers") => Some(Value::Role(RoleId(7))),
        Mention::File("holidays.ics") => Some(Value::File("holidays.ics".to_owned(), b"BEGIN".to_vec())),
        Mention::Person(_) | Mention::Channel(_) | Mention::Role(_) | Mention::File(_) => None,
    }
}

fn call(line: &str) -> Result<Call, String> {
    typed(line, &table(), &resolve)
}

fn read(line: &str) -> Intent {
    intent(&call(line).unwrap_or_else(|e| panic!("{line}: {e}"))).unwrap_or_else(|e| panic!("{line}: {e}"))
}

fn lead(typed: &str) -> RecordArg {
    RecordArg { noun: "lead".to_owned(), typed: typed.to_owned() }
}

/// The contract: names and options, exactly.
#[test]
fn the_table_is_the_contract() {
    let mut lines = Vec::new();
    for command in table() {
        for sub in &command.subs {
            let options =
                sub.options.iter().map(|o| format!("{}{}", o.name, if o.required { "*" } else { "" }));
            lines.push(
                format!("/{} {} {}", command.name, sub.path.join(" "), options.collect::<Vec<_>>().join(" "))
                    .trim()
                    .to_owned(),
            );
        }
    }
    let contract = "\
/lead new name* company email phone value source owner team
/lead show lead*
/lead status lead* to* reason note
/lead stage lead* to* reason
/lead log lead* activity* outcome note at next due
/lead done task* outcome status next due
/lead next lead* action* due*
/lead edit lead* field* value*
/lead assign lead* to*
/lead mine filter
/lead list status stage owner team company state stale
/lead bulk to* status stage owner team company state stale reason note
/lead import file* mapping dry-run
/lead export status stage owner team company state stale
/lead history lead*
/lead merge lead* into*
/lead erase lead*
/lead undo lead
/approvals mine
/approvals all
/pipeline digest team
/pipeline points by who company
/playbook list
/playbook guide status playbook
/playbook show playbook
/playbook use playbook
/playbook check file*
/playbook simulate file* since
/setup team name* manager-role rep-role leads alerts approvals digest digest-at timezone booking
/setup member person* team role duties capacity
/setup calendar team hours
/setup holidays team add remove file
/setup thresholds high-value currency rates cluster enterprise stale-grace activity-window undo-window budget
/setup playbook playbook* active file
/setup hooks secret url messages hubspot
/setup show
/setup pipeline add pipeline* stages* open won lost abandoned
/setup pipeline rename pipeline* to* stage
/setup pipeline reorder pipeline* stages*
/setup pipeline retire pipeline* stage* into
/me settings budget
/me quiet-hours hours
/me away until from
/me timezone zone*
/me language language
/me booking link*";
    assert_eq!(lines.join("\n"), contract);
}

/// ruling 18: within 7,500 of 8,000 characters, and within every other limit on commands.
#[test]
fn every_command_fits() {
    // All five systems in one workspace.
    let shipped = Playbooks::builtin();
    let tree = tree(&shipped.all().iter().map(AsRef::as_ref).collect::<Vec<_>>());
    assert_eq!(tree.len(), 5 + RESERVED.len());
    let names: BTreeSet<_> = tree.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names.len(), tree.len());
    assert!(RESERVED.iter().all(|r| names.contains(r)));
    let named = |name: &str| {
        (1..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
    };
    let means = |text: &str| (1..=100).contains(&text.chars().count());
    for command in &tree {
        assert!(command.size() <= 7_500, "/{} has {} characters", command.name, command.size());
        assert!(named(&command.name) && means(&command.means) && (1..=25).contains(&command.subs.len()));
        for sub in &command.subs {
            assert!(sub.path.iter().all(|w| named(w)) && means(&sub.means) && sub.options.len() <= 25);
            let firsts: Vec<_> = sub.options.iter().map(|o| !o.required).collect();
            assert!(firsts.is_sorted(), "/{} {:?}: required options come first", command.name, sub.path);
            for option in &sub.options {
                assert!(named(&option.name) && means(&option.means), "{}", option.name);
                assert!(option.choices.len() <= 25);
                assert!(option.choices.is_empty() || option.suggests.is_none());
                assert!(option.suggests.is_none() || option.kind == OptKind::Text);
            }
        }
    }
}

#[test]
fn two_playbooks_of_one_noun_share_a_tree() {
    let pipelines =
        [playbook("opportunity", "opportunities", 'O'), playbook("opportunity", "opportunities", 'O')];
    let tree = tree(&pipelines.iter().collect::<Vec<_>>());
    assert_eq!(tree.iter().filter(|c| c.name == "opportunity").count(), 1);
    let status = find(&tree, &["opportunity".into(), "status".into()]).unwrap();
    assert_eq!(status.options[0].name, "opportunity");
    assert_eq!(status.options[1].suggests, Some(Suggests::StatusFor));
}

/// Every subcommand's own example can be typed and read.
#[test]
fn every_example_is_read() {
    let anyone = |m: Mention<'_>| match m {
        Mention::Person(name) => Some(Value::Person(PersonId(1), name.to_owned())),
        Mention::Channel(_) => Some(Value::Channel(ChannelId(1))),
        Mention::Role(_) => Some(Value::Role(RoleId(1))),
        Mention::File(name) => Some(Value::File(name.to_owned(), Vec::new())),
    };
    for command in table() {
        for sub in &command.subs {
            let call =
                typed(&sub.example, &table(), &anyone).unwrap_or_else(|e| panic!("{}: {e}", sub.example));
            assert_eq!(call.path[1..], sub.path);
            intent(&call).unwrap_or_else(|e| panic!("{}: {e}", sub.example));
        }
    }
}

/// C1, C5: what is to become of a pipeline, with every option.
#[test]
fn a_pipeline_is_changed_by_words() {
    let change = |line: &str| match read(line) {
        Intent::SetupPipeline(change) => change,
        other => panic!("{line}: {other:?}"),
    };
    let owned = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    let pipeline = || "Onboarding".to_owned();
    assert_eq!(
        change(
            "/setup pipeline add pipeline:Onboarding stages:\"Kick-off, Live\" open:\"We train them\" won:payment lost:no \
             abandoned:silence"
        ),
        PipelineChange::Add {
            pipeline: pipeline(),
            stages: owned(&["Kick-off", "Live"]),
            makes: [("open", "We train them"), ("won", "payment"), ("lost", "no"), ("abandoned", "silence"),]
                .map(|(status, makes)| (status.to_owned(), makes.to_owned()))
                .into(),
        }
    );
    assert_eq!(
        change("/setup pipeline rename pipeline:Onboarding stage:Live to:In use"),
        PipelineChange::Rename { pipeline: pipeline(), stage: Some("Live".into()), to: "In use".into() }
    );
    assert_eq!(
        change("/setup pipeline rename pipeline:Onboarding to:Start"),
        PipelineChange::Rename { pipeline: pipeline(), stage: None, to: "Start".into() }
    );
    assert_eq!(
        change("/setup pipeline reorder pipeline:Onboarding stages:Live; Kick-off"),
        PipelineChange::Reorder { pipeline: pipeline(), stages: owned(&["Live", "Kick-off"]) }
    );
    assert_eq!(
        change("/setup pipeline retire pipeline:Onboarding stage:Live into:Kick-off"),
        PipelineChange::Retire { pipeline: pipeline(), stage: "Live".into(), into: Some("Kick-off".into()) }
    );
    assert!(call("/setup pipeline add pipeline:Onboarding").unwrap_err().contains("\"stages\" is missing"));
}

/// Every option of every command arrives.
#[test]
fn a_typed_line_becomes_an_intent() {
    let ben = || PersonArg { id: PersonId(2), name: "Ben".to_owned() };
    assert_eq!(
        read(
            "/lead new name:\"Acme \\\"A\\\" Ltd\" company:Acme email:ana@acme.com phone:+60 12 345 6789 value:12k \
             source:fair owner:@ben team:Sales"
        ),
        Intent::New {
            noun: "lead".to_owned(),
            name: "Acme \"A\" Ltd".to_owned(),
            company: Some("Acme".to_owned()),
            email: Some("ana@acme.com".to_owned()),
            phone: Some("+60 12 345 6789".to_owned()),
            value: Some("12k".to_owned()),
            source: Some("fair".to_owned()),
            owner: Some(ben()),
            team: Some("Sales".to_owned()),
            pipeline: None,
            others: BTreeMap::new(),
        }
    );
    assert_eq!(read("/lead show lead:l-3"), Intent::Show { record: lead("l-3") });
    assert_eq!(
        read("/lead status lead:Acme Ltd to:parked reason:timing note:\"not before: spring\""),
        Intent::Status {
            record: lead("Acme Ltd"),
            to: "parked".to_owned(),
            reason: Some("timing".to_owned()),
            note: Some("not before: spring".to_owned()),
        }
    );
    assert_eq!(
        read("/lead stage lead:L-3 to:SQL reason:fits"),
        Intent::Stage { record: lead("L-3"), to: "SQL".to_owned(), reason: Some("fits".to_owned()) }
    );
    assert_eq!(
        read(
            "/lead log lead:L-3 activity:call_answered outcome:ok note:hi at:today 9:30 next:\"call\" due:in 2 days"
        ),
        Intent::Log {
            record: lead("L-3"),
            activity: "call_answered".to_owned(),
            outcome: Some("ok".to_owned()),
            note: Some("hi".to_owned()),
            at: Some("today 9:30".to_owned()),
            next: Some("call".to_owned()),
            due: Some("in 2 days".to_owned()),
        }
    );
    assert_eq!(
        read("/lead next lead:L-3 action:call back due:tomorrow 3pm"),
        Intent::Next { record: lead("L-3"), action: "call back".to_owned(), due: "tomorrow 3pm".to_owned() }
    );
    assert_eq!(
        read("/lead edit lead:L-3 field:company value:-"),
        Intent::Edit { record: lead("L-3"), field: "company".to_owned(), value: None }
    );
    assert_eq!(read("/lead assign lead:L-3 to:@ben"), Intent::Assign { record: lead("L-3"), to: ben() });
    assert_eq!(
        read("/lead mine filter:late"),
        Intent::Mine { noun: "lead".to_owned(), filter: MineFilter::Late }
    );
    assert_eq!(
        read("/lead list status:a stage:b owner:@ben team:Sales company:Acme state:all stale:true"),
        Intent::List {
            noun: "lead".to_owned(),
            filters: ListFilters {
                status: Some("a".to_owned()),
                stage: Some("b".to_owned()),
                owner: Some(PersonId(2)),
                team: Some("Sales".to_owned()),
                company: Some("Acme".to_owned()),
                state: State::All,
                state_given: true,
                stale: true,
                pipeline: None,
            }
        }
    );
    assert_eq!(read("/lead history lead:L-3"), Intent::History { record: lead("L-3") });
    let Intent::SetupTeam(team) = read(
        "/setup team name:Sales manager-role:@managers alerts:#alerts digest-at:5:30pm timezone:Asia/Kuala_Lumpur",
    ) else {
        panic!("not a team")
    };
    assert_eq!((team.manager_role, team.alerts), (Some(RoleId(7)), Some(ChannelId(9))));
    assert_eq!(team.digest_at.unwrap().to_string(), "17:30:00");
    let Intent::SetupMember { duties, capacity, .. } =
        read("/setup member person:@ben duties:ae, sdr manager capacity:40")
    else {
        panic!("not a member")
    };
    assert_eq!((duties.unwrap().len(), capacity), (2, Some(40)));
    let Intent::SetupHolidays { add, file, .. } =
        read("/setup holidays add:2026-12-25, 2027-01-01 file:holidays.ics")
    else {
        panic!("not holidays")
    };
    assert_eq!((add.len(), file.is_some()), (2, true));
    assert_eq!(
        read("/setup thresholds high-value:25k currency:MYR rates:USD 4.45, SGD=3.30"),
        Intent::SetupThresholds(Box::new(ThresholdArgs {
            high_value: Some("25k".to_owned()),
            currency: Some("MYR".to_owned()),
            rates: vec![("USD".to_owned(), "4.45".to_owned()), ("SGD".to_owned(), "3.30".to_owned())],
            ..ThresholdArgs::default()
        }))
    );
    let Intent::SetupThresholds(args) =
        read("/setup thresholds cluster:4 stale-grace:3 business days undo-window:15m budget:12, North 6")
    else {
        panic!("not thresholds")
    };
    assert_eq!((args.cluster, args.stale_grace.as_deref()), (Some(4), Some("3 business days")));
    assert_eq!((args.undo_window.as_deref(), args.budget.len()), (Some("15m"), 2));
    let time = |h| chrono::NaiveTime::from_hms_opt(h, 0, 0).unwrap();
    let night = QuietHours { from: time(22), to: time(8) };
    for typed in ["22:00-08:00", "22-8", "10pm to 8am", "10pm – 8am"] {
        let read = read(&format!("/me quiet-hours hours:{typed}"));
        assert_eq!(read, Intent::MyQuietHours { hours: Some(Setting::To(night)) }, "{typed}");
    }
    assert_eq!(read("/me quiet-hours hours:-"), Intent::MyQuietHours { hours: Some(Setting::Off) });
    assert_eq!(
        read("/me away until:mon 9am"),
        Intent::MyAway { until: Some(Setting::To("mon 9am".to_owned())), from: None }
    );
    assert_eq!(read("/me timezone zone:Asia/Tokyo"), Intent::MyZone { zone: "Asia/Tokyo".to_owned() });
}

/// A wrong input gets one sentence that says what to do.
#[test]
fn what_cannot_be_read_is_refused_in_one_sentence() {
    let wrong = [
        ("", "Type a command, such as /setup show."),
        ("hello", "A command begins with a slash, such as /setup show; \"hello\" does not."),
        ("/dance", "I know no command /dance: type / to see them all."),
        (
            "/me zone",
            "/me goes on with one of settings, quiet-hours, away, timezone, language, booking, such as /me settings.",
        ),
        ("/lead show", "\"lead\" is missing: write it like /lead show lead:L-12."),
        ("/lead show L-12", "I cannot place \"L-12\": the options are lead, as in /lead show lead:L-12."),
        (
            "/lead show lead:L-1 lead:L-2",
            "\"lead\" is given twice: write it once, as in /lead show lead:L-12.",
        ),
        ("/lead new name:\"Acme", "A quotation mark is not closed: write name:\"Acme Ltd\"."),
        ("/lead assign lead:L-1 to:@zoe", "I know no person called \"@zoe\": check the spelling."),
        ("/setup member person:@ben capacity:lots", "\"capacity\" takes a whole number, such as 40."),
        ("/lead list stale:maybe", "\"stale\" takes true or false."),
    ];
    for (line, sentence) in wrong {
        assert_eq!(call(line), Err(sentence.to_owned()), "{line}");
    }
    let unread = [
        (
            "/lead mine filter:hot",
            "\"hot\" is not a filter: write one of all, late, today, tasks, owing, waiting.",
        ),
        ("/setup member person:@ben role:boss", "\"boss\" is not a role: write rep, manager or gone."),
        ("/setup team name:Sales digest-at:25:00", "\"25:00\" is not a time of day: write it like 08:30."),
        ("/me quiet-hours hours:night", "\"night\" is not a span of hours: write it like 22:00-08:00."),
        (
            "/me quiet-hours hours:8-8",
            "Quiet hours end at another time than they begin: write them like 22:00-08:00.",
        ),
        ("/setup thresholds rates:4.45", "\"4.45\" is not a rate: write it like USD 4.45, SGD 3.30."),
    ];
    for (line, sentence) in unread {
        assert_eq!(intent(&call(line).unwrap()), Err(sentence.to_owned()), "{line}");
    }
    let forged = Call { path: vec!["lead".into(), "explode".into()], ..Call::default() };
    assert_eq!(intent(&forged), Err("I know no command /lead explode: type / to see them all.".to_owned()));
}
