//! Playing somebody again.

use contract::invites::{Invite, InviteOrigin, MatchId, PlayAgain};
use kernel::{Actor, Fault};

use crate::store::Draft;
use crate::{Error, Invites};

impl Invites {
    /// Offers a rematch to the opponent of a finished match. Where they have offered one already,
    /// it is accepted.
    ///
    /// # Errors
    /// There is no such match, or says why not.
    pub async fn rematch(
        &self,
        actor: &Actor,
        id: MatchId,
        wanted: PlayAgain,
    ) -> Result<Invite, Fault> {
        self.again(actor, id, wanted, InviteOrigin::Rematch).await
    }

    /// Challenges the opponent of a match in the history.
    ///
    /// # Errors
    /// There is no such match, or says why not.
    pub async fn challenge(
        &self,
        actor: &Actor,
        id: MatchId,
        wanted: PlayAgain,
    ) -> Result<Invite, Fault> {
        self.again(actor, id, wanted, InviteOrigin::Challenge).await
    }

    async fn again(
        &self,
        actor: &Actor,
        id: MatchId,
        wanted: PlayAgain,
        origin: InviteOrigin,
    ) -> Result<Invite, Fault> {
        let past = self.parts.matches.finished(actor.user, id).await?;
        let past = past.ok_or(Error::MatchNotFound)?;
        let given = wanted.options.unwrap_or(past.options);
        let draft = Draft {
            options: self.parts.catalogue.check(&past.game, &given)?,
            game: past.game,
            client_id: wanted.client_id,
            origin,
            origin_match_id: Some(id),
        };
        let pair = self.pair(actor.user, past.opponent).await?;
        self.send(pair, draft).await
    }
}
