//! `/pipeline points` (A7): the leaderboard per person and per company, and the ledger behind every point. Private; it
//! changes nothing.

use super::head::{self, Head};
use super::replies::scenes;
use super::{App, Fault};
use crate::chat::intent::PersonArg;
use crate::chat::message::Reply;
use crate::chat::render;
use crate::chat::render::points::LINES;
use crate::chat::render::view::{EntryView, LeaderView, LedgerView};
use crate::domain::ids::PersonId;
use crate::domain::points::Board;
use crate::store::points::LedgerOf;

/// No ledger has so many pages: a forged page number is taken as this one (R9).
const LAST_PAGE: u32 = 1_000_000;

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Of {
    /// Which leaderboard.
    pub by: Board,
    /// Whose ledger.
    pub person: Option<PersonId>,
    /// Which company's ledger: that of an entry.
    pub company: Option<i64>,
    /// From 0.
    pub page: u32,
}

impl Of {
    /// With what was picked on the leaderboard.
    pub fn picked(self, value: Option<&str>) -> Self {
        match (value.and_then(|value| value.parse().ok()), self.by) {
            (None, _) => self,
            (Some(id), Board::Person) => Self { person: Some(PersonId(id)), page: 0, ..self },
            (Some(id), Board::Company) => Self { company: Some(id), page: 0, ..self },
        }
    }
}

/// The command.
pub async fn points(
    app: &App,
    head: &Head,
    by: Board,
    who: Option<PersonArg>,
    company: Option<String>,
) -> Result<Reply, Fault> {
    let person = who.map(|who| who.id);
    match (person, company) {
        (None, None) => leaderboard(app, head, by, 0).await,
        (person, company) => {
            let of = Of { by, person, company: None, page: 0 };
            ledger(app, head, of, company.as_deref()).await
        }
    }
}

/// Another page, or what was picked.
pub async fn page(app: &App, head: &Head, of: Of) -> Result<Reply, Fault> {
    let of = Of { page: of.page.min(LAST_PAGE), ..of };
    match (of.person, of.company) {
        (None, None) => leaderboard(app, head, of.by, of.page).await,
        (_, None) => ledger(app, head, of, None).await,
        (_, Some(entry)) => match app.store().company_of(head.workspace, entry).await? {
            Some(company) => ledger(app, head, of, Some(&company)).await,
            // Erased since, or forged.
            None => leaderboard(app, head, of.by, 0).await,
        },
    }
}

async fn leaderboard(app: &App, head: &Head, by: Board, page: u32) -> Result<Reply, Fault> {
    let skip = u64::from(page) * LINES as u64;
    let (totals, all) = app.store().leaderboard(head.workspace, by, skip, LINES as u64).await?;
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    let view = LeaderView { workspace: &workspace, by, totals: &totals, all, page };
    Ok(Reply::Private(render::points::leaderboard(&view)))
}

async fn ledger(app: &App, head: &Head, of: Of, company: Option<&str>) -> Result<Reply, Fault> {
    let skip = u64::from(of.page) * LINES as u64;
    let whose = LedgerOf { person: of.person, company };
    let found = app.store().ledger(head.workspace, whose, skip, LINES as u64).await?;
    let ids: Vec<_> = found.entries.iter().map(|entry| entry.record).collect();
    let rows = scenes(app, head, app.store().records(&ids).await?);
    let entries = found.entries.iter().map(|entry| {
        let row = rows.iter().find(|(_, row)| row.record.id == entry.record);
        EntryView { entry, record: row.map(|(_, row)| &row.record), ctx: row.map(|(scene, _)| scene.ctx()) }
    });
    let named = company.and_then(|_| found.entries.iter().find(|entry| entry.company.is_some()));
    let view = LedgerView {
        by: of.by,
        person: of.person,
        company,
        company_entry: of.company.or(named.map(|entry| entry.id)),
        entries: entries.collect(),
        all: found.total,
        points: found.points,
        page: of.page,
    };
    Ok(Reply::Private(render::points::ledger(&view)))
}
