//! Plays the matches of a tournament as its live bracket calls them.

use std::collections::BTreeSet;

use e2e::{App, Socket, SocketEvent, TestUser, name};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use reqwest::Method;
use serde_json::Value;

/// Somebody who follows a tournament, at whichever of these nodes is there.
pub(super) struct Follower<'a> {
    pub(super) app: &'a App,
    pub(super) user: &'a TestUser,
    pub(super) nodes: &'a [usize],
    /// The path of the tournament.
    pub(super) path: &'a str,
}

impl Follower<'_> {
    /// Plays each match once it is called, until the tournament has ended. Returns the number of matches.
    pub(super) async fn play_out<P: Future<Output = ()>>(
        &self,
        play: impl Fn(Value) -> P,
    ) -> usize {
        let mut begun = BTreeSet::new();
        let mut playing = FuturesUnordered::new();
        let (mut socket, mut called) = self.follow().await;
        loop {
            for slot in called.drain(..) {
                if begun.insert(slot["match_id"].to_string()) {
                    playing.push(play(slot));
                }
            }
            tokio::select! {
                event = socket.receive() => match event {
                    SocketEvent::Frame(frame) if has_ended(&frame) => break,
                    SocketEvent::Frame(frame) => called = called_in(&frame),
                    SocketEvent::Closed(..) | SocketEvent::Cut => {
                        (socket, called) = self.follow().await;
                    }
                },
                Some(()) = playing.next() => {}
            }
        }
        while playing.next().await.is_some() {}
        begun.len()
    }

    /// A socket that has been greeted, and the slots that are open then: what is called later comes over the socket.
    async fn follow(&self) -> (Socket, Vec<Value>) {
        // A node may be killed at any moment; another one is there then.
        for node in self.nodes.iter().cycle().take(100) {
            if let Some(followed) = self.follow_at(*node).await {
                return followed;
            }
            tokio::task::yield_now().await;
        }
        panic!("no node shows {}", self.path);
    }

    async fn follow_at(&self, node: usize) -> Option<(Socket, Vec<Value>)> {
        let id = self.path.trim_end_matches('/').rsplit('/').next()?;
        let address = format!("/ws/tournament/{id}/");
        let url = self.app.nodes[node].url();
        let mut socket = Socket::try_open(url, &address, &[self.user.bearer()])
            .await
            .ok()?;
        match socket.receive().await {
            SocketEvent::Frame(frame) if name(&frame) == "hello" => {}
            _ => return None,
        }
        let bracket = format!("{}bracket/", self.path);
        let user = self.user.at_node(node);
        let request = user.authenticated_request(Method::GET, &bracket);
        let body = request.send().await.ok()?.bytes().await.ok()?;
        let shown: Value = serde_json::from_slice(&body).ok()?;
        Some((socket, super::open_slots(&shown["data"])))
    }
}

fn has_ended(frame: &Value) -> bool {
    match name(frame) {
        "finished" | "canceled" => true,
        "tournament" => frame["data"]["status"] == "finished",
        _ => false,
    }
}

fn called_in(frame: &Value) -> Vec<Value> {
    match name(frame) {
        "match_called" => frame["data"]["slots"].as_array().unwrap().clone(),
        _ => vec![],
    }
}
