//! The whole program over the wire: the local server, the bot with its real adapter, SQLite in a file, the workers,
//! in one process, spoken to as people do (ruling 28).
//!
//! Every test ends with the same check of everything that the bot sent in it: against Discord's own API description
//! (where `DISCORD_OPENAPI` names its file), by `twilight-validate`, by the local server's own limits, and by checks
//! for what all of them miss ([`limits`]).
//!
//! | file | what it tells |
//! | --- | --- |
//! | `town` | the harness: a server, a bot on it, people |
//! | `limits` | Discord's limits, checked again |
//! | `coverage` | every command, option, suggestion and button verb crosses the wire: n/n |
//! | `systems` | the same for the other systems and their pipelines, all on at once |
//! | `race` | two managers press Approve and Reject at the same moment |
//! | `faults` | repeated events, platform faults, a burst |
//! | `restart` | a new process on the same database; deleted cards and channels; closed private messages |
//! | `hostile` | forged and stale buttons, hostile names, mentions, who sees what |

#[path = "../support/api_description.rs"]
mod api_description;
mod coverage;
mod faults;
mod hostile;
mod limits;
mod race;
mod restart;
mod systems;
mod town;
