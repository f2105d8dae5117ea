//! What users are notified of.

use std::collections::HashMap;

use contract::catalogue::EventName;
use contract::invites::{GameFound, MatchId};
use contract::notify::{Action, NotificationEvent, Resolved};
use contract::streams::StreamName;
use contract::tournaments::TournamentInvite;
use contract::users::UserSummary;
use jobs::NewJob;
use kernel::{AppError, UserId};
use serde_json::json;

use crate::queries::entrants::EntrantRow;
use crate::step::TournamentStep;

/// A match that was called, with the entrants in it.
pub(crate) struct CalledEntrants {
    pub(crate) match_id: MatchId,
    pub(crate) entrants: [EntrantRow; 2],
}

fn ready_key(id: MatchId) -> String {
    format!("match_ready:{id}")
}

impl TournamentStep<'_, '_> {
    /// Tells the players of matches that they are called.
    pub(crate) fn notify_called(&mut self, called: &[CalledEntrants]) -> Result<(), AppError> {
        let users: Vec<UserId> = called
            .iter()
            .flat_map(|called| called.entrants.iter().filter_map(EntrantRow::player))
            .collect();
        let summaries = self.parts.users.summaries(self.tx.conn, &users)?;
        for called in called {
            let [first, second] = &called.entrants;
            self.notify_ready(called.match_id, first, second, &summaries)?;
            if first.player() != second.player() {
                self.notify_ready(called.match_id, second, first, &summaries)?;
            }
        }
        Ok(())
    }

    fn notify_ready(
        &mut self,
        match_id: MatchId,
        own: &EntrantRow,
        other: &EntrantRow,
        summaries: &HashMap<UserId, UserSummary>,
    ) -> Result<(), AppError> {
        let Some(user) = own.player() else {
            return Ok(());
        };
        let opponent = other.player().and_then(|id| summaries.get(&id).cloned());
        if let Some(opponent) = opponent.clone() {
            let found = GameFound {
                match_id,
                game: self.row.game.clone(),
                opponent,
            };
            self.add_event(StreamName::User(user), EventName::GameFound, &found)?;
        }
        let event = NotificationEvent {
            user_id: user,
            action: Action::MatchReady,
            data: json!({
                "match_id": match_id, "game": self.row.game, "tournament_id": self.row.id,
                "tournament_name": self.row.name, "alias": own.alias, "opponent": opponent,
                "opponent_alias": other.alias,
            }),
            key: ready_key(match_id),
        };
        self.add_job(NewJob::new(&event)?);
        Ok(())
    }

    /// The match has ended, so nobody has to be told of it any more.
    pub(crate) fn resolve_called(
        &mut self,
        id: MatchId,
        users: impl IntoIterator<Item = UserId>,
    ) -> Result<(), AppError> {
        for user in users {
            self.add_job(NewJob::new(&Resolved::by_key(user, ready_key(id)))?);
        }
        Ok(())
    }

    /// Tells invited users of the tournament. Each gets one notification, however often it is announced.
    pub(crate) fn announce(&mut self, sender: UserId, to: &[UserId]) -> Result<(), AppError> {
        let sender = self
            .parts
            .users
            .summaries(self.tx.conn, &[sender])?
            .remove(&sender);
        let sender = sender.ok_or_else(|| AppError::internal("an unknown organizer"))?;
        let invite = TournamentInvite {
            tournament_id: self.row.id,
            tournament_name: self.row.name.clone(),
            organizer_id: self.row.organizer_id,
            game: self.row.game.clone(),
            sender,
        };
        for user in to {
            self.add_event(StreamName::User(*user), EventName::NewTournament, &invite)?;
            let event = NotificationEvent {
                user_id: *user,
                action: Action::NewTournament,
                data: serde_json::to_value(&invite)?,
                key: invitation_key(self.row.id),
            };
            self.add_job(NewJob::new(&event)?);
        }
        Ok(())
    }

    /// The invitation of a user was dealt with.
    pub(crate) fn resolve_invitation(&mut self, user: UserId) -> Result<(), AppError> {
        let resolved = Resolved::by_key(user, invitation_key(self.row.id));
        self.add_job(NewJob::new(&resolved)?);
        Ok(())
    }

    /// Tells the entrants how the tournament has ended for them.
    pub(crate) fn notify_ended<'a>(
        &mut self,
        entrants: impl Iterator<Item = &'a EntrantRow>,
    ) -> Result<(), AppError> {
        let status = self.row.status()?;
        for entrant in entrants {
            let Some(user) = entrant.user_id else {
                continue;
            };
            let event = NotificationEvent {
                user_id: user,
                action: Action::NewTournament,
                data: json!({
                    "tournament_id": self.row.id, "tournament_name": self.row.name,
                    "game": self.row.game, "status": status, "alias": entrant.alias,
                    "place": entrant.place,
                }),
                key: format!("tournament_ended:{}", self.row.id),
            };
            self.add_job(NewJob::new(&event)?);
        }
        Ok(())
    }
}

fn invitation_key(id: contract::tournaments::TournamentId) -> String {
    format!("new_tournament:{id}")
}
