//! A scripted player.

use e2e::{App, Socket, SocketEvent, TestUser, name};
use serde_json::{Value, json};

/// States between two inputs that change nothing: half a second.
const REPEAT_AFTER: u64 = 30;
/// How many ticks ahead of the last state an input is meant for.
const AHEAD: u64 = 2;

/// How a player plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Follows the ball.
    Follow,
    /// Leaves the ball alone.
    Corner,
    /// Takes the first free field.
    FirstFree,
}

/// What a player has seen of a match.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// The `joined` frames.
    pub(super) joined: Vec<Value>,
    /// Names and data of all events but states.
    pub(super) events: Vec<(String, Value)>,
    /// The number of states.
    pub(super) states: usize,
    /// The tick of the last state.
    pub(super) last_tick: u64,
    /// The data of `finished` or `canceled`.
    pub(super) end: Value,
}

impl Log {
    /// The data of the events of this name.
    pub(super) fn all(&self, wanted: &str) -> Vec<&Value> {
        let named = self.events.iter().filter(|(name, _)| name == wanted);
        named.map(|(_, data)| data).collect()
    }
}

/// A player at a socket of a match, who connects again where a connection is lost.
pub(super) struct Player<'a> {
    app: &'a App,
    person: &'a TestUser,
    /// The nodes, in the order in which they are tried.
    nodes: Vec<usize>,
    id: String,
    style: Style,
    socket: Socket,
    seat: Option<String>,
    seq: u64,
    direction: i64,
    sent_at: u64,
    pub(super) log: Log,
}

impl<'a> Player<'a> {
    /// Joins a match at the first of these nodes.
    pub(super) async fn join(
        app: &'a App,
        person: &'a TestUser,
        nodes: &[usize],
        id: &str,
        style: Style,
    ) -> Self {
        let path = format!("/ws/game/{id}/");
        let socket = app.connect_socket(person, nodes[0], &path).await;
        Self {
            app,
            person,
            nodes: nodes.to_vec(),
            id: id.to_owned(),
            style,
            socket,
            seat: None,
            seq: 0,
            direction: 0,
            sent_at: 0,
            log: Log::default(),
        }
    }

    /// Takes frames until the match is there.
    pub(super) async fn wait_until_joined(&mut self) {
        while self.log.joined.is_empty() {
            self.step().await;
        }
    }

    /// Plays until the match has ended.
    pub(super) async fn play(mut self) -> Log {
        while self.log.end.is_null() {
            self.step().await;
        }
        self.log
    }

    /// Plays until an event of this name comes, or the match has ended.
    pub(super) async fn play_until(&mut self, wanted: &str) {
        loop {
            let before = self.log.all(wanted).len();
            self.step().await;
            if self.log.all(wanted).len() > before || !self.log.end.is_null() {
                return;
            }
        }
    }

    /// Takes one frame.
    pub(super) async fn step(&mut self) {
        match self.socket.receive().await {
            SocketEvent::Frame(frame) => self.take(&frame).await,
            SocketEvent::Closed(4410, _) => panic!("closed before the end: {:?}", self.log),
            SocketEvent::Closed(1012 | 1013 | 1001, _) | SocketEvent::Cut => self.reconnect().await,
            SocketEvent::Closed(code, reason) => panic!("closed with {code} {reason}"),
        }
    }

    async fn reconnect(&mut self) {
        let path = format!("/ws/game/{}/", self.id);
        self.nodes.rotate_left(1);
        for _ in 0..200 {
            let node = &self.app.nodes[self.nodes[0]];
            if node.is_running() {
                self.socket = self
                    .app
                    .connect_socket(self.person, self.nodes[0], &path)
                    .await;
                return;
            }
            self.nodes.rotate_left(1);
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("no node is running");
    }

    async fn take(&mut self, frame: &Value) {
        let (kind, data) = (name(frame).to_owned(), &frame["data"]);
        match kind.as_str() {
            "hello" | "pong" | "ack" => {}
            "joined" => {
                self.seat = data["seat"].as_str().map(str::to_owned);
                self.log.joined.push(data.clone());
                if self.seat.is_some() {
                    self.act("ready", json!({})).await;
                }
                let state = data["state"].clone();
                self.answer(&state).await;
            }
            "state" => {
                self.log.states += 1;
                self.answer(data).await;
            }
            "finished" | "canceled" => {
                self.log.events.push((kind, data.clone()));
                self.log.end = data.clone();
            }
            "error" => panic!("refused: {data}"),
            _ => self.log.events.push((kind, data.clone())),
        }
    }

    /// Sends something without waiting for an answer.
    pub(super) async fn act(&mut self, action: &str, data: Value) {
        self.socket
            .send(json!({"action": action, "data": data}))
            .await;
    }

    async fn answer(&mut self, state: &Value) {
        self.log.last_tick = state["tick"].as_u64().unwrap_or_default();
        match self.style {
            Style::FirstFree => self.mark_field(state).await,
            Style::Follow | Style::Corner => self.steer(state).await,
        }
    }

    async fn steer(&mut self, state: &Value) {
        let Some(seat) = &self.seat else {
            return;
        };
        let side = if seat == "first" { "left" } else { "right" };
        let own = state["paddles"][side]["y"].as_i64().unwrap_or_default();
        let near = state["half_lengths"][side].as_i64().unwrap_or_default() / 2;
        let ball = state["ball"]["y"].as_i64().unwrap_or_default();
        let direction = match self.style {
            Style::Corner => -1,
            _ if ball > own + near => 1,
            _ if ball < own - near => -1,
            _ => 0,
        };
        let tick = self.log.last_tick;
        if direction != self.direction || self.seq == 0 || tick >= self.sent_at + REPEAT_AFTER {
            self.seq += 1;
            (self.direction, self.sent_at) = (direction, tick);
            let data = json!({"seq": self.seq, "tick": tick + AHEAD, "direction": direction});
            self.act("input", data).await;
        }
    }

    async fn mark_field(&mut self, state: &Value) {
        let mark = self
            .seat
            .as_deref()
            .map(|seat| if seat == "first" { "X" } else { "O" });
        if mark.is_none() || state["turn"].as_str() != mark || state["frozen"] != false {
            return;
        }
        let board = state["board"].as_str().unwrap_or_default();
        if let Some(free) = board.find('_') {
            self.act("move", json!({"position": free})).await;
        }
    }
}
