//! Executes actions with the modules that they belong to.

use contract::catalogue::SOCKETS;
use realtime::{ChannelSpec, Close, Done, Incoming, Refused, SocketSession};

use crate::module::ActionTable;
use crate::state::AppState;

/// Executes an action that the catalogue lists for this channel.
pub(super) async fn act(
    state: &AppState,
    channel: &ChannelSpec,
    session: &SocketSession,
    frame: &Incoming,
) -> Result<Done, Refused> {
    let table = state.services.get::<ActionTable>()?;
    let listed = is_listed(channel.path, &frame.name);
    match table.find(&frame.name).filter(|_| listed) {
        Some(actions) => actions.act(state, session, frame).await,
        None => Err(Close::unknown_action(&frame.name).into()),
    }
}

fn is_listed(path: &str, action: &str) -> bool {
    let socket = SOCKETS.iter().find(|socket| socket.path == path);
    socket.is_some_and(|socket| socket.actions().any(|frame| frame.name == action))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::modules::MODULES;

    /// Executed by `realtime` itself, on all sockets.
    const SHARED: [&str; 2] = ["ping", "resume"];

    #[test]
    fn modules_execute_the_actions_in_the_catalogue() {
        let events = SOCKETS.iter().find(|socket| socket.path == "/ws/events/");
        let listed: BTreeSet<&str> = events.unwrap().actions().map(|frame| frame.name).collect();
        let modules = MODULES.iter().filter_map(|module| module.actions());
        let executed: Vec<&str> = modules
            .flat_map(|actions| actions.names())
            .copied()
            .collect();
        let all: BTreeSet<&str> = executed.iter().copied().chain(SHARED).collect();
        assert_eq!(all, listed);
        assert_eq!(
            all.len(),
            executed.len() + SHARED.len(),
            "an action belongs to one module"
        );
    }

    #[test]
    fn channels_accept_their_own_actions() {
        assert!(is_listed("/ws/events/", "new_message"));
        assert!(!is_listed("/ws/notifications/", "new_message"));
        assert!(is_listed("/ws/notifications/", "game_invite"));
    }
}
