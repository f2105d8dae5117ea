//! Where the matches of the benchmark come from, and what becomes of their journal.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use contract::accounts::Audience;
use contract::invites::MatchId;
use contract::users::{AiSettings, UserSummary};
use db::{AnyConn, Store, StoreConfig};
use games::catalogue::Catalog;
use games::ports::{GamePlayers, GameRelations, LiveNodes};
use games::{
    ClaimedMatch, EndedMatch, GamesParts, MatchConclusion, MatchDraft, MatchHead, MatchMode,
    MatchStore, SeatedPlayer, Seating, StoredMatches, TablePlayer, open_match,
};
use kernel::{AppError, Env, Relation, Timestamp, UserId};
use outbox::NodeId;
use serde_json::{Value, json};
use testkit::Database;
use tokio::sync::Semaphore;

/// What becomes of the states that tables save twice a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Journal {
    /// A save does not end before the measurement does, so that no other one begins.
    Off,
    /// They are encoded and dropped.
    Encoded,
    /// They are written to SQLite.
    Sqlite,
}

impl Journal {
    pub(crate) const ALL: [Self; 3] = [Self::Off, Self::Encoded, Self::Sqlite];
}

/// Opens matches and stores them.
pub(crate) enum MatchSource {
    Memory(Arc<MemoryMatches>),
    Sqlite(Box<StoredGames>),
}

impl MatchSource {
    pub(crate) fn new(journal: Journal, env: &Env) -> Self {
        let saves = match journal {
            Journal::Off => Some(Semaphore::new(0)),
            Journal::Encoded => None,
            Journal::Sqlite => return Self::Sqlite(Box::new(StoredGames::new(env))),
        };
        Self::Memory(Arc::new(MemoryMatches {
            env: env.clone(),
            matches: Mutex::default(),
            saves,
        }))
    }

    pub(crate) fn store(&self) -> Arc<dyn MatchStore> {
        match self {
            Self::Memory(memory) => memory.clone(),
            Self::Sqlite(stored) => Arc::new(stored.matches.clone()),
        }
    }

    pub(crate) async fn open(&self, count: usize) -> Vec<MatchId> {
        match self {
            Self::Memory(memory) => (0..count).map(|_| memory.open()).collect(),
            Self::Sqlite(stored) => stored.open(count).await,
        }
    }

    /// Matches are paused when nothing could be saved for ten seconds: without a journal, this starts these ten
    /// seconds again.
    pub(crate) fn let_one_save_pass(&self) {
        if let Self::Memory(memory) = self
            && let Some(saves) = &memory.saves
        {
            saves.add_permits(1);
        }
    }
}

/// The options of all matches: long ones, so that none ends.
fn options() -> Value {
    let given = json!({"score_to_win": 20});
    let game = Catalog::builtin().find("pong").unwrap();
    game.check(given.as_object().unwrap()).unwrap()
}

/// Matches without a database.
pub(crate) struct MemoryMatches {
    env: Env,
    matches: Mutex<HashMap<MatchId, ClaimedMatch>>,
    /// A save takes one of these, if there are any to wait for.
    saves: Option<Semaphore>,
}

impl MemoryMatches {
    fn open(&self) -> MatchId {
        let claimed = ClaimedMatch {
            id: self.env.id(),
            epoch: 1,
            game: "pong".to_owned(),
            mode: MatchMode::Invite,
            options: options(),
            seed: u64::from_ne_bytes(self.env.bytes()),
            players: [self.env.id(), self.env.id()].map(TablePlayer::User),
            head: None,
            ownerless: Duration::ZERO,
        };
        let id = claimed.id;
        self.matches.lock().unwrap().insert(id, claimed);
        id
    }
}

#[async_trait]
impl MatchStore for MemoryMatches {
    async fn claim(&self, id: MatchId) -> Result<Option<ClaimedMatch>, AppError> {
        Ok(self.matches.lock().unwrap().get(&id).cloned())
    }

    async fn save_heads(&self, _: Vec<MatchHead>) -> Result<Vec<MatchId>, AppError> {
        if let Some(saves) = &self.saves {
            saves.acquire().await.unwrap().forget();
        }
        Ok(vec![])
    }

    async fn release(&self, _: Vec<MatchHead>) -> Result<(), AppError> {
        Ok(())
    }

    async fn end(&self, _: EndedMatch) -> Result<Option<MatchConclusion>, AppError> {
        Ok(Some(MatchConclusion::default()))
    }

    async fn note_start(&self, _: MatchId, _: i64, _: Timestamp) -> Result<bool, AppError> {
        Ok(true)
    }
}

/// Matches in a SQLite file.
pub(crate) struct StoredGames {
    store: Store,
    matches: StoredMatches,
    _database: Database,
}

impl StoredGames {
    fn new(env: &Env) -> Self {
        let database = testkit::sqlite();
        let config = StoreConfig {
            url: database.url().parse().unwrap(),
            connections: 2,
            migrate: true,
        };
        let store = Store::open(&config, env.clone()).unwrap();
        let parts = GamesParts {
            store: store.clone(),
            catalog: Catalog::builtin(),
            players: Arc::new(NoPeople),
            relations: Arc::new(NoPeople),
            listeners: vec![],
        };
        Self {
            matches: StoredMatches::new(parts, env.id(), Arc::new(NoPeople)),
            store,
            _database: database,
        }
    }

    async fn open(&self, count: usize) -> Vec<MatchId> {
        let options = options();
        let opened = self.store.write(move |tx| {
            let ids = (0..count).map(|_| {
                let draft = MatchDraft {
                    game: "pong",
                    mode: MatchMode::Invite,
                    options: &options,
                    players: [tx.env().id(), tx.env().id()].map(SeatedPlayer::User),
                    seating: Seating::InOrder,
                    names: [None, None],
                    invite: None,
                };
                open_match(tx, &draft)
            });
            ids.collect::<Result<Vec<_>, _>>()
        });
        opened.await.unwrap()
    }
}

/// Users without names, friends and other nodes.
struct NoPeople;

impl GamePlayers for NoPeople {
    fn find_by_username(
        &self,
        _: &mut AnyConn,
        _: &str,
    ) -> Result<Option<(UserSummary, Audience)>, AppError> {
        Ok(None)
    }

    fn summaries(
        &self,
        _: &mut AnyConn,
        _: &[UserId],
    ) -> Result<HashMap<UserId, UserSummary>, AppError> {
        Ok(HashMap::new())
    }

    fn history_audiences(
        &self,
        _: &mut AnyConn,
        _: &[UserId],
    ) -> Result<HashMap<UserId, Audience>, AppError> {
        Ok(HashMap::new())
    }

    fn ai_settings(&self, _: &mut AnyConn, _: UserId) -> Result<AiSettings, AppError> {
        Ok(AiSettings::default())
    }

    fn count(&self, _: &mut AnyConn) -> Result<i64, AppError> {
        Ok(0)
    }
}

impl GameRelations for NoPeople {
    fn relations(
        &self,
        _: &mut AnyConn,
        pairs: &[(UserId, UserId)],
    ) -> Result<Vec<Relation>, AppError> {
        Ok(vec![Relation::Stranger; pairs.len()])
    }

    fn friends(&self, _: &mut AnyConn, _: UserId) -> Result<Vec<UserId>, AppError> {
        Ok(vec![])
    }

    fn hidden_from(&self, _: &mut AnyConn, _: UserId) -> Result<HashSet<UserId>, AppError> {
        Ok(HashSet::new())
    }
}

#[async_trait]
impl LiveNodes for NoPeople {
    async fn is_alive(&self, _: NodeId) -> Result<bool, AppError> {
        Ok(false)
    }
}
