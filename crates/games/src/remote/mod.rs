//! Players and spectators whose sockets are connected to another node than the one that runs their match.
//!
//! The node of the sockets sends joins, inputs and commands over the bus as they come. The node of the
//! match collects the states of one pass of its tables and sends each other node one message. Delivery is
//! at most once: states replace each other, inputs are repeated, and messages are numbered for each
//! socket, so that a gap makes it join again.

mod outgoing;
mod protocol;
mod seats;
mod tables;

pub use self::outgoing::RemoteStates;
pub use self::seats::RemoteSeats;
pub use self::tables::RemoteTables;
