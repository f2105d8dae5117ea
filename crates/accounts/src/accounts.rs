//! The type that implements the services of this crate, and what it depends on.

use std::sync::Arc;

use blobs::Blobs;
use db::{IdempotencyKey, Store};
use kernel::{AppError, Env, Secret};
use mail::{MailQueue, MailRenderer, Mailer};

use crate::avatars::ImageProcessor;
use crate::hashing::{Argon2Params, Hasher};
use crate::keys::Keys;
use crate::ports::{PersonalData, RelationsPort, SessionEvents, StatisticsPort};
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
