//! The environment of a test.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use accounts::hashing::Argon2Params;
use accounts::ports::{NoRelations, NoStatistics, SessionEvents};
use accounts::{Accounts, AccountsConfig, AccountsParts, EmailVerificationPolicy};
use blobs::ObjectBlobs;
use db::Store;
use kernel::{Secret, SessionId, UserId};
use mail::DevMailbox;
use testkit::{Database, Folder, TestStore};

/// The least that Argon2 allows: these tests are not about the cost of hashing.
pub(crate) const LIGHT: Argon2Params = Argon2Params {
    memory: 8,
    passes: 1,
    lanes: 1,
};

/// Records the sessions that have ended.
#[derive(Default)]
pub(crate) struct EndedSessionLog(Mutex<Vec<(UserId, SessionId)>>);

impl EndedSessionLog {
    /// The sessions that have ended so far, in order.
    pub(crate) fn sessions(&self) -> Vec<SessionId> {
        let ended = self.0.lock().unwrap();
        ended.iter().map(|(_, session)| *session).collect()
    }
}

impl SessionEvents for EndedSessionLog {
    fn ended(&self, user: UserId, sessions: &[SessionId]) {
        let mut ended = self.0.lock().unwrap();
        ended.extend(sessions.iter().map(|session| (user, *session)));
    }
}

/// Accounts with a database of their own, and what they depend on.
pub(crate) struct Fixture {
    pub(crate) accounts: Accounts,
    pub(crate) store: Store,
    pub(crate) mailbox: DevMailbox,
    pub(crate) ended: Arc<EndedSessionLog>,
    pub(crate) folder: Folder,
    parts: AccountsParts,
    database: TestStore,
}

impl From<Database> for Fixture {
    /// Accounts in which the verification of addresses is optional.
    fn from(database: Database) -> Self {
        Self::open(database, EmailVerificationPolicy::Optional)
    }
}

impl Fixture {
    /// Accounts in which the verification of addresses is required.
    pub(crate) fn strict(database: Database) -> Self {
        Self::open(database, EmailVerificationPolicy::Required)
    }

    fn open(database: Database, verification: EmailVerificationPolicy) -> Self {
        let database = TestStore::from(database);
        let (folder, ended) = (testkit::folder(), Arc::new(EndedSessionLog::default()));
        let mailbox = DevMailbox::new(database.store.env().clone(), 1_000);
        let parts = parts(database.store.clone(), &folder, &mailbox, &ended);
        Self {
            accounts: build(parts.clone(), verification),
            store: parts.store.clone(),
            parts,
            mailbox,
            ended,
            folder,
            database,
        }
    }

    /// Another node on the same database, with its own caches.
    pub(crate) fn another_node(&self) -> Accounts {
        let ended = Arc::new(EndedSessionLog::default());
        let store = self.database.another_node();
        let parts = parts(store, &self.folder, &self.mailbox, &ended);
        build(parts, EmailVerificationPolicy::Optional)
    }

    /// The same accounts with other dependencies.
    pub(crate) fn with_parts(&self, change: impl FnOnce(&mut AccountsParts)) -> Accounts {
        let mut parts = self.parts.clone();
        change(&mut parts);
        build(parts, EmailVerificationPolicy::Optional)
    }

    /// Advances the clock.
    pub(crate) fn advance(&self, by: Duration) {
        self.database.advance(by);
    }
}

fn parts(
    store: Store,
    folder: &Folder,
    mailbox: &DevMailbox,
    ended: &Arc<EndedSessionLog>,
) -> AccountsParts {
    AccountsParts {
        store,
        blobs: Arc::new(ObjectBlobs::folder(folder.path()).unwrap()),
        mailer: Arc::new(mailbox.clone()),
        session_events: ended.clone(),
        statistics: Arc::new(NoStatistics),
        relations: Arc::new(NoRelations),
        personal_data: vec![],
    }
}

fn build(parts: AccountsParts, email_verification: EmailVerificationPolicy) -> Accounts {
    let config = AccountsConfig {
        secret: Secret::new("a secret of this test"),
        public_url: "https://play.example.org".to_owned(),
        email_verification,
        argon2_params: LIGHT,
        cores: 4,
    };
    Accounts::new(&config, parts).unwrap()
}
