//! What every handler is made of: how a request is taken apart and how an answer is put together.
//!
//! A handler extracts, calls one service and replies; whatever it refuses is a
//! [`Failure`], and there is no other error path.

pub mod actor;
pub mod address;
pub mod body;
mod body_deadline;
pub mod client_address;
pub mod cookies;
pub mod encoding;
pub mod etag;
pub mod failure;
pub mod history;
pub mod idempotency;
mod multipart;
pub mod openapi;
pub mod paging;
pub mod path;
pub mod query;
pub mod rate;
pub mod request_context;
pub mod response;
pub mod same_origin;
pub mod upload;

pub use actor::{CurrentUser, OptionalUser};
pub use body::{Body, Form};
pub use client_address::Visitor;
pub use failure::Failure;
pub use history::History;
pub use idempotency::{Idempotent, NoBody};
pub use openapi::IfNoneMatch;
pub use paging::PageParams;
pub use path::PathParam;
pub use query::{Query, QueryPair};
pub use rate::Limit;
pub use response::{ApiResponse, ApiResult, FlatResult, ListResult};
