//! Starting and stopping: two loopback listeners, one for HTTP and one for the gateway.

use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::any;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;

use super::config::Config;
use super::handle::Handle;
use super::state::Shared;
use super::{control, gateway, page, rest};

/// Largest body taken: Discord's 25 MB of files and some room.
const MAX_BODY: usize = 32 * 1024 * 1024;

/// Starts playgrounds.
pub struct Server;

impl Server {
    /// Binds the loopback interface and serves until the handle is stopped or the runtime ends.
    pub async fn start(config: Config) -> std::io::Result<Handle> {
        let http = TcpListener::bind((Ipv4Addr::LOCALHOST, config.port)).await?;
        let sockets = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let base = format!("http://{}", http.local_addr()?);
        let gateway_url = format!("ws://{}", sockets.local_addr()?);
        let shared = Arc::new(Shared::new(config, base, gateway_url));
        let router = Router::new()
            .route("/api/{*path}", any(rest::api).with_state((shared.clone(), Arc::default())))
            .merge(
                control::routes(shared.clone())
                    .merge(page::routes(shared.clone()))
                    .layer(from_fn(control::own_page_only)),
            )
            .layer(DefaultBodyLimit::max(MAX_BODY));
        let http = http.tap_io(|stream| {
            // Small answers, at once.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "a connection keeps Nagle's delay");
            }
        });
        let serving = tokio::spawn(async move {
            if let Err(error) = axum::serve(http, router).await {
                tracing::error!(%error, "the playground's HTTP server ended");
            }
        });
        let accepting = tokio::spawn(gateway::serve(shared.clone(), sockets));
        Ok(Handle::new(shared, vec![serving.abort_handle(), accepting.abort_handle()]))
    }
}
