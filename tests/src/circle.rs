//! People who know each other, and their sockets.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{App, Person, Socket};

impl App {
    /// A socket of this path for this person, at a node: the first is 0, and after the last comes
    /// the first again.
    pub async fn socket(&self, person: &Person, node: usize, path: &str) -> Socket {
        let bearer = ("authorization", format!("Bearer {}", person.access));
        let node = self.nodes[node % self.nodes.len()].url();
        Socket::open(node, path, &[bearer]).await
    }

    /// The same once it is greeted, with the data of the greeting.
    pub async fn greeted(&self, person: &Person, node: usize, path: &str) -> (Socket, Value) {
        let mut socket = self.socket(person, node, path).await;
        match socket.first().await {
            Ok(hello) => {
                assert!(
                    hello["action"] == "hello" || hello["type"] == "hello",
                    "{path} began with {hello}"
                );
                (socket, hello["data"].clone())
            }
            Err(code) => panic!("{path} was closed with {code}"),
        }
    }
}

impl Person {
    /// Becomes a friend of somebody.
    pub async fn befriend(&self, other: &Self) {
        let body = json!({"username": other.name});
        let asked = self.post("/api/v1/friends/requests/", body).await;
        let request = asked.expect(201).data()["request"]["id"].clone();
        let accept = format!(
            "/api/v1/friends/requests/{}/accept/",
            request.as_str().unwrap()
        );
        other.post(&accept, json!({})).await.expect(200);
    }

    /// The conversation with a friend.
    pub async fn chat_with(&self, friend: &Self) -> String {
        let path = format!("/api/v1/chats/{}/", friend.name);
        let opened = self.send(self.signed(Method::PUT, &path)).await.data();
        opened["chat_id"].as_str().unwrap().to_owned()
    }
}
