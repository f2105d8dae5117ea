//! Accounts: who people are, how they prove it, and what they tell about themselves.
//!
//! Invariants:
//! - Names and e-mail addresses are unique by their folded keys ([`rules::username`],
//!   [`rules::email`]); only what was parsed into those types is stored.
//! - No password, token or code is stored in a form that can be shown again: passwords as Argon2id
//!   hashes, tokens as SHA-256, short codes under a key and bound to their flow; secrets of
//!   authenticator apps are sealed.
//! - Hashing and drawing pictures happens off the request threads and is bounded ([`blocking_pool`]).
//! - An uploaded picture is drawn anew before it is kept ([`avatar`]).
//! - What a deleted account leaves is a row without a trace of the person, for the history of others
//!   ([`Accounts::delete_account`]).
//! - Mail links to the configured public address alone, and is sent by jobs ([`mail`]), in which it
//!   is sealed.
//! - Whether there is an account shows neither in words nor in time, except where one registers
//!   (`auth.email_taken`, `auth.username_taken`), which is limited per address of origin:
//!   passwords are compared, wrong ones counted and delayed for names that nobody has as well.
//! - A code, a link, a ticket, a refresh token counts once, however many requests bring it at once:
//!   a row or a lock in the transaction decides. Locks are taken in one order: `user:…`, then
//!   `attempts:…` or `admins`, and before the rows they guard.
//! - What a change of the password must close, it closes in its own transaction, also for a login
//!   that has compared the old one already. Every change of a password, an address or a second
//!   factor, and signing out everywhere, voids all links and open challenges of the account.
//! - A second factor needs a verified address; whoever verifies the address first, by resetting the
//!   password, gets the account without the factors that somebody else may have set up.
//! - With a second factor on, its proof guards what would take the account away: changing the
//!   password, deleting or exporting the account, ending other sessions.
//! - An ended session is refused here at once and on other nodes within a second
//!   ([`Accounts::authenticate`]).
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
//! # Figures
//!
//! `cargo bench -p e2e --bench accounts`: CPU time of the server processes alone, from
//! `/proc/PID/stat`, per request through the real front door; on a virtual machine with 2 cores and
//! the client beside it. `cluster` is two nodes on PostgreSQL and Redis, whose own time is not
//! counted.
//!
//! | work | embedded | cluster |
//! |---|---|---|
//! | read one's profile | 0.061 ms | 0.114 ms |
//! | list 10 conversations with their last messages | 0.14 ms | 0.28 ms |
//! | log in, against the bare hash in the same run (18.3, 21.1 and 14.2 ms; three runs) | 1.02, 0.77 and 1.09 × | 1.14, 0.82 and 1.13 × |
//! | resident memory, idle after the start | 19 MiB | |
//! | resident memory, right after 200 logins | 57 MiB | 53 MiB per node |
//! | from the start of the process to ready, data there | 32 ms (median of 10) | |
//!
//! The memory of hashes (19 MiB each) is given back after ten seconds without one.
//!
//! A search among 10,000 people, as time of its statements alone (SQLite in memory; PostgreSQL 15 with
//! prepared statements, over a socket), against those for the beginnings of whole names in the same
//! run and with the people of `benches/search.rs`, which measures it through the store:
//!
//! | found | SQLite | PostgreSQL |
//! |---|---|---|
//! | one person | 0.017 ms, 1.6 × | 0.076 ms, 1.8 × |
//! | 100 people by their names | 0.15 ms, 0.9 × | 0.12 ms, 1.1 × |
//! | 200 people by their names | the same statements | the same statements |
//! | 100 people by a later word alone | 0.09 ms | 1.4 ms: so many of so few are read by a scan |

mod account_rows;
mod addresses;
mod attempts;
mod audit;
pub mod avatar;
pub mod blocking_pool;
mod client_info;
mod deletion;
mod devices;
mod digest_mail;
pub mod error;
mod export;
pub mod fair_queue;
pub mod forms;
mod hash_buffers;
pub mod hashing;
pub mod keys;
mod links;
mod mail_cipher;
mod maintenance;
mod passwords;
mod people;
mod pictures;
pub mod ports;
mod profile;
mod registration;
mod released_usernames;
mod revocation;
mod roles;
pub mod rules;
mod schema;
mod sealed;
mod second_factor;
mod service;
mod sessions;
mod signin;
pub mod tokens;
pub mod totp;
mod user_words;
mod words;

pub use audit::{Action, AuditLine};
pub use client_info::ClientInfo;
pub use devices::Device;
pub use error::Error;
pub use export::ExportFile;
pub use people::{check_search, queries};
pub use pictures::ServedPicture;
pub use profile::{check_patch_profile, check_put_profile};
pub use service::{Accounts, AccountsConfig, AccountsParts, AccountsService, EmailVerification};
pub use sessions::Tokens;
pub use signin::{LoginStep, SignedIn, TokenTransport};

/// The service traits, whose methods `Accounts` has. They need no import to be called on a
/// `dyn AccountsService`.
pub mod prelude {
    pub use crate::addresses::EmailsService;
    pub use crate::audit::AuditService;
    pub use crate::deletion::DeletionService;
    pub use crate::devices::DevicesService;
    pub use crate::digest_mail::DigestMailService;
    pub use crate::export::ExportsService;
    pub use crate::maintenance::MaintenanceService;
    pub use crate::passwords::{PasswordRecoveryService, PasswordsService};
    pub use crate::people::PeopleService;
    pub use crate::pictures::AvatarsService;
    pub use crate::profile::ProfilesService;
    pub use crate::registration::RegistrationService;
    pub use crate::roles::RolesService;
    pub use crate::second_factor::SecondFactorService;
    pub use crate::service::AccountsService;
    pub use crate::sessions::{
        ActivityService, SessionsService, SignOutService, SocketTicketsService, TokenRefreshService,
    };
    pub use crate::signin::{ChallengeService, LoginService, StepUpService};
}
