//! `bellwether run` as a child process: started, killed, stopped, and what it said meanwhile.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};

/// How long the program may take for anything that is not the platform's doing.
pub const SOON: Duration = Duration::from_secs(30);

/// A running bot. Dropped, it is killed.
pub struct Bot {
    child: Child,
    log: PathBuf,
}

/// How a bot ended, and what it wrote to its standard error.
pub struct Ended {
    pub status: ExitStatus,
    pub said: String,
}

/// The environment of a bot: these variables and nothing of ours. Its working directory is the folder, so that no
/// `.env` of a developer is read.
pub fn command(folder: &Path, environment: &BTreeMap<&str, String>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bellwether"));
    command.arg("run").current_dir(folder).env_clear().envs(environment).kill_on_drop(true);
    command.env("BELLWETHER_HEARTBEAT", folder.join("alive")).stdin(Stdio::null()).stdout(Stdio::null());
    command
}

impl Bot {
    /// Starts one that writes its log to a file of the folder, after what stands there.
    pub fn start(folder: &Path, environment: &BTreeMap<&str, String>) -> Self {
        let log = folder.join("log");
        let file = std::fs::File::options().create(true).append(true).open(&log).expect("a log file");
        let child = command(folder, environment).stderr(file).spawn().expect("the program starts");
        Self { child, log }
    }

    /// SIGKILL: the process is gone when this returns.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("it was running");
    }

    /// Asks it to stop, as a supervisor does, and waits for its end.
    pub async fn terminate(mut self) -> Ended {
        let pid = self.child.id().expect("it is running").to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status().await.expect("the command kill");
        assert!(sent.success(), "no signal could be sent");
        let status = tokio::time::timeout(SOON, self.child.wait()).await;
        let status =
            status.unwrap_or_else(|_| panic!("it does not stop:\n{}", self.said())).expect("waited for");
        Ended { status, said: self.said() }
    }

    /// Fails with its log where it has ended by itself.
    pub fn lives(&mut self) {
        if let Some(status) = self.child.try_wait().expect("a child") {
            panic!("the bot ended by itself, {status}:\n{}", self.said());
        }
    }

    /// The end of its log.
    pub fn said(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

/// Runs a bot to its end, which must come by itself.
pub async fn run_to_end(folder: &Path, environment: &BTreeMap<&str, String>) -> Ended {
    let child = command(folder, environment).stderr(Stdio::piped()).spawn().expect("the program starts");
    let output = tokio::time::timeout(SOON, child.wait_with_output()).await;
    let output = output.expect("it does not end").expect("waited for");
    Ended { status: output.status, said: String::from_utf8_lossy(&output.stderr).into_owned() }
}

/// Waits for a condition, looking ever less often; fails after a time, saying what did not come.
pub async fn until(what: &str, within: Duration, mut holds: impl FnMut() -> bool) {
    let patience = tokio::time::sleep(within);
    tokio::pin!(patience);
    let mut pause = Duration::from_millis(1);
    while !holds() {
        tokio::select! {
            () = &mut patience => panic!("{what}: not within {} s", within.as_secs()),
            () = tokio::time::sleep(pause) => pause = (pause * 5 / 4).min(Duration::from_millis(200)),
        }
    }
}
