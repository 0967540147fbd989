//! The web page and the files that messages refer to. Everything is embedded; nothing is fetched from
//! elsewhere.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::control::view;
use super::state::Shared;
use super::things::Id;

pub fn routes(shared: Arc<Shared>) -> Router {
    let script = |name: &str, body: &'static str| {
        let kind = "text/javascript; charset=utf-8";
        (format!("/{name}.js"), get(move || async move { ([(header::CONTENT_TYPE, kind)], body) }))
    };
    let scripts = [
        script("app", include_str!("page/app.js")),
        script("composer", include_str!("page/composer.js")),
        script("dialog", include_str!("page/dialog.js")),
        script("menu", include_str!("page/menu.js")),
        script("messages", include_str!("page/messages.js")),
        script("options", include_str!("page/options.js")),
        script("strip", include_str!("page/strip.js")),
        script("text", include_str!("page/text.js")),
    ];
    let style = "text/css; charset=utf-8";
    let router = Router::new().route("/", get(index)).route(
        "/style.css",
        get(move || async move { ([(header::CONTENT_TYPE, style)], include_str!("page/style.css")) }),
    );
    scripts
        .into_iter()
        .fold(router, |router, (path, handler)| router.route(&path, handler))
        .route("/attachments/{channel}/{id}/{name}", get(file))
        .with_state(shared)
}

/// The page with its first view in it: something to see at once, and the same picture at every load.
async fn index(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<HashMap<String, String>>,
) -> Html<String> {
    // No `<` survives, so that nothing in a message can end the script element.
    let view = view::build(&shared, &query).to_string().replace('<', "\\u003c");
    Html(include_str!("page/index.html").replace("null</script>", &format!("{view}</script>")))
}

async fn file(State(shared): State<Arc<Shared>>, Path((_, id, _)): Path<(Id, Id, String)>) -> Response {
    let world = shared.read();
    let sent = world.all_messages().flat_map(|m| &m.attachments).find(|a| a.id == id);
    match sent.or_else(|| world.uploads.get(&id)) {
        // Only kinds that a browser shows without running anything; the rest is downloaded.
        Some(file) => {
            let safe = ["image/png", "image/jpeg", "image/gif", "image/webp", "text/plain"]
                .iter()
                .find(|k| file.content_type.starts_with(**k));
            let kind = safe.copied().unwrap_or("application/octet-stream");
            ([(header::CONTENT_TYPE, kind), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")], file.bytes.to_vec())
                .into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
