//! The guide as a Markdown document (D19).

use super::{Guide, StatusGuide, guide};
use crate::domain::playbook::{Class, Playbook};

/// The guide as a document for onboarding. Texts of the playbook are escaped: they are prose, not markup.
pub fn markdown(playbook: &Playbook) -> String {
    let Guide { title, why, advice, stages, statuses } = guide(playbook);
    let mut text = format!("# {}\n\n", escape(&title));
    if !why.is_empty() {
        text.push_str(&format!("{}\n\n", escape(&why)));
    }
    if let Some(advice) = advice {
        text.push_str(&format!("*{}*\n\n", escape(&advice)));
    }
    if !stages.is_empty() {
        let (order, rule) = if playbook.stages.ladder {
            (" → ", "A stage only goes forward; a manager can take it back, with a reason.")
        } else {
            (" · ", "A record may move between the stages freely.")
        };
        let labels: Vec<String> = stages.iter().map(|(label, _)| escape(label)).collect();
        text.push_str(&format!("## Stages\n\n{}\n\n{rule}\n\n", labels.join(order)));
        for (label, means) in stages.iter().filter(|(_, means)| !means.is_empty()) {
            text.push_str(&format!("- **{}**: {}\n", escape(label), escape(means)));
        }
        text.push('\n');
    }
    text.push_str("## Statuses at a glance\n\n| status | means |\n| --- | --- |\n");
    for status in &statuses {
        text.push_str(&format!(
            "| {} {} | {} |\n",
            status.emoji,
            escape(&status.label),
            escape(&status.means)
        ));
    }
    for status in &statuses {
        text.push_str(&section(status));
    }
    text
}

fn section(status: &StatusGuide) -> String {
    let mut text =
        format!("\n## {} {}\n\n{}\n\n", status.emoji, escape(&status.label), escape(&status.means));
    text.push_str(&format!("*{}*\n\n", class(status.class)));
    let facts = [
        ("When", &status.when),
        ("Example", &status.example),
        ("Next step", &status.next),
        ("Red flag", &status.red_flag),
    ];
    for (name, fact) in facts.into_iter().filter(|(_, fact)| !fact.is_empty()) {
        text.push_str(&format!("**{name}.** {}\n\n", escape(fact)));
    }
    let lists = [
        ("Data it needs", &status.needs),
        ("Why it is asked", &status.uses),
        ("What happens by itself", &status.happens),
        ("Where it can go from here", &status.moves),
    ];
    for (name, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        text.push_str(&format!("**{name}**\n\n"));
        for line in list {
            text.push_str(&format!("- {}\n", escape(line)));
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn class(class: Class) -> &'static str {
    match class {
        Class::Open => "Open: being worked on.",
        Class::Parked => "Parked: set aside, to be taken up again.",
        Class::Won => "Won: ended well.",
        Class::Lost => "Lost: ended otherwise.",
        Class::Excluded => "Excluded: left out of every report.",
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '<' | '>' | '[' | ']' | '|' | '#' | '~') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
