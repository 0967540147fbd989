//! The small words: durations, dates, labels of activities and classes, and text from people made fit to show.

/// Text from people, fit for one line: control characters, bidirectional overrides and zero-width characters are
/// taken out, runs of white space become one space, and at most `max` characters are kept, with an ellipsis where
/// it was longer (R9).
pub fn tidy(text: &str, max: usize) -> String {
    let mut kept = String::new();
    let mut length = 0;
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() {
            space = length > 0;
            continue;
        }
        if is_hidden(c) {
            continue;
        }
        if length + usize::from(space) >= max {
            while length >= max {
                kept.pop();
                length -= 1;
            }
            return kept.trim_end().to_owned() + "…";
        }
        if space {
            kept.push(' ');
            length += 1;
            space = false;
        }
        kept.push(c);
        length += 1;
    }
    kept
}

/// Characters that show nothing, or change how others are shown. The joiner of emoji and of several scripts
/// (U+200D, U+200C) stays.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
