//! A chat over a database of its own, in a house where everybody is everybody's friend. The ports
//! answer from memory: what is measured is chat and the database.

#![allow(dead_code, reason = "each benchmark uses its part")]

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use chat::ports::{Contacts, Live, Names, Notices, Presence, Privacy, Standing};
use chat::{Chat, ChatConfig, ChatParts};
use contract::chat::{ChatId, PostMessage};
use contract::notify::NotificationEvent;
use contract::users::UserSummary;
use db::{AnyConn, Store, StoreConfig, Tx, UserSet};
use kernel::{Actor, AppError, Env, Role, UserId};
use tokio::runtime::Runtime;

pub(crate) const DATABASES: [&str; 2] = ["SQLite", "PostgreSQL"];

struct Everybody;

fn summary(id: UserId) -> UserSummary {
    UserSummary {
        id,
        username: id.to_string(),
        display_name: "Somebody".to_owned(),
        avatar: "/api/v1/users/somebody/avatar/".to_owned(),
        is_deleted: false,
    }
}

impl Contacts for Everybody {
    fn standings(
        &self,
        _: &mut AnyConn,
        pairs: &[(UserId, UserId)],
    ) -> Result<Vec<Standing>, AppError> {
        Ok(vec![Standing::Friends; pairs.len()])
    }

    fn hidden_from(&self, _: &mut AnyConn, _: UserId) -> Result<Vec<UserId>, AppError> {
        Ok(vec![])
    }

    fn hidden_set(&self, _: UserId) -> UserSet {
        UserSet::Listed(vec![])
    }
}

impl Names for Everybody {
    fn summaries(
        &self,
        _: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserSummary>, AppError> {
        Ok(ids.iter().map(|id| (*id, summary(*id))).collect())
    }

    fn mention(&self, _: &mut AnyConn, _: &[String]) -> Result<Vec<UserSummary>, AppError> {
        Ok(vec![])
    }

    fn any_named(&self, _: &mut AnyConn, _: &str) -> Result<Option<UserSummary>, AppError> {
        Ok(None)
    }
}

#[async_trait]
impl Presence for Everybody {
    async fn online(&self, _: UserId, _: &[UserId]) -> Result<HashSet<UserId>, AppError> {
        Ok(HashSet::new())
    }
}

impl Privacy for Everybody {
    fn gives_receipts(&self, _: &mut AnyConn, _: UserId) -> Result<bool, AppError> {
        Ok(true)
    }

    fn is_invisible(&self, _: &mut AnyConn, _: UserId) -> Result<bool, AppError> {
        Ok(false)
    }
}

impl Live for Everybody {
    fn send(&self, _: &str, _: &'static str, _: serde_json::Value, _: Option<UserId>) {}
}

impl Notices for Everybody {
    fn hold(&self, _: &mut Tx<'_>, _: &BTreeSet<UserId>) -> Result<(), AppError> {
        Ok(())
    }

    fn deliver(&self, _: &mut Tx<'_>, _: Vec<NotificationEvent>) -> Result<(), AppError> {
        Ok(())
    }
}

pub(crate) struct House {
    pub(crate) runtime: Runtime,
    pub(crate) chat: Chat,
    pub(crate) env: Env,
    pub(crate) store: Store,
    _database: testkit::Database,
}

/// A house over this database, or nothing where the program is missing.
pub(crate) fn house(kind: &str) -> Option<House> {
    let database = match kind {
        "SQLite" => testkit::sqlite(),
        _ => testkit::postgres()?,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let config = StoreConfig {
        url: database.url().parse().unwrap(),
        connections: 6,
        migrate: true,
    };
    let env = Env::system();
    let store = Store::open(&config, env.clone()).unwrap();
    let everybody = Arc::new(Everybody);
    let parts = ChatParts {
        store: store.clone(),
        contacts: everybody.clone(),
        names: everybody.clone(),
        presence: everybody.clone(),
        privacy: everybody.clone(),
        live: everybody.clone(),
        notices: everybody,
    };
    Some(House {
        runtime,
        chat: Chat::new(ChatConfig::default(), parts),
        env,
        store,
        _database: database,
    })
}

impl House {
    pub(crate) fn person(&self) -> Actor {
        Actor {
            user: self.env.id(),
            session: self.env.id(),
            role: Role::Member,
            verified: true,
            proven_at: self.env.now(),
        }
    }

    /// So many conversations, each with the one who opened it.
    pub(crate) fn conversations(&self, count: usize) -> Vec<(Actor, ChatId)> {
        let open = async {
            let mut opened = Vec::with_capacity(count);
            for _ in 0..count {
                let (one, other) = (self.person(), self.person());
                let made = self.chat.open_direct(&one, &other.user.to_string()).await;
                opened.push((one, made.unwrap().conversation.chat_id));
            }
            opened
        };
        self.runtime.block_on(open)
    }
}

/// A message of usual length with an id of its own.
pub(crate) fn message(chat_id: ChatId, env: &Env) -> PostMessage {
    let id: UserId = env.id();
    PostMessage {
        chat_id,
        content: "See you on the court at eight, and bring the good paddle".to_owned(),
        timestamp: None,
        client_id: Some(id.to_string()),
        reply_to: None,
    }
}
