//! `/setup hooks`: the secret that signs, HubSpot's, where changes of status are sent, and what is kept.
//!
//! A secret is shown once, privately, in the answer to the command that makes it; after that nobody is shown it, and no
//! log and no list of settings ever has it (R11).

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::Read as _;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::kept::Keeping;
use crate::chat::intent::{HookArgs, HookSecret, Setting};
use crate::chat::message::{Message, Reply};
use crate::chat::render;
use crate::chat::render::hooks::{HooksView, KeptView};
use crate::domain::hooks::{Key, hex};
use crate::domain::workspace::Workspace;
use crate::service::head::Head;
use crate::service::setup::{Changes, Refused, settle};
use crate::service::{App, Fault, access, replies};
use crate::store::settings::{self as stored, Set};

/// So many kept events are shown at once: each has two buttons.
const SHOWN: u32 = 5;

/// Whether a secret was made.
enum Saved {
    /// It was, and is told now.
    New(Key),
    /// Something else was set.
    Other,
}

/// `/setup hooks`.
pub async fn hooks(app: &App, head: &Head, args: HookArgs) -> Result<Reply, Fault> {
    if args == HookArgs::default() {
        let workspace = crate::service::head::with_person(app.store().workspace(head.workspace), head);
        return Ok(match access::configure(&workspace, head.person()) {
            Ok(()) => Reply::Private(shown(app, head).await?),
            Err(rejection) => replies::refusal(app, head, None, &rejection),
        });
    }
    // Chance is not the writer's: the change may be run again.
    let fresh = fresh();
    let change = move |workspace: &Arc<Workspace>, head: &Head, mut changes: Changes| {
        access::configure(workspace, head.person())?;
        let mut hooks = workspace.hooks.clone();
        let mut saved = Saved::Other;
        match args.secret {
            Some(HookSecret::New) => {
                let how = if hooks.secret.is_some() { "changed" } else { "made" };
                changes.note("hooks: secret", how);
                hooks.secret = Some(fresh.clone());
                saved = Saved::New(fresh.clone());
            }
            Some(HookSecret::Off) => {
                changes.note("hooks: secret", "none");
                hooks.secret = None;
            }
            None => {}
        }
        match &args.hubspot {
            Some(Setting::To(secret)) => {
                let bare = secret.expose();
                if !(16..=200).contains(&bare.len()) || !bare.bytes().all(|b| b.is_ascii_graphic()) {
                    return Err(Refused::Sentence(render::hooks::no_client_secret()));
                }
                changes.note("hooks: HubSpot", "set");
                hooks.hubspot = Some(secret.clone());
            }
            Some(Setting::Off) => {
                changes.note("hooks: HubSpot", "none");
                hooks.hubspot = None;
            }
            None => {}
        }
        match &args.url {
            Some(Setting::To(url)) => {
                if hooks.secret.is_none() {
                    return Err(Refused::Sentence(render::hooks::secret_first()));
                }
                let url = target(url).ok_or_else(|| Refused::Sentence(render::hooks::no_target(url)))?;
                changes.note("hooks: url", url.clone());
                hooks.url = Some(url);
            }
            Some(Setting::Off) => {
                changes.note("hooks: url", "none");
                hooks.url = None;
            }
            None => {}
        }
        if let Some(messages) = args.messages {
            if messages && hooks.url.is_none() {
                return Err(Refused::Sentence(render::hooks::address_first()));
            }
            changes.note("hooks: messages", if messages { "sent" } else { "none" });
            hooks.messages = messages;
        }
        let list = changes.into_list();
        Ok((saved, Some(Set::of(stored::Setting::Hooks(hooks), list))))
    };
    settle(app, head, change, |done, saved| {
        let secret = match &saved {
            Saved::New(key) => Some(key),
            Saved::Other => None,
        };
        render::hooks::saved(&done.workspace, secret)
    })
    .await
}

/// How things stand, with the oldest events that are kept.
pub async fn shown(app: &App, head: &Head) -> Result<Message, Fault> {
    let workspace = app.store().workspace(head.workspace);
    let waiting = app.store().kept_count(head.workspace).await?;
    let kept = app.store().kept_events(head.workspace, SHOWN).await?;
    let read: Vec<_> = kept.iter().map(|kept| (kept, Keeping::of(kept))).collect();
    let kept = read
        .iter()
        .filter_map(|(kept, keeping)| {
            let Keeping { event, why } = keeping.as_ref()?;
            Some(KeptView { id: kept.id, event, why, at: kept.at })
        })
        .collect();
    Ok(render::hooks::shown(&HooksView { workspace: &workspace, waiting, kept }))
}

/// An address that can be sent to.
fn target(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let host = typed.strip_prefix("https://").or_else(|| typed.strip_prefix("http://"))?;
    let clean =
        |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '`' | '{' | '}' | '|' | '\\' | '@');
    let fits = host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[');
    (fits && typed.len() <= 500 && typed.chars().all(clean)).then(|| typed.to_owned())
}

/// 256 bits that nobody can guess, as hexadecimal digits: the system's random numbers, and, for systems that have no such
/// file, the keys that the standard library draws from them.
fn fresh() -> Key {
    let mut seed = Sha256::new();
    let mut bytes = [0_u8; 32];
    if let Ok(mut source) = std::fs::File::open("/dev/urandom")
        && source.read_exact(&mut bytes).is_ok()
    {
        seed.update(bytes);
    }
    for number in 0..8_u64 {
        let mut drawn = RandomState::new().build_hasher();
        drawn.write_u64(number);
        seed.update(drawn.finish().to_le_bytes());
    }
    Key::new(hex(&seed.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_secret_is_another_one() {
        let (one, other) = (fresh(), fresh());
        assert_eq!(one.expose().len(), 64);
        assert_ne!(one, other);
    }

    #[test]
    fn a_target_is_an_address_without_a_password() {
        assert_eq!(
            target(" https://crm.example.com/in?x=1 ").as_deref(),
            Some("https://crm.example.com/in?x=1")
        );
        for wrong in ["crm.example.com", "ftp://x", "https://", "https://me:pw@x.com", "https://a b"] {
            assert_eq!(target(wrong), None, "{wrong}");
        }
    }
}
