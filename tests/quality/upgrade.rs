//! R12: a database that an earlier version left behind goes on under this one. `upgrade/000N.sql` is a whole database,
//! data and all, as the version whose last migration was N left it: the playground's team after its first week.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use bellwether::chat::action::Action;
use bellwether::chat::intent::{Call, Input, Request, Value, Who};
use bellwether::chat::port::ChatPort;
use bellwether::clock::{Clock, ManualClock, from_ms};
use bellwether::domain::ids::{ApprovalId, ChannelId, PersonId, WorkspaceId};
use bellwether::playbook::Playbooks;
use bellwether::service::App;
use bellwether::store::Store;
use bellwether::worker;
use chrono::TimeDelta;

use crate::kit::monday;
use crate::support::World;
use crate::support::plain;

const GUILD: WorkspaceId = WorkspaceId(1_100_000_000_020_971_520);
const ANA: PersonId = PersonId(1_100_000_000_008_388_608);
const MIA: PersonId = PersonId(1_100_000_000_016_777_216);

/// Every database that an earlier version left, by file.
fn left_behind() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/quality/upgrade");
    let files = std::fs::read_dir(folder).expect("the databases");
    let mut all: Vec<_> = files
        .map(|file| {
            let path = file.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("a text"))
        })
        .collect();
    all.sort();
    all
}

fn input(id: &str, person: PersonId, input: Input) -> Request {
    let who = Who { id: person, name: "Somebody".to_owned(), admin: person == MIA, roles: vec![] };
    let (source, channel) = ("upgrade", ChannelId(1));
    Request { source, external_id: id.to_owned(), workspace: GUILD, channel, who, input }
}

/// R12
#[tokio::test]
async fn a_database_of_every_earlier_version_goes_on() {
    let databases = left_behind();
    assert!(!databases.is_empty());
    for (file, sql) in databases {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("bellwether.sqlite");
        let old = rusqlite::Connection::open(&path).expect("a database");
        old.execute_batch(&sql).unwrap_or_else(|error| panic!("{file}: {error}"));
        let records: i64 = old.query_row("SELECT COUNT(*) FROM records", [], |row| row.get(0)).expect("rows");
        let left_at: i64 = old.query_row("SELECT MAX(at) FROM events", [], |row| row.get(0)).expect("a time");
        drop(old);

        let clock = Arc::new(ManualClock::at(from_ms(left_at) + TimeDelta::hours(1)));
        let store = Store::open(&format!("sqlite://{}", path.display()), clock.clone())
            .await
            .unwrap_or_else(|error| panic!("{file}: {error}"));
        let mut world = World::at(monday(), Playbooks::builtin()).await;
        world.app = App::new(store, clock.clone(), Playbooks::builtin());
        assert_eq!(world.check_histories().await, usize::try_from(records).expect("few"), "{file}");

        // What waited is decided, what is open is worked on, and time goes on.
        let approve = Action::Approve { approval: ApprovalId(1) };
        let press = Input::Press { action: Some(approve), values: vec![], on_private: false };
        let reply = world.app.handle(input("1", MIA, press)).await;
        assert!(!plain::is_refusal(&reply), "{file}: {reply:?}");
        let options = [("lead", "L-11"), ("activity", "call_answered"), ("note", "They want a demo.")];
        let options: BTreeMap<_, _> =
            options.map(|(name, text)| (name.to_owned(), Value::Text(text.to_owned()))).into();
        let call = Call { path: vec!["lead".to_owned(), "log".to_owned()], options };
        let reply = world.app.handle(input("2", ANA, Input::Call(call))).await;
        assert!(!plain::is_refusal(&reply), "{file}: {reply:?}");
        let port: Arc<dyn ChatPort> = world.chat.clone();
        let later = clock.now() + TimeDelta::days(20);
        worker::advance(&world.app, &port, later, &|at| clock.set(at)).await.expect("the worker runs");
        assert_eq!(world.check_histories().await, usize::try_from(records).expect("few"), "{file}");
        world.app.store().close().await;
        let now = rusqlite::Connection::open(&path).expect("the database");
        let open = "SELECT COUNT(*) FROM outbox WHERE sent_at IS NULL";
        let unsent: i64 = now.query_row(open, [], |row| row.get(0)).expect("a count");
        assert_eq!(unsent, 0, "{file}: messages that did not leave");
    }
}
