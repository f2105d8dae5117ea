//! What every handler is made of: how a request is taken apart and how an answer is put together.
//!
//! A handler extracts, calls one service and replies; whatever it refuses is a
//! [`Failure`], and there is no other error path.

pub mod actor;
pub mod address;
pub mod answer;
pub mod body;
mod body_deadline;
pub mod cookies;
pub mod described;
pub mod encoding;
pub mod etag;
pub mod facts;
pub mod failure;
pub mod history;
pub mod idempotency;
mod multipart;
pub mod paging;
pub mod path;
pub mod query;
pub mod rate;
pub mod reading;
pub mod same_origin;
pub mod upload;
pub mod visitor;

pub use actor::{CurrentUser, OptionalUser};
pub use answer::{ApiResponse, ApiResult, FlatResult, ListResult};
pub use body::{Body, Form};
pub use described::IfNoneMatch;
pub use failure::Failure;
pub use history::History;
pub use idempotency::{Idempotent, NoBody};
pub use paging::PageParams;
pub use path::PathParam;
pub use query::{Query, QueryPair};
pub use rate::Limit;
pub use reading::Readable;
pub use visitor::Visitor;
