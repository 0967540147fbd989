//! How a message of the outbox is marked, so that it is found again after a crash (ruling 22): on each
//! `custom_id` (`1:op:1f~2s`), or, where a message has no buttons, at the end of its footer (`· #2s`).

use crate::chat::action::{Action, split_marker, with_marker};
use crate::chat::port::SendKey;

/// Discord's limit for a `custom_id`.
pub const CUSTOM_ID: usize = 100;

/// An action's `custom_id`; `None` where it would not fit, which [`Action::encode`] rules out.
pub fn custom_id(action: &Action, outbox: Option<i64>) -> Option<String> {
    let bare = action.encode();
    let id = match outbox {
        Some(outbox) => with_marker(bare, outbox),
        None => bare,
    };
    (id.len() <= CUSTOM_ID).then_some(id)
}

/// The outbox row in a `custom_id`.
pub fn of_custom_id(custom_id: &str) -> Option<i64> {
    split_marker(custom_id).1
}

/// What a footer ends with.
pub fn for_footer(outbox: i64) -> String {
    format!("#{}", base36(outbox))
}

/// The outbox row at the end of a footer.
pub fn of_footer(footer: &str) -> Option<i64> {
    let (_, digits) = footer.rsplit_once('#')?;
    split_marker(&format!("~{digits}")).1
}

/// What makes Discord give the first message for a repeated one: at most 25 characters, the same for the same key.
pub fn nonce(key: SendKey) -> String {
    format!("{}.{}", base36(key.outbox), base36(i64::from(key.generation)))
}

fn base36(number: i64) -> String {
    with_marker(String::new(), number).trim_start_matches('~').to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::ids::RecordId;

    proptest! {
        /// Ruling 22
        #[test]
        fn a_marked_message_is_recognised(outbox in 0..=i64::MAX, generation: u32) {
            let id = custom_id(&Action::Open { record: RecordId(outbox) }, Some(outbox)).expect("fits");
            prop_assert_eq!(of_custom_id(&id), Some(outbox));
            prop_assert_eq!(of_footer(&format!("held 3 · {}", for_footer(outbox))), Some(outbox));
            let nonce = nonce(SendKey { outbox, generation });
            prop_assert!(nonce.len() <= 25, "{}", nonce);
        }

        /// R9
        #[test]
        fn anything_is_read_without_harm(text in "\\PC{0,120}") {
            let _ = (of_custom_id(&text), of_footer(&text));
        }
    }
}
