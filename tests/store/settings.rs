//! Teams, people, thresholds, digests, unfinished forms, requests.

use bellwether::domain::field::Data;
use bellwether::domain::ids::*;
use bellwether::domain::workspace::{Person, Role, SettingChange, Team};
use bellwether::store::Needs;
use bellwether::store::digest::next_local;
use bellwether::store::row::{Approval, ApprovalState, Draft};
use chrono::{NaiveTime, TimeZone, Utc};

use crate::kit::*;

fn team(world: &World, id: i64, name: &str) -> Team {
    Team { id: TeamId(id), name: name.to_owned(), ..world.store.workspace(GUILD).teams[0].clone() }
}

fn change(setting: &str, value: &str) -> SettingChange {
    SettingChange { setting: setting.to_owned(), value: value.to_owned(), by: ANA, at: monday() }
}

fn person(id: PersonId) -> Person {
    Person {
        id,
        name: "Ana".to_owned(),
        admin: false,
        roles: vec![RoleId(9)],
        team: None,
        role: None,
        ..Person::unknown(id)
    }
}

/// Without any set-up there is one team; the first that an admin makes takes its place and keeps its records.
#[tokio::test]
async fn the_first_team_replaces_the_default_one() {
    let mut world = World::on_disk().await;
    let default = world.store.workspace(GUILD).teams[0].id;
    let lead = world.lead("A", None).await;
    let first = world.store.save_team(GUILD, team(&world, 0, "East"), vec![]).await.unwrap().id;
    let second = world.store.save_team(GUILD, team(&world, 0, "West"), vec![]).await.unwrap().id;
    let same = world.store.save_team(GUILD, team(&world, 0, "west"), vec![]).await.unwrap().id;
    assert_eq!((first, same), (default, second));
    assert_ne!(first, second);
    assert_eq!(world.store.records(&[lead]).await.unwrap()[0].record.team, first);
    let before = world.store.workspace(GUILD);
    assert_eq!(before.teams.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["East", "west"]);
    world.restart().await;
    assert_eq!(world.store.workspace(GUILD), before);
    let third = world.store.save_team(GUILD, team(&world, 0, "North"), vec![]).await.unwrap().id;
    assert!(third > second, "still set up after a restart");
    assert!(world.store.save_team(GUILD, team(&world, 99, "None"), vec![]).await.is_err());
}

/// A workspace that was only looked at is not written, and has the same team when it is.
#[tokio::test]
async fn a_workspace_is_written_when_it_is_used() {
    let mut world = World::on_disk().await;
    let seen = world.store.workspace(GUILD);
    let other = world.store.workspace(WorkspaceId(8));
    assert_ne!(seen.teams[0].id, other.teams[0].id);
    assert!(world.store.workspaces().is_empty());
    world.run(Needs::default(), |batch| batch.remember(GUILD, person(ANA))).await;
    assert_eq!(world.store.workspaces().len(), 1);
    assert_eq!(world.store.workspace(GUILD).teams, seen.teams);
    world.restart().await;
    assert_eq!(world.store.workspace(GUILD).teams, seen.teams);
    assert_eq!(world.store.workspace(GUILD).people[&ANA], person(ANA));
}

/// Ruling 17: what is seen of a person does not undo what an admin has set.
#[tokio::test]
async fn a_person_is_remembered_as_last_seen() {
    let world = World::new().await;
    let placed = Person { role: Some(Role::Manager), capacity: Some(3), ..person(ANA) };
    world
        .store
        .save_person(GUILD, placed.clone(), vec![change("member Ana: role", "manager")])
        .await
        .unwrap();
    let seen = Person { name: "Ana B.".to_owned(), admin: true, roles: vec![], ..person(ANA) };
    world.run(Needs::default(), move |batch| batch.remember(GUILD, seen.clone())).await;
    let known = world.store.workspace(GUILD).people[&ANA].clone();
    assert_eq!(known, Person { name: "Ana B.".to_owned(), admin: true, roles: vec![], ..placed });
}

#[tokio::test]
async fn small_settings_are_kept() {
    let mut world = World::on_disk().await;
    world
        .run(Needs::default(), |batch| {
            batch.greeted(GUILD);
            batch.system_channel(GUILD, Some(ChannelId(5)));
        })
        .await;
    let mut thresholds = world.store.workspace(GUILD).thresholds.clone();
    thresholds.high_value.minor = 42;
    world.store.save_thresholds(GUILD, thresholds, vec![change("high value", "$0.42")]).await.unwrap();
    world.restart().await;
    let known = world.store.workspace(GUILD);
    assert_eq!(
        (known.greeted, known.system_channel, known.thresholds.high_value.minor),
        (true, Some(ChannelId(5)), 42)
    );
}

#[tokio::test]
async fn the_last_change_of_each_setting_is_shown() {
    let world = World::new().await;
    let changes = vec![change("team Sales: hours", "mon-fri"), change("team Sales: alerts", "#a")];
    world.store.save_team(GUILD, team(&world, 0, "Sales"), changes).await.unwrap();
    world
        .store
        .save_team(GUILD, team(&world, 0, "Sales"), vec![change("team Sales: hours", "24/7")])
        .await
        .unwrap();
    let shown = world.store.setting_changes(GUILD).await.unwrap();
    let shown: Vec<_> = shown.iter().map(|c| (c.setting.as_str(), c.value.as_str())).collect();
    assert_eq!(shown, [("team Sales: hours", "24/7"), ("team Sales: alerts", "#a")], "the newest first");
}

/// A digest is made once per team and local date, also after a late start; its messages come with it.
#[tokio::test]
async fn a_digest_is_made_once() {
    let world = World::new().await;
    assert_eq!(world.store.next_digest().await.unwrap(), None, "nothing to tell of");
    world.lead("A", None).await;
    let planned = monday() + minutes(24 * 60);
    assert_eq!(world.store.next_digest().await.unwrap(), Some(planned), "the hour of today is over");
    assert!(world.store.digests_due().await.unwrap().is_empty());
    world.clock.set(planned + minutes(30));
    let due = world.store.digests_due().await.unwrap().remove(0);
    assert_eq!((due.date.to_string().as_str(), due.after, due.since), ("2026-03-10", EventId(0), None));
    let next = next_local(&world.store.workspace(GUILD).teams[0], planned + minutes(30));
    assert_eq!(next, monday() + minutes(48 * 60));
    let make = || world.store.digest_made(&due, EventId(1), next, vec![fact("digest", LEADS)]);
    let (a, b) = tokio::join!(make(), make());
    assert_eq!((a.unwrap(), b.unwrap()), (true, false));
    assert!(world.store.digests_due().await.unwrap().is_empty());
    assert_eq!(world.store.claim(9, 1000, &[]).await.unwrap().len(), 1);
    world.clock.set(next);
    let again = world.store.digests_due().await.unwrap().remove(0);
    assert_eq!((again.after, again.since), (EventId(1), Some(planned + minutes(30))));
}

/// By the team's local hour; changing the hour after today's digest does not bring a second one.
#[tokio::test]
async fn digests_follow_the_teams_zone() {
    let world = World::new().await;
    let mut east = team(&world, 0, "East");
    east.calendar.zone = chrono_tz::Asia::Kuala_Lumpur;
    world.store.save_team(GUILD, east.clone(), vec![]).await.unwrap();
    let nine_there = Utc.with_ymd_and_hms(2026, 3, 10, 1, 0, 0).unwrap();
    assert_eq!(world.store.next_digest().await.unwrap(), Some(nine_there));
    world.clock.set(nine_there);
    let due = world.store.digests_due().await.unwrap().remove(0);
    assert!(world.store.digest_made(&due, EventId(0), next_local(&east, nine_there), vec![]).await.unwrap());
    east.digest_at = NaiveTime::from_hms_opt(17, 0, 0).unwrap();
    world.store.save_team(GUILD, east, vec![]).await.unwrap();
    let five_tomorrow = Utc.with_ymd_and_hms(2026, 3, 11, 9, 0, 0).unwrap();
    assert_eq!(world.store.next_digest().await.unwrap(), Some(five_tomorrow));
}

#[tokio::test]
async fn forms_are_kept_until_dropped_or_old() {
    let world = World::new().await;
    let put = |body: &'static str| {
        world.run(Needs::default(), move |batch| {
            let at = batch.now();
            batch.put_draft(Draft { id: DraftId(0), workspace: GUILD, person: ANA, body: body.into(), at })
        })
    };
    let needs = |id| Needs { drafts: vec![id], ..Needs::default() };
    let (first, second) = (put("one").await, put("two").await);
    let read = async |id: DraftId| world.run(needs(id), move |b| b.draft(id).map(|d| d.body.clone())).await;
    assert_eq!(read(first).await.as_deref(), Some("one"));
    world.run(needs(first), move |batch| batch.drop_draft(first)).await;
    assert_eq!(read(first).await, None);
    world.run(input("x"), |batch| batch.is_repeat("test", "x")).await;
    world.clock.advance(minutes(7 * 24 * 60 + 1));
    let fresh = put("three").await;
    assert_eq!(world.store.prune().await.unwrap(), 2, "the input and the second form");
    assert_eq!((read(second).await, read(fresh).await.as_deref()), (None, Some("three")));
    assert!(!world.run(input("x"), |batch| batch.is_repeat("test", "x")).await);
}

/// R3's ground: a request is loaded with its record, decided once, and listed while it waits.
#[tokio::test]
async fn requests_wait_and_are_decided() {
    let world = World::new().await;
    let id = world.lead("A", None).await;
    let team = world.store.workspace(GUILD).teams[0].id;
    let request = world
        .run(records([id]), move |batch| {
            let approval = Approval {
                id: batch.next_approval(),
                workspace: GUILD,
                record: id,
                team,
                requested_by: Some(ANA),
                requested_at: batch.now(),
                to: "lost".into(),
                data: Data::new(),
                peak: None,
                state: ApprovalState::Waiting,
                post: None,
            };
            batch.put_approval(approval.clone());
            approval
        })
        .await;
    assert_eq!(world.store.waiting_approvals(GUILD, Some(team)).await.unwrap(), vec![request.clone()]);
    assert_eq!(world.store.waiting_approvals(GUILD, Some(TeamId(99))).await.unwrap(), []);
    let approval = request.id;
    let decide = |by: PersonId| {
        let needs = Needs { approvals: vec![approval], ..Needs::default() };
        world.run(needs, move |batch| {
            let mut found = batch.approval(approval).cloned().unwrap();
            assert!(batch.record(found.record).is_some(), "its record comes with it");
            let open = found.state == ApprovalState::Waiting;
            if open {
                found.state = ApprovalState::Approved { by, at: batch.now() };
                batch.put_approval(found);
            }
            open
        })
    };
    let (ana, ben) = tokio::join!(decide(ANA), decide(BEN));
    assert_eq!((ana, ben), (true, false));
    assert!(world.store.waiting_approvals(GUILD, None).await.unwrap().is_empty());
    let decided = world.store.approval(approval).await.unwrap().unwrap();
    assert_eq!(decided.state, ApprovalState::Approved { by: ANA, at: monday() });
}
