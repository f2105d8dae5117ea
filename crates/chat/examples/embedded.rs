//! Chat without the gateway: two friends write to each other over a SQLite database in a temporary
//! folder. Run it with `cargo run -p chat --example embedded`.
//!
//! A program that embeds chat implements two ports, [`RelationPort`] and [`UserDirectory`];
//! [`ChatParts::new`] fills in the others.
#![allow(clippy::print_stdout, reason = "the example prints the conversation")]

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use chat::ports::{RelationPort, UserDirectory};
use chat::{Chat, ChatConfig, ChatParts, ChatService};
use contract::chat::{ChatId, PostMessage};
use contract::users::UserSummary;
use db::{AnyConn, Store, StoreConfig, UserSet};
use kernel::{Actor, AppError, Cursor, Env, PageRequest, Relation, Role, UserId};

/// The users of this program, who are all friends.
struct Users(HashMap<UserId, UserSummary>);

impl Users {
    fn new(users: &[(UserId, &str)]) -> Self {
        let entry = |(id, name): &(UserId, &str)| {
            let summary = UserSummary {
                id: *id,
                username: (*name).to_owned(),
                display_name: (*name).to_owned(),
                avatar: String::new(),
                is_deleted: false,
            };
            (*id, summary)
        };
        Self(users.iter().map(entry).collect())
    }

    fn named(&self, name: &str) -> Option<UserSummary> {
        let mut users = self.0.values();
        let found = users.find(|user| user.username.eq_ignore_ascii_case(name));
        found.cloned()
    }
}

impl UserDirectory for Users {
    fn summaries(
        &self,
        _: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserSummary>, AppError> {
        let found = ids.iter().filter_map(|id| self.0.get(id));
        Ok(found.map(|user| (user.id, user.clone())).collect())
    }

    fn find_mentioned(
        &self,
        _: &mut AnyConn,
        names: &[String],
    ) -> Result<Vec<UserSummary>, AppError> {
        Ok(names.iter().filter_map(|name| self.named(name)).collect())
    }

    fn find_by_username(
        &self,
        _: &mut AnyConn,
        name: &str,
    ) -> Result<Option<UserSummary>, AppError> {
        Ok(self.named(name))
    }
}

impl RelationPort for Users {
    fn relations(
        &self,
        _: &mut AnyConn,
        pairs: &[(UserId, UserId)],
    ) -> Result<Vec<Relation>, AppError> {
        Ok(vec![Relation::Friend; pairs.len()])
    }

    fn hidden_from(&self, _: &mut AnyConn, _: UserId) -> Result<Vec<UserId>, AppError> {
        Ok(vec![])
    }

    fn hidden_set(&self, _: UserId) -> UserSet {
        UserSet::Listed(vec![])
    }
}

/// Opens the database, which is created and migrated if needed.
fn open_store(folder: &Path, env: &Env) -> Result<Store, AppError> {
    let config = StoreConfig {
        url: format!("sqlite:{}", folder.join("chat.db").display()).parse()?,
        connections: 2,
        migrate: true,
    };
    Store::open(&config, env.clone())
}

/// A user who acts. A real program has authenticated them.
fn actor(user: UserId, env: &Env) -> Actor {
    Actor {
        user,
        session: env.id(),
        role: Role::Member,
        verified: true,
        reauthenticated_at: env.now(),
    }
}

fn post(chat_id: ChatId, content: &str) -> PostMessage {
    PostMessage {
        chat_id,
        content: content.to_owned(),
        timestamp: None,
        client_id: None,
        reply_to: None,
    }
}

/// Lets two friends write to each other. Returns the history as one of them reads it, oldest message
/// first.
async fn converse(folder: &Path) -> Result<Vec<String>, AppError> {
    let env = Env::system();
    let (ada, grace) = (env.id(), env.id());
    let users = Arc::new(Users::new(&[(ada, "ada"), (grace, "grace")]));
    let parts = ChatParts::new(open_store(folder, &env)?, users.clone(), users);
    let chat: Arc<dyn ChatService> = Arc::new(Chat::new(ChatConfig::default(), parts));

    let (ada, grace) = (actor(ada, &env), actor(grace, &env));
    let opened = chat.open_conversation(&ada, "grace").await?;
    let chat_id = opened.conversation.chat_id;
    let question = post(chat_id, "Ready when you are, @grace");
    chat.send_message(&ada, question).await?;
    chat.send_message(&grace, post(chat_id, "On my way"))
        .await?;

    let page = PageRequest::default();
    let mut history = chat
        .list_messages(&ada, chat_id, Cursor::Newest, page)
        .await?;
    history.messages.reverse();
    let messages = history.messages.into_iter();
    let line = messages.map(|message| format!("{}: {}", message.sender.username, message.content));
    Ok(line.collect())
}

/// Runs the conversation in a temporary folder, which is removed afterwards.
pub(crate) async fn run() -> Result<Vec<String>, AppError> {
    let id: UserId = Env::system().id();
    let folder = std::env::temp_dir().join(format!("embedded-chat-{id}"));
    std::fs::create_dir(&folder)?;
    let history = converse(&folder).await;
    std::fs::remove_dir_all(&folder)?;
    history
}

#[tokio::main]
#[allow(dead_code, reason = "the test calls `run`")]
pub(crate) async fn main() -> Result<(), AppError> {
    for line in run().await? {
        println!("{line}");
    }
    Ok(())
}
