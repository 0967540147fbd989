//! Digest, guide and set-up.

use bellwether::chat::message::Severity;
use bellwether::chat::render::view::*;
use bellwether::chat::render::{digest, guide, settings, setup_show};
use bellwether::domain::accounts::Account;
use bellwether::domain::calendar::{Calendar, WeeklyHours};
use bellwether::domain::hooks::{Hooks, Key};
use bellwether::domain::ids::{ChannelId, RoleId, TeamId};
use bellwether::domain::money::{Currency, Money};
use bellwether::domain::span::Span;
use bellwether::domain::workspace::{Duty, Role, SettingChange, Team, Thresholds, Workspace};
use chrono::{Duration, NaiveDate, NaiveTime};

use crate::fixture::{text_of as text, *};

/// The digest: what nobody can decide heads it (ruling 11); nothing to say is one line.
#[test]
fn a_digest_is_short_and_its_details_are_in_the_thread() {
    let world = world();
    let view = DigestView {
        team: "Sales".into(),
        date: now().date_naive(),
        since: Some(now() - Duration::days(1)),
        systems: vec![DigestSystem {
            title: "Toy".into(),
            statuses: vec![("🌱".into(), "Fresh".into(), 4), ("🤝".into(), "Talking".into(), 0)],
            stages: vec![("MQL".into(), 3), ("SQL".into(), 1)],
            moves: vec![("Fresh".into(), "Talking".into(), 3), ("Talking".into(), "Gone".into(), 1)],
            ..DigestSystem::default()
        }],
        created: 2,
        breaches: vec![DigestItem {
            handle: world.record().handle,
            name: "Acme Ltd".into(),
            what: "first contact".into(),
            since: now() - Duration::hours(3),
            over_at: None,
            owner: Some(ANA),
        }],
        stale: vec![],
        flagged: vec![],
        shares: vec![],
        waiting: vec![DigestRequest {
            handle: world.record().handle,
            name: "Acme Ltd".into(),
            to: "Gone".into(),
            since: now() - Duration::hours(5),
            requested_by: Some(ANA),
            deciders: vec![],
        }],
        reps: vec![DigestRep { person: ANA, open: 4, moves: 1, activities: 6, breaches: 1, held: 0 }],
        parked_messages: 1,
    };
    let (root, details) = digest::digest(&view);
    assert_eq!(
        plain(&root),
        "\
# Sales · Tue 24 Nov 2026
L-12 → Gone
⚠️ Nobody may decide this: whoever asked, owns it or owned it in the last 30 days is left out. Add a manager with \
`/setup member role:manager`.
Status 🌱 Fresh 4
Since <2026-11-23 10:00 D>: 2 new, 4 moves, 1 breach
✋ 1 waiting for approval
📪 1 message could not be delivered: see `/setup show`."
    );
    assert_eq!(details.len(), 4);
    assert_eq!(text(&details[3].lines[0]), "@ana: 4 open · 1 move · 6 logged · ⏰ 1");
    assert!(details.iter().all(|d| d.mentions.is_empty()) && root.mentions.is_empty());
    let still = DigestView {
        team: "Sales".into(),
        date: now().date_naive(),
        since: Some(now() - Duration::days(1)),
        systems: vec![DigestSystem {
            title: "Toy".into(),
            phases: vec![("Lead".into(), 4)],
            statuses: vec![("🌱".into(), "Fresh".into(), 4)],
            ..DigestSystem::default()
        }],
        reps: vec![DigestRep { person: ANA, open: 4, moves: 0, activities: 0, breaches: 0, held: 0 }],
        ..DigestView::default()
    };
    let (root, details) = digest::digest(&still);
    assert_eq!(
        plain(&root),
        "Sales · Tue 24 Nov 2026: nothing new since <2026-11-23 10:00 D>. Phase Lead 4; Status 🌱 Fresh 4."
    );
    assert!(details.is_empty());
    let other = DigestSystem {
        title: "Chess".into(),
        statuses: vec![("🤝".into(), "Fresh".into(), 1)],
        ..DigestSystem::default()
    };
    let both = DigestView { systems: vec![still.systems[0].clone(), other], ..still };
    assert_eq!(
        plain(&digest::digest(&both).0),
        "Sales · Tue 24 Nov 2026: nothing new since <2026-11-23 10:00 D>. Toy: Phase Lead 4; Status 🌱 Fresh 4. \
         Chess: Status 🤝 Fresh 1."
    );
    let quiet = DigestView { team: "Sales".into(), date: now().date_naive(), ..DigestView::default() };
    let (root, details) = digest::digest(&quiet);
    assert_eq!(plain(&root), "Sales · Tue 24 Nov 2026: nothing to report.");
    assert!(details.is_empty());
}

/// D19
#[test]
fn the_guide_fits() {
    let status = GuideStatus {
        emoji: "🌱".into(),
        label: "Fresh".into(),
        means: "m".repeat(1_000),
        when: "w".repeat(1_000),
        example: "e".repeat(1_000),
        needs: vec!["Reason".into()],
        uses: vec!["Reason: It shows why.".into(), "u".repeat(1_000)],
        happens: vec!["h".repeat(2_000)],
        next: "n".repeat(1_000),
        red_flag: "r".repeat(1_000),
        moves: vec!["Talking".into(), "Gone".into()],
    };
    let one = guide::guide(&GuideView::Status(Box::new(status)));
    assert!(plain(&one).chars().count() < 4_000);
    assert!(plain(&one).contains("[Goes on to] Talking, Gone"));
    assert!(plain(&one).contains("[Why it is asked] Reason: It shows why. · u"), "D69");
    let statuses = (0..12).map(|n| ("🌱".into(), format!("Status {n}"), "means".repeat(100))).collect();
    let all = guide::guide(&GuideView::Overview {
        title: "Playbook".into(),
        why: "why".into(),
        advice: Some("Fewer, clearer ones.".into()),
        noun: "lead".into(),
        statuses,
        stages: vec![("MQL".into(), "m".into()), ("SQL".into(), "s".into())],
    });
    assert!(plain(&all).chars().count() < 4_000);
    assert!(plain(&all).contains("Stages: MQL → SQL"));
    assert!(plain(&all).contains("Fewer, clearer ones."), "D72");
}

#[test]
fn set_up_is_confirmed_in_a_line() {
    let mut world = world();
    let team = world.workspace.teams[0].clone();
    assert_eq!(
        plain(&settings::calendar_saved(&team, 12)),
        "Sales: business hours mon-fri 09:00-18:00 UTC; 12 deadlines are counted anew."
    );
    assert_eq!(plain(&settings::calendar_shown(&team)), "Sales: business hours mon-fri 09:00-18:00 UTC.");
    assert!(
        plain(&settings::holidays_saved(&team, 1, 0, 0))
            .starts_with("Sales: 1 holiday added, 0 removed, 0 in all.")
    );
    world.workspace.thresholds.rates.insert(Currency::EUR, 1_080_000);
    assert_eq!(
        plain(&settings::thresholds_saved(&world.workspace, 1)),
        "Thresholds: giving up needs an approval from $10,000 on · currency USD · rate EUR 1.08 · 3 parked records \
         of one company are flagged · enterprise: none · a forced review waits as long as the playbook says · a contact is active for as long as the playbook says · changes can be taken \
         back for 15 minutes · at most 12 interruptions a day for each person; 1 deadline is counted anew."
    );
    assert_eq!(plain(&settings::member_saved(&world.workspace, CHI)), "@chi is now manager in Sales.");
    let notes = NotesView {
        waiting: 2,
        waits: Some("no answer in time".to_owned()),
        refused: 1,
        refuses: Some("HubSpot has no company called \"Acme\"".to_owned()),
        has_crm: true,
    };
    let delivery = DeliveryView {
        waiting: 1,
        parked: 2,
        notes,
        may_send_notes: true,
        broken: vec![ChannelId(5)],
        kept: 3,
    };
    let changes =
        [SettingChange { setting: "high value".to_owned(), value: "$10,000".to_owned(), by: CHI, at: now() }];
    let view = SetupView {
        workspace: &world.workspace,
        changes: &changes,
        delivery: &delivery,
        playbooks: vec![(&world.playbook, true)],
        now: now(),
    };
    let show = setup_show::page(&view, 0);
    assert_eq!(show.severity, Severity::Warning);
    assert!(
        plain(&show).contains(
            "[Delivery] 1 message waiting, 2 undeliverable\n📮 2 notes for HubSpot wait to be sent: no answer in time; \
             1 note for HubSpot was refused: HubSpot has no company called \"Acme\"\n⚠️ #5 is gone or closed to me"
        ),
        "{}",
        plain(&show)
    );
    assert!(plain(&show).contains("from $10,000 on · by @chi"), "{}", plain(&show));
    assert!(plain(&settings::greeting(&world.workspace)).contains("`/setup member`: who is a rep"));
}

/// Every setting has its line in `/setup show` (issue 3.11). What is taken apart here has no `..`: a new setting does not
/// compile until it is set here to a value of its own, and looked for.
#[test]
fn every_setting_is_shown() {
    let mut world = world();
    let ids = |n: i64| Some(ChannelId(n));
    let accounts = (0..45).map(|n| {
        let name = format!("Company {n:02}");
        (name.to_lowercase(), Account { name, owner: if n == 44 { BEN } else { ANA } })
    });
    world.workspace.thresholds = Thresholds {
        high_value: Money { minor: 2_345_600, currency: Currency::USD },
        currency: Currency::USD,
        rates: [(Currency::EUR, 1_080_000)].into(),
        cluster: 7,
        stale_grace: Span::parse("4 business days").ok(),
        activity_window: Span::parse("61 days").ok(),
        undo_window: 17,
        budget: 11,
        team_budgets: [(world.workspace.teams[0].id, 9)].into(),
        enterprise_size: Some(501),
        accounts: accounts.collect(),
    };
    let team = &mut world.workspace.teams[0];
    *team = Team {
        id: team.id,
        name: "North".to_owned(),
        manager_role: Some(RoleId(71)),
        rep_role: Some(RoleId(72)),
        leads: ids(81),
        alerts: ids(82),
        approvals: ids(83),
        digest: ids(84),
        digest_at: NaiveTime::from_hms_opt(7, 35, 0).unwrap(),
        calendar: Calendar {
            zone: chrono_tz::Asia::Kuala_Lumpur,
            hours: WeeklyHours::parse("mon-sat 08:15-17:45").unwrap(),
            holidays: [NaiveDate::from_ymd_opt(2026, 12, 25).unwrap()].into(),
        },
        booking: Some("https://cal.example.com/north".to_owned()),
    };
    world.workspace.hooks = Hooks {
        secret: Some(Key::new("one secret")),
        hubspot: Some(Key::new("another secret")),
        url: Some("https://crm.example.com/in".to_owned()),
        messages: true,
    };
    let ana = world.workspace.people.get_mut(&ANA).unwrap();
    (ana.role, ana.team, ana.capacity) = (Some(Role::Rep), Some(TeamId(1)), Some(33));
    ana.duties = [Duty::SdrManager].into();
    let ben = world.workspace.people.get_mut(&BEN).unwrap();
    (ben.gone, ben.gone_by) = (Some(now()), Some(CHI));
    world.workspace.broken = [(ChannelId(83), now())].into();

    let delivery = DeliveryView { broken: vec![ChannelId(83)], ..DeliveryView::default() };
    let view = SetupView {
        workspace: &world.workspace,
        changes: &[],
        delivery: &delivery,
        playbooks: vec![(&world.playbook, true)],
        now: now(),
    };
    let mut shown = String::new();
    for page in 0.. {
        let message = setup_show::page(&view, page);
        shown += &plain(&message);
        if message.buttons.iter().all(|button| button.label != "Next") {
            break;
        }
    }

    let Workspace { id: _, teams, people: _, thresholds, system_channel: _, greeted: _, broken: _, hooks } =
        world.workspace.clone();
    let Thresholds {
        high_value: _,
        currency: _,
        rates: _,
        cluster: _,
        stale_grace: _,
        activity_window: _,
        undo_window: _,
        budget: _,
        team_budgets: _,
        enterprise_size: _,
        accounts: _,
    } = thresholds;
    let of_thresholds = [
        "from $23,456 on",
        "currency USD",
        "rate EUR 1.08",
        "7 parked records",
        "a forced review waits 4 business days",
        "a contact is active for 61 days",
        "taken back for 17 minutes",
        "at most 11 interruptions a day",
        "budget at most 9 interruptions a day",
        "from 501 people on",
        "Company 00 → @ana",
        "Company 44 → @ben",
    ];
    let [
        Team {
            id: _,
            name: _,
            manager_role: _,
            rep_role: _,
            leads: _,
            alerts: _,
            approvals: _,
            digest: _,
            digest_at: _,
            calendar: Calendar { zone: _, hours: _, holidays: _ },
            booking: _,
        },
    ] = <[Team; 1]>::try_from(teams).unwrap();
    let of_team = [
        "Team North",
        "manager role @role 71",
        "rep role @role 72",
        "leads #81",
        "alerts #82",
        "approvals ⚠️ #83",
        "digest #84",
        "digest at 07:35",
        "time zone Asia/Kuala_Lumpur",
        "hours mon-sat 08:15-17:45",
        "1 holiday, the next ones 2026-12-25",
        "booking https://cal.example.com/north",
    ];
    let Hooks { secret: _, hubspot: _, url: _, messages: _ } = hooks;
    let of_hooks = [
        "secret set",
        "HubSpot's client secret set",
        "url https://crm.example.com/in",
        "prepared messages sent",
    ];
    let of_people = ["@ana: rep in North, SDR manager, up to 33 records", "@ben: rep in North", "gone since"];
    for line in of_thresholds.iter().chain(&of_team).chain(&of_hooks).chain(&of_people) {
        assert!(shown.contains(line), "\"{line}\" is not shown:\n{shown}");
    }
    assert!(!shown.contains("one secret") && !shown.contains("another secret"), "R11");
}
