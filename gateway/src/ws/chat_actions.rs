//! What a client can ask for in chats: in all of theirs, or in the one that a socket is for.

use chat::Chat;
use contract::chat::{
    ChatId, EditMessage, LikeMessage, Message, MessageId, MessageRef, PostMessage, SetTyping,
};
use kernel::AppError;
use realtime::{Close, Done, Incoming, Refused, Session};
use serde::de::DeserializeOwned;
use validator::Validate;

use super::error::Error;
use super::telling;
use crate::wiring::AppState;

/// Whether an action is about what is said in a chat.
pub(super) fn is_talk(action: &str) -> bool {
    matches!(
        action,
        "new_message"
            | "like_message"
            | "unlike_message"
            | "read_message"
            | "edit_message"
            | "delete_message"
            | "typing"
    )
}

/// Does what a frame asks for in any chat of the person's.
pub(super) async fn act(
    services: &AppState,
    session: &Session,
    frame: &Incoming,
) -> Result<Done, Refused> {
    let (talks, actor) = (&services.chat, session.actor());
    match frame.name.as_str() {
        "new_message" => {
            let post = frame.parse_checked(Chat::check_post)?;
            telling::count(services, session).await?;
            return Ok(stored(&talks.send(actor, post).await?));
        }
        "edit_message" => {
            let edit: EditMessage = frame.parse()?;
            telling::count(services, session).await?;
            talks.edit(actor, edit.id, &edit.content).await?;
        }
        "delete_message" => {
            let gone: MessageRef = frame.parse()?;
            telling::count(services, session).await?;
            talks.delete(actor, gone.id).await?;
        }
        "read_message" => {
            let read: MessageRef = frame.parse()?;
            telling::count(services, session).await?;
            talks.read(actor, read.id).await?;
        }
        "like_message" | "unlike_message" => {
            let like: LikeMessage = frame.parse()?;
            telling::count(services, session).await?;
            ensure_in_chat(services, session, like.id, like.chat_id).await?;
            let likes = frame.name == "like_message";
            talks.like(actor, like.id, likes).await?;
        }
        "typing" => {
            let typing: SetTyping = frame.parse()?;
            set_typing(services, session, typing).await?;
        }
        unknown => return Err(Close::unknown_action(unknown).into()),
    }
    Ok(Done::default())
}

/// Does what a frame asks for in this chat alone. Its `chat_id` may be left out.
pub(super) async fn act_in(
    services: &AppState,
    session: &Session,
    chat: ChatId,
    frame: &Incoming,
) -> Result<Done, Refused> {
    let (talks, actor) = (&services.chat, session.actor());
    match frame.name.as_str() {
        "new_message" => {
            let post = here(
                frame,
                chat,
                |post: &PostMessage| post.chat_id,
                Chat::check_post,
            )?;
            telling::count(services, session).await?;
            Ok(stored(&talks.send(actor, post).await?))
        }
        "like_message" | "unlike_message" => {
            let like: LikeMessage =
                here(frame, chat, |like: &LikeMessage| like.chat_id, |_| Ok(()))?;
            telling::count(services, session).await?;
            ensure_in_chat(services, session, like.id, chat).await?;
            let likes = frame.name == "like_message";
            talks.like(actor, like.id, likes).await?;
            Ok(Done::default())
        }
        "typing" => {
            let typing: SetTyping =
                here(frame, chat, |typing: &SetTyping| typing.chat_id, |_| Ok(()))?;
            set_typing(services, session, typing).await?;
            Ok(Done::default())
        }
        "edit_message" => {
            ensure_in_chat(services, session, frame.parse::<EditMessage>()?.id, chat).await?;
            act(services, session, frame).await
        }
        "delete_message" | "read_message" => {
            ensure_in_chat(services, session, frame.parse::<MessageRef>()?.id, chat).await?;
            act(services, session, frame).await
        }
        unknown => Err(Close::unknown_action(unknown).into()),
    }
}

/// Signs of typing count only where others hear of them at once: clients repeat them with each key.
async fn set_typing(
    services: &AppState,
    session: &Session,
    typing: SetTyping,
) -> Result<(), Refused> {
    let SetTyping { chat_id, is_typing } = typing;
    let (talks, actor) = (&services.chat, session.actor());
    if talks.typing_is_told(actor, chat_id, is_typing) {
        telling::count(services, session).await?;
    }
    Ok(talks.typing(actor, chat_id, is_typing).await?)
}

/// The data of a frame, if it is about this chat.
fn here<T: DeserializeOwned + Validate>(
    frame: &Incoming,
    chat: ChatId,
    chat_of: fn(&T) -> ChatId,
    check: fn(&T) -> Result<(), AppError>,
) -> Result<T, Refused> {
    let data: T = frame.parse_with("chat_id", &chat.to_string(), check)?;
    if chat_of(&data) != chat {
        return Err(Error::OtherChat.into());
    }
    Ok(data)
}

/// Refuses messages of other chats.
async fn ensure_in_chat(
    services: &AppState,
    session: &Session,
    id: MessageId,
    chat: ChatId,
) -> Result<(), Refused> {
    let message = services.chat.message(session.actor(), id).await?;
    if message.chat_id != chat {
        return Err(chat::Error::MessageNotFound.into());
    }
    Ok(())
}

fn stored(message: &Message) -> Done {
    Done::stored(message.id, message.seq)
}
