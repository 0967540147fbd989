//! Every request that the bot made, held against Discord's official API description.
//!
//! Switched on by `DISCORD_OPENAPI`, the path of the description; without it nothing is checked and the tests
//! say so.

use std::collections::BTreeMap;

use bellwether::playground::RecordedRequest;
use jsonschema::Validator;
use serde_json::{Value, json};

/// The description, with a validator for each operation that has a body.
pub struct Description {
    paths: Vec<(Vec<Segment>, String)>,
    root: Value,
    validators: BTreeMap<(String, String), Option<Validator>>,
}

enum Segment {
    Word(String),
    Parameter,
}

impl Description {
    /// Reads the description that `DISCORD_OPENAPI` names.
    pub fn from_env() -> Option<Self> {
        let path = std::env::var_os("DISCORD_OPENAPI")?;
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.to_string_lossy()));
        let root: Value = serde_json::from_str(&text).expect("the description is JSON");
        let paths = root["paths"].as_object().expect("it has paths").keys();
        let paths = paths
            .map(|template| {
                let segments = template.split('/').filter(|s| !s.is_empty()).map(|segment| {
                    if segment.starts_with('{') { Segment::Parameter } else { Segment::Word(segment.to_owned()) }
                });
                (segments.collect(), template.clone())
            })
            .collect();
        Some(Self { paths, root, validators: BTreeMap::new() })
    }

    /// What is wrong with a request; empty where it is as described.
    pub fn check(&mut self, request: &RecordedRequest) -> Vec<String> {
        let what = format!("{} {}", request.method, request.path);
        let Some(template) = self.template(&request.path) else {
            return vec![format!("{what}: no such path")];
        };
        let operation = &self.root["paths"][&template][request.method.to_lowercase()];
        if operation.is_null() {
            return vec![format!("{what}: no such method at {template}")];
        }
        let mut wrong = self.unknown_parameters(&template, request);
        let Some(body) = &request.body else {
            if operation["requestBody"]["required"] == json!(true) {
                wrong.push(format!("{what}: a body is required"));
            }
            return wrong;
        };
        let Some(validator) = self.validator(&template, &request.method) else {
            wrong.push(format!("{what}: takes no JSON body"));
            return wrong;
        };
        wrong.extend(validator.iter_errors(body).map(|error| format!("{what}: {error} at {}", error.instance_path())));
        wrong
    }

    /// The described path that a real one is an instance of; fixed words win over parameters.
    fn template(&self, path: &str) -> Option<String> {
        let real: Vec<_> = path.split('/').filter(|s| !s.is_empty()).collect();
        let fits = |segments: &[Segment]| {
            segments.len() == real.len()
                && segments.iter().zip(&real).all(|(segment, word)| match segment {
                    Segment::Word(expected) => expected == word,
                    Segment::Parameter => true,
                })
        };
        let fixed = |segments: &[Segment]| segments.iter().filter(|s| matches!(s, Segment::Word(_))).count();
        self.paths.iter().filter(|(s, _)| fits(s)).max_by_key(|(s, _)| fixed(s)).map(|(_, t)| t.clone())
    }

    fn unknown_parameters(&self, template: &str, request: &RecordedRequest) -> Vec<String> {
        let path = &self.root["paths"][template];
        let lists = [&path["parameters"], &path[request.method.to_lowercase()]["parameters"]];
        let known: Vec<_> = lists
            .iter()
            .filter_map(|list| list.as_array())
            .flatten()
            .filter(|p| p["in"] == "query")
            .filter_map(|p| p["name"].as_str())
            .collect();
        request
            .query
            .split('&')
            .filter_map(|pair| pair.split('=').next().filter(|name| !name.is_empty()))
            .filter(|name| !known.contains(name))
            .map(|name| format!("{} {}: unknown query parameter {name}", request.method, request.path))
            .collect()
    }

    fn validator(&mut self, template: &str, method: &str) -> Option<&Validator> {
        let key = (template.to_owned(), method.to_lowercase());
        if !self.validators.contains_key(&key) {
            let body = &self.root["paths"][template][&key.1]["requestBody"]["content"]["application/json"]["schema"];
            let validator = (!body.is_null()).then(|| {
                let schema = json!({ "allOf": [body], "components": self.root["components"] });
                jsonschema::draft202012::new(&schema).expect("the description's schemas compile")
            });
            self.validators.insert(key.clone(), validator);
        }
        self.validators.get(&key).and_then(Option::as_ref)
    }
}
