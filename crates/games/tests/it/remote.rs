//! Sockets of one node at the tables of another, over one bus.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cluster::{Bus, BusStats, Cluster, Missed, Subscriber, Subscription, Topic};
use contract::invites::MatchId;
use contract::match_frames::{MatchInput, MatchPhase, MatchResumed, TableView};
use games::port::{
    ActionError, FrameForm, FrameRate, JoinTable, LocalTables, MatchTables, SavedMatchViews,
    SeatSink, TableClose, TableCommand, TableHandle, TableMessage, TableSeat,
};
use games::ports::LiveNodes;
use games::remote::{RemoteSeats, RemoteStates, RemoteTables, RemoteTablesParts};
use games::tables::TableHost;
use games::{Error, Seat};
use kernel::{AppError, Env, Timestamp};
use outbox::NodeId;
use serde_json::json;
use tokio::sync::{Notify, mpsc};

/// What a socket was sent.
#[derive(Debug, PartialEq)]
enum Got {
    State(Vec<u8>),
    Message(TableMessage),
    Answer(Option<String>, Result<(), ActionError>),
    Close(TableClose),
}

struct Socket(mpsc::UnboundedSender<Got>);

impl SeatSink for Socket {
    fn state(&self, frame: &[u8]) -> bool {
        self.0.send(Got::State(frame.to_vec())).unwrap();
        false
    }

    fn send(&self, message: &TableMessage) {
        self.0.send(Got::Message(message.clone())).unwrap();
    }

    fn answer(&self, cid: Option<&str>, result: Result<(), ActionError>) {
        let cid = cid.map(str::to_owned);
        self.0.send(Got::Answer(cid, result)).unwrap();
    }

    fn close(&self, reason: TableClose) {
        self.0.send(Got::Close(reason)).unwrap();
    }
}

/// What a table was asked.
#[derive(Debug, PartialEq)]
enum Asked {
    Join(TableSeat, FrameForm),
    Input(MatchInput),
    Command(TableCommand, Option<String>),
    Alive,
    Lost,
    Left,
}

/// Tables that only note what they are asked.
struct Tables {
    asked: mpsc::UnboundedSender<Asked>,
    sinks: Mutex<Vec<Arc<dyn SeatSink>>>,
    is_empty: AtomicBool,
    /// Lets a match be claimed.
    claim: Notify,
    /// Told when it was.
    claimed: Notify,
}

impl MatchTables for Tables {
    fn join(&self, join: JoinTable) -> Result<Arc<dyn TableHandle>, AppError> {
        if self.is_empty.load(Ordering::Relaxed) {
            return Err(Error::MatchNotFound.into());
        }
        self.sinks.lock().unwrap().push(join.sink);
        self.asked.send(Asked::Join(join.seat, join.form)).unwrap();
        Ok(Arc::new(Handle(self.asked.clone())))
    }
}

#[async_trait]
impl LocalTables for Tables {
    async fn claim(&self, _: MatchId) -> Result<bool, AppError> {
        self.claim.notified().await;
        self.claimed.notify_one();
        Ok(!self.is_empty.load(Ordering::Relaxed))
    }
}

struct Handle(mpsc::UnboundedSender<Asked>);

impl TableHandle for Handle {
    fn input(&self, input: MatchInput) {
        self.0.send(Asked::Input(input)).unwrap();
    }

    fn alive(&self) {
        self.0.send(Asked::Alive).unwrap();
    }

    fn lost(&self) {
        self.0.send(Asked::Lost).unwrap();
    }

    fn command(&self, command: TableCommand, cid: Option<String>) {
        self.0.send(Asked::Command(command, cid)).unwrap();
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        let _ = self.0.send(Asked::Left);
    }
}

struct Host;

impl TableHost for Host {
    fn pass_over(&self) {}
}

#[derive(Default)]
struct Nodes(Mutex<Vec<NodeId>>);

#[async_trait]
impl LiveNodes for Nodes {
    async fn is_alive(&self, node: NodeId) -> Result<bool, AppError> {
        Ok(!self.0.lock().unwrap().contains(&node))
    }
}

/// Matches as they were saved last.
struct Saved;

#[async_trait]
impl SavedMatchViews for Saved {
    async fn view(&self, _: MatchId, _: TableSeat) -> Result<Option<TableView>, AppError> {
        Ok(Some(saved_view()))
    }
}

fn saved_view() -> TableView {
    let time = Timestamp::from_micros(0);
    TableView {
        epoch: 3,
        tick_rate: 60,
        server_time: time,
        time_base: time,
        phase: MatchPhase::Recovering,
        score: [2, 1],
        present: [false; 2],
        number: 9,
        state: json!({"tick": 77}),
    }
}

fn shown() -> Got {
    Got::Message(TableMessage::Joined(Box::new(saved_view())))
}

/// A bus that can be cut.
struct CutBus {
    bus: Arc<dyn Bus>,
    is_cut: AtomicBool,
}

impl CutBus {
    fn cut(&self, is_cut: bool) {
        self.is_cut.store(is_cut, Ordering::Relaxed);
    }
}

#[async_trait]
impl Bus for CutBus {
    fn publish(&self, topic: &Topic, payload: Bytes) {
        if !self.is_cut.load(Ordering::Relaxed) {
            self.bus.publish(topic, payload);
        }
    }

    fn subscribe(&self, topic: &Topic) -> Subscription {
        self.bus.subscribe(topic)
    }

    fn attach(&self, subscriber: Arc<dyn Subscriber>) {
        self.bus.attach(subscriber);
    }

    fn is_healthy(&self) -> bool {
        self.bus.is_healthy()
    }

    fn stats(&self) -> BusStats {
        self.bus.stats()
    }

    async fn flush(&self) {
        self.bus.flush().await;
    }
}

/// A node with sockets and one with tables.
struct Nodes2 {
    node: NodeId,
    owner: NodeId,
    tables: Arc<Tables>,
    asked: mpsc::UnboundedReceiver<Asked>,
    states: Arc<RemoteStates>,
    remote: Arc<RemoteTables>,
    dead: Arc<Nodes>,
    bus: Arc<CutBus>,
    _seats: Arc<RemoteSeats>,
}

fn nodes() -> Nodes2 {
    let env = Env::system();
    let cut = Arc::new(CutBus {
        bus: Cluster::local(&env).bus,
        is_cut: AtomicBool::new(false),
    });
    let bus: Arc<dyn Bus> = cut.clone();
    let (node, owner): (NodeId, NodeId) = (env.id(), env.id());
    let (sender, asked) = mpsc::unbounded_channel();
    let tables = Arc::new(Tables {
        asked: sender,
        sinks: Mutex::default(),
        is_empty: AtomicBool::new(false),
        claim: Notify::new(),
        claimed: Notify::new(),
    });
    let dead = Arc::<Nodes>::default();
    let states = RemoteStates::start(owner, Arc::clone(&bus));
    let seats = RemoteSeats::start(owner, &bus, tables.clone(), states.clone(), dead.clone());
    let remote = RemoteTables::start(RemoteTablesParts {
        node,
        bus,
        nodes: dead.clone(),
        host: Arc::new(Host),
        views: Arc::new(Saved),
    });
    Nodes2 {
        node,
        owner,
        tables,
        asked,
        states,
        remote,
        dead,
        bus: cut,
        _seats: seats,
    }
}

impl Nodes2 {
    fn join(&self) -> (Arc<dyn TableHandle>, mpsc::UnboundedReceiver<Got>) {
        self.join_at(self.owner)
    }

    fn join_at(&self, owner: NodeId) -> (Arc<dyn TableHandle>, mpsc::UnboundedReceiver<Got>) {
        let (sender, got) = mpsc::unbounded_channel();
        let join = JoinTable {
            match_id: Env::system().id(),
            seat: TableSeat::Player(Seat::Second),
            form: FrameForm::Binary,
            rate: FrameRate::Auto,
            follows: false,
            sink: Arc::new(Socket(sender)),
        };
        (self.remote.join(owner, join), got)
    }

    fn sink(&self, at: usize) -> Arc<dyn SeatSink> {
        Arc::clone(&self.tables.sinks.lock().unwrap()[at])
    }
}

async fn next<T>(received: &mut mpsc::UnboundedReceiver<T>) -> T {
    let next = tokio::time::timeout(Duration::from_secs(10), received.recv());
    next.await.expect("nothing came").unwrap()
}

const INPUT: MatchInput = MatchInput {
    seq: 3,
    tick: 77,
    direction: 1,
    seat: None,
};

const JOINED: Asked = Asked::Join(TableSeat::Player(Seat::Second), FrameForm::Binary);

fn resumed(number: u32) -> TableMessage {
    TableMessage::Resumed(MatchResumed { number })
}

#[tokio::test]
async fn what_a_socket_does_reaches_the_table_in_order() {
    let mut nodes = nodes();
    let (handle, _got) = nodes.join();
    handle.input(INPUT);
    handle.command(TableCommand::Pause, Some("c".to_owned()));
    drop(handle);
    assert_eq!(next(&mut nodes.asked).await, JOINED);
    assert_eq!(next(&mut nodes.asked).await, Asked::Input(INPUT));
    let pause = Asked::Command(TableCommand::Pause, Some("c".to_owned()));
    assert_eq!(next(&mut nodes.asked).await, pause);
    assert_eq!(next(&mut nodes.asked).await, Asked::Left);
}

#[tokio::test]
async fn what_a_table_tells_reaches_the_socket() {
    let nodes = nodes();
    let (_handle, mut got) = nodes.join();
    let sink = nodes.sink(0);
    sink.send(&resumed(1));
    assert_eq!(next(&mut got).await, Got::Message(resumed(1)));
    sink.state(b"one");
    sink.state(b"two");
    nodes.states.flush();
    assert_eq!(next(&mut got).await, Got::State(b"one".to_vec()));
    assert_eq!(next(&mut got).await, Got::State(b"two".to_vec()));
    let refused = Err(ActionError::Refused(Error::NotAPlayer.code()));
    sink.answer(Some("c"), refused.clone());
    assert_eq!(
        next(&mut got).await,
        Got::Answer(Some("c".to_owned()), refused)
    );
    sink.close(TableClose::Replaced);
    assert_eq!(next(&mut got).await, Got::Close(TableClose::Replaced));
}

#[tokio::test]
async fn a_loss_makes_the_socket_join_again_and_voids_what_came_before() {
    let mut nodes = nodes();
    let (_handle, mut got) = nodes.join();
    assert_eq!(next(&mut nodes.asked).await, JOINED);
    nodes.remote.resync(Missed::Anything);
    assert_eq!(next(&mut nodes.asked).await, JOINED);
    assert_eq!(next(&mut nodes.asked).await, Asked::Left);
    nodes.sink(0).send(&resumed(1));
    nodes.sink(0).close(TableClose::Replaced);
    nodes.sink(1).send(&resumed(2));
    assert_eq!(next(&mut got).await, Got::Message(resumed(2)));
}

#[tokio::test]
async fn sockets_are_closed_where_the_match_is_not_run_any_more() {
    let nodes = nodes();
    nodes.tables.is_empty.store(true, Ordering::Relaxed);
    nodes.tables.claim.notify_one();
    let (_handle, mut got) = nodes.join();
    assert_eq!(next(&mut got).await, Got::Close(TableClose::Restarting));
}

#[tokio::test]
async fn sockets_see_the_saved_state_and_are_closed_when_the_node_of_their_table_is_gone() {
    let nodes = nodes();
    let silent: NodeId = Env::system().id();
    let (_handle, mut got) = nodes.join_at(silent);
    assert_eq!(next(&mut got).await, shown());
    nodes.dead.0.lock().unwrap().push(silent);
    assert_eq!(next(&mut got).await, Got::Close(TableClose::Restarting));
}

#[tokio::test]
async fn players_are_lost_while_the_bus_is_cut_and_join_again_afterwards() {
    let mut nodes = nodes();
    let (_handle, mut got) = nodes.join();
    assert_eq!(next(&mut nodes.asked).await, JOINED);
    nodes.sink(0).send(&resumed(1));
    assert_eq!(next(&mut got).await, Got::Message(resumed(1)));
    nodes.bus.cut(true);
    assert_eq!(next(&mut nodes.asked).await, Asked::Lost);
    assert_eq!(next(&mut got).await, shown());
    nodes.bus.cut(false);
    let mut asked = vec![];
    while !asked.contains(&JOINED) {
        asked.push(next(&mut nodes.asked).await);
    }
    assert!(asked.contains(&Asked::Alive), "{asked:?}");
}

#[tokio::test]
async fn players_of_a_dead_node_have_left_after_a_while() {
    let mut nodes = nodes();
    let (_handle, _got) = nodes.join();
    assert_eq!(next(&mut nodes.asked).await, JOINED);
    nodes.bus.cut(true);
    assert_eq!(next(&mut nodes.asked).await, Asked::Lost);
    nodes.dead.0.lock().unwrap().push(nodes.node);
    assert_eq!(next(&mut nodes.asked).await, Asked::Left);
}

#[tokio::test]
async fn socket_that_leaves_while_its_match_is_claimed_takes_no_seat() {
    let mut nodes = nodes();
    nodes.tables.is_empty.store(true, Ordering::Relaxed);
    let (handle, _got) = nodes.join();
    drop(handle);
    nodes.tables.is_empty.store(false, Ordering::Relaxed);
    nodes.tables.claim.notify_one();
    nodes.tables.claimed.notified().await;
    tokio::task::yield_now().await;
    let (next_handle, _got) = nodes.join();
    next_handle.input(INPUT);
    assert_eq!(next(&mut nodes.asked).await, JOINED);
    assert_eq!(next(&mut nodes.asked).await, Asked::Input(INPUT));
    assert_eq!(
        nodes.tables.sinks.lock().unwrap().len(),
        1,
        "only the next one"
    );
}

#[tokio::test]
async fn leaving_that_was_lost_is_repeated_at_the_next_state() {
    let mut nodes = nodes();
    let (handle, _got) = nodes.join();
    assert_eq!(next(&mut nodes.asked).await, JOINED);
    nodes.bus.cut(true);
    drop(handle);
    nodes.bus.cut(false);
    nodes.sink(0).state(b"one");
    nodes.states.flush();
    assert_eq!(next(&mut nodes.asked).await, Asked::Left);
}

#[tokio::test]
async fn socket_that_a_table_does_not_know_joins_again() {
    let mut nodes = nodes();
    nodes.bus.cut(true);
    let (handle, _got) = nodes.join();
    nodes.bus.cut(false);
    handle.input(INPUT);
    assert_eq!(next(&mut nodes.asked).await, JOINED);
    handle.input(INPUT);
    assert_eq!(next(&mut nodes.asked).await, Asked::Input(INPUT));
}
