//! The rules, explained (D18, D19, D33, D57, D69).

use super::view::{GuideStatus, GuideView};
use super::words::tidy;
use crate::chat::message::{Message, Span, Text};

/// The guide: one status, or all of them. Within about 4,000 characters.
pub fn guide(view: &GuideView) -> Message {
    match view {
        GuideView::Status(status) => one(status),
        GuideView::Overview { title, why, advice, noun, statuses, stages } => {
            let mut message = Message::default().titled(tidy(title, 200));
            if !why.is_empty() {
                message.lines.push(Text(vec![Span::Soft(tidy(why, 400))]));
            }
            for (emoji, label, means) in statuses {
                message.lines.push(
                    Text::plain(format!("{emoji} "))
                        .and(Span::Strong(label.clone()))
                        .then(format!(": {}", tidy(means, 120))),
                );
            }
            if !stages.is_empty() {
                let names: Vec<_> = stages.iter().map(|(label, _)| label.as_str()).collect();
                message.lines.push(Text::strong("Stages: ").then(names.join(" → ")));
            }
            if let Some(advice) = advice {
                message.lines.push(Text(vec![Span::Soft(advice.clone())]));
            }
            message.lines.push(
                Text::plain("More about one: ")
                    .and(Span::Code("/playbook guide status:…".to_owned()))
                    .then(", and a move: ")
                    .and(Span::Code(format!("/{noun} status"))),
            );
            message
        }
    }
}

fn one(status: &GuideStatus) -> Message {
    let mut message = Message::default().titled(format!("{} {}", status.emoji, status.label));
    message.lines.push(Text::strong(tidy(&status.means, 200)));
    let parts = [
        ("When to use it", status.when.clone()),
        ("Example", status.example.clone()),
        ("It needs", status.needs.join(" · ")),
        ("Why it is asked", status.uses.join(" · ")),
        ("Happens by itself", status.happens.join(" ")),
        ("Next step", status.next.clone()),
        ("Red flag", status.red_flag.clone()),
        ("Goes on to", status.moves.join(", ")),
    ];
    for (label, text) in parts {
        let text = tidy(&text, 600);
        if !text.is_empty() {
            message = message.long_fact(label, text);
        }
    }
    message
}
