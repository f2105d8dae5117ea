//! The socket actions of chat: in any chat of the user, or in the one that a socket is for.

use async_trait::async_trait;
use chat::ChatService;
use contract::catalogue::EventName;
use contract::chat::{
    ChatId, ChatRef, EditMessage, LikeMessage, Message, MessageId, MessageRef, PostMessage,
    SetTyping,
};
use contract::streams::StreamName;
use kernel::AppError;
use realtime::{Close, Done, Incoming, Refused, SocketSession};
use serde::de::DeserializeOwned;
use validator::Validate;

use crate::module::SocketActions;
use crate::sockets::action_limit;
use crate::state::AppState;

kernel::error_codes! {
    /// Why an action on the socket of one chat is refused.
    pub enum Error {
        OtherChat = "sockets.other_chat", Forbidden, "This socket only accepts actions for its own chat.";
    }
}

/// The actions of chat, in any chat of the user.
pub(super) struct ChatActions;

#[async_trait(?Send)]
impl SocketActions for ChatActions {
    fn names(&self) -> &'static [&'static str] {
        &[
            "join_chat",
            "room_created",
            "new_message",
            "like_message",
            "unlike_message",
            "read_message",
            "edit_message",
            "delete_message",
            "typing",
        ]
    }

    async fn act(
        &self,
        state: &AppState,
        session: &SocketSession,
        frame: &Incoming,
    ) -> Result<Done, Refused> {
        let (chat, actor) = (&*state.services.get::<dyn ChatService>()?, session.actor());
        match frame.name.as_str() {
            "join_chat" => join_chat(chat, session, frame.parse()?).await?,
            "room_created" => {
                let room: ChatRef = frame.parse()?;
                action_limit::count(state, session).await?;
                chat.announce_room(actor, room.chat_id).await?;
            }
            "typing" => set_typing(state, chat, session, frame.parse()?).await?,
            _ => return act_on_messages(state, chat, session, frame).await,
        }
        Ok(Done::default())
    }
}

async fn act_on_messages(
    state: &AppState,
    chat: &dyn ChatService,
    session: &SocketSession,
    frame: &Incoming,
) -> Result<Done, Refused> {
    let actor = session.actor();
    match frame.name.as_str() {
        "new_message" => {
            let post = frame.parse_checked(chat::check_post)?;
            action_limit::count(state, session).await?;
            return Ok(stored(&chat.send_message(actor, post).await?));
        }
        "edit_message" => {
            let edit: EditMessage = frame.parse()?;
            action_limit::count(state, session).await?;
            chat.edit_message(actor, edit.id, &edit.content).await?;
        }
        "delete_message" => {
            let message: MessageRef = frame.parse()?;
            action_limit::count(state, session).await?;
            chat.delete_message(actor, message.id).await?;
        }
        "read_message" => {
            let message: MessageRef = frame.parse()?;
            action_limit::count(state, session).await?;
            chat.mark_read(actor, message.id).await?;
        }
        "like_message" | "unlike_message" => {
            let like: LikeMessage = frame.parse()?;
            set_like(state, chat, session, like, &frame.name).await?;
        }
        unknown => return Err(Close::unknown_action(unknown).into()),
    }
    Ok(Done::default())
}

/// Subscribes the socket to a chat. Membership is checked before, so that nobody subscribes to a chat
/// of others, and after, so that nobody stays who was removed meanwhile.
async fn join_chat(
    chat: &dyn ChatService,
    session: &SocketSession,
    wanted: ChatRef,
) -> Result<(), Refused> {
    let actor = session.actor();
    let joined = chat.check_subscription(actor, wanted.chat_id).await?;
    let topic = StreamName::Chat(joined.chat_id).into();
    let recheck = async {
        chat.check_subscription(actor, joined.chat_id)
            .await
            .map(|_| ())
    };
    session.join_if(&topic, recheck).await?;
    Ok(session.send(EventName::JoinChat, &joined)?)
}

/// Executes an action in this chat alone. Its `chat_id` may be left out.
pub(super) async fn act_in(
    state: &AppState,
    session: &SocketSession,
    chat_id: ChatId,
    frame: &Incoming,
) -> Result<Done, Refused> {
    let (chat, actor) = (&*state.services.get::<dyn ChatService>()?, session.actor());
    match frame.name.as_str() {
        "new_message" => {
            let chat_of = |post: &PostMessage| post.chat_id;
            let post = parse_in(frame, chat_id, chat_of, chat::check_post)?;
            action_limit::count(state, session).await?;
            return Ok(stored(&chat.send_message(actor, post).await?));
        }
        "like_message" | "unlike_message" => {
            let chat_of = |like: &LikeMessage| like.chat_id;
            let like = parse_in(frame, chat_id, chat_of, |_| Ok(()))?;
            set_like(state, chat, session, like, &frame.name).await?;
        }
        "typing" => {
            let chat_of = |typing: &SetTyping| typing.chat_id;
            let typing = parse_in(frame, chat_id, chat_of, |_| Ok(()))?;
            set_typing(state, chat, session, typing).await?;
        }
        "edit_message" => {
            let edit: EditMessage = frame.parse()?;
            ensure_in_chat(chat, session, edit.id, chat_id).await?;
            return act_on_messages(state, chat, session, frame).await;
        }
        "delete_message" | "read_message" => {
            let message: MessageRef = frame.parse()?;
            ensure_in_chat(chat, session, message.id, chat_id).await?;
            return act_on_messages(state, chat, session, frame).await;
        }
        unknown => return Err(Close::unknown_action(unknown).into()),
    }
    Ok(Done::default())
}

async fn set_like(
    state: &AppState,
    chat: &dyn ChatService,
    session: &SocketSession,
    like: LikeMessage,
    action: &str,
) -> Result<(), Refused> {
    action_limit::count(state, session).await?;
    ensure_in_chat(chat, session, like.id, like.chat_id).await?;
    let likes = action == "like_message";
    chat.set_like(session.actor(), like.id, likes).await?;
    Ok(())
}

/// Signals of typing are counted only if they are sent to others: clients repeat them with each key.
async fn set_typing(
    state: &AppState,
    chat: &dyn ChatService,
    session: &SocketSession,
    typing: SetTyping,
) -> Result<(), Refused> {
    let SetTyping { chat_id, is_typing } = typing;
    let actor = session.actor();
    if chat.would_publish_typing(actor, chat_id, is_typing) {
        action_limit::count(state, session).await?;
    }
    Ok(chat.set_typing(actor, chat_id, is_typing).await?)
}

/// The data of a frame, if it is about this chat.
fn parse_in<T: DeserializeOwned + Validate>(
    frame: &Incoming,
    chat_id: ChatId,
    chat_of: fn(&T) -> ChatId,
    check: fn(&T) -> Result<(), AppError>,
) -> Result<T, Refused> {
    let data: T = frame.parse_with("chat_id", &chat_id.to_string(), check)?;
    if chat_of(&data) != chat_id {
        return Err(Error::OtherChat.into());
    }
    Ok(data)
}

/// Refuses messages of other chats.
async fn ensure_in_chat(
    chat: &dyn ChatService,
    session: &SocketSession,
    id: MessageId,
    chat_id: ChatId,
) -> Result<(), Refused> {
    let message = chat.get_message(session.actor(), id).await?;
    if message.chat_id != chat_id {
        return Err(chat::Error::MessageNotFound.into());
    }
    Ok(())
}

fn stored(message: &Message) -> Done {
    Done::stored(message.id, message.seq)
}
