//! Checks the bot's requests against Discord's own API description, where `DISCORD_OPENAPI` names its file
//! (`openapi.json`); without it nothing is checked.
//!
//! Include it with `#[path = "support/api_description.rs"] mod api_description;`.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use bellwether::playground::RecordedRequest;
use jsonschema::Validator;
use serde_json::{Value, json};

struct Description {
    document: Value,
    validators: Mutex<HashMap<(String, String), Option<&'static Validator>>>,
}

fn description() -> Option<&'static Description> {
    static DESCRIPTION: OnceLock<Option<Description>> = OnceLock::new();
    let read = || {
        let file = std::env::var_os("DISCORD_OPENAPI")?;
        let text = std::fs::read_to_string(file).expect("DISCORD_OPENAPI can be read");
        let document = serde_json::from_str(&text).expect("DISCORD_OPENAPI is JSON");
        Some(Description { document, validators: Mutex::default() })
    };
    DESCRIPTION.get_or_init(read).as_ref()
}

impl Description {
    /// The check of a request's body; `None` where the description knows no body for it.
    fn validator(&self, method: &str, template: &str) -> Option<&'static Validator> {
        let key = (method.to_lowercase(), template.to_owned());
        let mut known = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(validator) = known.get(&key) {
            return *validator;
        }
        let body = &self.document["paths"][template][&key.0]["requestBody"]["content"]["application/json"];
        let validator = body.get("schema").map(|schema| {
            let root = json!({"allOf": [schema], "components": self.document["components"]});
            let built = jsonschema::draft202012::options().build(&root).expect("a schema");
            &*Box::leak(Box::new(built))
        });
        known.insert(key, validator);
        validator
    }
}

/// What of the requests does not fit, and how many were checked.
pub fn check(requests: &[RecordedRequest]) -> (usize, Vec<String>) {
    let Some(description) = description() else { return (0, Vec::new()) };
    let (mut checked, mut faults) = (0, Vec::new());
    for request in requests {
        let (method, template) = (&request.method, &request.template);
        let path = &description.document["paths"][template.as_str()];
        if path.get(method.to_lowercase()).is_none() {
            faults.push(format!("{method} {template} is not in the description"));
            continue;
        }
        let Some(body) = &request.body else {
            checked += 1;
            continue;
        };
        let Some(validator) = description.validator(method, template) else { continue };
        checked += 1;
        faults.extend(
            validator
                .iter_errors(body)
                .map(|e| format!("{method} {template}: {e} at {} in {body}", e.instance_path())),
        );
    }
    (checked, faults)
}
