//! Accounts: who people are, how they prove it, and what they tell about themselves.
//!
//! Invariants:
//! - Names and e-mail addresses are unique by their folded keys ([`rules::username`],
//!   [`rules::email`]); only what was parsed into those types is stored.
//! - No password, token or code is stored in a form that can be shown again: passwords as Argon2id
//!   hashes, tokens as SHA-256, short codes under a key and bound to their flow; secrets of
//!   authenticator apps are sealed.
//! - Hashing and drawing pictures happens off the request threads and is bounded ([`lane`]).
//! - An uploaded picture is drawn anew before it is kept ([`avatar`]).
//! - What a deleted account leaves is a row without a trace of the person, for the history of others
//!   ([`Accounts::delete_account`]).
//! - Mail links to the configured public address alone, and is sent by jobs ([`mail`]).

mod addresses;
mod attempts;
mod audit;
pub mod avatar;
pub mod blobs;
mod deletion;
pub mod error;
mod export;
pub mod hashing;
mod housekeeping;
pub mod keys;
pub mod lane;
mod links;
pub mod mail;
mod members;
mod outgoing;
mod passwords;
mod people;
mod pictures;
pub mod ports;
mod profile;
mod registration;
mod roles;
pub mod rules;
mod schema;
mod second_factor;
mod service;
mod sessions;
mod signin;
pub mod tokens;
pub mod totp;
mod visitor;
mod words;

pub use audit::{Action, AuditLine};
pub use error::Error;
pub use export::ExportFile;
pub use pictures::ServedPicture;
pub use service::{Accounts, AccountsConfig, AccountsParts, EmailVerification};
pub use sessions::Tokens;
pub use signin::{Carrier, LoginStep, SignedIn};
pub use visitor::Visitor;
