//! The bot is asked to stop, as every deployment does.

use crate::account::{self, one};
use crate::bot::{SOON, until};
use crate::evidence;
use crate::site::Site;
use crate::work::Office;

/// R1: SIGTERM with commands in flight: what was taken in is finished, the database is whole in one file, the
/// process ends with 0; and nothing is lost or said twice over three such stops.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_that_is_asked_for_loses_nothing() {
    let (site, mut bot) = Site::with_team().await;
    let mut office = Office::new(site.server.clone());
    let mut sent = Vec::new();
    for _ in 0..3 {
        let cases = evidence::cases(&site.open());
        let mut waiting = evidence::waiting(&site.server);
        let (before, _) = office.counts();
        let burst = office.burst(24, &cases, &mut waiting);
        let all = before + burst.len();
        until("the commands are on their way", SOON, || office.counts().0 >= all).await;
        sent.extend(burst);
        let ended = bot.terminate().await;
        assert_eq!(ended.status.code(), Some(0), "{}", ended.said);
        let mut log = site.database().into_os_string();
        log.push("-wal");
        let left = std::fs::metadata(&log).map_or(0, |file| file.len());
        assert_eq!(left, 0, "the log was not moved into the file");
        assert!(!site.path().join("alive").exists(), "a stopped bot gives no sign of life");
        until("the server notices", SOON, || site.server.sessions().1 == 0).await;
        let leased = "SELECT COUNT(*) FROM outbox WHERE lease_until IS NOT NULL";
        assert_eq!(one(&site.open(), leased), 0, "something in flight was not finished");
        bot = site.start().await;
    }
    let database = site.open();
    let open = "SELECT COUNT(*) FROM outbox WHERE sent_at IS NULL AND failed_at IS NULL";
    until("everything is said", SOON * 4, || one(&database, open) == 0).await;
    let mut commands = Vec::new();
    for command in sent {
        commands.push(command.done(&site.server).await);
    }
    let account = account::settle(&site.server, &database, &commands);
    assert!(account.answered > 0);
}
