//! Two teams: Sales (the default one: ana, ben and cai under mia) and North (olu under nia), and root, who may manage
//! the server and has no role.

use std::sync::atomic::{AtomicUsize, Ordering};

use bellwether::chat::intent::{Input, Request};
use bellwether::chat::message::{Message, Reply};
use bellwether::domain::ids::{ChannelId, PersonId, RecordId, TeamId};
use bellwether::domain::workspace::{Person, Role, Team, Workspace};
use bellwether::playbook::Playbooks;
use bellwether::store::row::Row;
use chrono::{DateTime, NaiveTime, Utc};

use crate::support::plain;
use crate::support::world::{WORKSPACE, World};

pub fn monday() -> DateTime<Utc> {
    "2026-11-23T09:00:00Z".parse().expect("an instant")
}

/// Both teams on a Monday at nine.
pub async fn world() -> World {
    let mut world = World::at(monday(), Playbooks::builtin()).await;
    set_up(&mut world).await;
    world
}

/// Both teams, in a world without any.
pub async fn set_up(world: &mut World) {
    world.channel("general");
    let sales = team(world, "Sales", "").await;
    let north = team(world, "North", "north-").await;
    for (name, role, team) in [
        ("ana", Role::Rep, sales),
        ("ben", Role::Rep, sales),
        ("cai", Role::Rep, sales),
        ("mia", Role::Manager, sales),
        ("olu", Role::Rep, north),
        ("nia", Role::Manager, north),
    ] {
        place(world, name, role, team).await;
    }
    world.person("root", true);
}

/// A team with channels of its own, called `#…leads`, `#…alerts`, `#…approvals`, `#…digest`.
pub async fn team(world: &mut World, name: &str, prefix: &str) -> TeamId {
    let mut team: Team = Workspace::without_setup(WORKSPACE, TeamId(0)).teams.remove(0);
    team.name = name.to_owned();
    team.leads = Some(world.channel(&format!("{prefix}leads")));
    team.alerts = Some(world.channel(&format!("{prefix}alerts")));
    team.approvals = Some(world.channel(&format!("{prefix}approvals")));
    team.digest = Some(world.channel(&format!("{prefix}digest")));
    team.digest_at = NaiveTime::from_hms_opt(17, 0, 0).expect("a time");
    world.app.store().save_team(WORKSPACE, team, Vec::new()).await.expect("a team").id
}

/// A person in a team.
pub async fn place(world: &mut World, name: &str, role: Role, team: TeamId) -> PersonId {
    let id = world.person(name, false);
    let person = Person {
        id,
        name: name.to_owned(),
        admin: false,
        roles: Vec::new(),
        team: Some(team),
        role: Some(role),
        ..Person::unknown(id)
    };
    world.app.store().save_person(WORKSPACE, person, Vec::new()).await.expect("a person");
    id
}

/// Somebody leaves, by an admin's word.
pub async fn leaves(world: &World, name: &str) {
    let id = world.who(name).expect("somebody").id;
    let known = world.app.store().workspace(WORKSPACE).people[&id].clone();
    let gone = Person { gone: Some(world.now()), gone_by: Some(PersonId(1)), ..known };
    world.app.store().save_person(WORKSPACE, gone, Vec::new()).await.expect("a person");
    world.settle().await;
}

/// A command as typed.
pub fn typed(world: &World, line: &str) -> Input {
    Input::Call(world.call(line).unwrap_or_else(|why| panic!("{line}: {why}")))
}

/// A request in #general.
pub fn request(world: &World, who: &str, input: Input) -> Request {
    world.request(who, ChannelId(10), input).expect("a person")
}

/// A command, handled, with all that follows from it.
pub async fn say(world: &World, who: &str, line: &str) -> Reply {
    world.handle(request(world, who, typed(world, line))).await
}

/// A new lead; gives its id.
pub async fn new_lead(world: &World, who: &str, rest: &str) -> RecordId {
    // An address of its own: nobody is asked whether it is there already (ruling 15).
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let reply = say(world, who, &format!("/lead new email:\"x{number}@acme.com\" {rest}")).await;
    let said = told(world, &reply);
    assert!(said.contains("is created"), "{said}");
    let handle = said
        .split_whitespace()
        .find_map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()).strip_prefix("L-"));
    let number: u32 = handle.and_then(|n| n.parse().ok()).expect("its handle");
    let handle = bellwether::domain::ids::RecordRef { letter: 'L', number };
    let row = world.app.store().record_by_handle(WORKSPACE, handle).await.expect("a read").expect("a lead");
    row.record.id
}

/// The row of a record.
pub async fn row(world: &World, id: RecordId) -> Row {
    world.app.store().records(&[id]).await.expect("a read").pop().expect("a record")
}

/// What a person is told, as plain lines.
pub fn told(world: &World, reply: &Reply) -> String {
    world.with_names(|names| plain::reply(reply, names))
}

/// A message as plain lines.
pub fn text(world: &World, message: &Message) -> String {
    world.with_names(|names| plain::message(message, names))
}

/// Whether the bot says that the fault is its own.
pub fn is_fault(world: &World, reply: &Reply) -> bool {
    told(world, reply).contains("went wrong on our side")
}
