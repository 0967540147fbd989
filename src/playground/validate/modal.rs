//! Limits of modals.

use std::collections::HashSet;

use serde_json::Value;

use super::{Problems, items};

/// Checks the `data` of a modal answer. The error is Discord's JSON.
pub fn check_modal(modal: &Value) -> Result<(), Value> {
    let mut p = Problems::default();
    p.length("data.custom_id", &modal["custom_id"], 1, 100, true);
    p.length("data.title", &modal["title"], 1, 45, true);
    let rows = items(&modal["components"]);
    if rows.is_empty() || rows.len() > 5 {
        p.add("data.components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.");
    }
    let mut ids = HashSet::new();
    for (r, row) in rows.iter().enumerate() {
        let inputs = items(&row["components"]);
        if row["type"] != 1 || inputs.len() != 1 {
            let at = format!("data.components.{r}.components");
            p.add(&at, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 1 in length.");
        }
        for (n, input) in inputs.iter().enumerate() {
            let at = format!("data.components.{r}.components.{n}");
            text_input(&mut p, &at, input);
            if let Some(id) = input["custom_id"].as_str()
                && !ids.insert(id)
            {
                let message = "Component custom id cannot be duplicated";
                p.add(&format!("{at}.custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", message);
            }
        }
    }
    p.done()
}

fn text_input(p: &mut Problems, at: &str, input: &Value) {
    if input["type"] != 4 {
        p.add(&format!("{at}.type"), "UNION_TYPE_CHOICES", "Value of field \"type\" must be 4.");
        return;
    }
    p.length(&format!("{at}.custom_id"), &input["custom_id"], 1, 100, true);
    p.length(&format!("{at}.label"), &input["label"], 1, 45, true);
    p.length(&format!("{at}.placeholder"), &input["placeholder"], 0, 100, false);
    p.length(&format!("{at}.value"), &input["value"], 0, 4000, false);
    if !matches!(input["style"].as_u64(), Some(1 | 2)) {
        p.add(&format!("{at}.style"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2}.");
    }
    let number = |key: &str| input[key].as_u64();
    if number("min_length").is_some_and(|n| n > 4000) {
        p.add(
            &format!("{at}.min_length"),
            "NUMBER_TYPE_MAX",
            "int value should be less than or equal to 4000.",
        );
    }
    if number("max_length").is_some_and(|n| n == 0 || n > 4000) {
        p.add(&format!("{at}.max_length"), "NUMBER_TYPE_MAX", "int value should be between 1 and 4000.");
    }
    if let (Some(min), Some(max)) = (number("min_length"), number("max_length"))
        && min > max
    {
        p.add(&format!("{at}.min_length"), "NUMBER_TYPE_MAX", "min_length must not exceed max_length.");
    }
    if let (Some(value), Some(max)) = (input["value"].as_str(), number("max_length"))
        && value.chars().count() as u64 > max
    {
        p.add(&format!("{at}.value"), "BASE_TYPE_MAX_LENGTH", format!("Must be {max} or fewer in length."));
    }
}
