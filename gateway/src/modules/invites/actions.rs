//! The socket actions of invites.

use async_trait::async_trait;
use contract::catalogue::EventName;
use contract::invites::{
    CancelReason, CreateInvite, GameInviteCanceled, NamedPlayer, ReplyGameInvite,
};
use http_kit::rate_limit;
use invites::InvitesService;
use kernel::AppError;
use realtime::{Close, Done, Incoming, Refused, SocketSession};

use super::http::Inviting;
use crate::module::SocketActions;
use crate::state::AppState;

/// The actions of invites.
pub(super) struct InviteActions;

#[async_trait(?Send)]
impl SocketActions for InviteActions {
    fn names(&self) -> &'static [&'static str] {
        &[
            "game_invite",
            "reply_game_invite",
            "game_accepted",
            "game_declined",
            "cancel_game_invite",
        ]
    }

    async fn act(
        &self,
        state: &AppState,
        session: &SocketSession,
        frame: &Incoming,
    ) -> Result<Done, Refused> {
        let invites = state.services.get::<dyn InvitesService>()?;
        let actor = session.actor();
        match frame.name.as_str() {
            "game_invite" => {
                let wanted = frame.parse_checked(|wanted| invites.check(wanted))?;
                send_invite(state, &*invites, session, wanted).await?;
            }
            "reply_game_invite" => {
                invites.reply(actor, frame.parse()?).await?;
            }
            "game_accepted" | "game_declined" => {
                let reply = reply_to(&frame.name, frame.parse()?);
                invites.reply(actor, reply).await?;
            }
            "cancel_game_invite" => {
                let NamedPlayer { username } = frame.parse()?;
                invites.cancel_for(actor, &username).await?;
            }
            unknown => return Err(Close::unknown_action(unknown).into()),
        }
        Ok(Done::default())
    }
}

fn reply_to(action: &str, sender: NamedPlayer) -> ReplyGameInvite {
    ReplyGameInvite {
        username: Some(sender.username),
        id: None,
        accept: action == "game_accepted",
    }
}

/// Sends an invite. One that cannot be sent is canceled for its sender, with the code that says why.
async fn send_invite(
    state: &AppState,
    invites: &dyn InvitesService,
    session: &SocketSession,
    wanted: CreateInvite,
) -> Result<(), Refused> {
    let (client_id, username) = (wanted.client_id.clone(), wanted.username.clone());
    let Err(error) = create(state, invites, session, wanted).await else {
        return Ok(());
    };
    let canceled = GameInviteCanceled {
        id: None,
        client_id,
        username,
        reason: CancelReason::Refused,
        code: Some(error.code().name),
    };
    session.send(EventName::GameInviteCanceled, &canceled)?;
    Err(error.into())
}

async fn create(
    state: &AppState,
    invites: &dyn InvitesService,
    session: &SocketSession,
    wanted: CreateInvite,
) -> Result<(), AppError> {
    let actor = session.actor();
    state.http.authenticator.require_verified(actor)?;
    rate_limit::check_user::<Inviting>(&state.http, actor.user).await?;
    invites.create(actor, wanted).await?;
    Ok(())
}
