//! The service of this crate, and the value that implements it.

use std::sync::Arc;

use async_trait::async_trait;
use contract::invites::{
    CreateInvite, Invite, InviteId, InviteRole, InviteStatus, MatchId, PlayAgain, ReplyGameInvite,
};
use db::{AnyConn, IdempotencyKey, PagedJson, Tx};
use jobs::Registration;
use kernel::{Actor, AppError, Page, PageRequest, Timestamp, UserId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::InvitesParts;
use crate::expiry::ExpireInviteHandler;

/// Invites to games: sends, answers and lists them.
///
/// All methods may fail as `unavailable` or `overloaded` where the database does; each names its other
/// errors.
#[async_trait]
pub trait InvitesService: Send + Sync {
    /// The same service for one request that makes something: with the same key again it makes
    /// nothing more and gives the first result.
    fn once(&self, key: Option<IdempotencyKey>) -> Arc<dyn InvitesService>;

    /// The background work of this crate, for the worker.
    fn jobs(&self) -> Vec<Registration>;

    /// Checks the game and its options, without the database.
    ///
    /// # Errors
    /// `invites.unknown_game`, or `invites.options_invalid` with each option that is wrong.
    fn check(&self, wanted: &CreateInvite) -> Result<(), AppError>;

    /// Invites somebody to play. The same invite again, by its `client_id`, is the one that waits;
    /// where they have invited the actor to the same, theirs is accepted.
    ///
    /// # Errors
    /// Those of [`check`](Self::check); `users.not_found`, also across a block; `users.oneself`;
    /// `invites.not_welcome`; `invites.you_are_playing` and `invites.opponent_busy`;
    /// `invites.crossed` where theirs, which waits, says something else; `invites.already_pending`;
    /// `invites.too_many_open`.
    async fn create(&self, actor: &Actor, wanted: CreateInvite) -> Result<Invite, AppError>;

    /// Offers a rematch to the opponent of a finished match. Where they have offered one already,
    /// it is accepted.
    ///
    /// # Errors
    /// `invites.match_not_found`, and those of [`create`](Self::create).
    async fn rematch(
        &self,
        actor: &Actor,
        id: MatchId,
        wanted: PlayAgain,
    ) -> Result<Invite, AppError>;

    /// Challenges the opponent of a match in the history.
    ///
    /// # Errors
    /// `invites.match_not_found`, and those of [`create`](Self::create).
    async fn challenge(
        &self,
        actor: &Actor,
        id: MatchId,
        wanted: PlayAgain,
    ) -> Result<Invite, AppError>;

    /// Accepts an invite to the actor: a match comes of it. Accepting twice gives the same match.
    ///
    /// # Errors
    /// `invites.not_found`; one that says how the invite ended; `invites.you_are_playing` and
    /// `invites.opponent_busy`.
    async fn accept(&self, actor: &Actor, id: InviteId) -> Result<Invite, AppError>;

    /// Declines an invite to the actor. Declining twice gives the same result.
    ///
    /// # Errors
    /// `invites.not_found`, or one that says how the invite ended.
    async fn decline(&self, actor: &Actor, id: InviteId) -> Result<Invite, AppError>;

    /// Cancels an invite of the actor's. Canceling twice gives the same result.
    ///
    /// # Errors
    /// `invites.not_found`, or one that says how the invite ended.
    async fn cancel(&self, actor: &Actor, id: InviteId) -> Result<Invite, AppError>;

    /// Accepts or declines an invite by its id, or the newest one of a sender by their name.
    ///
    /// # Errors
    /// Those of [`accept`](Self::accept) and [`decline`](Self::decline); `invalid_fields` where
    /// neither an id nor a name is given.
    async fn reply(&self, actor: &Actor, reply: ReplyGameInvite) -> Result<Invite, AppError>;

    /// Cancels the invite that waits for the person with this name.
    ///
    /// # Errors
    /// Those of [`cancel`](Self::cancel).
    async fn cancel_for(&self, actor: &Actor, username: &str) -> Result<Invite, AppError>;

    /// Lists the actor's invites, to them or from them, of one status or all, the newest first:
    /// none across a block, and none of accounts that are deleted or suspended.
    ///
    /// # Errors
    /// Only where the database is away.
    async fn list(
        &self,
        actor: &Actor,
        role: Option<InviteRole>,
        status: Option<InviteStatus>,
        page: PageRequest,
    ) -> Result<Page<Invite>, AppError>;

    /// Lists the invites that wait for the actor's answer, the newest first.
    ///
    /// # Errors
    /// Only where the database is away.
    async fn inbox(&self, actor: &Actor, page: PageRequest) -> Result<Page<Invite>, AppError>;

    /// Gets one invite of the actor's.
    ///
    /// # Errors
    /// `invites.not_found`.
    async fn get(&self, actor: &Actor, id: InviteId) -> Result<Invite, AppError>;

    /// Cancels what waits between two people, in the transaction of whoever parts them.
    ///
    /// # Errors
    /// Only where the database is away.
    fn cancel_between(&self, tx: &mut Tx<'_>, one: UserId, other: UserId) -> Result<(), AppError>;

    /// What a download of a person's data holds of invites.
    fn personal_data(&self, user: UserId) -> PagedJson;

    /// Forgets a person whose account is deleted: what waits is canceled. What is over stays, as it
    /// names two people and tells nothing of either.
    ///
    /// # Errors
    /// Only where the database is away.
    async fn forget(&self, user: UserId) -> Result<(), AppError>;
}

/// Invitations to play. Clones are cheap and share everything.
#[derive(Clone, Debug)]
pub struct Invites {
    pub(crate) parts: Arc<InvitesParts>,
    /// What the next thing that is made is known by, where the caller may ask again.
    pub(crate) key: Option<IdempotencyKey>,
}

impl Invites {
    /// The invites in this database.
    #[must_use]
    pub fn new(parts: InvitesParts) -> Self {
        Self {
            parts: Arc::new(parts),
            key: None,
        }
    }

    /// Runs a use case in one transaction.
    pub(crate) async fn write<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut Tx<'_>, &InvitesParts) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        let parts = Arc::clone(&self.parts);
        self.parts.store.write(move |tx| run(tx, &parts)).await
    }

    /// As [`write`](Self::write), once for each key.
    pub(crate) async fn write_once<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut Tx<'_>, &InvitesParts) -> Result<T, AppError> + Send + 'static,
        T: Serialize + DeserializeOwned + Send + 'static,
    {
        let (store, parts) = (&self.parts.store, Arc::clone(&self.parts));
        let write = move |tx: &mut Tx<'_>| run(tx, &parts);
        store.write_once(self.key.as_ref(), write).await
    }

    /// Reads all that an answer needs in one go.
    pub(crate) async fn read<T, F>(&self, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut AnyConn, &InvitesParts) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        let parts = Arc::clone(&self.parts);
        self.parts.store.read(move |conn| run(conn, &parts)).await
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.parts.store.env().now()
    }
}

#[async_trait]
impl InvitesService for Invites {
    fn once(&self, key: Option<IdempotencyKey>) -> Arc<dyn InvitesService> {
        let parts = Arc::clone(&self.parts);
        Arc::new(Self { parts, key })
    }

    fn jobs(&self) -> Vec<Registration> {
        vec![Registration::new(ExpireInviteHandler(self.clone()))]
    }

    fn check(&self, wanted: &CreateInvite) -> Result<(), AppError> {
        self.check(wanted)
    }

    async fn create(&self, actor: &Actor, wanted: CreateInvite) -> Result<Invite, AppError> {
        self.create(actor, wanted).await
    }

    async fn rematch(
        &self,
        actor: &Actor,
        id: MatchId,
        wanted: PlayAgain,
    ) -> Result<Invite, AppError> {
        self.rematch(actor, id, wanted).await
    }

    async fn challenge(
        &self,
        actor: &Actor,
        id: MatchId,
        wanted: PlayAgain,
    ) -> Result<Invite, AppError> {
        self.challenge(actor, id, wanted).await
    }

    async fn accept(&self, actor: &Actor, id: InviteId) -> Result<Invite, AppError> {
        self.accept(actor, id).await
    }

    async fn decline(&self, actor: &Actor, id: InviteId) -> Result<Invite, AppError> {
        self.decline(actor, id).await
    }

    async fn cancel(&self, actor: &Actor, id: InviteId) -> Result<Invite, AppError> {
        self.cancel(actor, id).await
    }

    async fn reply(&self, actor: &Actor, reply: ReplyGameInvite) -> Result<Invite, AppError> {
        self.reply(actor, reply).await
    }

    async fn cancel_for(&self, actor: &Actor, username: &str) -> Result<Invite, AppError> {
        self.cancel_for(actor, username).await
    }

    async fn list(
        &self,
        actor: &Actor,
        role: Option<InviteRole>,
        status: Option<InviteStatus>,
        page: PageRequest,
    ) -> Result<Page<Invite>, AppError> {
        self.list(actor, role, status, page).await
    }

    async fn inbox(&self, actor: &Actor, page: PageRequest) -> Result<Page<Invite>, AppError> {
        self.inbox(actor, page).await
    }

    async fn get(&self, actor: &Actor, id: InviteId) -> Result<Invite, AppError> {
        self.get(actor, id).await
    }

    fn cancel_between(&self, tx: &mut Tx<'_>, one: UserId, other: UserId) -> Result<(), AppError> {
        self.cancel_between(tx, one, other)
    }

    fn personal_data(&self, user: UserId) -> PagedJson {
        self.personal_data(user)
    }

    async fn forget(&self, user: UserId) -> Result<(), AppError> {
        self.forget(user).await
    }
}
