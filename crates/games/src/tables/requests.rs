//! What sockets hand over to a table: inputs and requests, which it takes in its next pass.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use contract::match_frames::MatchInput;
use kernel::AppError;

use crate::Error;
use crate::port::{JoinTable, TableCommand, TableHandle, TableSeat};

/// The inputs that wait for a pass, at most. Sockets are limited to far fewer.
const MAX_INPUTS: usize = 64;
/// The same for requests.
const MAX_REQUESTS: usize = 256;

/// A request of a socket.
pub(super) enum TableRequest {
    Join(u64, Box<JoinTable>),
    Leave(u64),
    Command(u64, TableCommand, Option<String>),
    /// The client is there.
    Alive(u64),
    /// The node of the socket cannot be reached.
    Lost(u64),
}

/// What waits for the next pass of a table.
#[derive(Default)]
pub(super) struct TableMailbox {
    inner: Mutex<MailboxInner>,
}

#[derive(Default)]
struct MailboxInner {
    inputs: Vec<(u64, MatchInput)>,
    requests: Vec<TableRequest>,
    is_closed: bool,
}

impl TableMailbox {
    pub(super) fn input(&self, from: u64, input: MatchInput) {
        let mut inner = self.lock();
        if !inner.is_closed && inner.inputs.len() < MAX_INPUTS {
            inner.inputs.push((from, input));
        }
    }

    /// Adds a request. Returns whether the table is there to take it.
    pub(super) fn request(&self, request: TableRequest) -> bool {
        let mut inner = self.lock();
        let is_needed = matches!(
            request,
            TableRequest::Join(..) | TableRequest::Leave(_) | TableRequest::Lost(_)
        );
        let has_room = inner.requests.len() < MAX_REQUESTS || is_needed;
        if !inner.is_closed && has_room {
            inner.requests.push(request);
        }
        !inner.is_closed
    }

    /// Whether something waits.
    pub(super) fn has_waiting(&self) -> bool {
        let inner = self.lock();
        !inner.requests.is_empty() || !inner.inputs.is_empty()
    }

    /// Takes what waits. The emptied vectors are used again.
    pub(super) fn take(
        &self,
        inputs: &mut Vec<(u64, MatchInput)>,
        requests: &mut Vec<TableRequest>,
    ) {
        let mut inner = self.lock();
        std::mem::swap(&mut inner.inputs, inputs);
        std::mem::swap(&mut inner.requests, requests);
    }

    /// The table is gone. Returns the requests that it has not taken.
    pub(super) fn close(&self) -> Vec<TableRequest> {
        let mut inner = self.lock();
        inner.is_closed = true;
        inner.inputs.clear();
        std::mem::take(&mut inner.requests)
    }

    fn lock(&self) -> MutexGuard<'_, MailboxInner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A socket's hold of a table.
pub(super) struct MailboxHandle {
    id: u64,
    seat: TableSeat,
    mailbox: Arc<TableMailbox>,
}

impl MailboxHandle {
    /// Joins a table.
    pub(super) fn join(
        id: u64,
        join: JoinTable,
        mailbox: Arc<TableMailbox>,
    ) -> Result<Arc<dyn TableHandle>, AppError> {
        let seat = join.seat;
        if !mailbox.request(TableRequest::Join(id, Box::new(join))) {
            return Err(Error::TableNotHere.into());
        }
        Ok(Arc::new(Self { id, seat, mailbox }))
    }
}

impl TableHandle for MailboxHandle {
    fn input(&self, input: MatchInput) {
        if self.seat != TableSeat::Spectator {
            self.mailbox.input(self.id, input);
        }
    }

    fn alive(&self) {
        self.mailbox.request(TableRequest::Alive(self.id));
    }

    fn lost(&self) {
        self.mailbox.request(TableRequest::Lost(self.id));
    }

    fn command(&self, command: TableCommand, cid: Option<String>) {
        self.mailbox
            .request(TableRequest::Command(self.id, command, cid));
    }
}

impl Drop for MailboxHandle {
    fn drop(&mut self) {
        self.mailbox.request(TableRequest::Leave(self.id));
    }
}
