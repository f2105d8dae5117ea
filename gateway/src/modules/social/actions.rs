//! The socket actions of social.

use accounts::AccountsService;
use async_trait::async_trait;
use contract::social::{AddNewFriend, AnnouncePresence};
use http_kit::rate_limit;
use kernel::ErrorKind;
use realtime::{Close, Done, Incoming, Refused, SocketSession};
use social::SocialService;

use super::http::SendingFriendRequest;
use crate::module::SocketActions;
use crate::sockets::action_limit;
use crate::state::AppState;

/// The actions of social.
pub(super) struct SocialActions;

#[async_trait(?Send)]
impl SocketActions for SocialActions {
    fn names(&self) -> &'static [&'static str] {
        &["user_online", "user_offline", "add_new_friend"]
    }

    async fn act(
        &self,
        state: &AppState,
        session: &SocketSession,
        frame: &Incoming,
    ) -> Result<Done, Refused> {
        match frame.name.as_str() {
            "user_online" | "user_offline" => announce(state, session, frame).await?,
            "add_new_friend" => add_new_friend(state, session, frame.parse()?).await?,
            unknown => return Err(Close::unknown_action(unknown).into()),
        }
        Ok(Done::default())
    }
}

/// Announces that the user is here, or not. Users announce only themselves.
pub(super) async fn announce(
    state: &AppState,
    session: &SocketSession,
    frame: &Incoming,
) -> Result<(), Refused> {
    let announced: AnnouncePresence = frame.parse()?;
    let accounts = state.services.get::<dyn AccountsService>()?;
    // The error does not reveal whether anybody else has this name.
    match accounts.find_user(&announced.username).await {
        Ok(named) if named.id == session.actor().user => {}
        Err(error) if error.code().kind != ErrorKind::NotFound => return Err(error.into()),
        _ => return Err(social::Error::NotYourself.into()),
    }
    action_limit::count(state, session).await?;
    session.announce(frame.name == "user_online");
    Ok(())
}

async fn add_new_friend(
    state: &AppState,
    session: &SocketSession,
    wanted: AddNewFriend,
) -> Result<(), Refused> {
    let actor = session.actor();
    state.http.authenticator.require_verified(actor)?;
    rate_limit::check_user::<SendingFriendRequest>(&state.http, actor.user).await?;
    let social = state.services.get::<dyn SocialService>()?;
    social.add_new_friend(actor, wanted).await?;
    Ok(())
}
