//! Entries of the audit log.

use kernel::{Id, Timestamp, UserId, id_type};
use serde_json::{Value, json};

use crate::client_info::ClientInfo;

id_type!(AuditId, AuditKind, "line of the audit");

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditAction {
    /// The account was created.
    Registered,
    /// The user logged in.
    SignedIn,
    /// A spent refresh token was presented, and the session ended.
    RefreshReused,
    /// One or more sessions were ended by the user.
    SessionsEnded,
    /// The password was changed.
    PasswordChanged,
    /// The password was set by a link.
    PasswordReset,
    /// The address was verified.
    EmailVerified,
    /// A change of the address was requested.
    EmailChangeAsked,
    /// The address was changed.
    EmailChanged,
    /// A second factor was enabled.
    SecondFactorOn,
    /// A second factor was disabled.
    SecondFactorOff,
    /// The recovery codes were renewed.
    RecoveryCodesRenewed,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// The role was changed.
    RoleChanged,
    /// The account was suspended.
    Suspended,
    /// The suspension was lifted.
    Restored,
    /// A data export was requested.
    ExportAsked,
    /// The account was deleted.
    Deleted,
}

kernel::text_enum!(AuditAction {
    Registered = "registered",
    SignedIn = "signed_in",
    RefreshReused = "refresh_reused",
    SessionsEnded = "sessions_ended",
    PasswordChanged = "password_changed",
    PasswordReset = "password_reset",
    EmailVerified = "email_verified",
    EmailChangeAsked = "email_change_asked",
    EmailChanged = "email_changed",
    SecondFactorOn = "second_factor_on",
    SecondFactorOff = "second_factor_off",
    RecoveryCodesRenewed = "recovery_codes_renewed",
    RecoveryCodeUsed = "recovery_code_used",
    RoleChanged = "role_changed",
    Suspended = "suspended",
    Restored = "restored",
    ExportAsked = "export_asked",
    Deleted = "deleted",
});

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditRecord {
    /// The id of the entry.
    pub id: Id<AuditKind>,
    /// The account.
    pub user: UserId,
    /// The user who did it; none if it was done on the command line or before authentication.
    pub by: Option<UserId>,
    /// What was done.
    pub action: AuditAction,
    /// The address that it was done from.
    pub address: Option<String>,
    /// Further details.
    pub detail: Value,
    /// The time.
    pub at: Timestamp,
}

/// An entry to be written.
#[derive(Debug)]
pub(crate) struct AuditEntry {
    pub(super) user: UserId,
    pub(super) by: Option<UserId>,
    pub(super) action: AuditAction,
    pub(super) address: Option<String>,
    pub(super) detail: Value,
}

impl AuditEntry {
    /// An action of users on their own account.
    pub(crate) fn own(user: UserId, action: AuditAction) -> Self {
        Self {
            by: Some(user),
            ..Self::anonymous(user, action)
        }
    }

    /// An action without an authenticated user.
    pub(crate) fn anonymous(user: UserId, action: AuditAction) -> Self {
        Self {
            user,
            by: None,
            action,
            address: None,
            detail: json!({}),
        }
    }

    /// Sets the user who did it.
    pub(crate) fn by(mut self, by: Option<UserId>) -> Self {
        self.by = by;
        self
    }

    /// Sets the address that it was done from.
    pub(crate) fn from(mut self, client_info: &ClientInfo) -> Self {
        self.address = Some(client_info.address());
        self
    }

    /// Sets further details, which must contain no secrets.
    pub(crate) fn detail(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }
}
