//! Invites the opponent of a finished match.

use async_trait::async_trait;
use contract::invites::{Invite, InviteOrigin, MatchId, PlayAgain};
use db::Tx;
use kernel::{Actor, AppError, UserId};

use crate::creation::send;
use crate::queries::InviteDraft;
use crate::{Error, Invites, InvitesParts};

/// Invites to the opponents of finished matches.
#[async_trait]
pub trait RematchService: Send + Sync {
    /// Offers a rematch to the opponent of a finished match. If the opponent has offered one already,
    /// it is accepted.
    ///
    /// # Errors
    /// `invites.match_not_found`, and those of
    /// [`create`](crate::InviteCreationService::create).
    async fn rematch(
        &self,
        actor: &Actor,
        id: MatchId,
        wanted: PlayAgain,
    ) -> Result<Invite, AppError>;

    /// Challenges the opponent of a match in the history.
    ///
    /// # Errors
    /// `invites.match_not_found`, and those of
    /// [`create`](crate::InviteCreationService::create).
    async fn challenge(
        &self,
        actor: &Actor,
        id: MatchId,
        wanted: PlayAgain,
    ) -> Result<Invite, AppError>;
}

#[async_trait]
impl RematchService for Invites {
    async fn rematch(
        &self,
        actor: &Actor,
        id: MatchId,
        wanted: PlayAgain,
    ) -> Result<Invite, AppError> {
        let (user, origin) = (actor.user, InviteOrigin::Rematch);
        self.write_once(move |tx, parts| send_again(tx, parts, user, id, wanted, origin))
            .await
    }

    async fn challenge(
        &self,
        actor: &Actor,
        id: MatchId,
        wanted: PlayAgain,
    ) -> Result<Invite, AppError> {
        let (user, origin) = (actor.user, InviteOrigin::Challenge);
        self.write_once(move |tx, parts| send_again(tx, parts, user, id, wanted, origin))
            .await
    }
}

fn send_again(
    tx: &mut Tx<'_>,
    parts: &InvitesParts,
    user: UserId,
    id: MatchId,
    wanted: PlayAgain,
    origin: InviteOrigin,
) -> Result<Invite, AppError> {
    let finished = parts.matches.finished(tx.conn, user, id)?;
    let finished = finished.ok_or(Error::MatchNotFound)?;
    let given = wanted.options.unwrap_or(finished.options);
    let draft = InviteDraft {
        options: parts.games.check(&finished.game, &given)?,
        game: finished.game,
        client_id: wanted.client_id,
        origin,
        origin_match_id: Some(id),
    };
    send(tx, parts, [user, finished.opponent], &draft)
}
