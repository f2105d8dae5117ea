//! The server: turns the services of the domain crates into HTTP and WebSocket handlers.
//!
//! Each domain is a module in [`modules`]; [`app`] puts them together. What is not about a domain is in
//! the crates `http-kit` and `realtime`.

pub mod app;
mod background;
pub mod cli;
pub mod config;
pub mod data_folder;
pub mod dev_clock;
pub mod docs;
pub mod error_codes;
mod fallback;
pub mod module;
pub mod modules;
pub mod platform;
pub mod services;
pub mod sockets;
pub mod state;
pub mod web_files;
