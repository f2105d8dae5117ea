//! The socket action of tournaments.

use async_trait::async_trait;
use contract::tournaments::AnnounceTournament;
use http_kit::rate_limit;
use realtime::{Close, Done, Incoming, Refused, SocketSession};
use tournaments::TournamentsService;

use super::limits::InvitingToTournament;
use crate::module::SocketActions;
use crate::state::AppState;

/// The action that tells invited users of a tournament.
pub(super) struct TournamentActions;

#[async_trait(?Send)]
impl SocketActions for TournamentActions {
    fn names(&self) -> &'static [&'static str] {
        &["new_tournament"]
    }

    async fn act(
        &self,
        state: &AppState,
        session: &SocketSession,
        frame: &Incoming,
    ) -> Result<Done, Refused> {
        match frame.name.as_str() {
            "new_tournament" => {
                let announced: AnnounceTournament = frame.parse()?;
                let actor = session.actor();
                if announced.organizer_id != actor.user {
                    return Err(social::Error::NotYourself.into());
                }
                rate_limit::check_user::<InvitingToTournament>(&state.http, actor.user).await?;
                let tournaments = state.services.get::<dyn TournamentsService>()?;
                tournaments.announce(actor, announced).await?;
                Ok(Done::default())
            }
            unknown => Err(Close::unknown_action(unknown).into()),
        }
    }
}
