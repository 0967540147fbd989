//! Text in Discord's mark-up, within a number of characters.
//!
//! Properties: text from people comes out as it went in, to the eye: nothing in it is bold, a heading, a link or
//! a mention. What is too long ends in an ellipsis, never within a mention, an instant or an escape.
//!
//! Lengths are counted in UTF-16 units, which is never fewer than Discord counts.

use crate::chat::message::{Span, Text, When};

/// The ellipsis.
const CUT: char = '…';

/// How long Discord may think a text is.
pub fn length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Plain text (labels, titles of forms, footers: no mark-up is read there) cut to `room`.
pub fn cut(text: &str, room: usize) -> String {
    if length(text) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.len_utf16();
        if used > room {
            break;
        }
        kept.push(c);
    }
    if room > 0 {
        kept.truncate(kept.trim_end().len());
        kept.push(CUT);
    }
    kept
}

/// A text in Discord's mark-up, cut to `room`.
pub fn render(text: &Text, room: usize) -> String {
    let whole: String = text.0.iter().map(|span| mark_up(span, usize::MAX).unwrap_or_default()).collect();
    if length(&whole) <= room {
        return whole;
    }
    let mut out = String::new();
    let Some(room) = room.checked_sub(1) else { return out };
    for span in &text.0 {
        let left = room - length(&out);
        let Some(piece) = mark_up(span, left) else { break };
        out.push_str(&piece);
        if length(&mark_up(span, usize::MAX).unwrap_or_default()) > left {
            break;
        }
    }
    out.push(CUT);
    out
}

/// Whether a text is words alone: where Discord reads no mention and no instant (titles), others must not go.
pub fn is_words(text: &Text) -> bool {
    text.0.iter().all(|span| match span {
        Span::Plain(_) | Span::Strong(_) | Span::Soft(_) | Span::Code(_) => true,
        Span::Block(_)
        | Span::Person(_)
        | Span::Channel(_)
        | Span::Role(_)
        | Span::Instant(..)
        | Span::Link { .. } => false,
    })
}

/// One piece, shortened to `room`; `None` where it cannot be shortened and does not fit.
fn mark_up(span: &Span, room: usize) -> Option<String> {
    let atom = |text: String| (length(&text) <= room).then_some(text);
    match span {
        Span::Plain(text) => Some(escape(text, room)),
        Span::Strong(text) => around("**", text, room),
        Span::Soft(text) => around("*", text, room),
        Span::Code(text) => {
            let text: String = text.chars().map(|c| if c == '`' { 'ˋ' } else { c }).collect();
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if text.is_empty() {
                return Some(String::new());
            }
            let inner = cut(&text, room.checked_sub(2).filter(|r| *r > 0)?);
            Some(format!("`{inner}`"))
        }
        // In a fence nothing is read as mark-up; only the fence itself must not be closed from inside.
        Span::Block(text) => {
            let text: String = text.chars().map(|c| if c == '`' { 'ˋ' } else { c }).collect();
            let inner = cut(text.trim(), room.checked_sub(8).filter(|r| *r > 0)?);
            Some(if inner.is_empty() { inner } else { format!("```\n{inner}\n```") })
        }
        Span::Person(id) => atom(format!("<@{id}>")),
        Span::Channel(id) => atom(format!("<#{id}>")),
        Span::Role(id) => atom(format!("<@&{id}>")),
        Span::Instant(at, when) => {
            let letter = match when {
                When::Relative => 'R',
                When::DateTime => 'f',
                When::Date => 'D',
                When::Time => 't',
            };
            atom(format!("<t:{}:{letter}>", at.timestamp()))
        }
        Span::Link { label, url } => match address(url) {
            Some(url) if !label.trim().is_empty() => {
                atom(format!("[{}]({url})", escape(label.trim(), usize::MAX)))
            }
            Some(_) | None => Some(escape(label, room)),
        },
    }
}

/// Marks around the text, which must not touch white space inside, or Discord shows the marks.
fn around(mark: &str, text: &str, room: usize) -> Option<String> {
    let inner = text.trim();
    if inner.is_empty() {
        return Some(escape(text, room));
    }
    let lead = &text[..text.len() - text.trim_start().len()];
    let tail = &text[text.trim_end().len()..];
    let spent = 2 * mark.len() + length(lead) + length(tail);
    let inner = escape(inner, room.checked_sub(spent).filter(|r| *r > 0)?);
    Some(format!("{lead}{mark}{inner}{mark}{tail}"))
}

/// An address that may stand in a link: http or https, nothing in it that would end the link.
fn address(url: &str) -> Option<&str> {
    let web = url.starts_with("https://") || url.starts_with("http://");
    let clean = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | '(' | ')' | '"');
    (web && url.chars().all(clean) && url.len() <= 512).then_some(url)
}

/// Text from people so that it shows as it is; as much of it as fits into `room`.
fn escape(text: &str, room: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    let mut at_start = true;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let piece = match c {
            '\\' | '*' | '_' | '~' | '`' | '|' | '[' | ']' => format!("\\{c}"),
            // A mention, an instant, an emoji, an address in brackets: the hidden space takes the meaning away
            // for whatever reads the text, the backslash for the eye.
            '<' => "\\<\u{200b}".to_owned(),
            '@' if ["everyone", "here"].iter().any(|w| rest.as_str().starts_with(w)) => {
                "@\u{200b}".to_owned()
            }
            // Headings, quotes and lists are only read at the start of a line.
            '#' | '>' | '-' | '+' if at_start => format!("\\{c}"),
            '.' | ')' if numbered(&out) => format!("\\{c}"),
            c => c.to_string(),
        };
        let more = length(&piece);
        if used + more > room {
            break;
        }
        used += more;
        out.push_str(&piece);
        at_start = c == '\n' || (at_start && c.is_whitespace());
    }
    out
}

/// The line so far is a number alone, so that a dot would make a list of it.
fn numbered(out: &str) -> bool {
    let line = out.rsplit('\n').next().unwrap_or_default().trim_start();
    !line.is_empty() && line.len() <= 9 && line.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::ids::{ChannelId, PersonId};

    fn plain(text: &str) -> String {
        render(&Text::plain(text), 4_000)
    }

    /// R9
    #[test]
    fn text_from_people_shows_as_it_is() {
        let table = [
            ("**Acme** _x_ ~~y~~ `z` ||s||", "\\*\\*Acme\\*\\* \\_x\\_ \\~\\~y\\~\\~ \\`z\\` \\|\\|s\\|\\|"),
            ("@everyone and @here", "@\u{200b}everyone and @\u{200b}here"),
            ("<@1> <#2> <@&3> <t:4:R>", "\\<\u{200b}@1> \\<\u{200b}#2> \\<\u{200b}@&3> \\<\u{200b}t:4:R>"),
            ("[free](https://evil.example)", "\\[free\\](https://evil.example)"),
            ("# big\n> said\n- item\n1. one", "\\# big\n\\> said\n\\- item\n1\\. one"),
            ("  # big", "  \\# big"),
            ("-# small", "\\-# small"),
            ("C# > B-2 is 1.5", "C# > B-2 is 1.5"),
            ("ana@acme.example", "ana@acme.example"),
            ("\\*", "\\\\\\*"),
            ("Ünïcode 漢字 🦀", "Ünïcode 漢字 🦀"),
        ];
        for (given, shown) in table {
            assert_eq!(plain(given), shown, "{given}");
        }
    }

    #[test]
    fn pieces_are_written_in_discords_mark_up() {
        let at = DateTime::from_timestamp(1_700_000_000, 0).expect("in range");
        let text = Text::strong(" L-1* ")
            .and(Span::Soft("late".into()))
            .and(Span::Code("/lead `x`".into()))
            .and(Span::Person(PersonId(7)))
            .and(Span::Channel(ChannelId(8)))
            .and(Span::Instant(at, When::Relative))
            .and(Span::Link { label: "the [card]".into(), url: "https://discord.com/channels/1".into() })
            .and(Span::Link { label: "no".into(), url: "javascript:alert(1)".into() });
        assert_eq!(
            render(&text, 4_000),
            " **L-1\\*** *late*`/lead ˋxˋ`<@7><#8><t:1700000000:R>\
             [the \\[card\\]](https://discord.com/channels/1)no"
        );
        assert!(!is_words(&text));
    }

    #[test]
    fn a_mention_is_never_cut_in_two() {
        let text = Text::plain("to ").and(Span::Person(PersonId(123_456))).then(" and more");
        for room in 0..30 {
            let shown = render(&text, room);
            assert!(length(&shown) <= room);
            assert_eq!(shown.contains('<'), shown.contains("<@123456>"), "{shown}");
        }
        assert_eq!(render(&text, 12), "to …");
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("ab cdef", 4), "ab…");
        assert_eq!(cut("abcd", 4), "abcd");
        assert_eq!(cut("a", 0), "");
    }

    fn any_text() -> impl Strategy<Value = Text> {
        let word = "[a-z*_~`|<>@#\\[\\]\\\\ \n🦀é0-9.:/()-]{0,40}";
        let span = prop_oneof![
            word.prop_map(Span::Plain),
            word.prop_map(Span::Strong),
            word.prop_map(Span::Soft),
            word.prop_map(Span::Code),
            word.prop_map(Span::Block),
            any::<i64>().prop_map(|n| Span::Person(PersonId(n))),
            (word, word).prop_map(|(label, url)| Span::Link { label, url: format!("https://{url}") }),
        ];
        prop::collection::vec(span, 0..8).prop_map(Text)
    }

    proptest! {
        /// R9
        #[test]
        fn nothing_is_longer_than_its_room(text in any_text(), room in 0usize..200) {
            prop_assert!(length(&render(&text, room)) <= room);
        }

        /// R9
        #[test]
        fn text_from_people_never_mentions(text in "[<@#!&t:0-9>everyonh \\\\]{0,60}") {
            let shown = plain(&text);
            for mention in ["<@", "<#", "<t:", "<:", "@everyone", "@here"] {
                prop_assert!(!shown.contains(mention), "{}", shown);
            }
        }
    }
}
