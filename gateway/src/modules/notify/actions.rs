//! The socket actions of notifications.

use async_trait::async_trait;
use contract::notify::NotificationRef;
use notify::NotifyService;
use realtime::{Close, Done, Incoming, Refused, SocketSession};

use crate::module::SocketActions;
use crate::state::AppState;

/// The actions of notifications.
pub(super) struct NotificationActions;

#[async_trait(?Send)]
impl SocketActions for NotificationActions {
    fn names(&self) -> &'static [&'static str] {
        &["read_notification", "notification"]
    }

    async fn act(
        &self,
        state: &AppState,
        session: &SocketSession,
        frame: &Incoming,
    ) -> Result<Done, Refused> {
        let notify = state.services.get::<dyn NotifyService>()?;
        match frame.name.as_str() {
            "read_notification" => {
                let NotificationRef { id } = frame.parse()?;
                notify.read(session.actor(), id).await?;
            }
            "notification" => {
                notify.announce(session.actor(), frame.parse()?).await?;
            }
            unknown => return Err(Close::unknown_action(unknown).into()),
        }
        Ok(Done::default())
    }
}
