//! What a client can ask for, by name.

use contract::chat::{ChatRef, EditMessage, LikeMessage, MessageRef, PostMessage, SetTyping};
use contract::frames::Pong;
use contract::invites::{
    CancelReason, CreateInvite, GameInviteCanceled, NamedPlayer, ReplyGameInvite,
};
use contract::social::{AddNewFriend, AnnouncePresence};
use kernel::Actor;
use serde::Deserialize;
use social::Connection;
use validator::Validate;

use crate::ws::close::Close;
use crate::ws::connection::{Line, Refused};
use crate::ws::incoming::Incoming;

/// A frame without data.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Does what a frame asks for.
pub(super) async fn act(
    line: &Line,
    actor: &Actor,
    connection: &Connection,
    frame: &Incoming,
) -> Result<(), Refused> {
    match frame.name.as_str() {
        "ping" => {
            let _: Nothing = frame.parse()?;
            line.tell(
                "pong",
                &Pong {
                    server_time: line.services.ambient.now(),
                },
            )?;
        }
        "user_online" | "user_offline" => announce(line, actor, connection, frame).await?,
        "add_new_friend" => {
            let wanted: AddNewFriend = frame.parse()?;
            line.services.social.add_new_friend(actor, wanted).await?;
        }
        "game_invite" | "reply_game_invite" | "game_accepted" | "game_declined"
        | "cancel_game_invite" => invite(line, actor, frame).await?,
        _ => talk(line, actor, frame).await?,
    }
    Ok(())
}

async fn announce(
    line: &Line,
    actor: &Actor,
    connection: &Connection,
    frame: &Incoming,
) -> Result<(), Refused> {
    let who: AnnouncePresence = frame.parse()?;
    let named = line.services.accounts.find(&who.username).await?;
    if named.id != actor.user {
        return Err(social::Error::NotYourself.into());
    }
    connection.announce(frame.name == "user_online");
    Ok(())
}

async fn talk(line: &Line, actor: &Actor, frame: &Incoming) -> Result<(), Refused> {
    let talks = &line.services.chat;
    match frame.name.as_str() {
        "new_message" => drop(talks.send(actor, frame.parse::<PostMessage>()?).await?),
        "edit_message" => {
            let edit: EditMessage = frame.parse()?;
            talks.edit(actor, edit.id, &edit.content).await?;
        }
        "delete_message" => talks.delete(actor, frame.parse::<MessageRef>()?.id).await?,
        "read_message" => talks.read(actor, frame.parse::<MessageRef>()?.id).await?,
        "like_message" | "unlike_message" => {
            let like: LikeMessage = frame.parse()?;
            if talks.message(actor, like.id).await?.chat_id != like.chat_id {
                return Err(chat::Error::MessageNotFound.into());
            }
            talks
                .like(actor, like.id, frame.name == "like_message")
                .await?;
        }
        "typing" => {
            let typing: SetTyping = frame.parse()?;
            talks
                .typing(actor, typing.chat_id, typing.is_typing)
                .await?;
        }
        "join_chat" => {
            let joined = talks
                .may_listen(actor, frame.parse::<ChatRef>()?.chat_id)
                .await?;
            super::listen(line, joined.chat_id).await?;
            line.tell("join_chat", &joined)?;
        }
        "room_created" => {
            talks
                .room_created(actor, frame.parse::<ChatRef>()?.chat_id)
                .await?;
        }
        unknown => {
            return Err(Close::bad_data(format!("action: {} is unknown", short(unknown))).into());
        }
    }
    Ok(())
}

async fn invite(line: &Line, actor: &Actor, frame: &Incoming) -> Result<(), Refused> {
    let invites = &line.services.invites;
    match frame.name.as_str() {
        "game_invite" => send_invite(line, actor, frame.parse()?).await?,
        "reply_game_invite" => drop(
            invites
                .reply(actor, frame.parse::<ReplyGameInvite>()?)
                .await?,
        ),
        "cancel_game_invite" => {
            let NamedPlayer { username } = frame.parse()?;
            invites.cancel_for(actor, &username).await?;
        }
        answer => {
            let NamedPlayer { username } = frame.parse()?;
            let accept = answer == "game_accepted";
            let reply = ReplyGameInvite {
                username: Some(username),
                id: None,
                accept,
            };
            invites.reply(actor, reply).await?;
        }
    }
    Ok(())
}

/// An invite that cannot be sent is canceled for its sender, with the code that says why.
async fn send_invite(line: &Line, actor: &Actor, wanted: CreateInvite) -> Result<(), Refused> {
    let (client_id, username) = (wanted.client_id.clone(), wanted.username.clone());
    let Err(fault) = line.services.invites.create(actor, wanted).await else {
        return Ok(());
    };
    let code = Some(fault.code().name);
    let reason = CancelReason::Refused;
    line.tell(
        "game_invite_canceled",
        &GameInviteCanceled {
            id: None,
            client_id,
            username,
            reason,
            code,
        },
    )?;
    Err(fault.into())
}

/// What a client made up is repeated only in part.
fn short(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_graphic)
        .take(32)
        .collect()
}
