//! Playing somebody again.

use contract::invites::{Invite, InviteOrigin, MatchId, PlayAgain};
use db::Tx;
use kernel::{Actor, AppError, UserId};

use crate::sending::send;
use crate::store::Draft;
use crate::{Error, Invites, InvitesParts};

impl Invites {
    pub(crate) async fn rematch(
        &self,
        actor: &Actor,
        id: MatchId,
        wanted: PlayAgain,
    ) -> Result<Invite, AppError> {
        let user = actor.user;
        self.write_once(move |tx, parts| {
            rematch(tx, parts, user, id, wanted, InviteOrigin::Rematch)
        })
        .await
    }

    pub(crate) async fn challenge(
        &self,
        actor: &Actor,
        id: MatchId,
        wanted: PlayAgain,
    ) -> Result<Invite, AppError> {
        let user = actor.user;
        self.write_once(move |tx, parts| {
            rematch(tx, parts, user, id, wanted, InviteOrigin::Challenge)
        })
        .await
    }
}

fn rematch(
    tx: &mut Tx<'_>,
    parts: &InvitesParts,
    user: UserId,
    id: MatchId,
    wanted: PlayAgain,
    origin: InviteOrigin,
) -> Result<Invite, AppError> {
    let past = parts.matches.finished(tx.conn, user, id)?;
    let past = past.ok_or(Error::MatchNotFound)?;
    let given = wanted.options.unwrap_or(past.options);
    let draft = Draft {
        options: parts.catalogue.check(&past.game, &given)?,
        game: past.game,
        client_id: wanted.client_id,
        origin,
        origin_match_id: Some(id),
    };
    send(tx, parts, [user, past.opponent], &draft)
}
