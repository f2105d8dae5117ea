//! A thousand deeds in any order by three people on two nodes, after which the view that each
//! person builds from events alone equals the database.

use std::collections::BTreeMap;

use chat::Chat;
use contract::chat::{ChatId, MessageId, PostMessage};
use kernel::{Actor, Cursor, PageRequest, Rng, SeededRng};
use outbox::StoredEvent;
use serde_json::{Value, json};

use crate::world::{World, each, post};

const ROUNDS: usize = 40;
const DEEDS: usize = 25;

struct Dice(SeededRng);

impl Dice {
    fn roll(&self, sides: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        usize::from_le_bytes(bytes) % sides
    }
}

/// Does something, if it can be done; refusals are part of the game.
async fn act(node: Chat, actor: Actor, chat: ChatId, deed: usize, target: MessageId, n: usize) {
    let client_id = Some(format!("c{}", n % 300));
    let text = format!("text {}", n % 300);
    let write = PostMessage {
        client_id,
        ..post(chat, &text)
    };
    let refused = match deed {
        0..=4 => node.send(&actor, write).await.err(),
        5 => node
            .edit(&actor, target, &format!("edited {n}"))
            .await
            .err(),
        6 => node.delete(&actor, target).await.err(),
        7 | 8 => node.like(&actor, target, true).await.err(),
        9 => node.like(&actor, target, false).await.err(),
        _ => node.read(&actor, target).await.err(),
    };
    if let Some(error) = refused {
        assert!(error.code().name.starts_with("chat."), "{}", error.chain());
    }
}

/// What a client knows of a chat that has heard every event from the first on.
#[derive(Default)]
struct View {
    messages: BTreeMap<i64, Value>,
}

impl View {
    fn apply(&mut self, viewer: &Actor, event: &StoredEvent) {
        let data: Value = serde_json::from_str(&event.data).unwrap();
        match event.name.as_str() {
            "new_message" => {
                let seq = data["seq"].as_i64().unwrap();
                let expected = self.messages.keys().next_back().map_or(1, |last| last + 1);
                assert_eq!(seq, expected, "messages come in their order without gaps");
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

    /// Receipts come on one's own stream.
    fn hear_personally(&mut self, viewer: &Actor, event: &StoredEvent, chat: ChatId) {
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
            .expect("an event about a known message")
    }
}

async fn play(world: &World, people: &[Actor], chat: ChatId, dice: &Dice) {
    let nodes = [world.chat.clone(), world.another_node()];
    let mut known: Vec<MessageId> = vec![world.store.env().id()];
    for round in 0..ROUNDS {
        let tasks: Vec<_> = (0..DEEDS)
            .map(|n| {
                let node = nodes[dice.roll(2)].clone();
                let actor = people[dice.roll(people.len())];
                let target = known[dice.roll(known.len())];
                let number = round * DEEDS + dice.roll(DEEDS);
                tokio::spawn(act(
                    node,
                    actor,
                    chat,
                    dice.roll(12),
                    target,
                    number + n % 2,
                ))
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let told = world.told(chat, "new_message").await;
        let ids = told
            .iter()
            .map(|event| event["id"].as_str().unwrap().parse::<MessageId>().unwrap());
        known.extend(ids.skip(known.len() - 1));
    }
}

async fn check(world: &World, viewer: &Actor, chat: ChatId) -> usize {
    let mut view = View::default();
    for event in world.events(&chat::stream_of(chat)).await {
        view.apply(viewer, &event);
    }
    for event in world.events(&format!("user:{}", viewer.user)).await {
        view.hear_personally(viewer, &event, chat);
    }
    let page = PageRequest {
        limit: 10_000,
        offset: 0,
    };
    let stored = world
        .chat
        .history(viewer, chat, Cursor::Newest, page)
        .await
        .unwrap();
    let mut stored: Vec<_> = stored
        .messages
        .iter()
        .map(|message| json!(message))
        .collect();
    stored.reverse();
    let mut built: Vec<_> = view.messages.into_values().collect();
    for (message, row) in built.iter_mut().zip(&stored) {
        // What one has read oneself is told by nobody.
        if message["sender"]["id"] != json!(viewer.user) {
            message["is_read"] = row["is_read"].clone();
        }
        assert_eq!(message, row);
    }
    assert_eq!(built.len(), stored.len());
    built.len()
}

#[tokio::test]
async fn what_two_friends_hear_is_what_is_stored_in_whatever_order_things_happen() {
    for (seed, world) in each().enumerate() {
        let (ada, grace, chat) = world.friends().await;
        play(
            &world,
            &[ada, grace],
            chat,
            &Dice(SeededRng::new(seed as u64 + 1)),
        )
        .await;
        for viewer in [ada, grace] {
            assert!(check(&world, &viewer, chat).await > 100);
        }
    }
}

#[tokio::test]
async fn what_a_room_hears_is_what_is_stored_in_whatever_order_things_happen() {
    for (seed, world) in each().enumerate() {
        let people = ["ada", "grace", "linus"].map(|name| world.person(name));
        let room = world.room(&people.iter().collect::<Vec<_>>()).await;
        play(
            &world,
            &people,
            room,
            &Dice(SeededRng::new(seed as u64 + 77)),
        )
        .await;
        for viewer in people {
            assert!(check(&world, &viewer, room).await > 100);
        }
    }
}
