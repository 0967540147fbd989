//! The gateway: sessions, sequence numbers, and replay after a resume.
//!
//! A session outlives its connection: what is dispatched while the bot is away is kept and sent again on
//! RESUME, in order, each with its first sequence number. Ordinary events go to every session that asked
//! for them; an interaction goes to the newest session of its shard, so that a second process taking over
//! does not answer twice.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::json::user;
use super::state::{Shared, World};
use super::things::Id;

const GUILDS: u64 = 1;
const GUILD_MESSAGES: u64 = 1 << 9;
const DIRECT_MESSAGES: u64 = 1 << 12;
const MESSAGE_CONTENT: u64 = 1 << 15;
/// Sessions without a connection that are kept for a resume.
const KEPT_SESSIONS: usize = 8;

/// What a connection's task is told to do.
enum Order {
    Text(String),
    /// Close with a code, or cut the connection where there is none.
    Close(Option<u16>),
}

struct Session {
    id: String,
    shard: (u64, u64),
    intents: u64,
    seq: u64,
    kept: VecDeque<(u64, String)>,
    /// The connection that holds it, by number, while it is alive.
    live: Option<(u64, mpsc::UnboundedSender<Order>)>,
}

/// All sessions, oldest first.
pub struct Sessions {
    list: Vec<Session>,
    replay: usize,
    connections: u64,
    identified: usize,
    resumes: u64,
}

impl Sessions {
    pub fn new(replay: usize) -> Self {
        Self { list: Vec::new(), replay, connections: 0, identified: 0, resumes: 0 }
    }

    /// How many sessions have a connection now.
    pub fn connected(&self) -> usize {
        self.list.iter().filter(|s| s.live.is_some()).count()
    }

    /// How many sessions were ever identified, and how many resumes succeeded.
    pub fn counts(&self) -> (usize, u64) {
        (self.identified, self.resumes)
    }

    /// Closes every connection: with a code, or abruptly. Sessions can be resumed unless `forget`.
    pub fn drop_all(&mut self, code: Option<u16>, forget: bool) {
        for session in &mut self.list {
            if let Some((_, live)) = session.live.take() {
                let _ = live.send(Order::Close(code));
            }
        }
        if forget {
            self.list.clear();
        }
    }

    /// Sends an operation without data to every connection: RECONNECT (7), INVALID_SESSION (9).
    pub fn order_all(&mut self, op: u64, d: Value) {
        let text = json!({"op": op, "d": d, "s": null, "t": null}).to_string();
        for (_, live) in self.list.iter().filter_map(|s| s.live.as_ref()) {
            let _ = live.send(Order::Text(text.clone()));
        }
        if op == 9 {
            self.list.clear();
        }
    }

    /// An event for every session of the guild's shard that has one of the intents; 0 means always.
    pub fn event(&mut self, name: &str, data: &Value, guild: Option<Id>, intents: u64) {
        for at in 0..self.list.len() {
            let session = &self.list[at];
            let wants = intents == 0 || session.intents & intents != 0;
            if wants && session.serves(guild) {
                self.dispatch(at, name, data);
            }
        }
    }

    /// A message event: to those who asked for messages of this kind, without the content where they may
    /// not read it.
    pub fn message_event(&mut self, name: &str, data: Value, guild: Option<Id>) {
        let wanted = if guild.is_some() { GUILD_MESSAGES } else { DIRECT_MESSAGES };
        for at in 0..self.list.len() {
            let session = &self.list[at];
            if session.intents & wanted == 0 || !session.serves(guild) {
                continue;
            }
            let own = data["author"]["bot"] == true;
            if guild.is_none() || own || session.intents & MESSAGE_CONTENT != 0 || data["author"].is_null() {
                self.dispatch(at, name, &data);
            } else {
                let mut hidden = data.clone();
                hidden["content"] = json!("");
                for key in ["embeds", "components", "attachments"] {
                    hidden[key] = json!([]);
                }
                self.dispatch(at, name, &hidden);
            }
        }
    }

    /// An interaction: to the newest connected session of the shard, else to the newest one. False when no
    /// session exists at all.
    pub fn interaction(&mut self, data: &Value, guild: Option<Id>) -> bool {
        let fits = |live: bool| {
            let of_shard = |s: &Session| s.serves(guild) && (s.live.is_some() || !live);
            self.list.iter().rposition(of_shard)
        };
        let Some(at) = fits(true).or_else(|| fits(false)) else { return false };
        self.dispatch(at, "INTERACTION_CREATE", data);
        true
    }

    fn dispatch(&mut self, at: usize, name: &str, data: &Value) {
        let replay = self.replay;
        let session = &mut self.list[at];
        session.seq += 1;
        let text = json!({"op": 0, "t": name, "s": session.seq, "d": data}).to_string();
        session.kept.push_back((session.seq, text.clone()));
        if session.kept.len() > replay {
            session.kept.pop_front();
        }
        if let Some((_, live)) = &session.live {
            let _ = live.send(Order::Text(text));
        }
    }
}

impl Session {
    fn serves(&self, guild: Option<Id>) -> bool {
        let (shard, of) = self.shard;
        guild.map_or(shard == 0, |g| (g >> 22) % of.max(1) == shard)
    }
}

/// Accepts connections for as long as the server lives.
pub async fn serve(shared: Arc<Shared>, listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        if shared.read().faults.in_outage() {
            continue;
        }
        let shared = shared.clone();
        let number = {
            let mut world = shared.read();
            world.sessions.connections += 1;
            world.sessions.connections
        };
        tokio::spawn(async move {
            connection(&shared, stream, number).await;
            shared.change(|w| {
                for session in &mut w.sessions.list {
                    if session.live.as_ref().is_some_and(|(n, _)| *n == number) {
                        session.live = None;
                    }
                }
            });
        });
    }
}

async fn connection(shared: &Shared, stream: TcpStream, number: u64) {
    let _ = stream.set_nodelay(true);
    let Ok(socket) = tokio_tungstenite::accept_async(stream).await else { return };
    let (mut out, mut input) = socket.split();
    let (orders, mut queue) = mpsc::unbounded_channel();
    let interval = shared.config.limits.heartbeat;
    let hello = json!({"heartbeat_interval": interval.as_millis() as u64, "_trace": ["[\"playground\"]"]});
    if out.send(Frame::Text(json!({"op": 10, "d": hello, "s": null, "t": null}).to_string())).await.is_err() {
        return;
    }
    // Discord closes a connection that misses its heartbeats.
    let silence = interval * 2 + Duration::from_secs(5);
    loop {
        tokio::select! {
            order = queue.recv() => match order {
                Some(Order::Text(text)) => {
                    if out.send(Frame::Text(text)).await.is_err() {
                        return;
                    }
                }
                Some(Order::Close(Some(code))) => {
                    let frame = CloseFrame { code: CloseCode::from(code), reason: "".into() };
                    let _ = out.send(Frame::Close(Some(frame))).await;
                    return;
                }
                Some(Order::Close(None)) | None => return,
            },
            frame = tokio::time::timeout(silence, input.next()) => {
                let text = match frame {
                    Ok(Some(Ok(Frame::Text(text)))) => text,
                    Ok(Some(Ok(Frame::Close(_)) | Err(_)) | None) => return,
                    Err(_) => {
                        let _ = orders.send(Order::Close(Some(4009)));
                        continue;
                    }
                    Ok(Some(Ok(_))) => continue,
                };
                let answer = match serde_json::from_str::<Value>(&text) {
                    Ok(payload) => received(shared, &payload, number, &orders),
                    Err(_) => Err(4002),
                };
                if let Err(code) = answer {
                    let _ = orders.send(Order::Close(Some(code)));
                }
            }
        }
    }
}

/// Handles one payload of the client; the error is the code to close with.
fn received(
    shared: &Shared,
    payload: &Value,
    number: u64,
    orders: &mpsc::UnboundedSender<Order>,
) -> Result<(), u16> {
    let send = |value: Value| drop(orders.send(Order::Text(value.to_string())));
    let d = &payload["d"];
    let holds =
        |w: &World| w.sessions.list.iter().any(|s| s.live.as_ref().is_some_and(|(n, _)| *n == number));
    match payload["op"].as_u64() {
        Some(1) => send(json!({"op": 11, "d": null, "s": null, "t": null})),
        Some(2) => {
            if d["token"].as_str().map(bare) != Some(bare(&shared.config.token)) {
                return Err(4004);
            }
            if holds(&shared.read()) {
                return Err(4005);
            }
            shared.change(|w| identify(w, d, number, orders.clone()));
        }
        Some(6) => {
            if d["token"].as_str().map(bare) != Some(bare(&shared.config.token)) {
                return Err(4004);
            }
            if !shared.change(|w| resume(w, d, number, orders.clone())) {
                send(json!({"op": 9, "d": false, "s": null, "t": null}));
            }
        }
        // Presence, voice state, members: accepted; members are answered in full.
        Some(3 | 4) => {}
        Some(8) => {
            if !holds(&shared.read()) {
                return Err(4003);
            }
            shared.change(|w| members_chunk(w, d));
        }
        _ => return Err(4001),
    }
    Ok(())
}

/// A token without its `Bot ` prefix.
fn bare(token: &str) -> &str {
    token.trim_start_matches("Bot ").trim()
}

fn identify(w: &mut World, d: &Value, number: u64, live: mpsc::UnboundedSender<Order>) {
    let id = format!("{:032x}", (u128::from(w.faults.random()) << 64) | u128::from(w.faults.random()));
    let shard = (d["shard"][0].as_u64().unwrap_or(0), d["shard"][1].as_u64().unwrap_or(1));
    w.sessions.list.push(Session {
        id: id.clone(),
        shard,
        intents: d["intents"].as_u64().unwrap_or(0),
        seq: 0,
        kept: VecDeque::new(),
        live: Some((number, live)),
    });
    w.sessions.identified += 1;
    while w.sessions.list.iter().filter(|s| s.live.is_none()).count() > KEPT_SESSIONS {
        if let Some(oldest) = w.sessions.list.iter().position(|s| s.live.is_none()) {
            w.sessions.list.remove(oldest);
        }
    }
    let at = w.sessions.list.len() - 1;
    let served: Vec<Id> = w.guilds.keys().copied().filter(|g| w.sessions.list[at].serves(Some(*g))).collect();
    let ready = json!({
        "v": 10, "user": w.users.get(&w.app).map(user), "session_id": id, "resume_gateway_url": w.gateway_url,
        "session_type": "normal", "private_channels": [], "relationships": [], "presences": [],
        "guilds": served.iter().map(|g| json!({"id": g.to_string(), "unavailable": true})).collect::<Vec<_>>(),
        "shard": [shard.0, shard.1], "application": {"id": w.app.to_string(), "flags": 0}, "user_settings": {},
        "geo_ordered_rtc_regions": [], "guild_join_requests": [], "_trace": ["[\"playground\"]"],
    });
    w.sessions.dispatch(at, "READY", &ready);
    if w.sessions.list[at].intents & GUILDS != 0 {
        for guild in served {
            let data = w.guild_create_json(&w.guilds[&guild]);
            w.sessions.dispatch(at, "GUILD_CREATE", &data);
        }
    }
}

/// Gives the session back with everything missed; false where it is unknown or no longer complete.
fn resume(w: &mut World, d: &Value, number: u64, live: mpsc::UnboundedSender<Order>) -> bool {
    let seq = d["seq"].as_u64().unwrap_or(0);
    let Some(at) = w.sessions.list.iter().position(|s| d["session_id"] == s.id.as_str()) else {
        return false;
    };
    let session = &mut w.sessions.list[at];
    let complete =
        seq == session.seq || (seq < session.seq && session.kept.front().is_some_and(|(n, _)| *n <= seq + 1));
    if !complete {
        w.sessions.list.remove(at);
        return false;
    }
    session.kept.retain(|(n, _)| *n > seq);
    for (_, text) in &session.kept {
        let _ = live.send(Order::Text(text.clone()));
    }
    if let Some((_, old)) = session.live.replace((number, live)) {
        let _ = old.send(Order::Close(Some(4000)));
    }
    w.sessions.resumes += 1;
    w.sessions.dispatch(at, "RESUMED", &json!({"_trace": ["[\"playground\"]"]}));
    true
}

fn members_chunk(w: &mut World, d: &Value) {
    let guild = d["guild_id"].as_str().and_then(|g| g.parse::<Id>().ok());
    let Some(guild) = guild.and_then(|g| w.guilds.get(&g)) else { return };
    let members: Vec<Value> = guild.members.keys().map(|m| w.member_json(guild, *m, false)).collect();
    let (id, nonce) = (guild.id, d["nonce"].clone());
    let chunk = json!({
        "guild_id": id.to_string(), "members": members, "chunk_index": 0, "chunk_count": 1, "not_found": [],
        "nonce": nonce,
    });
    w.sessions.event("GUILD_MEMBERS_CHUNK", &chunk, Some(id), 0);
}
