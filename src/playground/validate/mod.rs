//! Discord's limits, refused the way Discord does: code 50035 and a nested `errors` object whose leaves
//! are `{"_errors": [{"code", "message"}]}`.
//!
//! Lengths are counted in Unicode code points. Checks work on the JSON as it was sent, so that what a
//! client library lets through is refused here as it would be there.

mod command;
mod message;
mod modal;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

pub use command::{check_choices, check_commands};
pub use message::check_message;
pub use modal::check_modal;

/// What is wrong with a request's body, by path.
#[derive(Default)]
pub struct Problems {
    errors: Map<String, Value>,
}

impl Problems {
    /// Notes a problem at a path such as `embeds.0.title`.
    pub fn add(&mut self, path: &str, code: &str, message: impl Into<String>) {
        let mut node = &mut self.errors;
        for key in path.split('.').filter(|k| !k.is_empty()) {
            let next = node.entry(key).or_insert_with(|| json!({}));
            if !next.is_object() {
                *next = json!({});
            }
            let Value::Object(next) = next else { return };
            node = next;
        }
        let list = node.entry("_errors").or_insert_with(|| json!([]));
        if let Value::Array(list) = list {
            list.push(json!({"code": code, "message": message.into()}));
        }
    }

    /// A string of `min..=max` code points at `path`; absent and null are fine unless `min` > 0 and `required`.
    pub fn length(&mut self, path: &str, value: &Value, min: usize, max: usize, required: bool) {
        match value {
            Value::Null if required => self.required(path),
            Value::Null => {}
            Value::String(s) => {
                let n = s.chars().count();
                if n == 0 && min > 0 {
                    self.required(path);
                } else if n < min || n > max {
                    self.add(
                        path,
                        "BASE_TYPE_BAD_LENGTH",
                        format!("Must be between {min} and {max} in length."),
                    );
                }
            }
            _ => self.add(path, "STRING_TYPE_CONVERT", "Could not interpret value as a string."),
        }
    }

    /// Notes that `path` must be given.
    pub fn required(&mut self, path: &str) {
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required");
    }

    /// A list of at most `max` items.
    pub fn at_most(&mut self, path: &str, n: usize, max: usize) {
        if n > max {
            self.add(path, "BASE_TYPE_MAX_LENGTH", format!("Must be {max} or fewer in length."));
        }
    }

    /// The error body, if anything was wrong.
    pub fn done(self) -> Result<(), Value> {
        if self.errors.is_empty() {
            return Ok(());
        }
        Err(json!({"code": 50035, "message": "Invalid Form Body", "errors": self.errors}))
    }
}

/// The items of an array, none for anything else.
pub fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Length in code points; 0 for anything but a string.
pub fn chars(value: &Value) -> usize {
    value.as_str().map_or(0, |s| s.chars().count())
}
