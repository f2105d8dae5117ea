//! What a client can ask for, by name.

use contract::chat::ChatRef;
use contract::invites::{
    CancelReason, CreateInvite, GameInviteCanceled, NamedPlayer, ReplyGameInvite,
};
use contract::notify::NotificationRef;
use contract::social::{AddNewFriend, AnnouncePresence};
use contract::streams::StreamName;
use contract::tournaments::AnnounceTournament;
use http_kit::rate_limit;
use kernel::{AppError, ErrorKind};
use realtime::{Close, Done, Incoming, Refused, Session};

use crate::http::friends::Asking;
use crate::http::invites::Inviting;
use crate::wiring::AppState;
use crate::ws::error::Error;
use crate::ws::{chat_actions, telling};

/// Does what a frame asks for.
pub(super) async fn act(
    services: &AppState,
    session: &Session,
    frame: &Incoming,
) -> Result<Done, Refused> {
    match frame.name.as_str() {
        "join_chat" => join_chat(services, session, frame.parse()?).await?,
        "room_created" => {
            let made: ChatRef = frame.parse()?;
            telling::count(services, session).await?;
            let chat = &services.chat;
            chat.room_created(session.actor(), made.chat_id).await?;
        }
        name if chat_actions::is_talk(name) => {
            return chat_actions::act(services, session, frame).await;
        }
        _ => personal(services, session, frame).await?,
    }
    Ok(Done::default())
}

/// Makes the socket hear a chat from now on. It is asked once before, so that nobody listens to
/// what is none of theirs, and once after, so that nobody stays who was removed just then.
async fn join_chat(services: &AppState, session: &Session, wanted: ChatRef) -> Result<(), Refused> {
    let (talks, actor) = (&services.chat, session.actor());
    let joined = talks.may_listen(actor, wanted.chat_id).await?;
    let topic = StreamName::Chat(joined.chat_id).into();
    let still = async { talks.may_listen(actor, joined.chat_id).await.map(|_| ()) };
    session.join_if(&topic, still).await?;
    Ok(session.send("join_chat", &joined)?)
}

/// Does what a frame asks for, if it has nothing to do with chats.
pub(in crate::ws) async fn personal(
    services: &AppState,
    session: &Session,
    frame: &Incoming,
) -> Result<(), Refused> {
    let actor = session.actor();
    match frame.name.as_str() {
        "user_online" | "user_offline" => announce(services, session, frame).await?,
        "add_new_friend" => {
            let wanted: AddNewFriend = frame.parse()?;
            services.accounts.require_verified(actor)?;
            rate_limit::check_user::<Asking>(&services.http, actor.user).await?;
            services.social.add_new_friend(actor, wanted).await?;
        }
        "game_invite" => {
            let invites = &services.invites;
            let wanted = frame.parse_checked(|wanted| invites.check(wanted))?;
            send_invite(services, session, wanted).await?;
        }
        "reply_game_invite" => {
            let reply: ReplyGameInvite = frame.parse()?;
            services.invites.reply(actor, reply).await?;
        }
        "game_accepted" | "game_declined" => {
            let reply = reply_of(&frame.name, frame.parse()?);
            services.invites.reply(actor, reply).await?;
        }
        "cancel_game_invite" => {
            let NamedPlayer { username } = frame.parse()?;
            services.invites.cancel_for(actor, &username).await?;
        }
        "read_notification" => {
            let NotificationRef { id } = frame.parse()?;
            services.notify.read(actor, id).await?;
        }
        "notification" => {
            services.notify.announce(actor, frame.parse()?).await?;
        }
        "new_tournament" => announce_tournament(session, &frame.parse()?)?,
        unknown => return Err(Close::unknown_action(unknown).into()),
    }
    Ok(())
}

/// Says that the person is here, or not; everybody speaks for themselves.
pub(in crate::ws) async fn announce(
    services: &AppState,
    session: &Session,
    frame: &Incoming,
) -> Result<(), Refused> {
    let who: AnnouncePresence = frame.parse()?;
    // Whether anybody else has this name is not told apart.
    match services.accounts.find(&who.username).await {
        Ok(named) if named.id == session.actor().user => {}
        Err(error) if error.code().kind != ErrorKind::NotFound => return Err(error.into()),
        _ => return Err(social::Error::NotYourself.into()),
    }
    telling::count(services, session).await?;
    session.announce(frame.name == "user_online");
    Ok(())
}

fn reply_of(action: &str, to: NamedPlayer) -> ReplyGameInvite {
    ReplyGameInvite {
        username: Some(to.username),
        id: None,
        accept: action == "game_accepted",
    }
}

/// An invite that cannot be sent is canceled for its sender, with the code that says why.
async fn send_invite(
    services: &AppState,
    session: &Session,
    wanted: CreateInvite,
) -> Result<(), Refused> {
    let (client_id, username) = (wanted.client_id.clone(), wanted.username.clone());
    let Err(error) = invite(services, session, wanted).await else {
        return Ok(());
    };
    let canceled = GameInviteCanceled {
        id: None,
        client_id,
        username,
        reason: CancelReason::Refused,
        code: Some(error.code().name),
    };
    session.send("game_invite_canceled", &canceled)?;
    Err(error.into())
}

async fn invite(
    services: &AppState,
    session: &Session,
    wanted: CreateInvite,
) -> Result<(), AppError> {
    let actor = session.actor();
    services.accounts.require_verified(actor)?;
    rate_limit::check_user::<Inviting>(&services.http, actor.user).await?;
    services.invites.create(actor, wanted).await?;
    Ok(())
}

/// Tournaments are a room still to be built: there is none that could be announced.
fn announce_tournament(session: &Session, wanted: &AnnounceTournament) -> Result<(), Refused> {
    if wanted.organizer_id != session.actor().user {
        return Err(social::Error::NotYourself.into());
    }
    Err(Error::TournamentNotFound.into())
}
