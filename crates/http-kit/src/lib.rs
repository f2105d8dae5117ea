//! The HTTP layer: middleware, extractors, responses, rate limits, static files and the server, without
//! any domain.
//!
//! A handler extracts its input, calls one service and responds. All its errors are a [`Failure`], which
//! the middleware turns into the error envelope. What the layer needs from domains it declares in
//! [`ports`].
//!
//! Invariants:
//! - [`failure`] alone maps errors to status codes, those of the framework included.
//! - Logs and metrics name a request by its route, never by what the client sent.
//! - Nothing waits for a client without a deadline: heads, bodies, responses and idle connections.
//!
//! ```
//! use actix_web::get;
//! use contract::envelope::Envelope;
//! use http_kit::{ApiResponse, ApiResult, PathParam, Routes};
//!
//! /// Double a number
//! #[utoipa::path(responses((status = 200, body = Envelope<u32>)))]
//! #[get("/double/{number}/")]
//! async fn double(number: PathParam<u32>) -> ApiResult<u32> {
//!     Ok(ApiResponse::ok(number.0 * 2))
//! }
//!
//! fn register(routes: &mut Routes<'_>) {
//!     routes.scope("/api/v1", |api| {
//!         api.add(double);
//!     });
//! }
//!
//! let routes = http_kit::routes::list(&register, None);
//! assert_eq!(routes[0].pattern, "/api/v1/double/{number}/");
//! ```

pub mod accept_encoding;
pub mod auth;
pub mod body;
mod body_deadline;
mod client_address;
pub mod config;
pub mod cookies;
mod error;
pub mod etag;
pub mod failure;
pub mod fallback;
mod history;
pub mod idempotency;
mod lifecycle;
pub mod middleware;
mod multipart;
mod network;
mod page_params;
pub mod parameters;
mod path_param;
pub mod ports;
mod public_url;
pub mod query;
pub mod rate_limit;
mod request_context;
pub mod request_target;
mod response;
pub mod route_limits;
mod route_table;
pub mod routes;
pub mod same_origin;
pub mod server;
mod state;
pub mod static_files;
mod uploaded_file;

pub use auth::{Admin, CurrentUser, Moderator, OptionalUser, VerifiedUser};
pub use body::{Body, Form, OptionalBody};
pub use client_address::ClientAddress;
pub use config::{HttpAccess, HttpConfig};
pub use error::HttpError;
pub use failure::Failure;
pub use history::History;
pub use idempotency::{Idempotent, NoBody};
pub use lifecycle::{Lifecycle, LifecyclePhase};
pub use network::Network;
pub use page_params::PageParams;
pub use parameters::{Binary, FileForm, IfNoneMatch};
pub use path_param::PathParam;
pub use public_url::{HostRule, PublicUrl};
pub use query::{Query, QueryPair};
pub use rate_limit::{Limit, RateLimitInfo, RateRule, RateSubject};
pub use request_context::{AuthState, RequestContext};
pub use response::{ApiResponse, ApiResult, FlatResult, ListResult};
pub use route_table::{Route, RouteTable};
pub use routes::Routes;
pub use state::HttpState;
pub use static_files::{StaticFile, StaticFiles};
pub use uploaded_file::UploadedFile;
