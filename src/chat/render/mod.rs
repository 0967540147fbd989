//! All wording (ruling 24): pure functions from the domain's values, and from the small structs of [`view`] where rows
//! of the store are needed, to [`Message`](super::message::Message)s and [`Form`](super::message::Form)s.
//!
//! One voice: short, concrete, no exclamation marks; who, what, when, what next. One file per topic. Text from people
//! goes through [`words::tidy`] into [`Span::Plain`](super::message::Span::Plain) and is escaped by the adapter; no
//! mark-up is ever built here. Who is notified is said in `mentions` and nowhere else.

pub mod alert;
pub mod approval;
pub mod attention;
pub mod bulk;
pub mod card;
pub mod cluster;
pub mod crm;
pub mod digest;
pub mod done;
pub mod form;
pub mod guide;
pub mod history;
pub mod hooks;
pub mod import;
pub mod input;
pub mod jobs;
pub mod join;
pub mod left;
pub mod list;
pub mod me;
pub mod namesake;
pub mod outcome;
pub mod pick;
pub mod pipelines;
pub mod playbook;
pub mod points;
pub mod problem;
pub mod rejection;
pub mod requests;
pub mod settings;
pub mod setup_show;
pub mod simulate;
pub mod suggest;
pub mod task;
pub mod undo;
pub mod view;
pub mod words;

pub use view::Ctx;
