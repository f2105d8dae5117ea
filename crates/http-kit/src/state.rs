//! What middleware and extractors need, shared by all worker threads.

use std::sync::Arc;

use actix_web::{HttpRequest, web};
use cluster::{RateLimitFactor, RateLimiter};
use db::Store;
use kernel::{AppError, Env};

use crate::config::HttpConfig;
use crate::lifecycle::Lifecycle;
use crate::ports::{ActivityListener, Authenticator, RequestHasher};
use crate::route_table::RouteTable;

/// Configuration, stores and ports of the HTTP layer. The application registers it as
/// `web::Data<HttpState>`.
pub struct HttpState {
    /// Public URL, hosts, origins, proxies and headers.
    pub config: HttpConfig,
    /// Clock and randomness.
    pub env: Env,
    /// The phase of the server.
    pub lifecycle: Lifecycle,
    /// The database, which holds idempotency keys.
    pub store: Store,
    /// Counts against rate limits.
    pub rate_limiter: Arc<dyn RateLimiter>,
    /// Scales all rate limits.
    pub rate_limit_factor: RateLimitFactor,
    /// All routes.
    pub routes: RouteTable,
    /// Authenticates users.
    pub authenticator: Arc<dyn Authenticator>,
    /// Hashes requests for idempotency keys.
    pub request_hasher: Arc<dyn RequestHasher>,
    /// Is notified of user activity.
    pub activity: Arc<dyn ActivityListener>,
}

impl HttpState {
    /// The state of the server that handles a request.
    ///
    /// # Errors
    /// Internal, if the application did not register it.
    pub fn of(request: &HttpRequest) -> Result<&Self, AppError> {
        request
            .app_data::<web::Data<Self>>()
            .map(web::Data::get_ref)
            .ok_or_else(|| AppError::internal("the app has no HTTP state"))
    }
}
