//! Breaking things on purpose, and changing the world as a moderator would.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::config::DmPolicy;
use super::faults::{Chances, Rule};
use super::handle::Handle;
use super::rest;
use super::things::{Id, Key};

impl Handle {
    /// Removes a message, as a moderator would.
    pub fn delete_message(&self, message: Id) {
        self.shared.change(|w| w.remove(message));
    }

    /// Removes a channel with its threads and messages.
    pub fn delete_channel(&self, channel: impl Into<Key>) {
        let channel = self.channel(channel);
        self.shared.change(|w| channel.map(|c| rest::delete_channel(w, c)));
    }

    /// Archives or reopens a thread.
    pub fn archive(&self, thread: Id, archived: bool) {
        self.shared.change(|w| w.channels.get_mut(&thread).map(|c| c.archived = archived));
    }

    /// Lets the bot use a channel or not (403, 50001).
    pub fn set_bot_access(&self, channel: impl Into<Key>, access: bool) {
        let channel = self.channel(channel);
        self.shared.change(|w| channel.and_then(|c| w.channels.get_mut(&c)).map(|c| c.bot_access = access));
    }

    /// Changes what happens to a person's direct messages.
    pub fn set_dm(&self, user: impl Into<Key>, dm: DmPolicy) {
        let user = self.user(user);
        self.shared.change(|w| user.and_then(|u| w.users.get_mut(&u)).map(|u| u.dm = dm));
    }

    /// Gives or takes Manage Server.
    pub fn set_manage_guild(&self, user: impl Into<Key>, manage: bool) {
        let user = self.user(user);
        self.shared.change(|w| user.and_then(|u| w.users.get_mut(&u)).map(|u| u.manage_guild = manage));
    }

    /// Orders a fault.
    pub fn fault(&self, rule: Rule) {
        self.shared.change(|w| w.faults.rules.push(rule));
    }

    /// Faults by chance, from a seed.
    pub fn chances(&self, seed: u64, chances: Chances) {
        self.shared.change(|w| {
            w.faults.seed(seed);
            w.faults.chances = chances;
        });
    }

    /// Ends every ordered fault, every chance, and an outage.
    pub fn no_faults(&self) {
        self.shared.change(|w| {
            w.faults.rules.clear();
            w.faults.chances = Chances::default();
            w.faults.outage = None;
        });
    }

    /// How many faults were injected so far.
    pub fn injected(&self) -> u64 {
        self.read(|w| w.faults.injected)
    }

    /// Nothing answers for this long: HTTP connections are cut, the gateway drops and takes no new ones.
    pub fn outage(&self, lasts: Duration) {
        self.shared.change(|w| {
            w.faults.outage = Some(Instant::now() + lasts);
            w.sessions.drop_all(None, false);
        });
    }

    /// Ends an outage.
    pub fn end_outage(&self) {
        self.shared.change(|w| w.faults.outage = None);
    }

    /// Cuts the gateway's connections without a close frame; sessions can be resumed.
    pub fn drop_gateway(&self) {
        self.shared.change(|w| w.sessions.drop_all(None, false));
    }

    /// Closes the gateway's connections with a code.
    pub fn close_gateway(&self, code: u16) {
        self.shared.change(|w| w.sessions.drop_all(Some(code), false));
    }

    /// Asks the bot to reconnect (op 7).
    pub fn ask_reconnect(&self) {
        self.shared.change(|w| w.sessions.order_all(7, Value::Null));
    }

    /// Declares the sessions invalid (op 9, not resumable): the bot must identify again.
    pub fn invalidate_sessions(&self) {
        self.shared.change(|w| w.sessions.order_all(9, json!(false)));
    }

    /// Dispatches the next interaction twice.
    pub fn duplicate_next(&self) {
        self.shared.change(|w| w.faults.duplicate_next = true);
    }

    /// Ends the nonce window for everything posted so far.
    pub fn expire_nonces(&self) {
        self.shared.change(|w| w.nonces.clear());
    }

    /// Ends the life of every interaction's token so far, as 15 minutes would.
    pub fn expire_tokens(&self) {
        self.shared.change(|w| {
            let life = self.shared.config.limits.token_life + Duration::from_secs(1);
            if let Some(then) = Instant::now().checked_sub(life) {
                w.interactions.values_mut().for_each(|i| i.created = then);
            } else {
                w.tokens.clear();
            }
        });
    }
}
