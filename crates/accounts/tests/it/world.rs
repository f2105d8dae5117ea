//! What each test stands on.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use accounts::hashing::Argon2Params;
use accounts::ports::{NoRelations, NoStatistics, SessionEvents};
use accounts::{Accounts, AccountsConfig, AccountsParts, EmailVerification};
use blobs::ObjectBlobs;
use db::{Store, StoreConfig};
use kernel::{Env, ManualClock, Secret, SessionId, SystemRng, Timestamp, UserId};
use mail::DevMailbox;
use testkit::{Database, Folder};

/// The least that Argon2 allows: these tests are about who gets in, not how hard hashing is.
pub(crate) const LIGHT: Argon2Params = Argon2Params {
    memory: 8,
    passes: 1,
    lanes: 1,
};

/// Remembers which sessions it was told have ended.
#[derive(Default)]
pub(crate) struct Heard(Mutex<Vec<(UserId, SessionId)>>);

impl Heard {
    /// The sessions that have ended so far, in the order of their ends.
    pub(crate) fn sessions(&self) -> Vec<SessionId> {
        let heard = self.0.lock().unwrap();
        heard.iter().map(|(_, session)| *session).collect()
    }
}

impl SessionEvents for Heard {
    fn ended(&self, user: UserId, sessions: &[SessionId]) {
        let mut heard = self.0.lock().unwrap();
        heard.extend(sessions.iter().map(|session| (user, *session)));
    }
}

/// Accounts over a database of their own, and what they touch.
pub(crate) struct World {
    pub(crate) accounts: Accounts,
    pub(crate) store: Store,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) mailbox: DevMailbox,
    pub(crate) ended: Arc<Heard>,
    pub(crate) folder: Folder,
    parts: AccountsParts,
    database: Database,
}

impl World {
    fn over(database: Database, verification: EmailVerification) -> Self {
        let start = Timestamp::from_micros(1_800_000_000_000_000);
        let clock = Arc::new(ManualClock::at(start));
        let env = Env::new(clock.clone(), Arc::new(SystemRng));
        let (folder, ended) = (testkit::folder(), Arc::new(Heard::default()));
        let mailbox = DevMailbox::new(env.clone(), 1_000);
        let (accounts, parts) = open(&database, &folder, env, verification, &mailbox, &ended);
        Self {
            accounts,
            store: parts.store.clone(),
            parts,
            clock,
            mailbox,
            ended,
            folder,
            database,
        }
    }

    /// Another node on the same database, with caches of its own.
    pub(crate) fn another_node(&self) -> Accounts {
        let env = Env::new(self.clock.clone(), Arc::new(SystemRng));
        let verification = EmailVerification::Optional;
        let (folder, ended) = (&self.folder, Arc::new(Heard::default()));
        open(
            &self.database,
            folder,
            env,
            verification,
            &self.mailbox,
            &ended,
        )
        .0
    }

    /// The same house with other rooms beside it.
    pub(crate) fn beside(&self, change: impl FnOnce(&mut AccountsParts)) -> Accounts {
        let mut parts = self.parts.clone();
        change(&mut parts);
        over(parts, EmailVerification::Optional)
    }

    /// Moves time on.
    pub(crate) fn wait(&self, by: Duration) {
        self.clock.advance(by);
    }
}

fn open(
    database: &Database,
    folder: &Folder,
    env: Env,
    email_verification: EmailVerification,
    mailbox: &DevMailbox,
    ended: &Arc<Heard>,
) -> (Accounts, AccountsParts) {
    let url = database.url().parse().unwrap();
    let config = StoreConfig {
        url,
        connections: 6,
        migrate: true,
    };
    let store = Store::open(&config, env).unwrap();
    let parts = AccountsParts {
        store,
        blobs: Arc::new(ObjectBlobs::folder(folder.path()).unwrap()),
        mailer: Arc::new(mailbox.clone()),
        session_events: ended.clone(),
        statistics: Arc::new(NoStatistics),
        relations: Arc::new(NoRelations),
        personal_data: vec![],
    };
    (over(parts.clone(), email_verification), parts)
}

fn over(parts: AccountsParts, email_verification: EmailVerification) -> Accounts {
    let config = AccountsConfig {
        secret: Secret::new("a secret of this test"),
        public_url: "https://play.example.org".to_owned(),
        email_verification,
        strength: LIGHT,
        cores: 4,
    };
    Accounts::new(&config, parts).unwrap()
}

/// One world for each kind of database that this machine has.
pub(crate) fn each() -> impl Iterator<Item = World> {
    let databases = testkit::databases().into_iter();
    databases.map(|database| World::over(database, EmailVerification::Optional))
}

/// The same, where addresses have to be proven.
pub(crate) fn each_strict() -> impl Iterator<Item = World> {
    let databases = testkit::databases().into_iter();
    databases.map(|database| World::over(database, EmailVerification::Required))
}
