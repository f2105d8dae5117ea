//! The front door of Courtside: HTTP, wiring, configuration and the command line.
//!
//! Invariants:
//! - Only this crate knows actix, cookies and status codes; a handler extracts, calls one service
//!   and replies.
//! - Every refusal leaves through [`http::kit::failure`], the framework's own included.
//! - Nothing a caller sent appears in a log line but the name of the route it matched.

pub mod commands;
pub mod config;
pub mod data_folder;
pub mod error;
pub mod error_codes;
pub mod http;
pub mod lifecycle;
pub mod operation_cost;
pub mod server;
pub mod wiring;
pub mod ws;
