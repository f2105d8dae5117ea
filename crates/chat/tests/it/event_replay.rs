//! Random actions of several users on two nodes. Afterwards, what each user builds from the events alone
//! equals what the service returns.

use std::collections::BTreeMap;
use std::sync::Arc;

use chat::ChatService;
use contract::chat::{ChatId, MessageId, PostMessage};
use contract::streams::StreamName;
use kernel::{Actor, Cursor, PageRequest, Rng, SeededRng};
use outbox::StoredEvent;
use serde_json::{Value, json};

use crate::fixture::{ChatFixture, post};

testkit::database_tests!(
    events_of_conversation_rebuild_its_messages,
    events_of_room_rebuild_its_messages,
);

const ROUNDS: usize = 40;
const ACTIONS_PER_ROUND: usize = 25;

struct RandomChoice(SeededRng);

impl RandomChoice {
    fn below(&self, limit: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        usize::from_le_bytes(bytes) % limit
    }
}

/// Runs one action; it may be refused.
async fn act(
    node: Arc<dyn ChatService>,
    actor: Actor,
    chat: ChatId,
    action: usize,
    target: MessageId,
    n: usize,
) {
    let client_id = Some(format!("c{}", n % 300));
    let text = format!("text {}", n % 300);
    let write = PostMessage {
        client_id,
        ..post(chat, &text)
    };
    let refused = match action {
        0..=4 => node.send_message(&actor, write).await.err(),
        5 => node
            .edit_message(&actor, target, &format!("edited {n}"))
            .await
            .err(),
        6 => node.delete_message(&actor, target).await.err(),
        7 | 8 => node.set_like(&actor, target, true).await.err(),
        9 => node.set_like(&actor, target, false).await.err(),
        _ => node.mark_read(&actor, target).await.err(),
    };
    if let Some(error) = refused {
        assert!(error.code().name.starts_with("chat."), "{}", error.chain());
    }
}

/// The messages that a client builds from all events of a chat.
#[derive(Default)]
struct ReplayedChat {
    messages: BTreeMap<i64, Value>,
}

impl ReplayedChat {
    fn apply(&mut self, viewer: &Actor, event: &StoredEvent) {
        let data: Value = serde_json::from_str(&event.data).unwrap();
        match event.name.as_str() {
            "new_message" => {
                let seq = data["seq"].as_i64().unwrap();
                let expected = self.messages.keys().next_back().map_or(1, |last| last + 1);
                assert_eq!(seq, expected, "events are in order without gaps");
                self.messages.insert(seq, data);
            }
            "message_edited" => {
                let message = self.message(&data);
                for field in ["content", "edited_at", "mentions"] {
                    message[field] = data[field].clone();
                }
            }
            "message_deleted" => {
                let message = self.message(&data);
                message["content"] = json!("");
                message["is_deleted"] = json!(true);
                message["is_liked"] = json!(false);
                message["like_count"] = json!(0);
                message["mentions"] = json!([]);
            }
            "chat_like_update" => {
                let message = self.message(&data);
                message["like_count"] = data["like_count"].clone();
                if data["user_id"] == json!(viewer.user) {
                    message["is_liked"] = data["is_liked"].clone();
                }
            }
            _ => {}
        }
    }

    /// Read receipts are events of the sender's own stream.
    fn apply_receipt(&mut self, viewer: &Actor, event: &StoredEvent, chat: ChatId) {
        let data: Value = serde_json::from_str(&event.data).unwrap();
        if event.name != "message_read" || data["chat_id"] != json!(chat) {
            return;
        }
        let up_to = data["seq"].as_i64().unwrap();
        for (_, message) in self.messages.range_mut(..=up_to) {
            if message["sender"]["id"] == json!(viewer.user) {
                message["is_read"] = json!(true);
            }
        }
    }

    fn message(&mut self, data: &Value) -> &mut Value {
        let mut all = self.messages.values_mut();
        all.find(|message| message["id"] == data["id"])
            .expect("the event is about a known message")
    }
}

async fn run_actions(fixture: &ChatFixture, users: &[Actor], chat: ChatId, random: &RandomChoice) {
    let nodes = [fixture.chat.clone(), fixture.another_node()];
    let mut known: Vec<MessageId> = vec![fixture.store.env().id()];
    for round in 0..ROUNDS {
        let tasks: Vec<_> = (0..ACTIONS_PER_ROUND)
            .map(|n| {
                let node = nodes[random.below(2)].clone();
                let actor = users[random.below(users.len())];
                let target = known[random.below(known.len())];
                let number = round * ACTIONS_PER_ROUND + random.below(ACTIONS_PER_ROUND);
                tokio::spawn(act(
                    node,
                    actor,
                    chat,
                    random.below(12),
                    target,
                    number + n % 2,
                ))
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let events = fixture.chat_events(chat, "new_message").await;
        let ids = events
            .iter()
            .map(|event| event["id"].as_str().unwrap().parse::<MessageId>().unwrap());
        known.extend(ids.skip(known.len() - 1));
    }
}

async fn assert_replay(fixture: &ChatFixture, viewer: &Actor, chat: ChatId) -> usize {
    let mut replayed = ReplayedChat::default();
    for event in fixture.events(StreamName::Chat(chat)).await {
        replayed.apply(viewer, &event);
    }
    for event in fixture.events(StreamName::User(viewer.user)).await {
        replayed.apply_receipt(viewer, &event, chat);
    }
    let page = PageRequest {
        limit: 10_000,
        offset: 0,
    };
    let stored = fixture
        .chat
        .list_messages(viewer, chat, Cursor::Newest, page)
        .await
        .unwrap();
    let mut stored: Vec<_> = stored
        .messages
        .iter()
        .map(|message| json!(message))
        .collect();
    stored.reverse();
    let mut built: Vec<_> = replayed.messages.into_values().collect();
    for (message, row) in built.iter_mut().zip(&stored) {
        // Reading is not an event for the reader.
        if message["sender"]["id"] != json!(viewer.user) {
            message["is_read"] = row["is_read"].clone();
        }
        assert_eq!(message, row);
    }
    assert_eq!(built.len(), stored.len());
    built.len()
}

async fn events_of_conversation_rebuild_its_messages(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let random = RandomChoice(SeededRng::new(1));
    run_actions(&fixture, &[ada, grace], chat, &random).await;
    for viewer in [ada, grace] {
        assert!(assert_replay(&fixture, &viewer, chat).await > 100);
    }
}

async fn events_of_room_rebuild_its_messages(fixture: ChatFixture) {
    let users = ["ada", "grace", "linus"].map(|name| fixture.user(name));
    let room = fixture.create_room(&users.iter().collect::<Vec<_>>()).await;
    let random = RandomChoice(SeededRng::new(77));
    run_actions(&fixture, &users, room, &random).await;
    for viewer in users {
        assert!(assert_replay(&fixture, &viewer, room).await > 100);
    }
}
