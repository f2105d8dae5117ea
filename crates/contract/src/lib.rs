//! The types of the API: requests, responses, events and frames. They check the length of strings;
//! all other rules belong to the domains.

pub mod accounts;
pub mod auth;
pub mod catalogue;
pub mod chat;
pub mod envelope;
mod fields;
pub mod frames;
pub mod games;
pub mod groups;
pub mod home;
pub mod invites;
pub mod leaderboards;
pub mod match_frames;
pub mod matches;
pub mod notify;
pub mod queue;
mod requests;
pub mod rooms;
mod schema_names;
pub mod service;
pub mod social;
mod stored_names;
pub mod streams;
pub mod tournaments;
pub mod unions;
pub mod users;
