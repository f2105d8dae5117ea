//! What a client can ask for, by name.

use cluster::Topic;
use contract::chat::ChatRef;
use contract::invites::{
    CancelReason, CreateInvite, GameInviteCanceled, NamedPlayer, ReplyGameInvite,
};
use contract::notify::NotificationRef;
use contract::social::{AddNewFriend, AnnouncePresence};
use contract::tournaments::AnnounceTournament;
use http_kit::rate_limit;
use kernel::{AppError, ErrorKind};

use crate::http::friends::Asking;
use crate::http::invites::Inviting;
use crate::ws::chat_actions;
use crate::ws::close::Close;
use crate::ws::error::Error;
use crate::ws::incoming::Incoming;
use crate::ws::session::{Done, Refused, Session};

/// Does what a frame asks for.
pub(super) async fn act(line: &Session, frame: &Incoming) -> Result<Done, Refused> {
    match frame.name.as_str() {
        "join_chat" => join_chat(line, frame.parse()?).await?,
        "room_created" => {
            let made: ChatRef = frame.parse()?;
            line.count_telling().await?;
            let chat = &line.services.chat;
            chat.room_created(line.actor(), made.chat_id).await?;
        }
        name if chat_actions::is_talk(name) => return chat_actions::act(line, frame).await,
        _ => personal(line, frame).await?,
    }
    Ok(Done::default())
}

/// Makes the socket hear a chat from now on. It is asked once before, so that nobody listens to
/// what is none of theirs, and once after, so that nobody stays who was removed just then.
async fn join_chat(line: &Session, wanted: ChatRef) -> Result<(), Refused> {
    let (talks, actor) = (&line.services.chat, line.actor());
    let joined = talks.may_listen(actor, wanted.chat_id).await?;
    let topic = Topic::from(chat::stream_of(joined.chat_id).as_str());
    let still = async { talks.may_listen(actor, joined.chat_id).await.map(|_| ()) };
    line.listen_if(&topic, still).await?;
    Ok(line.send("join_chat", &joined)?)
}

/// Does what a frame asks for, if it has nothing to do with chats.
pub(in crate::ws) async fn personal(line: &Session, frame: &Incoming) -> Result<(), Refused> {
    let actor = line.actor();
    match frame.name.as_str() {
        "user_online" | "user_offline" => announce(line, frame).await?,
        "add_new_friend" => {
            let wanted: AddNewFriend = frame.parse()?;
            line.services.accounts.require_verified(actor)?;
            rate_limit::check_user::<Asking>(&line.services.http, actor.user).await?;
            line.services.social.add_new_friend(actor, wanted).await?;
        }
        "game_invite" => {
            let invites = &line.services.invites;
            let wanted = frame.parse_checked(|wanted| invites.check(wanted))?;
            send_invite(line, wanted).await?;
        }
        "reply_game_invite" => {
            let reply: ReplyGameInvite = frame.parse()?;
            line.services.invites.reply(actor, reply).await?;
        }
        "game_accepted" | "game_declined" => {
            let reply = reply_of(&frame.name, frame.parse()?);
            line.services.invites.reply(actor, reply).await?;
        }
        "cancel_game_invite" => {
            let NamedPlayer { username } = frame.parse()?;
            line.services.invites.cancel_for(actor, &username).await?;
        }
        "read_notification" => {
            let NotificationRef { id } = frame.parse()?;
            line.services.notify.read(actor, id).await?;
        }
        "notification" => {
            line.services.notify.announce(actor, frame.parse()?).await?;
        }
        "new_tournament" => announce_tournament(line, &frame.parse()?)?,
        unknown => return Err(Close::unknown_action(unknown).into()),
    }
    Ok(())
}

/// Says that the person is here, or not; everybody speaks for themselves.
pub(in crate::ws) async fn announce(line: &Session, frame: &Incoming) -> Result<(), Refused> {
    let who: AnnouncePresence = frame.parse()?;
    // Whether anybody else has this name is not told apart.
    match line.services.accounts.find(&who.username).await {
        Ok(named) if named.id == line.actor().user => {}
        Err(error) if error.code().kind != ErrorKind::NotFound => return Err(error.into()),
        _ => return Err(social::Error::NotYourself.into()),
    }
    line.count_telling().await?;
    line.announce(frame.name == "user_online");
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
async fn send_invite(line: &Session, wanted: CreateInvite) -> Result<(), Refused> {
    let (client_id, username) = (wanted.client_id.clone(), wanted.username.clone());
    let Err(error) = invite(line, wanted).await else {
        return Ok(());
    };
    let canceled = GameInviteCanceled {
        id: None,
        client_id,
        username,
        reason: CancelReason::Refused,
        code: Some(error.code().name),
    };
    line.send("game_invite_canceled", &canceled)?;
    Err(error.into())
}

async fn invite(line: &Session, wanted: CreateInvite) -> Result<(), AppError> {
    let actor = line.actor();
    line.services.accounts.require_verified(actor)?;
    rate_limit::check_user::<Inviting>(&line.services.http, actor.user).await?;
    line.services.invites.create(actor, wanted).await?;
    Ok(())
}

/// Tournaments are a room still to be built: there is none that could be announced.
fn announce_tournament(line: &Session, wanted: &AnnounceTournament) -> Result<(), Refused> {
    if wanted.organizer_id != line.actor().user {
        return Err(social::Error::NotYourself.into());
    }
    Err(Error::TournamentNotFound.into())
}
