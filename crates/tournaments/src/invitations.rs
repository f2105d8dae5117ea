//! Invitations and co-organizers.

use async_trait::async_trait;
use contract::accounts::Audience;
use contract::tournaments::{
    AnnounceTournament, CoOrganizer, InviteToTournament, Tournament, TournamentId, TournamentStatus,
};
use kernel::error::Common;
use kernel::{Actor, AppError, Relation, UserId};
use serde_json::json;

use crate::Error;
use crate::dto;
use crate::ports::TournamentUser;
use crate::queries::involvement;
use crate::queries::tournaments::{OPEN_STATES, TournamentRow};
use crate::step::{Act, TournamentStep};
use crate::tournaments::Tournaments;

/// The maximum number of users who are invited to a tournament.
pub const MAX_INVITATIONS: i64 = 2_000;
/// The maximum number of co-organizers of a tournament.
pub const MAX_CO_ORGANIZERS: usize = 10;

/// Invitations and co-organizers.
#[async_trait]
pub trait InvitationService: Send + Sync {
    /// Invites users, and notifies them unless the tournament is a draft. Those who are invited already stay so.
    ///
    /// # Errors
    /// `tournaments.not_found`, `tournaments.not_organizer`, `tournaments.wrong_state`; `users.not_found` for
    /// unknown users and across a block, `tournaments.not_welcome`; `tournaments.too_many_invitations`.
    async fn invite(
        &self,
        actor: &Actor,
        id: TournamentId,
        wanted: InviteToTournament,
    ) -> Result<(), AppError>;

    /// Tells those who are invited and have not entered of the tournament.
    ///
    /// # Errors
    /// `tournaments.not_found`, `tournaments.not_organizer`, `tournaments.wrong_state`.
    async fn announce(&self, actor: &Actor, wanted: AnnounceTournament) -> Result<(), AppError>;

    /// Lets another user help to organize a tournament.
    ///
    /// # Errors
    /// Those of [`invite`](Self::invite); `tournaments.too_many_organizers`.
    async fn add_co_organizer(
        &self,
        actor: &Actor,
        id: TournamentId,
        wanted: CoOrganizer,
    ) -> Result<Tournament, AppError>;

    /// Ends that a user helps to organize a tournament. Users can end it for themselves.
    ///
    /// # Errors
    /// `tournaments.not_found`, `tournaments.not_organizer`, `users.not_found`.
    async fn remove_co_organizer(
        &self,
        actor: &Actor,
        id: TournamentId,
        username: String,
    ) -> Result<(), AppError>;
}

#[async_trait]
impl InvitationService for Tournaments {
    async fn invite(
        &self,
        actor: &Actor,
        id: TournamentId,
        wanted: InviteToTournament,
    ) -> Result<(), AppError> {
        let user = actor.user;
        self.write(move |tx, parts| {
            let step = TournamentStep::begin_as_organizer(tx, parts, user, id)?;
            invite(step, user, &wanted.usernames).map(drop)
        })
        .await
    }

    async fn announce(&self, actor: &Actor, wanted: AnnounceTournament) -> Result<(), AppError> {
        let user = actor.user;
        self.write(move |tx, parts| {
            let mut step =
                TournamentStep::begin_as_organizer(tx, parts, user, wanted.tournament_id)?;
            step.require(&[TournamentStatus::Registration, TournamentStatus::CheckIn])?;
            let invited = involvement::invited(step.tx.conn, step.row.id)?;
            step.announce(user, &invited)?;
            crate::starting::store_before_start(step).map(drop)
        })
        .await
    }

    async fn add_co_organizer(
        &self,
        actor: &Actor,
        id: TournamentId,
        wanted: CoOrganizer,
    ) -> Result<Tournament, AppError> {
        let user = actor.user;
        self.write(move |tx, parts| {
            let step = TournamentStep::begin_as_organizer(tx, parts, user, id)?;
            let row = add_co_organizer(step, user, wanted.username)?;
            dto::one(tx.conn, parts, user, &row)
        })
        .await
    }

    async fn remove_co_organizer(
        &self,
        actor: &Actor,
        id: TournamentId,
        username: String,
    ) -> Result<(), AppError> {
        let user = actor.user;
        self.write(move |tx, parts| {
            let step = TournamentStep::begin_as_organizer(tx, parts, user, id)?;
            remove_co_organizer(step, user, &username).map(drop)
        })
        .await
    }
}

/// Finds users by name who may be asked by the actor.
fn find_all(
    step: &mut TournamentStep<'_, '_>,
    actor: UserId,
    usernames: &[String],
) -> Result<Vec<TournamentUser>, AppError> {
    let mut names: Vec<String> = usernames.iter().map(|name| name.to_lowercase()).collect();
    names.sort_unstable();
    names.dedup();
    let found = step.parts.users.find_by_usernames(step.tx.conn, &names)?;
    if found.len() < names.len() {
        return Err(Common::UserNotFound.into());
    }
    let others = found.iter().filter(|user| user.summary.id != actor);
    let pairs: Vec<(UserId, UserId)> = others.map(|user| (actor, user.summary.id)).collect();
    let relations = step.parts.relations.relations(step.tx.conn, &pairs)?;
    for ((_, other), relation) in pairs.iter().zip(&relations) {
        let user = found.iter().find(|user| user.summary.id == *other);
        let audience = user.map_or(Audience::Nobody, |user| user.game_invites);
        ensure_welcome(*relation, audience)?;
    }
    Ok(found)
}

fn ensure_welcome(relation: Relation, audience: Audience) -> Result<(), AppError> {
    match (relation, audience) {
        (Relation::Blocked, _) => Err(Common::UserNotFound.into()),
        (_, Audience::Everyone) | (Relation::Friend, Audience::Friends) => Ok(()),
        _ => Err(Error::NotWelcome.into()),
    }
}

fn invite(
    mut step: TournamentStep<'_, '_>,
    actor: UserId,
    usernames: &[String],
) -> Result<TournamentRow, AppError> {
    step.require(&[
        TournamentStatus::Draft,
        TournamentStatus::Registration,
        TournamentStatus::CheckIn,
    ])?;
    let found = find_all(&mut step, actor, usernames)?;
    let users: Vec<UserId> = found.iter().map(|user| user.summary.id).collect();
    let others: Vec<UserId> = users.into_iter().filter(|user| *user != actor).collect();
    let id = step.row.id;
    involvement::insert_invitations(step.tx.conn, id, actor, &others, step.now)?;
    if involvement::count_invited(step.tx.conn, id)? > MAX_INVITATIONS {
        return Err(Error::TooManyInvitations.into());
    }
    if step.row.status()? != TournamentStatus::Draft {
        step.announce(actor, &others)?;
    }
    let mut act = Act::by(actor, "invite");
    act.after = Some(json!({ "users": others }));
    step.record(act)?;
    crate::starting::store_before_start(step)
}

fn add_co_organizer(
    mut step: TournamentStep<'_, '_>,
    actor: UserId,
    username: String,
) -> Result<TournamentRow, AppError> {
    step.require(&OPEN_STATES)?;
    let found = find_all(&mut step, actor, &[username])?.pop();
    let user = found.ok_or(Common::UserNotFound)?.summary.id;
    let helpers = involvement::co_organizers(step.tx.conn, &[step.row.id])?;
    let is_organizer = user == step.row.organizer_id;
    if is_organizer || helpers.iter().any(|(_, helper)| *helper == user) {
        return Ok(step.unchanged());
    }
    if helpers.len() >= MAX_CO_ORGANIZERS {
        return Err(Error::TooManyOrganizers.into());
    }
    involvement::insert_co_organizer(step.tx.conn, step.row.id, user)?;
    finish_change(step, actor, "add_co_organizer", user)
}

fn remove_co_organizer(
    step: TournamentStep<'_, '_>,
    actor: UserId,
    username: &str,
) -> Result<TournamentRow, AppError> {
    let names = [username.to_lowercase()];
    let found = step
        .parts
        .users
        .find_by_usernames(step.tx.conn, &names)?
        .pop();
    let user = found.ok_or(Common::UserNotFound)?.summary.id;
    if !involvement::delete_co_organizer(step.tx.conn, step.row.id, user)? {
        return Ok(step.unchanged());
    }
    finish_change(step, actor, "remove_co_organizer", user)
}

fn finish_change(
    mut step: TournamentStep<'_, '_>,
    actor: UserId,
    name: &'static str,
    user: UserId,
) -> Result<TournamentRow, AppError> {
    let mut act = Act::by(actor, name);
    act.after = Some(json!({ "user": user }));
    step.record(act)?;
    step.publish(contract::catalogue::EventName::Changed)?;
    step.store_as_scheduled()
}
