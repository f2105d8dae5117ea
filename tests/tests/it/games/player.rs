//! A scripted player.

use std::collections::BTreeMap;
use std::time::Duration;

use e2e::{App, Socket, SocketEvent, TestUser, name};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// States between two inputs that change nothing: half a second.
const REPEAT_AFTER: u64 = 30;
/// How many ticks ahead of the last state an input is meant for, at first.
const AHEAD: i64 = 2;
/// The most: a second.
const MAX_AHEAD: i64 = 60;
/// How early inputs are to arrive, in ticks.
const WANTED_LEAD: std::ops::RangeInclusive<i64> = 1..=4;
/// How far off a liar's ticks are.
const LIE: i64 = 10_000;
const RETRY: Duration = Duration::from_millis(50);
const MAX_RETRIES: u32 = 1_800;

/// How a player plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Follows the ball.
    Follow,
    /// Leaves the ball alone.
    Corner,
    /// Takes the first free field.
    FirstFree,
    /// Takes the first free field for both players at a keyboard.
    BothFree,
    /// Follows the ball, with ticks far from those of the match and numbers that go back.
    Lie,
    /// Watches.
    Watch,
}

/// An input that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SentInput {
    pub(super) seq: u64,
    pub(super) tick: i64,
    pub(super) direction: i64,
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
    /// The inputs that were sent.
    pub(super) sent: Vec<SentInput>,
    /// How early inputs came, by their numbers.
    pub(super) leads: BTreeMap<u64, i64>,
    /// The data of the last `state`.
    pub(super) last_state: Value,
    /// The data of `finished` or `canceled`, or the result that came with `joined`.
    pub(super) end: Value,
}

impl Log {
    /// The data of the events of this name.
    pub(super) fn all(&self, wanted: &str) -> Vec<&Value> {
        let named = self.events.iter().filter(|(name, _)| name == wanted);
        named.map(|(_, data)| data).collect()
    }

    /// The result: winner, reason and points.
    pub(super) fn result(&self) -> [&Value; 3] {
        ["winner", "reason", "score"].map(|field| &self.end[field])
    }
}

/// A player at a socket of a match, who connects again where a connection is lost.
pub(super) struct Player<'a> {
    app: &'a App,
    person: &'a TestUser,
    /// The nodes, in the order in which they are tried.
    nodes: Vec<usize>,
    /// Where to connect to instead of the nodes.
    proxy: Option<String>,
    id: String,
    style: Style,
    /// None while the player is away.
    socket: Option<Socket>,
    seat: Option<String>,
    seq: u64,
    direction: i64,
    sent_at: u64,
    ahead: i64,
    /// The last input that was sent when `ahead` was changed.
    adjusted_at: u64,
    /// The number of moves before the last one of this player.
    marked_at: Option<u64>,
    listener: Option<UnboundedSender<(String, Value)>>,
    pub(super) log: Log,
}

impl<'a> Player<'a> {
    /// Joins a match at the first of these nodes, which runs it from then on if none does.
    pub(super) async fn join(
        app: &'a App,
        person: &'a TestUser,
        nodes: &[usize],
        id: &str,
        style: Style,
    ) -> Self {
        let mut player = Self::away(app, person, nodes, id, style);
        while player.log.joined.is_empty() {
            player.step().await;
        }
        player
    }

    /// As [`join`](Self::join), through a proxy.
    pub(super) async fn join_through(
        app: &'a App,
        person: &'a TestUser,
        proxy: &str,
        id: &str,
        style: Style,
    ) -> Self {
        let mut player = Self::away(app, person, &[0], id, style);
        player.proxy = Some(proxy.to_owned());
        while player.log.joined.is_empty() {
            player.step().await;
        }
        player
    }

    fn away(app: &'a App, person: &'a TestUser, nodes: &[usize], id: &str, style: Style) -> Self {
        Self {
            app,
            person,
            nodes: nodes.to_vec(),
            proxy: None,
            id: id.to_owned(),
            style,
            socket: None,
            seat: None,
            seq: 0,
            direction: 0,
            sent_at: 0,
            ahead: AHEAD,
            adjusted_at: 0,
            marked_at: None,
            listener: None,
            log: Log::default(),
        }
    }

    /// Takes frames until the match is there.
    pub(super) async fn wait_until_joined(&mut self) {
        while self.log.joined.is_empty() {
            self.step().await;
        }
    }

    /// Tells of all events from now on, as they come.
    pub(super) fn listen(&mut self) -> UnboundedReceiver<(String, Value)> {
        let (sender, receiver) = unbounded_channel();
        self.listener = Some(sender);
        receiver
    }

    /// Plays until the match has ended.
    pub(super) async fn play(mut self) -> Log {
        while !self.is_over() {
            self.step().await;
        }
        self.log
    }

    /// Plays until an event of this name comes, or the match has ended.
    pub(super) async fn play_until(&mut self, wanted: &str) {
        let before = self.log.all(wanted).len();
        while self.log.all(wanted).len() == before && !self.is_over() {
            self.step().await;
        }
    }

    /// Plays until so many more states have come, or the match has ended.
    pub(super) async fn play_states(&mut self, count: usize) {
        let until = self.log.states + count;
        while self.log.states < until && !self.is_over() {
            self.step().await;
        }
    }

    fn is_over(&self) -> bool {
        !self.log.end.is_null()
    }

    /// Takes one frame.
    pub(super) async fn step(&mut self) {
        let Some(socket) = &mut self.socket else {
            return self.connect().await;
        };
        match socket.receive().await {
            SocketEvent::Frame(frame) => self.take(&frame).await,
            SocketEvent::Closed(4410, _) => panic!("closed before the end: {:?}", self.log),
            SocketEvent::Closed(1013, _) => {
                tokio::time::sleep(RETRY * 10).await;
                self.reconnect().await;
            }
            SocketEvent::Closed(1012 | 1001, _) | SocketEvent::Cut => self.reconnect().await,
            SocketEvent::Closed(code, reason) => panic!("closed with {code} {reason}"),
        }
    }

    /// Leaves without a word.
    pub(super) fn hang_up(&mut self) {
        self.socket = None;
    }

    /// Leaves the socket to others.
    pub(super) fn leave(mut self) -> Option<Socket> {
        self.socket.take()
    }

    /// Goes to another node, and gives the socket at the one before.
    pub(super) async fn move_to(&mut self, node: usize) -> Option<Socket> {
        self.nodes = vec![node];
        let before = self.socket.take();
        self.connect().await;
        before
    }

    async fn reconnect(&mut self) {
        self.nodes.rotate_left(1);
        self.connect().await;
    }

    /// Connects to the first node that takes the connection.
    async fn connect(&mut self) {
        let path = format!("/ws/game/{}/", self.id);
        for _ in 0..MAX_RETRIES {
            let node = self.app.nodes[self.nodes[0]].url();
            let url = self.proxy.as_deref().unwrap_or(node);
            // Nodes serve requests to their own address alone.
            let host = ("host", node.trim_start_matches("http://").to_owned());
            let headers = [self.person.bearer(), host];
            if let Ok(socket) = Socket::try_open(url, &path, &headers).await {
                self.socket = Some(socket);
                return;
            }
            self.nodes.rotate_left(1);
            tokio::time::sleep(RETRY).await;
        }
        panic!("no node takes connections");
    }

    async fn take(&mut self, frame: &Value) {
        let (kind, data) = (name(frame).to_owned(), &frame["data"]);
        match kind.as_str() {
            "hello" | "pong" | "ack" => return,
            "joined" => self.take_joined(data).await,
            "state" => {
                self.log.states += 1;
                self.log.last_state.clone_from(data);
                self.answer(data).await;
            }
            "finished" | "canceled" => self.log.end = data.clone(),
            "error" => panic!("refused: {data}"),
            _ => {}
        }
        if !matches!(&*kind, "joined" | "state") {
            self.log.events.push((kind.clone(), data.clone()));
        }
        if let Some(listener) = &self.listener {
            // Nobody may listen any more.
            let _ = listener.send((kind, data.clone()));
        }
    }

    async fn take_joined(&mut self, data: &Value) {
        self.seat = data["seat"].as_str().map(str::to_owned);
        self.log.joined.push(data.clone());
        match data["phase"].as_str() {
            Some("finished") => self.log.end = data["result"].clone(),
            Some("canceled") => self.log.end = json!({"reason": "canceled"}),
            _ if self.seat.is_some() => {
                // Another socket of this player may have sent inputs.
                self.seq = self
                    .seq
                    .max(data["state"]["seq"].as_u64().unwrap_or_default());
                self.marked_at = None;
                self.act("ready", json!({})).await;
                self.answer(&data["state"]).await;
            }
            _ => {}
        }
    }

    /// Sends something without waiting for an answer.
    pub(super) async fn act(&mut self, action: &str, data: Value) {
        let frame = json!({"action": action, "data": data}).to_string();
        if let Some(socket) = &mut self.socket {
            // A lost connection is noticed when it is read from.
            socket.try_send(frame.into()).await;
        }
    }

    async fn answer(&mut self, state: &Value) {
        self.log.last_tick = state["tick"].as_u64().unwrap_or_default();
        match self.style {
            Style::FirstFree | Style::BothFree => self.mark_field(state).await,
            Style::Follow | Style::Corner | Style::Lie => {
                self.adjust(state);
                self.steer(state).await;
            }
            Style::Watch => {}
        }
    }

    /// Sends inputs earlier or later, as their arrival demands.
    fn adjust(&mut self, state: &Value) {
        let (seq, lead) = (state["seq"].as_u64(), state["lead"].as_i64());
        let (Some(seq), Some(lead), Some(false)) = (seq, lead, state["frozen"].as_bool()) else {
            return;
        };
        self.log.leads.entry(seq).or_insert(lead);
        let change = match lead {
            _ if seq <= self.adjusted_at || WANTED_LEAD.contains(&lead) => return,
            early if early > *WANTED_LEAD.end() => -1,
            late => WANTED_LEAD.start() - late,
        };
        self.ahead = (self.ahead + change).clamp(0, MAX_AHEAD);
        self.adjusted_at = self.seq;
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
        let is_due = match self.style {
            // Two frames each: more would be a flood.
            Style::Lie => tick >= self.sent_at + 2,
            _ => direction != self.direction || tick >= self.sent_at + REPEAT_AFTER,
        };
        if self.seq == 0 || is_due {
            self.seq += 1;
            (self.direction, self.sent_at) = (direction, tick);
            self.send_input(i64::try_from(tick).unwrap() + self.ahead, direction)
                .await;
        }
    }

    async fn send_input(&mut self, tick: i64, direction: i64) {
        let (seq, mut sent_tick) = (self.seq, tick);
        if self.style == Style::Lie {
            sent_tick += if seq % 2 == 0 { LIE } else { -LIE };
            let old = json!({"seq": seq / 2, "tick": tick, "direction": -direction});
            self.act("input", old).await;
        }
        self.log.sent.push(SentInput {
            seq,
            tick: sent_tick,
            direction,
        });
        let data = json!({"seq": seq, "tick": sent_tick, "direction": direction});
        self.act("input", data).await;
    }

    async fn mark_field(&mut self, state: &Value) {
        let mark = match self.seat.as_deref() {
            Some("first") => "X",
            _ => "O",
        };
        let tick = self.log.last_tick;
        let is_turn = state["turn"] == mark || self.style == Style::BothFree;
        let is_due = state["frozen"] == false && is_turn;
        if self.seat.is_none() || !is_due || self.marked_at == Some(tick) {
            return;
        }
        self.marked_at = Some(tick);
        let board = state["board"].as_str().unwrap_or_default();
        if let Some(free) = board.find('_') {
            self.act("move", json!({"position": free})).await;
        }
    }
}
