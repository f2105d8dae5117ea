//! The limit of actions that others notice.

use http_kit::rate_limit::{self, VisibleAction};
use kernel::AppError;
use realtime::SocketSession;

use crate::state::AppState;

/// The number of actions that are counted at once.
const COUNTED_AT_ONCE: u32 = 5;

/// Counts an action that others can notice. The limit is one per user, over all their sockets, HTTP
/// and nodes; a few actions are counted at once, so that not each of them asks what nodes share.
///
/// # Errors
/// The limit is exceeded; the error says when to try again.
pub async fn count(state: &AppState, session: &SocketSession) -> Result<(), AppError> {
    let (hub, user) = (&session.hub, session.actor().user);
    if hub.take_prepaid(user) {
        return Ok(());
    }
    if rate_limit::reserve::<VisibleAction>(&state.http, user, COUNTED_AT_ONCE).await {
        hub.prepay(user, COUNTED_AT_ONCE - 1);
        return Ok(());
    }
    rate_limit::check_user::<VisibleAction>(&state.http, user).await
}
