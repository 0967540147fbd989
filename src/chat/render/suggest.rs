//! What an autocompletion or a pick list shows for one thing: at most 100 characters.

use super::view::{Ctx, RowView};
use super::words::{self, tidy};
use crate::chat::message::Choice;
use crate::domain::activity::Activity;
use crate::domain::ids::StatusId;
use crate::domain::playbook::{Field, Outcome, Playbook, Reason, Stage, Status};
use crate::domain::record::Record;
use crate::domain::workspace::Team;

fn choice(value: impl ToString, label: &str, means: Option<&str>) -> Choice {
    let means = means.map(|m| tidy(m, 100)).filter(|m| !m.is_empty());
    Choice { value: value.to_string(), label: tidy(label, 100), means }
}

/// A record: its id, name, company and status. What comes back is its id.
pub fn record(row: &RowView<'_>) -> Choice {
    let record = row.record;
    let mut label = tidy(&words::title(record), 60);
    if let Some(company) = words::company(record, 20) {
        label = format!("{label} ({company})");
    }
    let status = words::label_now(&row.ctx, record);
    let late = if words::is_late(&row.clocks, row.ctx.now) { "⏰ " } else { "" };
    choice(record.handle, &format!("{late}{label} · {status}"), None)
}

/// A status with its meaning (D18), for a record that would enter it: a numbered one has its next number (B7).
pub fn status_next(ctx: &Ctx<'_>, record: &Record, status: &Status) -> Choice {
    let label = words::status_next(ctx, record, &status.id);
    choice(&status.id, label.trim(), Some(&status.guide.means))
}

/// The same in one line, for platforms whose suggestions have only one.
pub fn status_line(status: &Status) -> Choice {
    let means =
        if status.guide.means.is_empty() { String::new() } else { format!(" · {}", status.guide.means) };
    choice(&status.id, &format!("{}{means}", status.label), None)
}

/// A status by its id, in the words of the playbook.
pub fn status_of(ctx: &Ctx<'_>, id: &StatusId) -> Choice {
    ctx.playbook.status(id).map_or_else(|| choice(id, id.as_str(), None), status_line)
}

/// That the status stays (D70).
pub fn keep() -> Choice {
    choice("keep", "keep · The status is still right.", None)
}

/// A stage with its meaning.
pub fn stage(stage: &Stage) -> Choice {
    let means = if stage.means.is_empty() { String::new() } else { format!(" · {}", stage.means) };
    choice(&stage.id, &format!("{}{means}", stage.label), None)
}

/// The same by its name, which several pipelines may have.
pub fn any_stage(stage: &Stage) -> Choice {
    Choice { value: stage.label.clone(), ..self::stage(stage) }
}

/// A stage by the name that people know it by.
pub fn stage_name(stage: &Stage) -> Choice {
    choice(&stage.label, &stage.label, None)
}

/// The stages as they stand, to be put in another order; nothing where they are too long to be suggested.
pub fn order(playbook: &Playbook) -> Option<Choice> {
    let labels: Vec<&str> = playbook.stages.order.iter().map(|stage| stage.label.as_str()).collect();
    let all = labels.join(", ");
    (all.chars().count() <= 100).then(|| choice(&all, &all, None))
}

/// An activity.
pub fn activity(activity: Activity) -> Choice {
    choice(activity.name(), words::activity(activity), Some(words::activity_means(activity)))
}

/// A reason.
pub fn reason(reason: &Reason) -> Choice {
    choice(&reason.id, &reason.label, None)
}

/// An outcome.
pub fn outcome(outcome: &Outcome) -> Choice {
    choice(&outcome.id, &outcome.label, Some(&outcome.means))
}

/// A field.
pub fn field(field: &Field) -> Choice {
    choice(&field.id, &field.label, Some(&field.hint))
}

/// A team.
pub fn team(team: &Team) -> Choice {
    choice(&team.name, &team.name, None)
}

/// A playbook.
pub fn playbook(playbook: &Playbook) -> Choice {
    choice(&playbook.id, &playbook.title, Some(&playbook.why))
}

/// A time zone, or another word that explains itself.
pub fn word(word: &str) -> Choice {
    choice(word, word, None)
}
