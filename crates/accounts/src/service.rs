//! The service of this crate, and the type that implements it. The trait of each subject is in the
//! module of the subject, with its implementation.

use std::sync::Arc;

use blobs::Blobs;
use db::{IdempotencyKey, Store};
use jobs::Registration;
use kernel::{AppError, Env, Secret};
use mail::{MailQueue, MailRenderer, Mailer};

use crate::avatars::AvatarCleanupHandler;
use crate::avatars::ImageProcessor;
use crate::deletion::erasure::{EraseUserDataHandler, FinishRenamesHandler};
use crate::export::{BuildExportHandler, ExpireExportHandler};
use crate::hashing::{Argon2Params, Hasher};
use crate::keys::Keys;
use crate::passwords::PasswordResetHandler;
use crate::ports::{PersonalData, RelationsPort, SessionEvents, StatisticsPort};
use crate::prelude::{
    ActivityService, AuditService, AvatarsService, ChallengeService, DeletionService,
    DevicesService, DigestMailService, DirectoryService, EmailsService, ExportsService,
    LoginService, MaintenanceService, PasswordRecoveryService, PasswordsService, ProfilesService,
    RegistrationService, RolesService, SecondFactorService, SessionsService, SignOutService,
    SocketTicketsService, StepUpService, TokenRefreshService,
};
use crate::sessions::{PendingActivity, SessionCache};
use crate::tokens::AccessTokens;

/// The configuration of accounts.
#[derive(Debug, Clone)]
pub struct AccountsConfig {
    /// The secret of the installation, the same on all nodes.
    pub secret: Secret,
    /// The public address of the service, for links in mails.
    pub public_url: String,
    /// Whether actions require a verified address.
    pub email_verification: EmailVerificationPolicy,
    /// The cost of a password hash.
    pub argon2_params: Argon2Params,
    /// How many passwords are hashed at once.
    pub cores: usize,
}

/// Whether actions require a verified address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailVerificationPolicy {
    /// Unverified accounts can only read.
    Required,
    /// Unverified accounts can do everything.
    Optional,
}

/// What accounts depend on.
#[derive(Clone)]
pub struct AccountsParts {
    /// The database.
    pub store: Store,
    /// Stores avatars and exports.
    pub blobs: Arc<dyn Blobs>,
    /// Sends mail.
    pub mailer: Arc<dyn Mailer>,
    /// Receives sessions that have ended.
    pub session_events: Arc<dyn SessionEvents>,
    /// Provides match statistics.
    pub statistics: Arc<dyn StatisticsPort>,
    /// Provides the relations between users.
    pub relations: Arc<dyn RelationsPort>,
    /// The other domains that store personal data.
    pub personal_data: Vec<Arc<dyn PersonalData>>,
}

impl std::fmt::Debug for AccountsParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AccountsParts on {:?}", self.store)
    }
}

/// The accounts of an installation. Clones are cheap and share everything.
#[derive(Clone)]
pub struct Accounts {
    pub(crate) inner: Arc<AccountsInner>,
    /// The idempotency key of the current request, if any.
    pub(crate) key: Option<IdempotencyKey>,
}

/// Shared by all clones.
pub(crate) struct AccountsInner {
    pub(crate) store: Store,
    pub(crate) env: Env,
    pub(crate) keys: Keys,
    pub(crate) hasher: Hasher,
    pub(crate) tokens: AccessTokens,
    pub(crate) email_verification: EmailVerificationPolicy,
    pub(crate) sessions: SessionCache,
    pub(crate) activity: PendingActivity,
    pub(crate) blobs: Arc<dyn Blobs>,
    pub(crate) mail_queue: MailQueue,
    pub(crate) session_events: Arc<dyn SessionEvents>,
    pub(crate) statistics: Arc<dyn StatisticsPort>,
    pub(crate) relations: Arc<dyn RelationsPort>,
    pub(crate) personal_data: Vec<Arc<dyn PersonalData>>,
    pub(crate) image_processor: ImageProcessor,
}

impl std::fmt::Debug for Accounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Accounts on {:?}", self.inner.store)
    }
}

impl Accounts {
    /// The accounts in this database.
    ///
    /// # Errors
    /// The parameters of the hashes are out of bounds.
    pub fn new(config: &AccountsConfig, parts: AccountsParts) -> Result<Self, AppError> {
        let env = parts.store.env().clone();
        let keys = Keys::derive(&config.secret);
        let mail_queue = MailQueue::new(
            MailRenderer::new(&config.public_url),
            parts.mailer,
            Arc::new(keys.clone()),
        );
        let inner = AccountsInner {
            hasher: Hasher::new(env.clone(), config.argon2_params, config.cores)?,
            tokens: AccessTokens::new(&keys, &config.public_url),
            email_verification: config.email_verification,
            sessions: SessionCache::default(),
            activity: PendingActivity::default(),
            store: parts.store,
            env,
            keys,
            blobs: parts.blobs,
            mail_queue,
            session_events: parts.session_events,
            statistics: parts.statistics,
            relations: parts.relations,
            personal_data: parts.personal_data,
            image_processor: ImageProcessor::default(),
        };
        Ok(Self {
            inner: Arc::new(inner),
            key: None,
        })
    }
}

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
