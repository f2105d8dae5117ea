//! What differs between the sockets of different paths.

use std::rc::Rc;

use async_trait::async_trait;
use cluster::Topic;

use super::input_lane::InputLane;
use super::state::SocketSession;
use crate::incoming::Incoming;
use crate::refusal::{Done, Refused};

/// The part of a socket's life that depends on its path.
#[async_trait(?Send)]
pub trait ChannelHandler {
    /// Checks that the user may open the socket, and returns the topics it subscribes to.
    async fn join(&mut self, session: &mut SocketSession) -> Result<Vec<Topic>, Refused>;

    /// Sends what follows the greeting.
    async fn begin(&mut self, _session: &SocketSession) -> Result<(), Refused> {
        Ok(())
    }

    /// What takes inputs as they arrive, from now on: the client was greeted.
    fn input_lane(&self) -> Option<Rc<dyn InputLane>> {
        None
    }

    /// Executes an action.
    async fn act(&mut self, session: &SocketSession, frame: &Incoming) -> Result<Done, Refused>;

    /// A message came that the channel [rechecks on](crate::ChannelSpec::rechecks_on): checks whether
    /// the user may stay, and what they may see.
    async fn recheck(&mut self, _session: &SocketSession) -> Result<(), Refused> {
        Ok(())
    }
}
