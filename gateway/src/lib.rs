//! The server: HTTP handlers, sockets, wiring, configuration and the command line.
//!
//! A handler extracts its input, calls one service and responds. What is not about a domain is in
//! `http-kit`.

pub mod commands;
pub mod config;
pub mod data_folder;
pub mod error_codes;
pub mod http;
pub mod wiring;
pub mod ws;
