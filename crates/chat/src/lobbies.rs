//! Lobbies, of which `world` is the world chat.
//!
//! A lobby is open to everybody. Members receive its messages wherever they are; entering it needs no
//! membership.

use async_trait::async_trait;
use contract::chat::{ChatId, OpenRoom};
use contract::rooms::Joined;
use kernel::{Actor, AppError};

use crate::queries::chats::{self, NewChat};
use crate::read_context::{ChatAccess, ReadContext};
use crate::rooms::RoomsService;
use crate::rules::{ChatType, LobbyName, lobby_key};
use crate::{Chat, Error};

/// Lobbies.
#[async_trait]
pub trait LobbiesService: Send + Sync {
    /// Opens an existing lobby by its name. The world chat always exists.
    ///
    /// # Errors
    /// `chat.lobby_name_invalid`, `chat.lobby_not_found`.
    async fn find_lobby(&self, actor: &Actor, name: &str) -> Result<OpenRoom, AppError>;

    /// Opens a lobby by its name, and creates it if the actor may post.
    ///
    /// # Errors
    /// `chat.lobby_name_invalid`; `chat.lobby_not_found` where it does not exist and the actor may not
    /// post.
    async fn open_lobby(&self, actor: &Actor, name: &str) -> Result<OpenRoom, AppError>;

    /// As [`open_lobby`](Self::open_lobby), without loading messages.
    ///
    /// # Errors
    /// Those of [`open_lobby`](Self::open_lobby).
    async fn enter_lobby(&self, actor: &Actor, name: &str) -> Result<Joined, AppError>;

    /// Makes the actor a member of a lobby: they receive its messages, and these count as unread.
    /// Joining again changes nothing.
    ///
    /// # Errors
    /// Those of [`open_lobby`](Self::open_lobby).
    async fn join_lobby(&self, actor: &Actor, name: &str) -> Result<OpenRoom, AppError>;

    /// Ends the actor's membership in a lobby, which they can still open. Leaving again changes
    /// nothing.
    ///
    /// # Errors
    /// `chat.not_a_member`, `chat.not_a_lobby`.
    async fn leave_lobby(&self, actor: &Actor, chat: ChatId) -> Result<(), AppError>;
}

#[async_trait]
impl LobbiesService for Chat {
    async fn find_lobby(&self, actor: &Actor, name: &str) -> Result<OpenRoom, AppError> {
        let name = parse_name(name)?;
        let access = match self.lobby_access(actor, &name).await? {
            Some(access) => access,
            None if name.is_world() => self.create_lobby(actor, &name).await?,
            None => return Err(Error::LobbyNotFound.into()),
        };
        self.load_room(actor, access).await
    }

    async fn open_lobby(&self, actor: &Actor, name: &str) -> Result<OpenRoom, AppError> {
        let access = self.get_or_create_lobby(actor, name).await?;
        self.load_room(actor, access).await
    }

    async fn enter_lobby(&self, actor: &Actor, name: &str) -> Result<Joined, AppError> {
        let membership = self.get_or_create_lobby(actor, name).await?.membership;
        Ok(Joined {
            chat_id: membership.chat.id,
            kind: membership.kind.to_contract(),
            name: membership.chat.title,
        })
    }

    async fn join_lobby(&self, actor: &Actor, name: &str) -> Result<OpenRoom, AppError> {
        let access = self.get_or_create_lobby(actor, name).await?;
        let chat = access.membership.chat.id;
        self.add_members(chat, &[actor.user]).await?;
        let access = self.access(actor, chat).await?;
        self.load_room(actor, access).await
    }

    async fn leave_lobby(&self, actor: &Actor, chat: ChatId) -> Result<(), AppError> {
        let access = self.access(actor, chat).await?;
        if access.membership.kind != ChatType::Lobby {
            return Err(Error::NotALobby.into());
        }
        self.remove_member(chat, actor.user).await
    }
}

impl Chat {
    async fn get_or_create_lobby(&self, actor: &Actor, name: &str) -> Result<ChatAccess, AppError> {
        let name = parse_name(name)?;
        if let Some(access) = self.lobby_access(actor, &name).await? {
            return Ok(access);
        }
        // The world chat exists for everybody, also for actors who may not post.
        if !name.is_world() && self.ensure_can_post(actor).is_err() {
            return Err(Error::LobbyNotFound.into());
        }
        self.create_lobby(actor, &name).await
    }

    /// The actor's access to a lobby; `None` if it does not exist.
    async fn lobby_access(
        &self,
        actor: &Actor,
        name: &LobbyName,
    ) -> Result<Option<ChatAccess>, AppError> {
        let (user, key) = (actor.user, lobby_key(name));
        let read = move |ctx: &mut ReadContext<'_>| {
            let membership = chats::membership_by_key(ctx.conn, &key, user)?;
            let access = membership.map(|membership| ctx.access_of(user, Some(membership)));
            access.transpose()
        };
        self.read_with(read).await
    }

    async fn create_lobby(&self, actor: &Actor, name: &LobbyName) -> Result<ChatAccess, AppError> {
        let new = NewChat {
            kind: ChatType::Lobby,
            key: lobby_key(name),
            title: name.as_str().to_owned(),
        };
        let chat = self.get_or_create_chat(new, &[], actor.user).await?;
        self.access(actor, chat).await
    }
}

fn parse_name(name: &str) -> Result<LobbyName, AppError> {
    LobbyName::parse(name).map_err(|error| error.on_field("name"))
}
