//! The service of this crate, with its job handlers. The trait of each subject is in the module of the
//! subject, with its implementation.

use std::sync::Arc;

use db::IdempotencyKey;
use jobs::Registration;

use crate::accounts::Accounts;
use crate::avatars::AvatarCleanupHandler;
use crate::deletion::erasure::{EraseUserDataHandler, FinishRenamesHandler};
use crate::export::{BuildExportHandler, ExpireExportHandler};
use crate::passwords::PasswordResetHandler;
use crate::prelude::{
    ActivityService, AuditService, AvatarsService, ChallengeService, DeletionService,
    DevicesService, DigestMailService, DirectoryService, EmailsService, ExportsService,
    LoginService, MaintenanceService, PasswordRecoveryService, PasswordsService, ProfilesService,
    RegistrationService, RolesService, SecondFactorService, SessionsService, SignOutService,
    SocketTicketsService, StepUpService, TokenRefreshService,
};

/// All use cases of accounts: one trait per subject, and what they share.
///
/// All methods may fail as `unavailable` or `overloaded` if the database does; each names its other
/// errors.
pub trait AccountsService:
    RegistrationService
    + LoginService
    + ChallengeService
    + StepUpService
    + SessionsService
    + SignOutService
    + TokenRefreshService
    + SocketTicketsService
    + DevicesService
    + ActivityService
    + PasswordsService
    + PasswordRecoveryService
    + SecondFactorService
    + EmailsService
    + ProfilesService
    + DirectoryService
    + AvatarsService
    + ExportsService
    + DeletionService
    + RolesService
    + AuditService
    + DigestMailService
    + MaintenanceService
{
    /// The same service for one request that creates something: a repeated request with the same key
    /// creates nothing and returns the first result.
    fn once(&self, key: Option<IdempotencyKey>) -> Arc<dyn AccountsService>;

    /// The keyed digest by which a request is recognized, from the digest of its body. Without the
    /// secret of the installation it cannot be used to guess the body.
    fn request_digest(&self, scope: &str, body: &[u8; 32]) -> [u8; 32];

    /// The job handlers of this crate, for the worker.
    fn jobs(&self) -> Vec<Registration>;
}

impl AccountsService for Accounts {
    fn once(&self, key: Option<IdempotencyKey>) -> Arc<dyn AccountsService> {
        let inner = Arc::clone(&self.inner);
        Arc::new(Self { inner, key })
    }

    fn request_digest(&self, scope: &str, body: &[u8; 32]) -> [u8; 32] {
        self.inner.keys.request_digest(scope, body)
    }

    fn jobs(&self) -> Vec<Registration> {
        vec![
            self.inner.mail_queue.handler(self.inner.env.clone()),
            Registration::new(PasswordResetHandler(self.clone())),
            Registration::new(AvatarCleanupHandler(self.clone())),
            Registration::new(BuildExportHandler(self.clone())),
            Registration::new(ExpireExportHandler(self.clone())),
            Registration::new(EraseUserDataHandler(self.clone())),
            Registration::new(FinishRenamesHandler(self.clone())),
        ]
    }
}
