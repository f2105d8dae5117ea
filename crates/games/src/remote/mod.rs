//! Players and spectators whose sockets are connected to another node than the one that runs their match.
//!
//! The node of the sockets sends joins, inputs and commands over the bus as they come. The node of the
//! match collects the states of one pass of its tables and sends each other node one message, in which a
//! state that many spectators are shown is contained once. Delivery is at most once: states replace each
//! other, inputs are repeated, and messages are numbered for each socket, so that a gap makes it join again.
//!
//! Both sides exchange heartbeats. Players whose node is silent are out of reach: their match stands still,
//! at nobody's cost, until they are heard again, or until their node has been dead for some seconds.
//! Sockets whose table is silent see the saved state meanwhile, and look for the table anew once its node is
//! dead.

mod joined_seats;
mod liveness;
mod outgoing;
mod protocol;
mod seats;
mod tables;

pub use self::outgoing::RemoteStates;
pub use self::seats::RemoteSeats;
pub use self::tables::{RemoteTables, RemoteTablesParts};
