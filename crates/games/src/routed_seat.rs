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

/// What a socket holds: the table that it is at now.
pub(crate) struct RoutedSeat {
    sink: Arc<dyn SeatSink>,
    table: Mutex<Option<Arc<dyn TableHandle>>>,
}

impl RoutedSeat {
    pub(crate) fn new(sink: Arc<dyn SeatSink>) -> Arc<Self> {
        Arc::new(Self {
            sink,
            table: Mutex::new(None),
        })
    }

    /// The socket itself.
    pub(crate) fn sink(&self) -> &Arc<dyn SeatSink> {
        &self.sink
    }

    /// Sets where it is now. Leaving the table before calls it, so the lock must not be held.
    pub(crate) fn set(&self, table: Option<Arc<dyn TableHandle>>) {
        let before = std::mem::replace(&mut *self.lock(), table);
        drop(before);
    }

    fn current(&self) -> Option<Arc<dyn TableHandle>> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<dyn TableHandle>>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TableHandle for RoutedSeat {
    /// Inputs are repeated, so those that come in between may be lost.
    fn input(&self, input: MatchInput) {
        if let Some(table) = self.current() {
            table.input(input);
        }
    }

    fn alive(&self) {
        if let Some(table) = self.current() {
            table.alive();
        }
    }

    fn command(&self, command: TableCommand, cid: Option<String>) {
        match self.current() {
            Some(table) => table.command(command, cid),
            None => {
                let refused = Err(ActionError::Refused(Error::NotNow.code()));
                self.sink.answer(cid.as_deref(), refused);
            }
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
