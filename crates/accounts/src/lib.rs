//! Accounts: users, authentication, sessions, profiles, data export and deletion.
//!
//! The service is [`AccountsService`], which joins one trait per subject; [`Accounts`] implements it.
//!
//! Invariants:
//! - Usernames and email addresses are unique by their folded keys ([`rules::username`],
//!   [`rules::email`]); only parsed values of these types are stored.
//! - No password, token or code is stored in a readable form: passwords as Argon2id hashes, tokens as
//!   SHA-256 digests, short codes as keyed digests bound to their flow; secrets of authenticator apps
//!   are encrypted.
//! - Hashing and image processing run off the request threads with bounded concurrency
//!   ([`blocking_pool`]).
//! - An uploaded image is re-encoded before it is stored.
//! - A deleted account leaves a row without personal data, to which data of others refers
//!   ([`delete_account`](prelude::DeletionService::delete_account)).
//! - Mails link to the configured public address only, and are sent by jobs ([`mail`]), in which they
//!   are encrypted.
//! - Neither responses nor their timing reveal whether an account exists, except in registration
//!   (`auth.email_taken`, `auth.username_taken`), which is limited per client address: passwords for
//!   unknown usernames are verified, counted and delayed as well.
//! - A code, link, ticket or refresh token is valid once, however many requests present it at the same
//!   time: a row or a lock in the transaction decides. Locks are taken in one order: `user:…`, then
//!   `attempts:…` or `admins`, and before the rows that they guard.
//! - A change of the password revokes in its own transaction what the old password gave access to, also
//!   a concurrent login that has verified the old one already. Every change of a password, an address
//!   or a second factor, and signing out everywhere, voids all links and open challenges of the account.
//! - A second factor requires a verified address. Whoever verifies the address first, by resetting the
//!   password, gets the account without the factors that somebody else may have set up.
//! - With a second factor enabled, a step-up is required for actions that would take the account over:
//!   changing the password, deleting or exporting the account, ending other sessions.
//! - An ended session is refused at once on this node, and within a second on others
//!   ([`authenticate`](prelude::SessionsService::authenticate)).
//!
//! ```no_run
//! use accounts::{AccountsService, ClientInfo};
//! use contract::auth::TokenRequest;
//! use kernel::{AppError, Secret};
//!
//! # async fn example(accounts: &dyn AccountsService) -> Result<(), AppError> {
//! let client = ClientInfo { address: [203, 0, 113, 7].into(), user_agent: "curl/8.5".to_owned(), device: None };
//! let (username, password) = ("ada".to_owned(), Secret::new("violet-comet-harbour-19"));
//! let tokens = accounts.token(TokenRequest { username, password }, &client).await?;
//! let actor = accounts.authenticate(tokens.access.token.expose()).await?;
//! assert_eq!(actor.session, tokens.session);
//! # Ok(()) }
//! ```
//!
//! # Measurements
//!
//! `cargo bench -p e2e --bench accounts`: CPU time of the server processes alone, from
//! `/proc/PID/stat`, per request to the real server, on a virtual machine with 2 cores that also
//! runs the client. `cluster` is two nodes with PostgreSQL and Redis, whose own time is not counted.
//!
//! | work | embedded | cluster |
//! |---|---|---|
//! | get the own profile | 0.061 ms | 0.114 ms |
//! | list 10 conversations with their last messages | 0.14 ms | 0.28 ms |
//! | log in, relative to the password hash alone in the same run (18.3, 21.1 and 14.2 ms; three runs) | 1.02, 0.77 and 1.09 × | 1.14, 0.82 and 1.13 × |
//! | resident memory, idle after startup | 19 MiB | |
//! | resident memory, right after 200 logins | 57 MiB | 53 MiB per node |
//! | startup until ready, with existing data | 32 ms (median of 10) | |
//!
//! The memory of hashes (19 MiB each) is released after ten seconds without one.
//!
//! A search among 10,000 users: the time of its statements alone (SQLite in memory; PostgreSQL 15 with
//! prepared statements, over a socket), also relative to the statements for prefixes of whole names in
//! the same run, with the data of `benches/search.rs`, which measures it through the store:
//!
//! | result | SQLite | PostgreSQL |
//! |---|---|---|
//! | one user | 0.017 ms, 1.6 × | 0.076 ms, 1.8 × |
//! | 100 users by their names | 0.15 ms, 0.9 × | 0.12 ms, 1.1 × |
//! | 200 users by their names | the same statements | the same statements |
//! | 100 users by a later word alone | 0.09 ms | 1.4 ms, by a scan |

mod account_rows;
mod accounts;
mod attempts;
mod audit;
mod avatars;
pub mod blocking_pool;
mod client_info;
mod deletion;
mod device_cookie;
mod devices;
mod digest_mail;
mod directory;
mod emails;
mod error;
mod export;
pub mod fair_queue;
pub mod forms;
mod hash_buffers;
pub mod hashing;
pub mod keys;
mod links;
mod login;
mod mail_cipher;
mod maintenance;
mod passwords;
pub mod ports;
mod profile;
mod registration;
mod released_usernames;
mod revocation;
mod roles;
pub mod rules;
mod schema;
mod sealed_results;
mod second_factor;
mod service;
mod sessions;
pub mod tokens;
pub mod totp;
mod user_words;

pub use accounts::{Accounts, AccountsConfig, AccountsParts, EmailVerificationPolicy};
pub use audit::{AuditAction, AuditRecord};
pub use avatars::ServedAvatar;
pub use client_info::ClientInfo;
pub use device_cookie::Device;
pub use directory::{check_search, queries};
pub use error::Error;
pub use export::ExportFile;
pub use login::{CompletedLogin, LoginStep, TokenTransport};
pub use profile::{check_patch_profile, check_put_profile};
pub use service::AccountsService;
pub use sessions::Tokens;

/// The service traits, which are the methods of `Accounts`. A `dyn AccountsService` needs none of
/// these imports.
pub mod prelude {
    pub use crate::audit::AuditService;
    pub use crate::avatars::AvatarsService;
    pub use crate::deletion::DeletionService;
    pub use crate::devices::DevicesService;
    pub use crate::digest_mail::DigestMailService;
    pub use crate::directory::DirectoryService;
    pub use crate::emails::EmailsService;
    pub use crate::export::ExportsService;
    pub use crate::login::{ChallengeService, LoginService, StepUpService};
    pub use crate::maintenance::MaintenanceService;
    pub use crate::passwords::{PasswordRecoveryService, PasswordsService};
    pub use crate::profile::ProfilesService;
    pub use crate::registration::RegistrationService;
    pub use crate::roles::RolesService;
    pub use crate::second_factor::SecondFactorService;
    pub use crate::service::AccountsService;
    pub use crate::sessions::{
        ActivityService, SessionsService, SignOutService, SocketTicketsService, TokenRefreshService,
    };
}
