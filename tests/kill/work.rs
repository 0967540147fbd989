//! What people do: commands of every kind that changes something, each with a token that nothing else holds.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bellwether::playground::{Got, Handle, Id};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::site::{MANAGERS, REPS, room};

/// What a command is to bring about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aim {
    /// A case of this name.
    Open,
    /// An activity with this note.
    Log,
    /// A next action of this name.
    Plan,
    /// A request for approval with this note.
    Request,
    /// A decision on the request for the case of this handle.
    Decide(String),
}

/// A command on its way.
pub struct Sent {
    pub token: String,
    pub aim: Aim,
    answer: JoinHandle<Answer>,
}

/// What came back before Discord's patience ended.
enum Answer {
    Nothing,
    Said(String),
    /// "Thinking…", in this message.
    Promised(Id),
}

/// A command, and what the person got for it; `None`: nothing.
pub struct Done {
    pub token: String,
    pub aim: Aim,
    pub answer: Option<String>,
}

impl Sent {
    /// Whether the person waits no longer: there is an answer, or Discord's patience ended, or the button was gone.
    pub fn is_settled(&self) -> bool {
        self.answer.is_finished()
    }

    /// Waits for the answer, or for the end of Discord's patience.
    pub async fn done(self, server: &Handle) -> Done {
        let answer = match self.answer.await.expect("no panic") {
            Answer::Nothing => None,
            Answer::Said(text) => Some(text),
            Answer::Promised(message) => server.message(message).filter(|m| !m.loading).map(|m| m.text()),
        };
        Done { token: self.token, aim: self.aim, answer }
    }
}

/// A case that people work on.
#[derive(Debug, Clone)]
pub struct Case {
    pub handle: String,
    pub owner: &'static str,
    pub valuable: bool,
}

/// A request that waits in the approvals channel.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub message: Id,
    pub custom_id: String,
    pub handle: String,
}

/// The office: who types what, and how many were answered.
pub struct Office {
    server: Handle,
    answered: Arc<AtomicUsize>,
    dispatched: Arc<AtomicUsize>,
    serial: usize,
    /// For these cases a request was sent.
    asked: HashSet<String>,
}

impl Office {
    pub fn new(server: Handle) -> Self {
        Self {
            server,
            answered: Arc::default(),
            dispatched: Arc::default(),
            serial: 0,
            asked: HashSet::new(),
        }
    }

    /// How many commands the server has sent to the bot, and how many of those have their answer.
    pub fn counts(&self) -> (usize, usize) {
        (self.dispatched.load(Ordering::SeqCst), self.answered.load(Ordering::SeqCst))
    }

    /// `count` commands at once, over these cases and requests.
    pub fn burst(&mut self, count: usize, cases: &[Case], waiting: &mut Vec<Waiting>) -> Vec<Sent> {
        let mut sent = Vec::with_capacity(count);
        let asked = &self.asked;
        let mut valuable: Vec<_> =
            cases.iter().filter(|case| case.valuable && !asked.contains(&case.handle)).collect();
        while sent.len() < count {
            self.serial += 1;
            let (serial, token) = (self.serial, format!("x{}x", self.serial));
            let case = cases.get(serial * 7 % cases.len().max(1));
            let anybody = REPS[serial / 3 % REPS.len()];
            match (serial % 8, case) {
                (3 | 6, Some(case)) => {
                    let activity = if serial.is_multiple_of(2) { "note" } else { "email_sent" };
                    let options = json!({"case": case.handle, "activity": activity, "note": token});
                    sent.push(self.type_in(anybody, serial, "case log", options, token, Aim::Log));
                }
                (2, Some(case)) => {
                    let options = json!({"case": case.handle, "action": token, "due": "in 2 days"});
                    sent.push(self.type_in(case.owner, serial, "case next", options, token, Aim::Plan));
                }
                (4, Some(_)) => match valuable.pop() {
                    Some(case) => {
                        self.asked.insert(case.handle.clone());
                        let options = json!({"case": case.handle, "to": "refused", "reason": "senseless", "note": token});
                        sent.push(self.type_in(
                            case.owner,
                            serial,
                            "case status",
                            options,
                            token,
                            Aim::Request,
                        ));
                    }
                    None => sent.push(self.open_case(serial, token)),
                },
                (5, Some(_)) => match waiting.pop() {
                    Some(request) => sent.extend(self.decide(&request)),
                    None => sent.push(self.open_case(serial, token)),
                },
                (_, _) => sent.push(self.open_case(serial, token)),
            }
        }
        sent
    }

    /// Whose case it is follows from its number, so that it is known without being asked.
    fn open_case(&self, serial: usize, token: String) -> Sent {
        let mut options = json!({"name": token});
        if valuable(serial) {
            options["value"] = json!("50k");
        }
        self.type_in(owner(serial), serial, "case new", options, token, Aim::Open)
    }

    /// Two managers press Approve at the same moment.
    fn decide(&self, request: &Waiting) -> Vec<Sent> {
        let press = |manager: &'static str| {
            let (server, request, counts) = (self.server.clone(), request.clone(), self.counters());
            let aim = Aim::Decide(request.handle.clone());
            let token = request.custom_id.clone();
            let answer = tokio::spawn(async move {
                counts.0.fetch_add(1, Ordering::SeqCst);
                match server.press(manager, request.message, &request.custom_id).await {
                    Ok(outcome) => told(outcome.got, &counts.1),
                    // It was decided a moment ago, and the button is gone.
                    Err(_) => Answer::Nothing,
                }
            });
            Sent { token, aim, answer }
        };
        MANAGERS.map(press).into()
    }

    fn type_in(
        &self,
        who: &'static str,
        serial: usize,
        command: &'static str,
        options: Value,
        token: String,
        aim: Aim,
    ) -> Sent {
        let (server, counts) = (self.server.clone(), self.counters());
        let answer = tokio::spawn(async move {
            counts.0.fetch_add(1, Ordering::SeqCst);
            let outcome = server.invoke(who, &room(serial), command, options).await;
            told(outcome.expect("a command as Discord's client would send it").got, &counts.1)
        });
        Sent { token, aim, answer }
    }

    fn counters(&self) -> (Arc<AtomicUsize>, Arc<AtomicUsize>) {
        (self.dispatched.clone(), self.answered.clone())
    }
}

/// The name of a case is its token, which holds its number.
pub fn serial_of(token: &str) -> Option<usize> {
    token.strip_prefix('x')?.strip_suffix('x')?.parse().ok()
}

pub fn owner(serial: usize) -> &'static str {
    REPS[serial % REPS.len()]
}

pub fn valuable(serial: usize) -> bool {
    serial.is_multiple_of(3)
}

/// What a person can rely on: words, not a promise of words.
fn told(got: Got, answered: &AtomicUsize) -> Answer {
    let answer = match got {
        Got::Message(message) | Got::Updated(message) => Answer::Said(message.text()),
        Got::Modal(modal) => Answer::Said(format!("a form: {}", modal.title)),
        Got::Deferred { message, .. } => Answer::Promised(message),
        Got::DeferredUpdate | Got::Choices(_) | Got::NoAnswer => return Answer::Nothing,
    };
    answered.fetch_add(1, Ordering::SeqCst);
    answer
}
