//! A small playbook, a team of three, a record; and messages as plain text.

use std::collections::{BTreeMap, BTreeSet};

use bellwether::chat::message::{Message, Span, Text, When};
use bellwether::chat::render::Ctx;
use bellwether::domain::activity::{Activity, ActivityKind};
use bellwether::domain::field::{Contact, Data};
use bellwether::domain::ids::{ApprovalId, PersonId, RecordId, RecordRef, StatusId, TeamId, WorkspaceId};
use bellwether::domain::money::{Currency, Money};
use bellwether::domain::playbook::*;
use bellwether::domain::record::{Contacted, Pending, Record};
use bellwether::domain::span;
use bellwether::domain::workspace::{Person, Role, Workspace};
use chrono::{DateTime, Duration, TimeZone, Utc};
use chrono_tz::Tz;

pub const ANA: PersonId = PersonId(1);
pub const BEN: PersonId = PersonId(2);
pub const CHI: PersonId = PersonId(3);

/// Tuesday, 24 November 2026, 10:00 UTC.
pub fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 24, 10, 0, 0).unwrap()
}

pub struct World {
    pub playbook: Playbook,
    pub workspace: Workspace,
}

pub fn world() -> World {
    let status = |id: &str, label: &str, emoji: &str, class, means: &str, next: &str| Status {
        id: id.into(),
        label: label.to_owned(),
        emoji: emoji.to_owned(),
        class,
        phase: None,
        numbered: None,
        locked: class == Class::Won,
        chosen: true,
        refuses_outreach: false,
        guide: Guide { means: means.to_owned(), next: next.to_owned(), ..Guide::default() },
        moves: Vec::new(),
        needs: Vec::new(),
        sets_stage: None,
        suggests: Vec::new(),
        clocks: Vec::new(),
        on_entry: Vec::new(),
        sub_status: None,
        flags: Vec::new(),
        shares: Vec::new(),
        offers: Default::default(),
    };
    let mut fresh = status("fresh", "Fresh", "🌱", Class::Open, "Nobody has spoken with them.", "Call them.");
    fresh.moves = [
        ("talking", MoveBy::Anyone),
        ("done", MoveBy::Manager),
        ("parked", MoveBy::Anyone),
        ("gone", MoveBy::Anyone),
    ]
    .map(|(to, by)| Move { to: to.into(), by, needs: Vec::new() })
    .into();
    fresh.suggests = vec![Activity::CallAnswered];
    fresh.clocks = vec![ClockSpec {
        within_setting: None,
        id: "first".into(),
        label: "first contact".to_owned(),
        starts: Starts::Entered,
        within: Some(span::Span::Business(Duration::hours(2))),
        sla: true,
        also_in: Vec::new(),
        met_by: vec![ActivityKind::Touch],
        met_entering: Vec::new(),
        touch_extends_once: false,
        while_owed: false,
        repeats: false,
        resumes_within_days: None,
        when_away: None,
        ladder: Vec::new(),
    }];
    let fields = ["email", "need", "note", "reason", "value", "next_due", "a1", "a2", "a3", "a4", "a5", "a6"];
    let playbook = Playbook {
        pipeline: false,
        comes_from: None,
        on: true,
        id: "toy".into(),
        title: "Toy".to_owned(),
        why: "To try it.".to_owned(),
        noun: Noun { singular: "lead".to_owned(), plural: "leads".to_owned(), letter: 'L' },
        version: 1,
        initial: "fresh".into(),
        statuses: vec![
            fresh,
            status("talking", "Talking", "🤝", Class::Open, "We talk.", "Find out what they need."),
            status("parked", "Parked", "💤", Class::Parked, "Not now.", ""),
            status("gone", "Gone", "⛔", Class::Lost, "Never.", ""),
            status("done", "Done", "🏁", Class::Won, "Sold.", ""),
        ],
        stages: Stages {
            order: ["mql", "sql"]
                .map(|id| Stage {
                    id: id.into(),
                    label: id.to_uppercase(),
                    means: String::new(),
                    sets_status: None,
                })
                .into(),
            ladder: true,
            demotion_sets: None,
            initial: Some("mql".into()),
        },
        phases: Vec::new(),
        fields: fields.map(field).into(),
        reasons: vec![
            Reason {
                id: "timing".into(),
                label: "Bad timing".to_owned(),
                for_status: vec!["gone".into(), "parked".into()],
                clock_only: false,
                leads_to: None,
                offer_after: None,
                offer_because: None,
            },
            Reason {
                id: "silent".into(),
                label: "No response".to_owned(),
                for_status: vec!["gone".into()],
                clock_only: true,
                leads_to: None,
                offer_after: None,
                offer_because: None,
            },
        ],
        outcomes: Vec::new(),
        create_needs: Vec::new(),
        routes: Vec::new(),
        new_route: None,
        cluster: None,
        crm_log: None,
        rules: Vec::new(),
        gates: Vec::new(),
        combinations: Combinations::default(),
        upgrade: Default::default(),
        effective: None,
    };
    let mut workspace = Workspace::without_setup(WorkspaceId(1), TeamId(1));
    for (id, name, role) in [(ANA, "ana", Role::Rep), (BEN, "ben", Role::Rep), (CHI, "chi", Role::Manager)] {
        let person = Person {
            id,
            name: name.to_owned(),
            admin: false,
            roles: Vec::new(),
            team: None,
            role: Some(role),
            ..Person::unknown(id)
        };
        workspace.people.insert(id, person);
    }
    World { playbook, workspace }
}

fn field(id: &str) -> Field {
    let (label, kind) = match id {
        "email" => ("E-mail", FieldKind::Email),
        "need" => ("What they need", FieldKind::Long),
        "note" => ("Note", FieldKind::Long),
        "reason" => ("Reason", FieldKind::Reason),
        "value" => ("Value", FieldKind::Money),
        "next_due" => ("Due", FieldKind::Instant),
        other => (other, FieldKind::Text),
    };
    Field {
        at_creation: false,
        ahead: false,
        id: id.into(),
        label: label.to_owned(),
        kind,
        hint: String::new(),
        used_for: String::new(),
        known_from: None,
        asked: true,
        role: None,
    }
}

impl World {
    pub fn ctx(&self) -> Ctx<'_> {
        Ctx { playbook: &self.playbook, workspace: &self.workspace, now: now(), zone: Tz::UTC }
    }

    pub fn field(&self, id: &str) -> Field {
        self.playbook.field(&id.into()).unwrap().clone()
    }

    pub fn gone(&self) -> &StatusId {
        &self.playbook.statuses[3].id
    }

    pub fn numbered(&self, number: u32) -> Record {
        let handle = RecordRef { letter: 'L', number };
        Record { id: RecordId(100 + i64::from(number)), handle, ..self.record() }
    }

    pub fn record(&self) -> Record {
        Record {
            id: RecordId(112),
            workspace: WorkspaceId(1),
            handle: RecordRef { letter: 'L', number: 12 },
            playbook: self.playbook.id.clone(),
            playbook_version: 1,
            team: TeamId(1),
            channel: None,
            contact: Contact {
                name: "Acme Ltd".to_owned(),
                company: Some("Acme Ltd".to_owned()),
                email: Some("ana@acme.com".to_owned()),
                phone: None,
            },
            owner: Some(ANA),
            status: "fresh".into(),
            stage: Some("sql".into()),
            version: 3,
            created_at: now() - Duration::hours(97),
            status_since: now() - Duration::hours(2),
            value: Some(Money { minor: 1_200_000, currency: Currency::USD }),
            source: None,
            data: Data::new(),
            next: None,
            owes: Vec::new(),
            owes_since: None,
            owes_chased: false,
            contacted: Contacted::default(),
            clocks: Vec::new(),
            pending: None,
            auto: None,
            silenced: BTreeSet::new(),
            been: BTreeSet::new(),
            entered: Default::default(),
            parked: 0,
            last_reason: None,
            past_owners: Vec::new(),
            given: None,
            barred: BTreeSet::new(),
            open_ms: 0,
            open_since: None,
            past_values: Vec::new(),
            snoozed_until: None,
            ended: None,
            absorbed: Vec::new(),
            past_until: None,
            last_event: None,
            tasks: Vec::new(),
            tasks_opened: 0,
            flagged: Vec::new(),
            suggestions: Vec::new(),
            sequences: Vec::new(),
            links: Vec::new(),
            credits: Vec::new(),
            turn: None,
        }
    }
}

/// A message as lines of plain text: `# title`, lines, `[label] value`, `(button)`.
pub fn plain(message: &Message) -> String {
    let mut lines = Vec::new();
    lines.extend(message.title.as_ref().map(|t| format!("# {}", text_of(t))));
    lines.extend(message.lines.iter().map(text_of));
    lines.extend(message.facts.iter().map(|f| format!("[{}] {}", f.label, text_of(&f.value))));
    if !message.buttons.is_empty() {
        let buttons: Vec<_> = message.buttons.iter().map(|b| format!("({})", b.label)).collect();
        lines.push(buttons.join(" "));
    }
    lines.join("\n")
}

/// People by name, instants as `<2026-11-24 10:00 R>`.
pub fn text_of(text: &Text) -> String {
    let names: BTreeMap<_, _> = [(ANA, "ana"), (BEN, "ben"), (CHI, "chi")].into();
    let spans = text.0.iter().map(|span| match span {
        Span::Plain(text) | Span::Strong(text) | Span::Soft(text) => text.clone(),
        Span::Block(text) | Span::Code(text) => format!("`{text}`"),
        Span::Person(id) => format!("@{}", names.get(id).copied().unwrap_or("somebody")),
        Span::Channel(id) => format!("#{id}"),
        Span::Role(id) => format!("@role {id}"),
        Span::Instant(at, when) => {
            let how = match when {
                When::Relative => "R",
                When::DateTime => "D",
                When::Date => "d",
                When::Time => "T",
            };
            format!("<{} {how}>", at.format("%Y-%m-%d %H:%M"))
        }
        Span::Link { label, .. } => label.clone(),
    });
    spans.collect()
}

pub fn labels(message: &Message) -> Vec<&str> {
    message.buttons.iter().map(|b| b.label.as_str()).collect()
}

pub fn pending() -> Pending {
    Pending {
        approval: ApprovalId(4),
        requested_by: Some(ANA),
        requested_at: now() - Duration::hours(1),
        to: "gone".into(),
        data: Data::new(),
        peak: None,
        stage: None,
        steps: 0,
    }
}
