//! Opening the database: what the URL names, that nobody else has it, and one sentence for whatever is wrong (R7).

use std::fs::File;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::{Connection as _, SqliteConnection};

use super::StoreError;
use super::sqlite::{self, Options, Pool};

/// An opened and migrated database.
pub(super) struct Opened {
    pub writer: SqliteConnection,
    pub readers: Pool,
    pub options: Options,
    pub guard: Guard,
}

/// Held as long as the database is in use.
pub(super) struct Guard {
    /// The lock that keeps a second process out.
    _lock: File,
    /// The directory of a database that is gone afterwards.
    temporary: Option<PathBuf>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(directory) = &self.temporary {
            // Nothing is lost if this fails: the directory is in the system's temporary one.
            let _ = std::fs::remove_dir_all(directory);
        }
    }
}

/// Opens, locks, migrates.
pub(super) async fn open(url: &str) -> Result<Opened, StoreError> {
    let (path, temporary) = path(url)?;
    let guard = lock(&path, temporary).await?;
    let options = sqlite::options(&path, guard.temporary.is_none());
    let mut writer = sqlite::connect(&options).await.map_err(|e| unopened(&path, &e))?;
    // Unlike an attempt to write, SQLite opens a read-only file without a word.
    let probe = async { writer.begin_with("BEGIN IMMEDIATE").await?.rollback().await }.await;
    probe.map_err(|e| unopened(&path, &e))?;
    sqlx::migrate!().run(&mut writer).await.map_err(|e| unmigrated(&path, e))?;
    super::keys::backfill(&mut writer).await?;
    let readers = sqlite::readers(&options).await.map_err(|e| unopened(&path, &e))?;
    Ok(Opened { writer, readers, options, guard })
}

/// Opens an existing database to read it: nothing is locked, made or migrated, so that the bot may run meanwhile.
pub(super) async fn read_only(url: &str) -> Result<Pool, StoreError> {
    let (path, temporary) = path(url)?;
    if let Some(directory) = temporary {
        let _ = std::fs::remove_dir_all(directory);
        return Err(open_error("A database in memory has no history: name the bot's file.".to_owned()));
    }
    if !path.is_file() {
        return Err(open_error(format!(
            "There is no database {}: name the bot's file, as in its DATABASE_URL.",
            path.display()
        )));
    }
    let readers = sqlite::readers(&sqlite::options(&path, true)).await.map_err(|e| unopened(&path, &e))?;
    let ours = sqlx::migrate!().iter().map(|m| m.version).max().unwrap_or_default();
    let theirs: Option<i64> = sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations")
        .fetch_one(&readers)
        .await
        .map_err(|e| unopened(&path, &e))?;
    match theirs {
        Some(version) if version > ours => Err(unmigrated(&path, MigrateError::VersionMissing(version))),
        Some(version) if version == ours => Ok(readers),
        Some(_) | None => Err(open_error(format!(
            "The database {} was written by an older version of Bellwether: start the bot once, which brings it up to \
             date.",
            path.display()
        ))),
    }
}

fn open_error(why: String) -> StoreError {
    StoreError::Open(why)
}

/// The file that a URL names, and the directory that goes with it afterwards.
fn path(url: &str) -> Result<(PathBuf, Option<PathBuf>), StoreError> {
    if url == "sqlite::memory:" {
        let directory = temporary()?;
        return Ok((directory.join("bellwether.sqlite"), Some(directory)));
    }
    let odd = |why: &str| {
        open_error(format!(
            "The database URL {url:?} {why}: write sqlite://path/to/file.sqlite or sqlite::memory:."
        ))
    };
    let path = url
        .strip_prefix("sqlite://")
        .or_else(|| url.strip_prefix("sqlite:"))
        .ok_or_else(|| odd("does not name a SQLite file"))?;
    if path.is_empty() {
        return Err(odd("has no path"));
    }
    if path.contains(['?', '#', '%', '\0']) {
        return Err(odd("has options or escapes, which are not understood"));
    }
    if path.starts_with(':') || path.starts_with("file:") {
        return Err(odd("names no ordinary file"));
    }
    let path = PathBuf::from(path);
    if path.is_dir() {
        return Err(open_error(format!("{} is a directory: name a file in it.", path.display())));
    }
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !parent.is_dir() {
        return Err(open_error(format!(
            "The directory {} does not exist: create it, or change the database URL.",
            parent.display()
        )));
    }
    Ok((path, None))
}

fn temporary() -> Result<PathBuf, StoreError> {
    static SERIAL: AtomicU64 = AtomicU64::new(0);
    // A name that is taken belongs to an earlier process with our number: the next one is tried.
    for _ in 0..10_000 {
        let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
        let directory = std::env::temp_dir().join(format!("bellwether-{}-{serial}", std::process::id()));
        match std::fs::create_dir(&directory) {
            Ok(()) => return Ok(directory),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                return Err(open_error(format!("The temporary directory cannot be written: {error}.")));
            }
        }
    }
    Err(open_error("The temporary directory is full of earlier databases: empty it.".to_owned()))
}

async fn lock(path: &Path, temporary: Option<PathBuf>) -> Result<Guard, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push("-lock");
    let lock = File::options().create(true).truncate(false).write(true).open(&name).map_err(|error| {
        open_error(format!("The lock file {} cannot be written: {error}.", Path::new(&name).display()))
    })?;
    // A predecessor that was told to stop needs a moment for its last transaction.
    for _ in 0..25 {
        match lock.try_lock() {
            Ok(()) => return Ok(Guard { _lock: lock, temporary }),
            Err(std::fs::TryLockError::WouldBlock) => tokio::time::sleep(Duration::from_millis(20)).await,
            Err(std::fs::TryLockError::Error(error)) => {
                return Err(open_error(format!(
                    "The lock file {} cannot be locked: {error}.",
                    Path::new(&name).display()
                )));
            }
        }
    }
    Err(open_error(format!(
        "The database {} is in use by another Bellwether: stop it first, or name another file.",
        path.display()
    )))
}

/// SQLite's primary result codes, of those that deserve a sentence of their own.
const BUSY_CODE: i32 = 5;
const READ_ONLY: i32 = 8;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANNOT_OPEN: i32 = 14;
const NOT_A_DATABASE: i32 = 26;

fn unopened(path: &Path, error: &sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(|e| e.code()).and_then(|c| i32::from_str(&c).ok());
    let path = path.display();
    open_error(match code.map(|c| c & 0xff) {
        Some(BUSY_CODE) => format!("The database {path} is locked by another program: close that one first."),
        Some(READ_ONLY) => {
            format!("The database {path} is read-only: make the file and its directory writable.")
        }
        Some(CORRUPT | NOT_A_DATABASE) => {
            format!(
                "The file {path} is damaged or is no SQLite database: restore a backup, or name another file."
            )
        }
        Some(FULL) => format!("There is no space left for the database {path}: free some."),
        Some(CANNOT_OPEN) => {
            format!("The database {path} cannot be opened: check the permissions of the file.")
        }
        Some(_) | None => format!("The database {path} cannot be opened: {error}."),
    })
}

fn unmigrated(path: &Path, error: MigrateError) -> StoreError {
    match error {
        MigrateError::VersionMissing(version) | MigrateError::VersionTooNew(version, _) => {
            open_error(format!(
                "The database {} was written by a newer version of Bellwether (its schema is {version}): run that \
             version, or restore an older backup.",
                path.display()
            ))
        }
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => unopened(path, &error),
        other => {
            open_error(format!("The database {} cannot be brought up to date: {other}.", path.display()))
        }
    }
}
