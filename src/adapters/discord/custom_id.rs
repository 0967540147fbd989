//! `custom_id`s as they stand on Discord: an action, and on messages of the outbox the marker by which such a
//! message is found again (ruling 22): `1:move:1f:connected:3~2s`.

use crate::chat::action::Action;

/// Discord's limit.
pub const MAX: usize = 100;

/// An action, marked where the message is of the outbox; `None` where it would not fit, which
/// [`Action::encode`] rules out for every id that the program gives.
pub fn encode(action: &Action, marker: Option<i64>) -> Option<String> {
    let mut id = action.encode();
    if let Some(marker) = marker {
        id = format!("{id}~{}", base36(marker));
    }
    (id.len() <= MAX).then_some(id)
}

/// The action of a `custom_id`; `None`: it cannot be read (forged, or of another version).
pub fn decode(custom_id: &str) -> Option<Action> {
    Action::decode(custom_id.rsplit_once('~').map_or(custom_id, |(action, _)| action))
}

/// The marker of a `custom_id`.
pub fn marker(custom_id: &str) -> Option<i64> {
    custom_id.rsplit_once('~').and_then(|(_, marker)| from_base36(marker))
}

/// The marker as a footer ends with it, where a message has no buttons.
pub fn footer_mark(outbox: i64) -> String {
    format!("#{}", base36(outbox))
}

/// The marker of a footer.
pub fn marker_of_footer(footer: &str) -> Option<i64> {
    from_base36(footer.rsplit_once('#')?.1)
}

/// A number in base 36; below zero with a minus.
pub fn base36(number: i64) -> String {
    let (mut left, mut digits) = (number.unsigned_abs(), Vec::new());
    loop {
        let digit = (left % 36) as u32;
        digits.push(char::from_digit(digit, 36).unwrap_or('0'));
        left /= 36;
        if left == 0 {
            break;
        }
    }
    if number < 0 {
        digits.push('-');
    }
    digits.iter().rev().collect()
}

fn from_base36(text: &str) -> Option<i64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase() || b == b'-');
    i64::from_str_radix(text, 36).ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::ids::RecordId;

    /// Ruling 22
    #[test]
    fn an_action_comes_back_with_its_marker_and_without() {
        let action = Action::Open { record: RecordId(1_234) };
        for mark in [None, Some(1), Some(i64::MAX)] {
            let id = encode(&action, mark).expect("fits");
            assert_eq!((decode(&id), marker(&id)), (Some(action.clone()), mark), "{id}");
        }
        for forged in ["", "~", "1:open:zz:~~", "open", "9:open:1", "~~~~", "1:open:1~$"] {
            assert_eq!(marker(forged), None, "{forged}");
        }
    }

    #[test]
    fn a_footer_carries_it_where_there_are_no_buttons() {
        assert_eq!(marker_of_footer(&format!("held 3 · {}", footer_mark(1_000_000))), Some(1_000_000));
        assert_eq!(marker_of_footer("no mark"), None);
    }

    proptest! {
        #[test]
        fn base36_is_read_back(number: i64) {
            prop_assert_eq!(from_base36(&base36(number)), Some(number));
        }

        /// R9
        #[test]
        fn anything_is_read_without_harm(text in "\\PC{0,120}") {
            let _ = (decode(&text), marker(&text), marker_of_footer(&text));
        }
    }
}
