//! Friends and their sockets.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{App, Socket, TestUser};

impl App {
    /// Connects a socket of this path for a user to a node, by its index modulo the number of nodes.
    pub async fn connect_socket(&self, user: &TestUser, node: usize, path: &str) -> Socket {
        let node = self.nodes[node % self.nodes.len()].url();
        Socket::open(node, path, &[user.bearer()]).await
    }

    /// Opens a socket and waits for `hello`; returns its data, too.
    pub async fn open_socket(&self, user: &TestUser, node: usize, path: &str) -> (Socket, Value) {
        let mut socket = self.connect_socket(user, node, path).await;
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

impl TestUser {
    /// The header of sockets with the access token.
    pub fn bearer(&self) -> (&'static str, String) {
        ("authorization", format!("Bearer {}", self.access))
    }

    /// Makes two users friends.
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

    /// Opens the conversation with a friend and returns its id.
    pub async fn chat_with(&self, friend: &Self) -> String {
        let path = format!("/api/v1/chats/{}/", friend.name);
        let opened = self
            .send(self.authenticated_request(Method::PUT, &path))
            .await
            .data();
        opened["chat_id"].as_str().unwrap().to_owned()
    }
}
