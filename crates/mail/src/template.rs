//! What we write to people.

use kernel::{Secret, Timestamp};
use serde::{Deserialize, Serialize};

use crate::rules::email::Email;

/// A letter and who gets it: the payload of a mail job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Envelope {
    /// Who gets it.
    pub to: Email,
    /// How they are addressed.
    pub name: String,
    /// What it says.
    pub letter: Letter,
}

/// Everything we write about accounts.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum Letter {
    /// Prove the address of a new account.
    VerifyEmail {
        /// Goes into the link.
        token: Secret,
    },
    /// The second step of a login or a step-up.
    LoginCode {
        /// Six digits.
        code: Secret,
    },
    /// Set a new password.
    PasswordReset {
        /// Goes into the link.
        token: Secret,
    },
    /// The password was changed.
    PasswordChanged {
        /// When.
        at: Timestamp,
    },
    /// Prove a new address; to the new one.
    EmailChange {
        /// Goes into the link.
        token: Secret,
    },
    /// Somebody asked for another address; to the old one.
    EmailChangeNotice {
        /// The new address, masked.
        to: String,
        /// When.
        at: Timestamp,
    },
    /// Another address counts from now on; to the old one.
    EmailChanged {
        /// The new address, masked.
        to: String,
        /// When.
        at: Timestamp,
    },
    /// Somebody asked to use an address for their account that belongs to this one.
    EmailInUse,
    /// Second steps were turned on or off, or their recovery codes made anew.
    SecondFactorChanged {
        /// When.
        at: Timestamp,
    },
    /// The download of one's data is ready.
    ExportReady {
        /// When it ends.
        until: Timestamp,
    },
    /// A sign-in from a device that was not seen before.
    NewSignIn {
        /// Browser or app, and system.
        device: String,
        /// Where from.
        place: String,
        /// When.
        at: Timestamp,
    },
    /// Many wrong codes for the second step.
    WrongCodes {
        /// When the last one was.
        at: Timestamp,
    },
    /// The account is gone.
    AccountDeleted,
    /// What waits to be read.
    Waiting {
        /// A sentence for each thing.
        lines: Vec<String>,
        /// How many things these leave out.
        more: usize,
        /// Goes into the link that ends such mail.
        unsubscribe: Secret,
    },
}
