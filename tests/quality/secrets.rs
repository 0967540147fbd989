//! R11: the token is in no log line, no error and no answer, and no log line tells of a person by name, address,
//! number or what was written about them: whatever goes wrong, at the chattiest level.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bellwether::adapters::Secret;
use bellwether::adapters::discord::{self, Settings};
use bellwether::chat::action::Action;
use bellwether::chat::intent::{Ask, Call, Input};
use bellwether::chat::port::{Refusal, SendError};
use bellwether::config::Config;
use bellwether::domain::ids::{ChannelId, RecordId};
use chrono::TimeDelta;
use tracing_subscriber::fmt::MakeWriter;

use crate::kit::{is_fault, monday, request, row, say, told, typed, world};
use crate::support::fake_chat::{Fault, Where};
use crate::support::world::{WORKSPACE, World};

const TOKEN: &str = "MTA5.Gx-tok.this-is-the-token-of-a-bot";

/// What nobody may read in a log.
const PERSONAL: [&str; 8] = [
    "Zaphodina",
    "Beeblebrox",
    "Megadodo",
    "zaphodina@",
    "999 8877",
    "9998877",
    "daughter is ill",
    "Heart of Gold",
];

/// A buffer that a subscriber writes into.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("the log")).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("the log").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Everything that Bellwether itself logs from here on, on this thread, at the chattiest level.
fn listen() -> (Log, tracing::subscriber::DefaultGuard) {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter("bellwether=trace")
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    (log, guard)
}

async fn story(world: &World) {
    let lines = [
        "/lead new name:\"Zaphodina Beeblebrox\" company:\"Megadodo\" email:\"zaphodina@megadodo.example\" phone:\"+60 19 999 8877\" value:20k",
        "/lead log lead:L-1 activity:call_answered note:\"her daughter is ill\" next:\"visit Heart of Gold\" due:\"tomorrow 3pm\"",
        "/lead edit lead:L-1 field:email value:\"zaphodina@new.example\"",
        "/lead edit lead:L-1 field:email value:\"zaphodina@@@\"",
        "/lead show lead:\"Zaphodina\"",
        "/lead list company:Megadodo",
        "/lead status lead:L-1 to:unqualified reason:budget note:\"her daughter is ill\"",
        "/lead status lead:L-1 to:\"Heart of Gold\"",
        "/lead history lead:L-1",
        "/lead new name:\"Zaphodina half\"",
        "/setup team name:\"Heart of Gold\"",
        "/pipeline digest",
    ];
    for line in lines {
        say(world, "ana", line).await;
    }
    let ask = Ask {
        workspace: WORKSPACE,
        channel: ChannelId(10),
        who: world.who("ana").expect("ana").clone(),
        call: Call { path: vec!["lead".to_owned(), "show".to_owned()], ..Call::default() },
        focus: "lead".to_owned(),
        typed: "Zaphodina".to_owned(),
    };
    assert_eq!(world.app.suggest(ask).await.len(), 1);
}

/// R11: a whole story, with a platform that fails, channels that are gone, and a database that is closed.
#[tokio::test]
async fn no_log_line_tells_of_a_person() {
    let (log, _listening) = listen();
    let mut world = world().await;
    for fault in [
        Fault::LosesAnswer,
        Fault::Fails(SendError::Retry {
            after: Some(Duration::from_secs(3)),
            everything: true,
            why: "429".to_owned(),
        }),
        Fault::Fails(SendError::Refused {
            refusal: Refusal::Other,
            why: "50035 Invalid Form Body".to_owned(),
        }),
        Fault::Fails(SendError::Refused { refusal: Refusal::NoMoreThreads, why: "160006".to_owned() }),
    ] {
        world.chat.next_meets(None, fault);
    }
    let ana = world.who("ana").expect("ana").id;
    world.chat.close_private(ana);
    story(&world).await;
    let alerts = world.channel("alerts");
    world.chat.remove_channel(alerts);
    world.advance_to(monday() + TimeDelta::days(10)).await;
    for (card, _) in world.chat.standing(Where::Channel(world.channel_called("leads").expect("leads"))) {
        world.chat.delete(card);
    }
    say(&world, "ana", "/lead edit lead:L-1 field:company value:\"Megadodo Two\"").await;
    let garbage = Input::Submit {
        action: Some(Action::LogForm { record: RecordId(1), activity: "Heart of Gold".to_owned() }),
        inputs: [("note".to_owned(), "her daughter is ill".to_owned())].into(),
    };
    world.handle(request(&world, "ana", garbage)).await;
    assert!(row(&world, RecordId(1)).await.record.contact.name.contains("Zaphodina"), "the story was told");

    // A fault of ours: the answer has a code and nothing else, the log has the code.
    world.app.store().close().await;
    let last = request(
        &world,
        "ana",
        typed(&world, "/lead new name:\"Zaphodina Last\" email:\"zaphodina@x.example\""),
    );
    let reply = world.app.handle(last).await;
    assert!(is_fault(&world, &reply), "{}", told(&world, &reply));
    let text = log.text();
    assert!(
        text.contains("a request failed") && text.contains("the platform refused"),
        "something was logged:\n{text}"
    );
    for personal in PERSONAL {
        let found = text.lines().find(|line| line.contains(personal));
        assert!(found.is_none(), "{personal} is in the log: {found:?}");
        assert!(!told(&world, &reply).contains(personal));
    }
}

/// R11: neither what is printed of the configuration, nor a refused start, nor a failed connection shows the token.
#[tokio::test]
async fn the_token_is_shown_nowhere() {
    let (log, _listening) = listen();
    let set = |name: &str| match name {
        "DISCORD_TOKEN" => Some(TOKEN.to_owned()),
        "DISCORD_API_URL" => Some("http://127.0.0.1:9".to_owned()),
        _ => None,
    };
    let config = Config::read(set).expect("it can be read");
    let mut seen = format!("{config:?}");
    // Everything else is wrong; the problems name it, and not the token.
    let wrong = |name: &str| match name {
        "DISCORD_TOKEN" => Some(format!("{TOKEN} with a space\n")),
        _ => Some("\u{0}not a value".to_owned()),
    };
    if let Err(problems) = Config::read(wrong) {
        seen += &format!("{problems} {problems:?}");
    }
    let settings = Settings { token: Secret::new(TOKEN), api_url: "http://127.0.0.1:9".to_owned() };
    seen += &format!("{settings:?}");
    let world = world().await;
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    match discord::connect(&settings, Arc::new(world.app.clone()), stopped).await {
        Ok(connection) => {
            if let Err(failure) = tokio::time::timeout(Duration::from_secs(1), connection.gateway).await {
                seen += &failure.to_string();
            }
        }
        Err(failure) => seen += &format!("{failure} {failure:?}"),
    }
    for text in [seen, log.text()] {
        assert!(!text.contains(TOKEN) && !text.contains("this-is-the-token"), "{text}");
    }
}
