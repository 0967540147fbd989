//! Fields, needs, reasons and outcomes: the data of records.

use super::read::MOST_OPTIONS;
use super::{Ids, Kind, Reader, word};
use crate::domain::activity::{Activity, ActivityKind};
use crate::domain::field::builtin;
use crate::domain::ids::{FieldId, ReasonId, StatusId};
use crate::domain::playbook::{
    Field, FieldKind, FieldRole, KnownFrom, Need, Outcome, OutcomeEffect, Reason, Way,
};
use crate::playbook::node::{Node, Section};
use crate::playbook::problem::{Place, cut};

/// The kinds by name. `choice` gets its options afterwards.
const KINDS: [(&str, Kinds); 9] = [
    ("text", Kinds::Text),
    ("long", Kinds::Long),
    ("email", Kinds::Email),
    ("phone", Kinds::Phone),
    ("money", Kinds::Money),
    ("number", Kinds::Number),
    ("date", Kinds::Date),
    ("choice", Kinds::Choice),
    ("reason", Kinds::Reason),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kinds {
    Text,
    Long,
    Email,
    Phone,
    Money,
    Number,
    Date,
    Choice,
    Reason,
}

const KNOWN_FROM: [(&str, KnownFrom); 11] = [
    ("last_two_way", KnownFrom::LastTwoWay),
    ("last_two_way_at", KnownFrom::LastTwoWayAt),
    ("last_touch", KnownFrom::LastTouch),
    ("last_touch_at", KnownFrom::LastTouchAt),
    ("last_contact_at", KnownFrom::LastContactAt),
    ("last_reason", KnownFrom::LastReason),
    ("now", KnownFrom::Now),
    ("next_due", KnownFrom::NextDue),
    ("next_action", KnownFrom::NextAction),
    ("trigger_note", KnownFrom::TriggerNote),
    ("suggestion", KnownFrom::Suggestion),
];

impl<'d> Reader<'d> {
    /// Built-in fields that the file does not mention, then those of the file in its order.
    pub(super) fn fields(&mut self) -> Vec<Field> {
        let section = self.root.section("field");
        let named = section.as_ref().map(Section::named).unwrap_or_default();
        let mut fields: Vec<Field> = builtin_fields()
            .into_iter()
            .filter(|b| !named.iter().any(|(id, _)| *id == b.id.as_str()))
            .collect();
        for (id, section) in named {
            match builtin_fields().into_iter().find(|b| b.id.as_str() == id) {
                Some(field) => fields.push(self.builtin_field(field, &section)),
                None => fields.extend(self.field(id, &section)),
            }
        }
        fields
    }

    fn builtin_field(&mut self, field: Field, section: &Section<'d>) -> Field {
        for key in ["kind", "options", "known_from", "asked", "role", "at_creation", "ahead"] {
            if section.get(key).is_some() {
                let message = format!(
                    "`{}` is built in: only its label, hint and `used_for` may be changed.",
                    field.id
                );
                self.problems.error(&section.place_of(key), message);
            }
        }
        Field {
            label: self.label(section, "label").unwrap_or(field.label),
            hint: self.line(section, "hint").unwrap_or(field.hint),
            used_for: self.line(section, "used_for").unwrap_or(field.used_for),
            ..field
        }
    }

    fn field(&mut self, id: &str, section: &Section<'d>) -> Option<Field> {
        self.check_id(id, &section.place, Ids::Plain);
        for key in ["label", "kind"] {
            if section.get(key).is_none() {
                self.problems.error(&section.place, format!("`{key}` is missing from [field.{id}]."));
            }
        }
        let label = self.label(section, "label");
        let hint = self.line(section, "hint").unwrap_or_default();
        let used_for = self.line(section, "used_for").unwrap_or_default();
        let kind = section.get("kind").and_then(|n| self.choice(&n, &KINDS));
        let known_from = section.get("known_from").and_then(|n| self.choice(&n, &KNOWN_FROM));
        let asked = section.flag("asked", true);
        if !asked && section.get("known_from").is_none() {
            let message =
                "Nobody is asked for this and nothing makes it known: add known_from, or drop asked.";
            self.problems.error(&section.place_of("asked"), message);
        }
        let options = self.options(section);
        let kind = kind?;
        if (kind == Kinds::Choice) != section.get("options").is_some() {
            let message = "`options` belong to the kind `choice`, and a `choice` needs them.";
            self.problems.error(&section.place_of("options"), message);
        }
        if let Some(known_from) = known_from {
            self.check_known_from(&section.place_of("known_from"), known_from, kind, &options);
        }
        const ROLES: [(&str, FieldRole); 3] = [
            ("company_size", FieldRole::CompanySize),
            ("made", FieldRole::Made),
            ("crm_company", FieldRole::CrmCompany),
        ];
        let role = section.get("role").and_then(|n| self.choice(&n, &ROLES));
        if role == Some(FieldRole::CompanySize) && kind != Kinds::Number {
            self.problems.error(&section.place_of("role"), "A company size is of kind `number`.");
        }
        if role == Some(FieldRole::CrmCompany) && kind != Kinds::Number {
            self.problems
                .error(&section.place_of("role"), "A company's number in the CRM is of kind `number`.");
        }
        if role == Some(FieldRole::Made) && kind != Kinds::Text {
            self.problems.error(&section.place_of("role"), "The name of a record is of kind `text`.");
        }
        let ahead = section.flag("ahead", false);
        if ahead && kind != Kinds::Date {
            self.problems.error(&section.place_of("ahead"), "Only a `date` can lie ahead.");
        }
        let kind = match kind {
            Kinds::Text => FieldKind::Text,
            Kinds::Long => FieldKind::Long,
            Kinds::Email => FieldKind::Email,
            Kinds::Phone => FieldKind::Phone,
            Kinds::Money => FieldKind::Money,
            Kinds::Number => FieldKind::Number,
            Kinds::Date => FieldKind::Instant,
            Kinds::Choice => FieldKind::Choice(options),
            Kinds::Reason => FieldKind::Reason,
        };
        Some(Field {
            id: FieldId::new(id),
            label: label?,
            kind,
            hint,
            used_for,
            known_from,
            asked,
            role,
            at_creation: section.flag("at_creation", false),
            ahead,
        })
    }

    fn options(&mut self, section: &Section<'d>) -> Vec<(String, String)> {
        let Some(table) = section.section("options") else { return Vec::new() };
        let entries = table.entries();
        if entries.len() > MOST_OPTIONS || entries.is_empty() {
            let message =
                format!("A list to pick from has 1 to {MOST_OPTIONS} options; this has {}.", entries.len());
            self.problems.error(&table.place, message);
        }
        let mut options = Vec::new();
        for entry in entries {
            self.check_id(entry.key, &entry.place, Ids::Plain);
            options.extend(self.label(&table, entry.key).map(|label| (entry.key.to_owned(), label)));
        }
        options
    }

    /// What the bot knows must fit the field, or it could never be filled in.
    fn check_known_from(
        &mut self,
        place: &Place,
        from: KnownFrom,
        kind: Kinds,
        options: &[(String, String)],
    ) {
        let (fits, needed) = match from {
            KnownFrom::LastTwoWay | KnownFrom::LastTouch => (kind == Kinds::Choice, "choice"),
            KnownFrom::LastTwoWayAt
            | KnownFrom::LastTouchAt
            | KnownFrom::LastContactAt
            | KnownFrom::Now
            | KnownFrom::NextDue => (kind == Kinds::Date, "date"),
            KnownFrom::LastReason => (kind == Kinds::Reason, "reason"),
            KnownFrom::NextAction | KnownFrom::TriggerNote | KnownFrom::Suggestion => {
                (matches!(kind, Kinds::Text | Kinds::Long), "text` or `long")
            }
        };
        if !fits {
            self.problems.error(place, format!("What this knows fits a field of kind `{needed}`."));
        }
        let of_kind = match from {
            KnownFrom::LastTwoWay => ActivityKind::TwoWay,
            KnownFrom::LastTouch => ActivityKind::Touch,
            KnownFrom::LastTwoWayAt
            | KnownFrom::LastTouchAt
            | KnownFrom::LastContactAt
            | KnownFrom::LastReason
            | KnownFrom::Now
            | KnownFrom::NextDue
            | KnownFrom::NextAction
            | KnownFrom::TriggerNote
            | KnownFrom::Suggestion => return,
        };
        let missing: Vec<_> = Activity::ALL
            .into_iter()
            .filter(|a| a.kind() == of_kind && !options.iter().any(|(id, _)| id == a.name()))
            .map(Activity::name)
            .collect();
        if fits && !missing.is_empty() {
            let message =
                format!("The options lack activities that may become known: {}.", missing.join(", "));
            self.problems.error(place, message);
        }
    }

    /// Needs of a status, of a move, or of a new record.
    pub(super) fn needs(&mut self, section: &Section<'d>, key: &str) -> Vec<Need> {
        let items = section.get(key).map(|n| n.items()).unwrap_or_default();
        let needs: Vec<(Place, Need)> =
            items.iter().filter_map(|n| Some((n.place.clone(), self.need(n)?))).collect();
        let mut seen: Vec<&FieldId> = Vec::new();
        for (place, need) in &needs {
            for field in need.any_of.iter().flatten() {
                if seen.contains(&field) {
                    self.problems.error(place, format!("`{field}` is needed twice."));
                } else {
                    seen.push(field);
                }
            }
        }
        needs.into_iter().map(|(_, need)| need).collect()
    }

    fn need(&mut self, node: &Node<'d>) -> Option<Need> {
        let Some(section) = node.clone().into_section() else {
            let field = self.reference(node, Kind::Field)?;
            return Some(Need { any_of: vec![vec![FieldId::new(field)]], chosen_by: None, fresh: false });
        };
        let fresh = section.flag("fresh", false);
        let any_of = match self.exactly_one(&section, &["field", "any_of"])? {
            "field" => vec![vec![FieldId::new(self.one(&section, "field", Kind::Field)?)]],
            _ => {
                let groups = section.get("any_of").map(|n| n.items()).unwrap_or_default();
                if groups.len() < 2 {
                    let message = "`any_of` gives a choice of at least two; for one field write `field`.";
                    self.problems.error(&section.place_of("any_of"), message);
                }
                groups.iter().map(|g| self.references(&g.one_or_many(), Kind::Field)).collect()
            }
        };
        if any_of.iter().any(Vec::is_empty) {
            self.problems.error(&section.place_of("any_of"), "A group without a field asks for nothing.");
        }
        let chosen_by = self.one(&section, "chosen_by", Kind::Field);
        if let Some(field) = &chosen_by {
            let declared = self.root.section("field").and_then(|fields| fields.section(field));
            let options = declared.and_then(|f| f.section("options")).map_or(0, |o| o.entries().len());
            if options != any_of.len() {
                let message = format!(
                    "`{}` needs one option for each of the {} groups, in their order.",
                    cut(field, 40),
                    any_of.len()
                );
                self.problems.error(&section.place_of("chosen_by"), message);
            }
        }
        Some(Need { any_of, chosen_by: chosen_by.map(FieldId::new), fresh })
    }

    pub(super) fn reasons(&mut self) -> Vec<Reason> {
        let section = self.root.section("reason");
        let mut reasons = Vec::new();
        for (id, section) in section.as_ref().map(Section::named).unwrap_or_default() {
            self.check_id(id, &section.place, Ids::Plain);
            reasons.push(Reason {
                id: ReasonId::new(id),
                label: self.label(&section, "label").unwrap_or_default(),
                for_status: self.many(&section, "for", Kind::Status),
                clock_only: section.flag("clock_only", false),
                leads_to: self.one(&section, "leads_to", Kind::Status).map(StatusId::new),
                offer_after: self.span(&section, "offer_after"),
                offer_because: self.line(&section, "offer_because"),
            });
        }
        reasons
    }

    pub(super) fn outcomes(&mut self) -> Vec<Outcome> {
        #[derive(Clone, Copy)]
        enum Asks {
            Status,
            Reason,
            Nothing,
        }
        const EFFECTS: [(&str, Asks); 3] = [
            ("asks_for_status", Asks::Status),
            ("asks_for_reason", Asks::Reason),
            ("nothing", Asks::Nothing),
        ];
        const WAYS: [(&str, Way); 2] = [("later", Way::Later), ("earlier", Way::Earlier)];
        let section = self.root.section("outcome");
        let mut outcomes = Vec::new();
        for (id, section) in section.as_ref().map(Section::named).unwrap_or_default() {
            self.check_id(id, &section.place, Ids::Plain);
            let label = self.label(&section, "label").unwrap_or_default();
            let asks = section.get("effect").and_then(|n| self.choice(&n, &EFFECTS));
            let way = section.get("offers").and_then(|n| self.choice(&n, &WAYS));
            let reasons: Vec<ReasonId> = self.many(&section, "reasons", Kind::Reason);
            if way.is_some() && !matches!(asks, Some(Asks::Status)) {
                let message = "Only what `asks_for_status` offers statuses.";
                self.problems.error(&section.place_of("offers"), message);
            }
            if !reasons.is_empty() && !matches!(asks, Some(Asks::Reason)) {
                let message = "Only what `asks_for_reason` offers reasons.";
                self.problems.error(&section.place_of("reasons"), message);
            }
            let effect = match asks {
                None => continue,
                Some(Asks::Status) => OutcomeEffect::AsksForStatus(way.unwrap_or(Way::Any)),
                Some(Asks::Reason) => OutcomeEffect::AsksForReason(reasons),
                Some(Asks::Nothing) => OutcomeEffect::Nothing,
            };
            let means = self.line(&section, "means").unwrap_or_default();
            outcomes.push(Outcome { id: id.to_owned(), label, means, effect });
        }
        if outcomes.len() > MOST_OPTIONS {
            let message =
                format!("A picker shows {MOST_OPTIONS} outcomes; this playbook has {}.", outcomes.len());
            self.problems.error(&self.root.place_of("outcome"), message);
        }
        outcomes
    }

    pub(super) fn phases(&mut self) -> Vec<(String, String)> {
        let Some(section) = self.root.section("phases") else { return Vec::new() };
        let mut phases = Vec::new();
        for entry in section.entries() {
            self.check_id(entry.key, &entry.place, Ids::Plain);
            if word(&entry.node).is_some() {
                phases.extend(self.label(&section, entry.key).map(|label| (entry.key.to_owned(), label)));
            }
        }
        phases
    }
}

/// The fields that every record has, in the order of forms. A playbook may word them better.
fn builtin_fields() -> Vec<Field> {
    let all = [
        (builtin::NAME, "Name", FieldKind::Text, "Who this is."),
        (builtin::COMPANY, "Company", FieldKind::Text, "Where they work."),
        (builtin::EMAIL, "E-mail", FieldKind::Email, "Such as mei@example.com."),
        (builtin::PHONE, "Phone", FieldKind::Phone, "With the country code, such as +60 12 345 6789."),
        (builtin::VALUE, "Value", FieldKind::Money, "Such as 12k or RM 12,500."),
        (builtin::SOURCE, "Source", FieldKind::Text, "Where it came from."),
        (builtin::REASON, "Reason", FieldKind::Reason, "The one that fits best."),
        (builtin::NEXT_ACTION, "Next action", FieldKind::Text, "What you will do next."),
        (
            builtin::NEXT_DUE,
            "When the next action is due",
            FieldKind::Instant,
            "Such as tomorrow 3pm or 2026-12-01.",
        ),
        (builtin::NOTE, "Note", FieldKind::Long, "What a colleague should know."),
    ];
    all.into_iter()
        .map(|(id, label, kind, hint)| Field {
            id: FieldId::new(id),
            label: label.to_owned(),
            kind,
            hint: hint.to_owned(),
            used_for: String::new(),
            known_from: None,
            asked: true,
            role: None,
            at_creation: false,
            ahead: id == builtin::NEXT_DUE,
        })
        .collect()
}
