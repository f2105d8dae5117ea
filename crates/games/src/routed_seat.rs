//! A socket at the table of another node, which may change while the socket stays open.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use contract::match_frames::MatchInput;

use crate::Error;
use crate::port::{ActionError, SeatSink, TableClose, TableCommand, TableHandle, TableMessage};

/// Finds the table anew.
pub(crate) trait Rerouter: Send + Sync {
    /// Joins the table again, wherever it is now, or closes the socket.
    fn reroute(&self, seat: Arc<RoutedSeat>);
}

/// The commands that wait for a table, at most.
const MAX_COMMANDS: usize = 8;

/// What a socket holds: the table that it is at now.
pub(crate) struct RoutedSeat {
    sink: Arc<dyn SeatSink>,
    route: Mutex<TableRoute>,
}

#[derive(Default)]
struct TableRoute {
    table: Option<Arc<dyn TableHandle>>,
    /// Whether the first table is lost.
    has_left: bool,
    /// The last input while there was no table: a key that was pressed or released meanwhile.
    input: Option<MatchInput>,
    /// The commands while there was none.
    commands: Vec<(TableCommand, Option<String>)>,
}

impl RoutedSeat {
    pub(crate) fn new(sink: Arc<dyn SeatSink>) -> Arc<Self> {
        Arc::new(Self {
            sink,
            route: Mutex::default(),
        })
    }

    /// The socket itself.
    pub(crate) fn sink(&self) -> &Arc<dyn SeatSink> {
        &self.sink
    }

    /// It has its first table, unless that was lost at once.
    pub(crate) fn begin(&self, table: Arc<dyn TableHandle>) {
        let mut route = self.lock();
        if !route.has_left {
            route.table = Some(table);
        }
    }

    /// It has a table again, which is given what has waited for it.
    pub(crate) fn enter(&self, table: &Arc<dyn TableHandle>) {
        let entered = TableRoute {
            table: Some(Arc::clone(table)),
            has_left: true,
            ..TableRoute::default()
        };
        let before = std::mem::replace(&mut *self.lock(), entered);
        if let Some(input) = before.input {
            table.input(input);
        }
        for (command, cid) in before.commands {
            table.command(command, cid);
        }
    }

    /// It has no table for the moment. Leaving the one before calls it, so the lock must not be held.
    pub(crate) fn leave(&self) {
        let mut route = self.lock();
        route.has_left = true;
        let before = route.table.take();
        drop(route);
        drop(before);
    }

    fn current(&self) -> Option<Arc<dyn TableHandle>> {
        self.lock().table.clone()
    }

    fn lock(&self) -> MutexGuard<'_, TableRoute> {
        self.route.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TableHandle for RoutedSeat {
    fn input(&self, input: MatchInput) {
        let mut route = self.lock();
        if let Some(table) = route.table.clone() {
            drop(route);
            table.input(input);
        } else {
            route.input = Some(input);
        }
    }

    fn alive(&self) {
        if let Some(table) = self.current() {
            table.alive();
        }
    }

    fn command(&self, command: TableCommand, cid: Option<String>) {
        let mut route = self.lock();
        if let Some(table) = route.table.clone() {
            drop(route);
            table.command(command, cid);
        } else if route.commands.len() < MAX_COMMANDS {
            route.commands.push((command, cid));
        } else {
            drop(route);
            let refused = Err(ActionError::Refused(Error::NotNow.code()));
            self.sink.answer(cid.as_deref(), refused);
        }
    }
}

/// The sink of a socket at the table of another node. It does not close the socket when that node stops or
/// is lost: the table is looked for anew.
pub(crate) struct RoutedSink {
    sink: Arc<dyn SeatSink>,
    /// The socket may have gone.
    seat: Weak<RoutedSeat>,
    rerouter: Arc<dyn Rerouter>,
}

impl RoutedSink {
    pub(crate) fn new(seat: &Arc<RoutedSeat>, rerouter: Arc<dyn Rerouter>) -> Arc<Self> {
        Arc::new(Self {
            sink: Arc::clone(seat.sink()),
            seat: Arc::downgrade(seat),
            rerouter,
        })
    }
}

impl SeatSink for RoutedSink {
    fn state(&self, frame: &[u8]) -> bool {
        self.sink.state(frame)
    }

    fn send(&self, message: &TableMessage) {
        self.sink.send(message);
    }

    fn answer(&self, cid: Option<&str>, result: Result<(), ActionError>) {
        self.sink.answer(cid, result);
    }

    fn close(&self, reason: TableClose) {
        if reason != TableClose::Restarting {
            return self.sink.close(reason);
        }
        if let Some(seat) = self.seat.upgrade() {
            self.rerouter.reroute(seat);
        }
    }
}
