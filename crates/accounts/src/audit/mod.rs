//! What was done to accounts, by whom, for those who must answer for it.

mod store;

use async_trait::async_trait;
use db::Tx;
use kernel::{AppError, Id, Page, PageRequest, Timestamp, UserId, id_type};
use serde_json::{Value, json};

use crate::Accounts;
use crate::client_info::ClientInfo;

id_type!(AuditId, AuditKind, "line of the audit");

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The account was made.
    Registered,
    /// Somebody signed in.
    SignedIn,
    /// A spent refresh token was shown, and the session ended.
    RefreshReused,
    /// One or more sessions were ended by hand.
    SessionsEnded,
    /// The password was changed.
    PasswordChanged,
    /// The password was set anew by a link.
    PasswordReset,
    /// The address was proven.
    EmailVerified,
    /// Another address was asked for.
    EmailChangeAsked,
    /// The address was changed.
    EmailChanged,
    /// A second step was turned on.
    SecondFactorOn,
    /// A second step was turned off.
    SecondFactorOff,
    /// The recovery codes were made anew.
    RecoveryCodesRenewed,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// The role was changed.
    RoleChanged,
    /// The account was suspended.
    Suspended,
    /// The suspension was lifted.
    Restored,
    /// All data was asked for.
    ExportAsked,
    /// The account was deleted.
    Deleted,
}

db::text_enum!(Action {
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

/// One line of the audit.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditLine {
    /// Names it.
    pub id: Id<AuditKind>,
    /// Whose account.
    pub user: UserId,
    /// Who did it; nobody where it was done at the server itself, or before signing in.
    pub by: Option<UserId>,
    /// What was done.
    pub action: Action,
    /// From which address.
    pub address: Option<String>,
    /// What else is to know.
    pub detail: Value,
    /// When.
    pub at: Timestamp,
}

/// A line to be written.
#[derive(Debug)]
pub(crate) struct AuditEntry {
    user: UserId,
    by: Option<UserId>,
    action: Action,
    address: Option<String>,
    detail: Value,
}

impl AuditEntry {
    /// Something that people did to their own account.
    pub(crate) fn own(user: UserId, action: Action) -> Self {
        Self {
            by: Some(user),
            ..Self::unknown(user, action)
        }
    }

    /// Something that nobody who is signed in did.
    pub(crate) fn unknown(user: UserId, action: Action) -> Self {
        Self {
            user,
            by: None,
            action,
            address: None,
            detail: json!({}),
        }
    }

    /// Done by somebody else.
    pub(crate) fn by(mut self, by: Option<UserId>) -> Self {
        self.by = by;
        self
    }

    /// Done from there.
    pub(crate) fn from(mut self, client_info: &ClientInfo) -> Self {
        self.address = Some(client_info.address());
        self
    }

    /// With what else is to know; never a secret.
    pub(crate) fn detail(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }

    /// Writes it in the transaction of the deed itself.
    pub(crate) fn record(self, tx: &mut Tx<'_>) -> Result<(), AppError> {
        store::insert(tx, self)
    }
}

/// The audit log of accounts.
#[async_trait]
pub trait AuditService: Send + Sync {
    /// Lists the audit log of an account, the newest entry first.
    ///
    /// # Errors
    /// Only if the database is unavailable.
    async fn audit(&self, user: UserId, page: PageRequest) -> Result<Page<AuditLine>, AppError>;
}

#[async_trait]
impl AuditService for Accounts {
    async fn audit(&self, user: UserId, page: PageRequest) -> Result<Page<AuditLine>, AppError> {
        self.inner
            .store
            .read(move |conn| store::of_user(conn, user, page))
            .await
    }
}
