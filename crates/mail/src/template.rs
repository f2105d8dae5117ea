//! The mails of the service and their arguments.

use kernel::{Secret, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Email;

/// A template with its recipient: the payload of a mail job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OutgoingMail {
    /// Recipient.
    pub to: Email,
    /// Name in the greeting.
    pub name: String,
    /// Template with its arguments.
    #[serde(rename = "letter")]
    pub template: MailTemplate,
}

/// A mail with its arguments.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum MailTemplate {
    /// Verify the address of a new account.
    VerifyEmail {
        /// Token in the link.
        token: Secret,
    },
    /// Code of a two-factor login or reauthentication.
    LoginCode {
        /// Six digits.
        code: Secret,
    },
    /// Set a new password.
    PasswordReset {
        /// Token in the link.
        token: Secret,
    },
    /// The password was changed.
    PasswordChanged {
        /// When.
        at: Timestamp,
    },
    /// Verify a new address; sent to the new one.
    EmailChange {
        /// Token in the link.
        token: Secret,
    },
    /// A change of address was requested; sent to the old one.
    EmailChangeNotice {
        /// The new address, masked.
        to: String,
        /// When.
        at: Timestamp,
    },
    /// The address was changed; sent to the old one.
    EmailChanged {
        /// The new address, masked.
        to: String,
        /// When.
        at: Timestamp,
    },
    /// Somebody tried to use the address of this account for another one.
    EmailInUse,
    /// Two-factor settings or recovery codes were changed.
    SecondFactorChanged {
        /// When.
        at: Timestamp,
    },
    /// A data export is ready.
    ExportReady {
        /// When it expires.
        until: Timestamp,
    },
    /// A sign-in from a new device.
    NewSignIn {
        /// Browser or app, and system.
        device: String,
        /// Address of the client.
        place: String,
        /// When.
        at: Timestamp,
    },
    /// Many wrong second-factor codes.
    WrongCodes {
        /// Time of the last one.
        at: Timestamp,
    },
    /// The account was deleted.
    AccountDeleted,
    /// Unread notifications.
    #[serde(rename = "waiting")]
    Digest {
        /// A line per notification.
        lines: Vec<String>,
        /// Number of notifications left out.
        more: usize,
        /// Token in the unsubscribe link.
        unsubscribe: Secret,
    },
}
