//! Sockets of one node at the tables of another, over one bus.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use cluster::{Bus, Cluster, Missed, Subscriber};
use contract::invites::MatchId;
use contract::match_frames::{MatchInput, MatchResumed};
use games::port::{
    ActionError, FrameForm, FrameRate, JoinTable, LocalTables, MatchTables, SeatSink, TableClose,
    TableCommand, TableHandle, TableMessage, TableSeat,
};
use games::ports::LiveNodes;
use games::remote::{RemoteSeats, RemoteStates, RemoteTables};
use games::tables::TableHost;
use games::{Error, Seat};
use kernel::{AppError, Env};
use outbox::NodeId;
use tokio::sync::mpsc;

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
    Left,
}

/// Tables that only note what they are asked.
struct Tables {
    asked: mpsc::UnboundedSender<Asked>,
    sinks: Mutex<Vec<Arc<dyn SeatSink>>>,
    is_empty: AtomicBool,
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
        Ok(false)
    }
}

struct Handle(mpsc::UnboundedSender<Asked>);

impl TableHandle for Handle {
    fn input(&self, input: MatchInput) {
        self.0.send(Asked::Input(input)).unwrap();
    }

    fn alive(&self) {}

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

/// A node with sockets and one with tables.
struct Nodes2 {
    owner: NodeId,
    tables: Arc<Tables>,
    asked: mpsc::UnboundedReceiver<Asked>,
    states: Arc<RemoteStates>,
    remote: Arc<RemoteTables>,
    dead: Arc<Nodes>,
    _seats: Arc<RemoteSeats>,
}

fn nodes() -> Nodes2 {
    let env = Env::system();
    let bus: Arc<dyn Bus> = Cluster::local(&env).bus;
    let (node, owner): (NodeId, NodeId) = (env.id(), env.id());
    let (sender, asked) = mpsc::unbounded_channel();
    let tables = Arc::new(Tables {
        asked: sender,
        sinks: Mutex::default(),
        is_empty: AtomicBool::new(false),
    });
    let dead = Arc::<Nodes>::default();
    let states = RemoteStates::start(owner, Arc::clone(&bus));
    let seats = RemoteSeats::start(owner, &bus, tables.clone(), states.clone(), dead.clone());
    let remote = RemoteTables::start(node, &bus, dead.clone(), Arc::new(Host));
    Nodes2 {
        owner,
        tables,
        asked,
        states,
        remote,
        dead,
        _seats: seats,
    }
}

impl Nodes2 {
    fn join(&self) -> (Arc<dyn TableHandle>, mpsc::UnboundedReceiver<Got>) {
        let (sender, got) = mpsc::unbounded_channel();
        let join = JoinTable {
            match_id: Env::system().id(),
            seat: TableSeat::Player(Seat::Second),
            form: FrameForm::Binary,
            rate: FrameRate::Auto,
            sink: Arc::new(Socket(sender)),
        };
        (self.remote.join(self.owner, join), got)
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
    let (_handle, mut got) = nodes.join();
    assert_eq!(next(&mut got).await, Got::Close(TableClose::Restarting));
}

#[tokio::test]
async fn sockets_are_closed_when_the_node_of_their_table_is_gone() {
    let nodes = nodes();
    let (_handle, mut got) = nodes.join();
    nodes.dead.0.lock().unwrap().push(nodes.owner);
    assert_eq!(next(&mut got).await, Got::Close(TableClose::Restarting));
}
