//! Notes for HubSpot (A2–A5), against a server that answers as HubSpot's published API does: what is asked, once and in
//! order, whatever the answers are.

mod support;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use bellwether::adapters::Secret;
use bellwether::adapters::hubspot::{HubSpot, TIMEOUT};
use bellwether::chat::intent::Input;
use bellwether::chat::message::Reply;
use bellwether::crm::CrmPort;
use bellwether::domain::ids::ChannelId;
use bellwether::playbook::Playbooks;
use bellwether::worker;
use bellwether::worker::crm::{Step, step};
use serde_json::{Value, json};

use support::fake_chat::Where;
use support::plain;
use support::world::{WORKSPACE, World};

/// What the server does with the next note.
#[derive(Clone, Copy)]
enum Next {
    Status(u16, Option<u64>),
    /// It takes so long over it that nobody waits any more, and makes none.
    LateAndNone,
}

#[derive(Default)]
struct Portal {
    next: VecDeque<Next>,
    /// The next request to this path is done at once, and answered so much later.
    slow: Vec<(&'static str, Duration)>,
    notes: Vec<Value>,
    asked: Vec<String>,
}

/// Longer than the client waits.
const TOO_LATE: Duration = TIMEOUT.saturating_add(Duration::from_secs(1));
const COMPANIES: &str = "/crm/v3/objects/companies/search";
const SEARCH: &str = "/crm/v3/objects/notes/search";
const NOTES: &str = "/crm/v3/objects/notes";

/// Time passes for the client and the server, and nobody sleeps.
async fn passes(span: Duration) {
    tokio::time::pause();
    tokio::time::advance(span).await;
    tokio::time::resume();
}

type Shared = Arc<Mutex<Portal>>;

async fn answer(
    State(portal): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let path = uri.path().to_owned();
    assert_eq!(headers["authorization"], "Bearer pat-1");
    let slow = {
        let mut portal = portal.lock().expect("a portal");
        portal.asked.push(path.clone());
        let slow = portal.slow.iter().position(|(at, _)| *at == path);
        slow.map(|index| portal.slow.remove(index).1)
    };
    let answered = done(&portal, &path, body).await;
    if let Some(span) = slow {
        passes(span).await;
    }
    answered
}

async fn done(portal: &Shared, path: &str, body: Value) -> Response {
    let found = |ids: Vec<String>| {
        let results: Vec<_> = ids.iter().map(|id| json!({"id": id, "properties": {}})).collect();
        Json(json!({"total": results.len(), "results": results})).into_response()
    };
    match path {
        COMPANIES => {
            let filter = &body["filterGroups"][0]["filters"][0];
            assert_eq!((&filter["propertyName"], &filter["operator"]), (&json!("name"), &json!("EQ")));
            found(match filter["value"].as_str() {
                Some("Acme") => vec!["512".to_owned()],
                _ => Vec::new(),
            })
        }
        SEARCH => {
            let filter = &body["filterGroups"][0]["filters"][0];
            assert_eq!(
                (&filter["propertyName"], &filter["operator"]),
                (&json!("hs_note_body"), &json!("CONTAINS_TOKEN"))
            );
            let marker = filter["value"].as_str().expect("a marker").to_owned();
            let portal = portal.lock().expect("a portal");
            let there = |note: &&Value| {
                note["properties"]["hs_note_body"].as_str().is_some_and(|text| text.contains(&marker))
            };
            found(portal.notes.iter().filter(there).map(|_| "900".to_owned()).collect())
        }
        NOTES => {
            let to = &body["associations"][0];
            if to["to"]["id"] != "512" {
                let told = json!({"message": "one or more associations are not valid"});
                return (StatusCode::BAD_REQUEST, Json(told)).into_response();
            }
            let kind = json!({"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 190});
            assert_eq!(to["types"], json!([kind]));
            assert!(body["properties"]["hs_timestamp"].as_str().is_some_and(|at| at.ends_with('Z')));
            let next = portal.lock().expect("a portal").next.pop_front();
            match next {
                Some(Next::Status(status, after)) => {
                    let status = StatusCode::from_u16(status).expect("a status");
                    let mut response = (status, Json(json!({"message": "not now"}))).into_response();
                    if let Some(after) = after {
                        response.headers_mut().insert("retry-after", after.into());
                    }
                    response
                }
                Some(Next::LateAndNone) => {
                    passes(TOO_LATE).await;
                    (StatusCode::GATEWAY_TIMEOUT, Json(json!({"message": "too slow"}))).into_response()
                }
                None => {
                    let mut portal = portal.lock().expect("a portal");
                    portal.notes.push(body);
                    (StatusCode::CREATED, Json(json!({"id": portal.notes.len().to_string()}))).into_response()
                }
            }
        }
        other => panic!("{other} is no endpoint of ours"),
    }
}

/// root, an admin, and ana, a rep.
fn with_people(mut world: World) -> World {
    world.channel("general");
    world.person("root", true);
    world.person("ana", false);
    world
}

struct Desk {
    world: World,
    portal: Shared,
    port: Arc<dyn CrmPort>,
}

impl Desk {
    async fn open() -> Self {
        let portal = Shared::default();
        let routes = axum::Router::new().fallback(axum::routing::post(answer)).with_state(portal.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let hubspot = HubSpot::new(&url, Secret::new("pat-1"), TIMEOUT).expect("a client");
        let monday = "2026-11-23T09:00:00Z".parse().expect("an instant");
        let world = with_people(World::at(monday, Playbooks::builtin()).await);
        let desk = Self { world, portal, port: Arc::new(hubspot) };
        desk.says("root", "/setup playbook playbook:impact-drivers active:true").await;
        desk.says("ana", "/driver new name:\"Invoices\" company:Acme").await;
        desk
    }

    async fn says(&self, who: &str, line: &str) -> String {
        let call = self.world.call(line).expect("a command");
        let request = self.world.request(who, ChannelId(10), Input::Call(call)).expect("a person");
        let reply = self.world.handle(request).await;
        self.told(&reply)
    }

    fn told(&self, reply: &Reply) -> String {
        self.world.with_names(|names| plain::reply(reply, names))
    }

    /// Pitches the driver, with a note.
    async fn pitches(&self) {
        let said = self.says("ana", "/driver status driver:D-1 to:pitched note:\"Mei <3 it\"").await;
        assert!(said.contains("Pitched"), "{said}");
    }

    async fn step(&self) -> Step {
        step(&self.world.app, &self.port).await.expect("a step")
    }

    fn later(&self, seconds: i64) {
        self.world.clock.advance(chrono::TimeDelta::seconds(seconds));
    }

    fn then(&self, next: Next) {
        self.portal.lock().expect("a portal").next.push_back(next);
    }

    /// The next request to this path is done at once, and answered so much later.
    fn is_slow(&self, path: &'static str, span: Duration) {
        self.portal.lock().expect("a portal").slow.push((path, span));
    }

    /// How often a path was asked for.
    fn asked(&self, path: &str) -> usize {
        self.portal.lock().expect("a portal").asked.iter().filter(|asked| *asked == path).count()
    }

    /// What somebody was told of HubSpot privately.
    async fn told_privately(&self, who: &str) -> Vec<String> {
        self.world.settle().await;
        let at = Where::Private(self.world.who(who).expect("a person").id);
        let standing = self.world.chat.standing(at).into_iter();
        let told = standing.map(|(_, message)| self.told(&Reply::Private(message)));
        told.filter(|text| text.contains("HubSpot")).collect()
    }

    fn notes(&self) -> Vec<String> {
        let portal = self.portal.lock().expect("a portal");
        let text = |note: &Value| note["properties"]["hs_note_body"].as_str().unwrap_or_default().to_owned();
        portal.notes.iter().map(text).collect()
    }

    async fn unsent(&self) -> u64 {
        let unsent = self.world.app.store().crm_unsent(WORKSPACE, None).await.expect("a count");
        unsent.waiting + unsent.refused
    }

    /// A driver of a company that HubSpot does not know, pitched: its note is refused.
    async fn refused(&self, driver: &str) {
        self.says("ana", "/driver new name:\"Cards\" company:Nowhere").await;
        self.says("ana", &format!("/driver status driver:{driver} to:pitched note:x")).await;
        assert_eq!(self.step().await, Step::Tried);
    }

    async fn presses(&self, who: &str, line: &str, label: &str) -> String {
        let call = self.world.call(line).expect("a command");
        let request = self.world.request(who, ChannelId(10), Input::Call(call)).expect("a person");
        let Reply::Private(message) = self.world.handle(request).await else { panic!("no message") };
        let button = message.buttons.iter().find(|b| b.label == label);
        let action = button.unwrap_or_else(|| panic!("no {label}: {message:?}")).action.clone();
        let press = Input::Press { action: Some(action), values: Vec::new(), on_private: true };
        let request = self.world.request(who, ChannelId(10), press).expect("a person");
        self.told(&self.world.handle(request).await)
    }
}

/// A2, ruling 12: the note has its title and what was discussed; an undo corrects it. Nothing is sent twice.
#[tokio::test]
async fn a_note_is_written_and_corrected() {
    let desk = Desk::open().await;
    desk.pitches().await;
    // Kept, and shown as not sent, until there is somebody to send it to.
    for line in ["/driver history driver:D-1", "/driver show driver:D-1"] {
        let shown = desk.says("ana", line).await;
        assert!(shown.contains("1 note for HubSpot is not sent: an admin sets HUBSPOT_TOKEN"), "{shown}");
    }
    assert!(desk.says("root", "/setup show").await.contains("1 note for HubSpot is not sent"));
    assert_eq!((desk.step().await, desk.step().await), (Step::Tried, Step::Idle));
    let notes = desk.notes();
    assert!(notes[0].contains("<strong>DiscussedDuringUpdateCall</strong>"), "{notes:?}");
    assert!(notes[0].contains("Invoices was pitched by ana: Mei &lt;3 it"), "{notes:?}");
    assert_eq!(desk.unsent().await, 0);
    desk.says("ana", "/driver undo driver:D-1").await;
    assert_eq!((desk.step().await, desk.step().await), (Step::Tried, Step::Idle));
    let notes = desk.notes();
    assert!(notes.len() == 2 && notes[1].contains("Correction: ana took this back."), "{notes:?}");
}

/// 429: not before it says; 500: again later, after a look whether it is there.
#[tokio::test]
async fn what_is_told_to_wait_waits() {
    let desk = Desk::open().await;
    desk.pitches().await;
    desk.then(Next::Status(429, Some(120)));
    desk.then(Next::Status(500, None));
    assert_eq!(desk.step().await, Step::Tried);
    desk.later(119);
    assert_eq!(desk.step().await, Step::Idle);
    desk.later(2);
    assert_eq!((desk.step().await, desk.step().await), (Step::Tried, Step::Idle));
    desk.later(61);
    assert_eq!((desk.step().await, desk.step().await), (Step::Tried, Step::Idle));
    assert_eq!((desk.notes().len(), desk.unsent().await), (1, 0));
}

/// Slow, but in time: nothing is asked twice.
#[tokio::test]
async fn an_answer_that_takes_nearly_too_long_is_waited_for() {
    let desk = Desk::open().await;
    desk.pitches().await;
    for path in [COMPANIES, NOTES] {
        desk.is_slow(path, TIMEOUT.saturating_sub(Duration::from_secs(1)));
    }
    assert_eq!((desk.step().await, desk.step().await), (Step::Tried, Step::Idle));
    assert_eq!((desk.notes().len(), desk.unsent().await, desk.asked(NOTES)), (1, 0, 1));
}

/// Made, and answered after the client's patience: it is found by its marker, and there is one. The search may be as slow:
/// as long as it is not known whether the note is there, no other is sent.
#[tokio::test]
async fn an_answer_that_comes_too_late_makes_no_second_note() {
    let desk = Desk::open().await;
    desk.pitches().await;
    desk.is_slow(NOTES, TOO_LATE);
    assert_eq!((desk.step().await, desk.step().await), (Step::Tried, Step::Idle));
    assert_eq!((desk.notes().len(), desk.unsent().await), (1, 1));
    // It says why, and waits until HubSpot's search has caught up.
    let shown = desk.says("ana", "/driver history driver:D-1").await;
    assert!(shown.contains("no answer in time"), "{shown}");
    desk.later(59);
    assert_eq!((desk.step().await, desk.asked(SEARCH)), (Step::Idle, 0));
    desk.is_slow(SEARCH, TOO_LATE);
    desk.later(2);
    assert_eq!((desk.step().await, desk.step().await), (Step::Tried, Step::Idle));
    assert_eq!((desk.asked(SEARCH), desk.asked(NOTES), desk.unsent().await), (1, 1, 1));
    desk.later(61);
    assert_eq!((desk.step().await, desk.step().await), (Step::Tried, Step::Idle));
    assert_eq!((desk.asked(SEARCH), desk.asked(NOTES)), (2, 1));
    assert_eq!((desk.notes().len(), desk.unsent().await), (1, 0));
}

/// Too late, and not made either: sent again, once.
#[tokio::test]
async fn what_was_not_made_in_time_is_sent_again() {
    let desk = Desk::open().await;
    desk.pitches().await;
    desk.then(Next::LateAndNone);
    assert_eq!((desk.step().await, desk.step().await), (Step::Tried, Step::Idle));
    assert_eq!((desk.notes().len(), desk.unsent().await), (0, 1));
    desk.later(61);
    assert_eq!((desk.step().await, desk.step().await), (Step::Tried, Step::Idle));
    assert_eq!((desk.asked(SEARCH), desk.notes().len(), desk.unsent().await), (1, 1, 0));
}

/// A search changes nothing: asked again soon, and before that nothing was sent.
#[tokio::test]
async fn a_slow_search_for_the_company_only_delays() {
    let desk = Desk::open().await;
    desk.pitches().await;
    desk.is_slow(COMPANIES, TOO_LATE);
    assert_eq!((desk.step().await, desk.step().await), (Step::Tried, Step::Idle));
    assert_eq!((desk.asked(NOTES), desk.unsent().await), (0, 1));
    desk.later(6);
    assert_eq!((desk.step().await, desk.step().await), (Step::Tried, Step::Idle));
    assert_eq!((desk.asked(SEARCH), desk.notes().len(), desk.unsent().await), (0, 1, 0));
}

/// 401: everything is held, an admin is told, and it goes once the token is right. An unknown company is refused, and
/// shown.
#[tokio::test]
async fn who_is_locked_out_says_so() {
    let desk = Desk::open().await;
    desk.pitches().await;
    desk.then(Next::Status(401, None));
    assert_eq!((desk.step().await, desk.step().await), (Step::LockedOut, Step::Idle));
    assert!(desk.says("root", "/setup show").await.contains("waits to be sent: /crm/v3/objects/notes: 401"));
    desk.later(301);
    assert_eq!(desk.step().await, Step::Tried);
    assert_eq!((desk.notes().len(), desk.unsent().await), (1, 0));
    desk.refused("D-2").await;
    let shown = desk.says("ana", "/driver history driver:D-2").await;
    assert!(shown.contains("HubSpot has no company called \"Nowhere\""), "{shown}");
}

/// 401: whoever may mend it is told what to do, once a day for as long as it lasts; nobody else is.
#[tokio::test]
async fn an_admin_is_told_once_a_day_that_the_token_is_not_let_in() {
    let desk = Desk::open().await;
    desk.pitches().await;
    for _ in 0..3 {
        desk.then(Next::Status(401, None));
    }
    assert_eq!(desk.step().await, Step::LockedOut);
    let told = desk.told_privately("root").await;
    assert_eq!(told.len(), 1, "{told:?}");
    for part in ["HubSpot does not let me in, so notes wait", "HUBSPOT_TOKEN", "401", "not now"] {
        assert!(told[0].contains(part), "no {part} in {told:?}");
    }
    assert!(!told[0].contains("pat-1"), "R11: {told:?}");
    desk.later(301);
    assert_eq!(desk.step().await, Step::LockedOut);
    assert_eq!(desk.told_privately("root").await.len(), 1, "the same day");
    desk.later(86_400);
    assert_eq!(desk.step().await, Step::LockedOut);
    assert_eq!(desk.told_privately("root").await.len(), 2, "the next day");
    assert_eq!(desk.told_privately("ana").await, Vec::<String>::new());
}

/// A2: what HubSpot refused says why where the record is shown; whoever leads sends it again, to the company that it has
/// by then. Nobody else is offered it, and once is once.
#[tokio::test]
async fn a_refused_note_is_sent_again_by_hand() {
    let desk = Desk::open().await;
    desk.refused("D-2").await;
    for who in ["ana", "root"] {
        let shown = desk.says(who, "/driver show driver:D-2").await;
        let why = "1 note for HubSpot was refused: HubSpot has no company called \"Nowhere\"";
        assert!(shown.contains(why), "{shown}");
        assert_eq!(shown.contains("[Send the note again]"), who == "root", "{shown}");
    }
    assert!(!desk.says("ana", "/setup show").await.contains("[Send refused notes again]"));
    // Still wrong: it is refused again.
    let told = desk.presses("root", "/driver history driver:D-2", "Send the note again").await;
    assert!(told.contains("1 note goes to HubSpot again."), "{told}");
    let shown = desk.says("ana", "/driver show driver:D-2").await;
    assert!(shown.contains("1 note for HubSpot waits to be sent"), "{shown}");
    assert_eq!((desk.step().await, desk.step().await), (Step::Tried, Step::Idle));
    assert_eq!((desk.notes().len(), desk.unsent().await), (0, 1));
    // Set right, it goes.
    desk.says("ana", "/driver edit driver:D-2 field:company value:Acme").await;
    let told = desk.presses("root", "/setup show", "Send refused notes again").await;
    assert!(told.contains("1 note goes to HubSpot again."), "{told}");
    assert_eq!((desk.step().await, desk.step().await), (Step::Tried, Step::Idle));
    assert_eq!((desk.notes().len(), desk.unsent().await), (1, 0));
    assert!(!desk.says("root", "/setup show").await.contains("HubSpot"));
}

/// A2: kept without a token, across a restart; with one they go by themselves, in their order.
#[tokio::test]
async fn what_was_kept_goes_once_there_is_a_token() {
    let desk = Desk::open().await;
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("kept.db").display());
    let monday = "2026-11-23T09:00:00Z".parse().expect("an instant");
    let before = World::in_file(monday, Playbooks::builtin(), &url).await;
    let before = Desk { world: with_people(before), portal: desk.portal.clone(), port: desk.port.clone() };
    before.says("root", "/setup playbook playbook:impact-drivers active:true").await;
    before.says("ana", "/driver new name:\"Invoices\" company:Acme").await;
    before.pitches().await;
    before.says("ana", "/driver undo driver:D-1").await;
    // No token: nothing is sent, however long it runs.
    let without = worker::crm::run(before.world.app.clone(), None);
    assert!(tokio::time::timeout(Duration::from_millis(50), without).await.is_err(), "it waits for ever");
    assert_eq!((before.notes().len(), before.unsent().await), (0, 2));
    drop(before);

    let after = with_people(World::in_file(monday, Playbooks::builtin(), &url).await);
    let after = Desk { world: after, portal: desk.portal.clone(), port: desk.port.clone() };
    let with = worker::crm::run(after.world.app.clone(), Some(after.port.clone()));
    let all = async {
        while after.unsent().await > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        ended = with => panic!("it ended: {ended:?}"),
        () = all => {}
    }
    let notes = after.notes();
    assert!(notes.len() == 2 && notes[1].contains("Correction"), "{notes:?}");
}

/// A2: a record that has its company's number in HubSpot goes there, whatever the company is called, and without a search;
/// a wrong number is refused, and set right by hand.
#[tokio::test]
async fn a_company_is_known_by_its_number_first() {
    let desk = Desk::open().await;
    desk.says("ana", "/driver new name:\"Cards\" company:Nowhere").await;
    let set = desk.says("ana", "/driver edit driver:D-2 field:hubspot_company value:513").await;
    assert!(set.contains("HubSpot company id"), "{set}");
    desk.says("ana", "/driver status driver:D-2 to:pitched note:x").await;
    assert_eq!((desk.step().await, desk.step().await), (Step::Tried, Step::Idle));
    assert_eq!((desk.asked(COMPANIES), desk.asked(NOTES), desk.notes().len()), (0, 1, 0));
    let shown = desk.says("ana", "/driver show driver:D-2").await;
    assert!(shown.contains("1 note for HubSpot was refused: /crm/v3/objects/notes: 400"), "{shown}");
    desk.says("ana", "/driver edit driver:D-2 field:hubspot_company value:512").await;
    desk.presses("root", "/driver show driver:D-2", "Send the note again").await;
    assert_eq!((desk.step().await, desk.step().await), (Step::Tried, Step::Idle));
    assert_eq!((desk.asked(COMPANIES), desk.notes().len(), desk.unsent().await), (0, 1, 0));
}
