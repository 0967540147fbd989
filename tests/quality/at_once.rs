//! Two people change settings at the same moment: neither change is lost, whatever was read before.

use bellwether::chat::action::Action;
use bellwether::chat::intent::{Input, Who};
use bellwether::chat::message::Reply;
use bellwether::domain::ids::PersonId;

use crate::kit::{new_lead, request, row, say, told, typed, world};
use crate::support::world::{WORKSPACE, World};

/// Hands in all lines at once, as two admins, before any of them is written.
async fn at_once(world: &World, lines: &[&str]) {
    let requests = lines.iter().enumerate().map(|(number, line)| {
        let mut request = request(world, "root", typed(world, line));
        request.who = Who { id: PersonId(900 + number as i64), ..request.who };
        world.app.handle(request)
    });
    for (line, reply) in lines.iter().zip(futures_util::future::join_all(requests).await) {
        let said = told(world, &reply);
        assert!(!crate::support::plain::is_refusal(&reply), "{line}: {said}");
    }
}

/// One team: a channel each, the hour of the digest, business hours, holidays.
#[tokio::test]
async fn changes_of_one_team_are_all_kept() {
    let mut world = world().await;
    let (new_leads, new_alerts) = (world.channel("new-leads"), world.channel("new-alerts"));
    at_once(
        &world,
        &[
            "/setup team name:Sales leads:#new-leads",
            "/setup team name:Sales alerts:#new-alerts",
            "/setup team name:Sales digest-at:\"08:30\"",
            "/setup team name:Sales timezone:\"Asia/Kuala_Lumpur\"",
            "/setup calendar team:Sales hours:\"mon-sat 08:00-20:00\"",
            "/setup holidays team:Sales add:\"2026-12-24\"",
            "/setup holidays team:Sales add:\"2026-12-25\"",
        ],
    )
    .await;
    let workspace = world.app.store().workspace(WORKSPACE);
    let team = workspace.team_named("Sales").expect("Sales");
    assert_eq!((team.leads, team.alerts), (Some(new_leads), Some(new_alerts)));
    assert_eq!(team.digest_at.to_string(), "08:30:00");
    assert_eq!(team.calendar.zone, chrono_tz::Asia::Kuala_Lumpur);
    assert!(team.calendar.hours.to_string().contains("08:00-20:00"), "{}", team.calendar.hours);
    assert_eq!(team.calendar.holidays.len(), 2, "{:?}", team.calendar.holidays);
    let shown = told(&world, &say(&world, "root", "/setup show").await);
    assert!(shown.contains("08:30") && shown.contains("08:00-20:00"), "{shown}");
}

/// A new team of the same name by two admins is one team with both settings.
#[tokio::test]
async fn a_team_made_twice_is_one() {
    let mut world = world().await;
    let (leads, alerts) = (world.channel("east-leads"), world.channel("east-alerts"));
    at_once(
        &world,
        &["/setup team name:East leads:#east-leads", "/setup team name:East alerts:#east-alerts"],
    )
    .await;
    let workspace = world.app.store().workspace(WORKSPACE);
    let east: Vec<_> = workspace.teams.iter().filter(|t| t.name == "East").collect();
    assert_eq!(east.len(), 1, "{east:?}");
    assert_eq!((east[0].leads, east[0].alerts), (Some(leads), Some(alerts)));
}

/// The numbers: a rate each, and the threshold.
#[tokio::test]
async fn changes_of_the_numbers_are_all_kept() {
    let world = world().await;
    at_once(
        &world,
        &[
            "/setup thresholds rates:\"EUR 1.10\"",
            "/setup thresholds rates:\"GBP 1.30\"",
            "/setup thresholds high-value:25k",
        ],
    )
    .await;
    let thresholds = world.app.store().workspace(WORKSPACE).thresholds.clone();
    assert_eq!(thresholds.rates.len(), 2, "{thresholds:?}");
    assert_eq!(thresholds.high_value.minor, 2_500_000);
}

/// A person: what an admin sets, and what they set themselves.
#[tokio::test]
async fn changes_of_one_person_are_all_kept() {
    let world = world().await;
    let own = request(&world, "cai", typed(&world, "/me timezone zone:\"Asia/Tokyo\""));
    let by_admins = at_once(
        &world,
        &["/setup member person:@cai duties:senior", "/setup member person:@cai capacity:40"],
    );
    let ((), reply) = tokio::join!(by_admins, world.app.handle(own));
    assert!(told(&world, &reply).contains("Asia/Tokyo"));
    let cai = world.who("cai").expect("cai").id;
    let person = world.app.store().workspace(WORKSPACE).people[&cai].clone();
    assert_eq!(person.capacity, Some(40));
    assert_eq!(person.duties.len(), 1);
    assert_eq!(person.timezone, Some(chrono_tz::Asia::Tokyo));
}

/// R4: one unfinished form, sent off twice at the same moment, makes one lead.
#[tokio::test]
async fn a_form_sent_twice_makes_one_lead() {
    let world = world().await;
    let Reply::Form(form) = say(&world, "ana", "/lead new name:\"Acme\"").await else { panic!("no form") };
    let submit = |email: &str| Input::Submit {
        action: Some(form.action.clone()),
        inputs: [("email".to_owned(), email.to_owned())].into(),
    };
    let (one, other) = tokio::join!(
        world.app.handle(request(&world, "ana", submit("a@acme.com"))),
        world.app.handle(request(&world, "ana", submit("b@acme.com"))),
    );
    let said = [told(&world, &one), told(&world, &other)];
    assert_eq!(said.iter().filter(|s| s.contains("is created")).count(), 1, "{said:?}");
    assert_eq!(said.iter().filter(|s| s.contains("nothing was done twice")).count(), 1, "{said:?}");
    assert_eq!(world.check_histories().await, 1);
}

/// X7: two team-mates press "I'll take it" at the same moment, a hundred times: one has it, the other is told who, and
/// nothing else happened.
#[tokio::test]
async fn of_two_rescues_one_is_made() {
    let world = world().await;
    let lead = new_lead(&world, "ana", "name:\"Acme\"").await;
    let calendar = world.app.store().workspace(WORKSPACE).teams[0].calendar.clone();
    let near = calendar.add_business(world.now(), chrono::TimeDelta::minutes(91));
    world.advance_to(near).await;
    let ana = world.who("ana").expect("ana").id;
    let press = || Input::Press {
        action: Some(Action::Rescue { record: lead, from: Some(ana) }),
        values: Vec::new(),
        on_private: false,
    };
    for round in 0..100 {
        let (mate, manager) = tokio::join!(
            world.app.handle(request(&world, "ben", press())),
            world.app.handle(request(&world, "mia", press())),
        );
        let said = [told(&world, &mate), told(&world, &manager)];
        assert_eq!(said.iter().filter(|s| s.contains("belongs to")).count(), 1, "{round}: {said:?}");
        assert_eq!(said.iter().filter(|s| s.contains(" took ")).count(), 1, "{round}: {said:?}");
        let owner = row(&world, lead).await.record.owner.expect("an owner");
        let winner = if said[0].contains("belongs to") { "ben" } else { "mia" };
        assert_eq!(owner, world.who(winner).expect("known").id, "{round}: {said:?}");
        let back = say(&world, "mia", "/lead assign lead:L-1 to:@ana").await;
        assert!(told(&world, &back).contains("belongs to @ana"), "{round}");
    }
    world.check_histories().await;
}
