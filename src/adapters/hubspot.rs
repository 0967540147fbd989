//! HubSpot, over its CRM v3 API: companies are searched, notes are searched and made.
//!
//! - `POST /crm/v3/objects/companies/search`: by name, or by domain where the text looks like one.
//! - `POST /crm/v3/objects/notes`: `hs_note_body`, `hs_timestamp`, and the association to the company
//!   ([`NOTE_TO_COMPANY`]).
//! - `POST /crm/v3/objects/notes/search`: whether a note of ours is there already, after an answer that never came.
//!
//! Nothing is repeated in here: whoever asks knows what may be asked twice. The token reaches no log and no error.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use super::Secret;
use crate::crm::{Company, CrmError, CrmPort};

/// Where HubSpot is.
pub const HUBSPOT: &str = "https://api.hubapi.com";
/// HubSpot's own kind of association from a note to a company.
pub const NOTE_TO_COMPANY: u32 = 190;
/// The longest that one request may take.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// A portal of HubSpot.
pub struct HubSpot {
    http: Client,
    url: String,
    token: Secret,
}

impl HubSpot {
    /// The portal that the token is for. `url`: HubSpot, or another server that speaks its protocol, without a slash at
    /// its end; `timeout`: the longest that one request may take.
    ///
    /// # Errors
    /// Where no connection can be set up at all.
    pub fn new(url: &str, token: Secret, timeout: Duration) -> anyhow::Result<Self> {
        let http = Client::builder().timeout(timeout).build()?;
        Ok(Self { http, url: url.trim_end_matches('/').to_owned(), token })
    }

    async fn ask(&self, path: &str, body: &Value) -> Result<Value, CrmError> {
        let request =
            self.http.post(format!("{}{path}", self.url)).bearer_auth(self.token.expose()).json(body);
        let response = request.send().await.map_err(|error| lost(path, &error))?;
        let status = response.status();
        let after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let after = after.and_then(|text| text.trim().parse().ok()).map(Duration::from_secs);
        if status.is_success() {
            // Done, though what came of it cannot be read.
            return response.json().await.map_err(|error| lost(path, &error));
        }
        let told: Value = response.json().await.unwrap_or(Value::Null);
        let told: String = told["message"].as_str().unwrap_or_default().chars().take(200).collect();
        let why = format!("{path}: {status} {told}").trim_end().to_owned();
        Err(match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => CrmError::LockedOut { why },
            StatusCode::TOO_MANY_REQUESTS => CrmError::Retry { after, lost: false, why },
            status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
                CrmError::Retry { after, lost: true, why }
            }
            _ => CrmError::Refused { why },
        })
    }
}

/// No answer, or half of one. The address is taken out of the error.
fn lost(path: &str, error: &reqwest::Error) -> CrmError {
    let what = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "cannot be reached"
    } else {
        "the answer broke off"
    };
    CrmError::Retry { after: None, lost: !error.is_connect(), why: format!("{path}: {what}") }
}

fn equals(property: &str, value: &str) -> Value {
    json!({"filters": [{"propertyName": property, "operator": "EQ", "value": value}]})
}

#[async_trait::async_trait]
impl CrmPort for HubSpot {
    async fn company(&self, called: &str) -> Result<Company, CrmError> {
        let called = called.trim();
        let mut groups = vec![equals("name", called)];
        if called.contains('.') && !called.contains(char::is_whitespace) {
            groups.push(equals("domain", &called.to_lowercase()));
        }
        let body = json!({"filterGroups": groups, "properties": ["name", "domain"], "limit": 2});
        let found = self.ask("/crm/v3/objects/companies/search", &body).await?;
        let found: Vec<&str> =
            found["results"].as_array().into_iter().flatten().filter_map(|c| c["id"].as_str()).collect();
        Ok(match found.as_slice() {
            [] => Company::None,
            [one] => Company::One((*one).to_owned()),
            [..] => Company::Several,
        })
    }

    async fn find_note(&self, marker: &str) -> Result<Option<String>, CrmError> {
        let filter = json!({"propertyName": "hs_note_body", "operator": "CONTAINS_TOKEN", "value": marker});
        let body =
            json!({"filterGroups": [{"filters": [filter]}], "properties": ["hs_note_body"], "limit": 1});
        let found = self.ask("/crm/v3/objects/notes/search", &body).await?;
        Ok(found["results"][0]["id"].as_str().map(str::to_owned))
    }

    async fn note(&self, company: &str, html: &str, at: DateTime<Utc>) -> Result<String, CrmError> {
        let body = json!({
            "properties": {
                "hs_timestamp": at.to_rfc3339_opts(SecondsFormat::Millis, true),
                "hs_note_body": html,
            },
            "associations": [{
                "to": {"id": company},
                "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": NOTE_TO_COMPANY}],
            }],
        });
        let made = self.ask("/crm/v3/objects/notes", &body).await?;
        match made["id"].as_str() {
            Some(id) => Ok(id.to_owned()),
            None => Err(CrmError::Retry { after: None, lost: true, why: "a note without an id".to_owned() }),
        }
    }
}
