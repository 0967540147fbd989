//! How an [`Action`] is written into a platform's `custom_id` and read back.
//!
//! `1:<verb>:<arguments>`: a format version, a verb of two or three letters, and arguments separated by colons,
//! numbers in base 36, a word always last. At most [`MAX`] characters, as long as a playbook's ids are at most
//! [`MAX_WORD`] characters of `a–z 0–9 _ -`. The outbox appends `~` and its row's number (ruling 22). What cannot be
//! read gives `None`, never a guess: only text that [`Action::encode`] could have written is accepted.

use super::{Action, SnoozeSpan};
use crate::domain::activity::Activity;
use crate::domain::ids::{
    ApprovalId, ClockId, DraftId, EventId, FieldId, JobId, KeptId, PersonId, RecordId, RuleId, StatusId,
};
use crate::domain::points::Board;

/// The longest text that [`Action::encode`] writes.
pub const MAX: usize = 80;
/// The longest status or field id that fits.
pub const MAX_WORD: usize = 48;

impl Action {
    /// Every verb: a wire test counts them (ruling 28).
    pub const VERBS: [&'static str; 56] = [
        "op", "mv", "mm", "ps", "lg", "pa", "lf", "sn", "sf", "tk", "fo", "pn", "pf", "hi", "ap", "rj", "rf",
        "wd", "df", "ds", "dp", "pr", "pg", "js", "jx", "jc", "jf", "nf", "nr", "na", "ca", "ea", "ef", "rs",
        "pq", "st", "ts", "td", "da", "se", "tc", "di", "un", "lr", "lm", "ra", "aa", "ja", "jr", "po", "aw",
        "ka", "kf", "kd", "oc", "cn",
    ];

    /// Its verb, one of [`Action::VERBS`].
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Open { .. } => "op",
            Self::Move { .. } => "mv",
            Self::MoreMoves { .. } => "mm",
            Self::PickStatus { .. } => "ps",
            Self::Log { .. } => "lg",
            Self::PickActivity { .. } => "pa",
            Self::LogForm { .. } => "lf",
            Self::Snooze { .. } => "sn",
            Self::SnoozeFor { .. } => "sf",
            Self::Take { .. } => "tk",
            Self::FillOwed { .. } => "fo",
            Self::PlanNext { .. } => "pn",
            Self::PlanForm { .. } => "pf",
            Self::History { .. } => "hi",
            Self::Approve { .. } => "ap",
            Self::Reject { .. } => "rj",
            Self::RejectForm { .. } => "rf",
            Self::ApproveAll { .. } => "aa",
            Self::RejectAll { .. } => "ja",
            Self::RejectAllForm { .. } => "jr",
            Self::Withdraw { .. } => "wd",
            Self::DraftForm { .. } => "df",
            Self::DraftSubmit { .. } => "ds",
            Self::DraftPick { .. } => "dp",
            Self::PickRecord => "pr",
            Self::Page { .. } => "pg",
            Self::Tasks { .. } => "ts",
            Self::TaskDone { .. } => "td",
            Self::DoneAnswer { .. } => "da",
            Self::PickOutcome { .. } => "oc",
            Self::TaskSent { .. } => "se",
            Self::Answer { .. } => "aw",
            Self::TaskConfirm { .. } => "tc",
            Self::Dismiss { .. } => "di",
            Self::StartJob { .. } => "js",
            Self::StopJob { .. } => "jx",
            Self::PickColumn { .. } => "jc",
            Self::PickField { .. } => "jf",
            Self::Rescue { .. } => "rs",
            Self::PickRescue => "pq",
            Self::ReassignAll { .. } => "ra",
            Self::Undo { .. } => "un",
            Self::ListRecord { .. } => "lr",
            Self::ListMove { .. } => "lm",
            Self::SetupPage { .. } => "st",
            Self::Points { .. } => "po",
            Self::NewForm { .. } => "nf",
            Self::CreateAnyway { .. } => "ca",
            Self::EraseAsk { .. } => "ea",
            Self::EraseForm { .. } => "ef",
            Self::NoteRecord { .. } => "nr",
            Self::NoteActivity { .. } => "na",
            Self::KeptAssign { .. } => "ka",
            Self::KeptForm { .. } => "kf",
            Self::KeptDismiss { .. } => "kd",
            Self::SendNotes { .. } => "cn",
        }
    }

    /// Writes it: `1:mv:2s:3:won`.
    pub fn encode(&self) -> String {
        let verb = self.verb();
        match self {
            Self::Open { record }
            | Self::MoreMoves { record }
            | Self::Log { record }
            | Self::PickActivity { record }
            | Self::Snooze { record }
            | Self::Take { record }
            | Self::FillOwed { record }
            | Self::PlanNext { record }
            | Self::EraseAsk { record }
            | Self::EraseForm { record }
            | Self::PlanForm { record }
            | Self::Tasks { record } => format!("1:{verb}:{}", base36(record.0)),
            Self::Move { record, to, version } => {
                format!("1:{verb}:{}:{}:{to}", base36(record.0), base36(i64::from(*version)))
            }
            Self::PickStatus { record, version: number }
            | Self::History { record, page: number }
            | Self::TaskDone { record, task: number }
            | Self::TaskSent { record, task: number }
            | Self::TaskConfirm { record, task: number } => {
                format!("1:{verb}:{}:{}", base36(record.0), base36(i64::from(*number)))
            }
            Self::Answer { record, clock, answer } => {
                format!("1:{verb}:{}:{}:{clock}", base36(record.0), base36(i64::from(*answer)))
            }
            Self::LogForm { record, activity } => format!("1:{verb}:{}:{activity}", base36(record.0)),
            Self::SnoozeFor { record, span } => format!("1:{verb}:{}:{}", base36(record.0), span.letter()),
            Self::Approve { approval }
            | Self::Reject { approval }
            | Self::RejectForm { approval }
            | Self::ApproveAll { approval }
            | Self::RejectAll { approval }
            | Self::RejectAllForm { approval }
            | Self::Withdraw { approval } => format!("1:{verb}:{}", base36(approval.0)),
            Self::Dismiss { record, rule } => format!("1:{verb}:{}:{rule}", base36(record.0)),
            Self::DraftForm { draft }
            | Self::DraftSubmit { draft }
            | Self::DoneAnswer { draft }
            | Self::PickOutcome { draft }
            | Self::CreateAnyway { draft }
            | Self::NoteRecord { draft } => {
                format!("1:{verb}:{}", base36(draft.0))
            }
            Self::NewForm { noun } => format!("1:{verb}:{noun}"),
            Self::NoteActivity { draft, record } => {
                format!("1:{verb}:{}:{}", base36(draft.0), base36(record.0))
            }
            Self::DraftPick { draft, field } => format!("1:{verb}:{}:{field}", base36(draft.0)),
            Self::StartJob { job } | Self::StopJob { job } | Self::PickColumn { job } => {
                format!("1:{verb}:{}", base36(job.0))
            }
            Self::PickField { job, column } => {
                format!("1:{verb}:{}:{}", base36(job.0), base36(i64::from(*column)))
            }
            Self::PickRecord | Self::PickRescue => format!("1:{verb}"),
            Self::Rescue { record, from } => {
                format!("1:{verb}:{}:{}", base36(record.0), base36(from.map_or(0, |person| person.0)))
            }
            Self::ReassignAll { record, from } => {
                format!("1:{verb}:{}:{}", base36(record.0), base36(from.0))
            }
            Self::Undo { record, command } => format!("1:{verb}:{}:{}", base36(record.0), base36(command.0)),
            Self::KeptAssign { kept } | Self::KeptForm { kept } | Self::KeptDismiss { kept } => {
                format!("1:{verb}:{}", base36(kept.0))
            }
            Self::SendNotes { record } => {
                format!("1:{verb}:{}", base36(record.map_or(0, |record| record.0)))
            }
            Self::SetupPage { page } => format!("1:{verb}:{}", base36(i64::from(*page))),
            Self::Points { by, person, company, page } => {
                let letter = match by {
                    Board::Person => "p",
                    Board::Company => "c",
                };
                let (person, company) = (person.map_or(0, |person| person.0), company.unwrap_or(0));
                let page = base36(i64::from(*page));
                format!("1:{verb}:{}:{}:{page}:{letter}", base36(person), base36(company))
            }
            Self::ListMove { draft, page, record, version } => {
                let (page, version) = (base36(i64::from(*page)), base36(i64::from(*version)));
                format!("1:{verb}:{}:{page}:{}:{version}", base36(draft.0), base36(record.0))
            }
            Self::Page { draft, page } | Self::ListRecord { draft, page } => {
                format!("1:{verb}:{}:{}", base36(draft.0), base36(i64::from(*page)))
            }
        }
    }

    /// Reads what [`Action::encode`] wrote, with or without a marker. `None`: forged, or of another version.
    pub fn decode(text: &str) -> Option<Self> {
        let (text, _) = split_marker(text);
        if text.len() > MAX + MAX_WORD {
            return None;
        }
        let mut parts = text.strip_prefix("1:")?.split(':');
        let verb = parts.next()?;
        let mut args = Args(parts);
        let action = match verb {
            "op" => Self::Open { record: args.record()? },
            "mv" => {
                let (record, version) = (args.record()?, args.count()?);
                Self::Move { record, version, to: StatusId::new(args.word()?) }
            }
            "mm" => Self::MoreMoves { record: args.record()? },
            "ps" => Self::PickStatus { record: args.record()?, version: args.count()? },
            "lg" => Self::Log { record: args.record()? },
            "pa" => Self::PickActivity { record: args.record()? },
            "lf" => Self::LogForm {
                record: args.record()?,
                activity: Activity::parse(args.word()?)?.name().to_owned(),
            },
            "sn" => Self::Snooze { record: args.record()? },
            "sf" => Self::SnoozeFor { record: args.record()?, span: SnoozeSpan::of_letter(args.word()?)? },
            "tk" => Self::Take { record: args.record()? },
            "fo" => Self::FillOwed { record: args.record()? },
            "pn" => Self::PlanNext { record: args.record()? },
            "pf" => Self::PlanForm { record: args.record()? },
            "hi" => Self::History { record: args.record()?, page: args.count()? },
            "ap" => Self::Approve { approval: args.approval()? },
            "rj" => Self::Reject { approval: args.approval()? },
            "rf" => Self::RejectForm { approval: args.approval()? },
            "aa" => Self::ApproveAll { approval: args.approval()? },
            "ja" => Self::RejectAll { approval: args.approval()? },
            "jr" => Self::RejectAllForm { approval: args.approval()? },
            "wd" => Self::Withdraw { approval: args.approval()? },
            "df" => Self::DraftForm { draft: args.draft()? },
            "ds" => Self::DraftSubmit { draft: args.draft()? },
            "dp" => Self::DraftPick { draft: args.draft()?, field: FieldId::new(args.word()?) },
            "js" => Self::StartJob { job: args.job()? },
            "jx" => Self::StopJob { job: args.job()? },
            "jc" => Self::PickColumn { job: args.job()? },
            "jf" => Self::PickField { job: args.job()?, column: args.count()? },
            "pr" => Self::PickRecord,
            "lr" => Self::ListRecord { draft: args.draft()?, page: args.count()? },
            "lm" => {
                let (draft, page) = (args.draft()?, args.count()?);
                Self::ListMove { draft, page, record: args.record()?, version: args.count()? }
            }
            "un" => Self::Undo { record: args.record()?, command: args.event()? },
            "nf" => Self::NewForm { noun: args.word()?.to_owned() },
            "ea" => Self::EraseAsk { record: args.record()? },
            "ef" => Self::EraseForm { record: args.record()? },
            "ca" => Self::CreateAnyway { draft: args.draft()? },
            "nr" => Self::NoteRecord { draft: args.draft()? },
            "na" => Self::NoteActivity { draft: args.draft()?, record: args.record()? },
            "pg" => Self::Page { draft: args.draft()?, page: args.count()? },
            "ts" => Self::Tasks { record: args.record()? },
            "td" => Self::TaskDone { record: args.record()?, task: args.count()? },
            "da" => Self::DoneAnswer { draft: args.draft()? },
            "oc" => Self::PickOutcome { draft: args.draft()? },
            "se" => Self::TaskSent { record: args.record()?, task: args.count()? },
            "aw" => {
                let (record, answer) = (args.record()?, args.count()?);
                Self::Answer { record, clock: ClockId::new(args.word()?), answer }
            }
            "tc" => Self::TaskConfirm { record: args.record()?, task: args.count()? },
            "di" => Self::Dismiss { record: args.record()?, rule: RuleId::new(args.word()?) },
            "rs" => Self::Rescue { record: args.record()?, from: args.person()? },
            "ra" => Self::ReassignAll { record: args.record()?, from: args.person()?? },
            "pq" => Self::PickRescue,
            "ka" => Self::KeptAssign { kept: args.kept()? },
            "kf" => Self::KeptForm { kept: args.kept()? },
            "kd" => Self::KeptDismiss { kept: args.kept()? },
            "cn" => Self::SendNotes { record: Some(args.record()?).filter(|record| record.0 != 0) },
            "st" => Self::SetupPage { page: args.count()? },
            "po" => {
                let (person, company, page) = (args.person()?, args.entry()?, args.count()?);
                let by = match args.word()? {
                    "p" => Board::Person,
                    "c" => Board::Company,
                    _ => return None,
                };
                Self::Points { by, person, company, page }
            }
            _ => return None,
        };
        // Whatever reads but is not how we write it (a plus sign, a leading zero, something left over) was not
        // written by us.
        (action.encode() == text).then_some(action)
    }
}

impl SnoozeSpan {
    /// Every span, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Hour, Self::Tomorrow, Self::NextBusinessDay];

    fn letter(self) -> &'static str {
        match self {
            Self::Hour => "h",
            Self::Tomorrow => "t",
            Self::NextBusinessDay => "b",
        }
    }

    fn of_letter(letter: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.letter() == letter)
    }
}

/// Appends the outbox row's number, by which a message of ours is found again (ruling 22).
pub fn with_marker(custom_id: String, outbox: i64) -> String {
    format!("{custom_id}~{}", base36(outbox))
}

/// Takes the marker off, where there is one.
pub fn split_marker(custom_id: &str) -> (&str, Option<i64>) {
    match custom_id.rsplit_once('~') {
        Some((rest, marker)) => match number(marker) {
            Some(outbox) => (rest, Some(outbox)),
            None => (custom_id, None),
        },
        None => (custom_id, None),
    }
}

struct Args<'a>(std::str::Split<'a, char>);

impl<'a> Args<'a> {
    fn record(&mut self) -> Option<RecordId> {
        number(self.0.next()?).map(RecordId)
    }

    fn approval(&mut self) -> Option<ApprovalId> {
        number(self.0.next()?).map(ApprovalId)
    }

    fn draft(&mut self) -> Option<DraftId> {
        number(self.0.next()?).map(DraftId)
    }

    fn job(&mut self) -> Option<JobId> {
        number(self.0.next()?).map(JobId)
    }

    fn kept(&mut self) -> Option<KeptId> {
        number(self.0.next()?).map(KeptId)
    }

    /// 0: nobody.
    fn person(&mut self) -> Option<Option<PersonId>> {
        number(self.0.next()?).map(|person| Some(PersonId(person)).filter(|person| person.0 != 0))
    }

    /// 0: none.
    fn entry(&mut self) -> Option<Option<i64>> {
        number(self.0.next()?).map(|entry| Some(entry).filter(|entry| *entry != 0))
    }

    fn event(&mut self) -> Option<EventId> {
        number(self.0.next()?).map(EventId)
    }

    fn count(&mut self) -> Option<u32> {
        number(self.0.next()?)?.try_into().ok()
    }

    fn word(&mut self) -> Option<&'a str> {
        let fits = |w: &&str| (1..=MAX_WORD).contains(&w.len());
        let plain = |w: &&str| w.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        self.0.next().filter(fits).filter(plain)
    }
}

/// Our row ids are never negative; a negative one is written as 0, which is no row.
fn base36(number: i64) -> String {
    let mut rest = u64::try_from(number).unwrap_or_default();
    let mut digits = Vec::new();
    loop {
        digits.push(char::from_digit((rest % 36) as u32, 36).unwrap_or('0'));
        rest /= 36;
        if rest == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}

fn number(text: &str) -> Option<i64> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase());
    plain.then(|| i64::from_str_radix(text, 36).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_action() -> impl Strategy<Value = Action> {
        let word = "[a-z0-9_-]{1,48}";
        (0..Action::VERBS.len(), 0..=i64::MAX, any::<u32>(), word, 0..13_usize, 0..3_usize).prop_map(
            |(verb, id, count, word, activity, span)| {
                let (record, approval, draft) = (RecordId(id), ApprovalId(id), DraftId(id));
                let job = JobId(id);
                match Action::VERBS[verb] {
                    "op" => Action::Open { record },
                    "ka" => Action::KeptAssign { kept: KeptId(id) },
                    "kf" => Action::KeptForm { kept: KeptId(id) },
                    "kd" => Action::KeptDismiss { kept: KeptId(id) },
                    "cn" => Action::SendNotes { record: Some(record).filter(|record| record.0 != 0) },
                    "mv" => Action::Move { record, to: StatusId::new(word), version: count },
                    "mm" => Action::MoreMoves { record },
                    "ps" => Action::PickStatus { record, version: count },
                    "lg" => Action::Log { record },
                    "pa" => Action::PickActivity { record },
                    "lf" => Action::LogForm { record, activity: Activity::ALL[activity].name().to_owned() },
                    "sn" => Action::Snooze { record },
                    "sf" => Action::SnoozeFor { record, span: SnoozeSpan::ALL[span] },
                    "tk" => Action::Take { record },
                    "fo" => Action::FillOwed { record },
                    "pn" => Action::PlanNext { record },
                    "pf" => Action::PlanForm { record },
                    "hi" => Action::History { record, page: count },
                    "ap" => Action::Approve { approval },
                    "aa" => Action::ApproveAll { approval },
                    "ja" => Action::RejectAll { approval },
                    "jr" => Action::RejectAllForm { approval },
                    "rj" => Action::Reject { approval },
                    "rf" => Action::RejectForm { approval },
                    "wd" => Action::Withdraw { approval },
                    "df" => Action::DraftForm { draft },
                    "ds" => Action::DraftSubmit { draft },
                    "dp" => Action::DraftPick { draft, field: FieldId::new(word) },
                    "js" => Action::StartJob { job },
                    "jx" => Action::StopJob { job },
                    "jc" => Action::PickColumn { job },
                    "jf" => Action::PickField { job, column: count },
                    "pr" => Action::PickRecord,
                    "lr" => Action::ListRecord { draft, page: count },
                    "lm" => Action::ListMove { draft, page: count, record, version: count },
                    "un" => Action::Undo { record, command: EventId(i64::from(count)) },
                    "pg" => Action::Page { draft, page: count },
                    "ts" => Action::Tasks { record },
                    "td" => Action::TaskDone { record, task: count },
                    "oc" => Action::PickOutcome { draft },
                    "da" => Action::DoneAnswer { draft },
                    "se" => Action::TaskSent { record, task: count },
                    "aw" => Action::Answer { record, clock: ClockId::new(word), answer: count },
                    "tc" => Action::TaskConfirm { record, task: count },
                    "di" => Action::Dismiss { record, rule: RuleId::new(word) },
                    "rs" => Action::Rescue { record, from: Some(PersonId(id)).filter(|p| p.0 != 0) },
                    "ra" => Action::ReassignAll { record, from: PersonId(id.max(1)) },
                    "pq" => Action::PickRescue,
                    "st" => Action::SetupPage { page: count },
                    "po" => Action::Points {
                        by: if activity % 2 == 0 { Board::Person } else { Board::Company },
                        person: Some(PersonId(id)).filter(|person| person.0 != 0),
                        company: Some(i64::from(count)).filter(|entry| *entry != 0),
                        page: count,
                    },
                    "nf" => Action::NewForm { noun: word },
                    "ea" => Action::EraseAsk { record },
                    "ef" => Action::EraseForm { record },
                    "ca" => Action::CreateAnyway { draft },
                    "nr" => Action::NoteRecord { draft },
                    "na" => Action::NoteActivity { draft, record },
                    other => panic!("no action for the verb {other}"),
                }
            },
        )
    }

    proptest! {
        /// ruling 23: every verb survives the way out and back, with and without the outbox's marker (ruling 22).
        #[test]
        fn every_action_comes_back_as_it_went(action in any_action(), outbox in 0..=i64::MAX) {
            let text = action.encode();
            prop_assert!(text.len() <= MAX, "{} characters: {text}", text.len());
            prop_assert_eq!(Action::decode(&text), Some(action.clone()));
            let marked = with_marker(text.clone(), outbox);
            prop_assert!(marked.len() <= 100);
            prop_assert_eq!(split_marker(&marked), (text.as_str(), Some(outbox)));
            prop_assert_eq!(Action::decode(&marked), Some(action));
        }

        /// R9: whatever comes in, reading it neither panics nor accepts what was not written by us.
        #[test]
        fn hostile_text_is_refused(text in ".{0,120}") {
            if let Some(action) = Action::decode(&text) {
                prop_assert_eq!(action.encode(), split_marker(&text).0);
            }
        }
    }

    /// R9
    #[test]
    fn what_we_did_not_write_is_refused() {
        let long = format!("1:mv:1:1:{}", "x".repeat(500));
        let forged = [
            "",
            "1:",
            "1:op",
            "1:op:",
            "1:op:+5",
            "1:op:05",
            "1:op:5:6",
            "1:op:-1",
            "2:op:5",
            "1:zz:5",
            "1:op:Z",
            "1:mv:5:1:",
            "1:mv:5:1:a b",
            "1:mv:5:zzzzzzzz:a",
            "1:sf:5:x",
            "1:lf:5:dance",
            "1:op:zzzzzzzzzzzzzzzz",
            "1:op:é",
            "1:pr:1",
            &long,
        ];
        for text in forged {
            assert_eq!(Action::decode(text), None, "{text}");
        }
    }
}
