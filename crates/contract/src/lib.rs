//! Everything that crosses the wire: requests, answers, events and frames. Types only, no logic;
//! what a text must look like beyond its length is decided by the domain that takes it.

pub mod accounts;
pub mod auth;
pub mod catalogue;
pub mod chat;
pub mod envelope;
mod fields;
pub mod frames;
pub mod invites;
pub mod notify;
mod requests;
pub mod rooms;
pub mod service;
pub mod social;
pub mod streams;
pub mod tournaments;
pub mod unions;
pub mod users;
