//! Notifications, unread counts, preferences, announcements and email digests.
//!
//! Invariants:
//! - A user has one notification per key. Other domains notify with jobs of their own transactions
//!   ([`contract::notify::NotificationEvent`]), and each job completes in the transaction of its
//!   effect.
//! - Unread notifications are counted each time, under a lock of the user, and every change sends the
//!   counts to all sockets of the user: tabs agree, and no counter drifts.
//! - A notification whose cause was dealt with is read, and one whose cause was withdrawn is deleted.
//!   Other domains say so with jobs ([`contract::notify::Resolved`]), in any order with the jobs that
//!   notify.
//! - No user is notified about another across a block, and a block deletes the notifications of both
//!   users about each other. The name of a deleted account is replaced in the notifications of others.
//! - After a notification about a chat was dismissed or mailed, the next message of the chat notifies
//!   again.
//! - A user keeps the newest 500 notifications of at most 90 days. A new notification about a chat
//!   replaces those that the user has read.
//! - A digest holds what is still unread when it is sent, goes to verified addresses only, and is
//!   sent at most once: an attempt is stored before it starts, and one with an unknown result is not
//!   repeated.
//! - An announcement reaches each account once, in bounded pages that continue after an interruption.
//!
//! ```
//! use contract::notify::{Action, NotificationPreferences};
//!
//! let defaults = NotificationPreferences::default();
//! assert!(defaults.kinds.of(Action::FriendRequest).email, "it may not be seen in time otherwise");
//! assert!(!defaults.kinds.of(Action::GameInvite).email, "it expires after ten minutes");
//! ```

mod announcements;
mod blocks;
mod delivery;
mod digest;
mod error;
mod inbox;
mod inbox_filter;
mod kinds;
mod locks;
mod maintenance;
mod notify;
mod personal_data;
pub mod ports;
mod preferences;
pub mod queries;
mod resolution;
mod rules;
mod schema;
mod service;

pub use announcements::AnnouncementsService;
pub use error::Error;
pub use inbox::{InboxPage, InboxService};
pub use inbox_filter::InboxFilter;
pub use kinds::{NotificationKind, NotificationKinds, name_at};
pub use notify::{Notify, NotifyConfig, NotifyParts};
pub use preferences::NotificationPreferencesService;
pub use service::NotifyService;
