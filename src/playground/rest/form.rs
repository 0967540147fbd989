//! Bodies: plain JSON, or a form with `payload_json` and files.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart};
use axum::http::{Request, header};
use serde_json::Value;

/// An uploaded file.
#[derive(Clone)]
pub struct Upload {
    /// The form field: `files[0]`.
    pub field: String,
    pub name: String,
    pub content_type: String,
    pub bytes: Arc<Vec<u8>>,
}

impl Upload {
    /// The number of the form field, by which `attachments` in the JSON refers to it.
    pub fn number(&self) -> Option<u64> {
        self.field.strip_prefix("files[")?.strip_suffix(']')?.parse().ok()
    }
}

/// The JSON (`Null` for none) and the files of a request; the error says what cannot be read.
pub async fn read(request: Request<Body>) -> Result<(Value, Vec<Upload>), String> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("multipart/form-data") {
        let bytes = Bytes::from_request(request, &()).await.map_err(|e| e.to_string())?;
        return Ok((json(&bytes)?, Vec::new()));
    }
    let mut form = Multipart::from_request(request, &()).await.map_err(|e| e.to_string())?;
    let (mut body, mut files) = (Value::Null, Vec::new());
    while let Some(part) = form.next_field().await.map_err(|e| e.to_string())? {
        let field = part.name().unwrap_or_default().to_owned();
        let name = part.file_name().map(str::to_owned);
        let content_type = part.content_type().unwrap_or("application/octet-stream").to_owned();
        let bytes = part.bytes().await.map_err(|e| e.to_string())?;
        if field == "payload_json" {
            body = json(&bytes)?;
        } else if let Some(name) = name {
            files.push(Upload { field, name, content_type, bytes: Arc::new(bytes.to_vec()) });
        }
    }
    Ok((body, files))
}

fn json(bytes: &[u8]) -> Result<Value, String> {
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(bytes).map_err(|_| "The request body contains invalid JSON.".to_owned())
}
