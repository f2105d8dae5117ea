//! What handlers and background work share.

use std::sync::Arc;

use actix_web::web;
use http_kit::HttpState;
use realtime::{Hub, WakeBatchers};

use crate::platform::Platform;
use crate::services::Services;
use crate::web_files::WebFiles;

/// Shared by all threads.
pub struct AppState {
    /// What middleware and extractors need.
    pub http: web::Data<HttpState>,
    /// The database and the rest of the platform.
    pub platform: Platform,
    /// The services of the modules.
    pub services: Services,
    /// The sockets of this node.
    pub hub: Arc<Hub>,
    /// Wake the connections of each worker thread.
    pub batchers: Arc<WakeBatchers>,
    /// The web client and the documents.
    pub web_files: Arc<WebFiles>,
}

impl std::fmt::Debug for AppState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AppState")
    }
}
