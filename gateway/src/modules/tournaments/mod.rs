//! Tournaments. There are none yet: announcing one is refused.

use async_trait::async_trait;
use contract::tournaments::AnnounceTournament;
use kernel::Code;
use realtime::{Close, Done, Incoming, Refused, SocketSession};

use crate::module::{Module, SocketActions, Tag};
use crate::state::AppState;

kernel::error_codes! {
    /// Why an action on tournaments is refused.
    pub enum Error {
        NotFound = "tournaments.not_found", NotFound, "Tournament not found.";
    }
}

/// The module of tournaments.
pub struct TournamentsModule;

impl Module for TournamentsModule {
    fn tags(&self) -> &'static [Tag] {
        &[]
    }

    fn actions(&self) -> Option<&'static dyn SocketActions> {
        Some(&TournamentActions)
    }

    fn error_codes(&self) -> Vec<&'static Code> {
        Error::CODES.iter().collect()
    }
}

struct TournamentActions;

#[async_trait(?Send)]
impl SocketActions for TournamentActions {
    fn names(&self) -> &'static [&'static str] {
        &["new_tournament"]
    }

    async fn act(
        &self,
        _state: &AppState,
        session: &SocketSession,
        frame: &Incoming,
    ) -> Result<Done, Refused> {
        match frame.name.as_str() {
            "new_tournament" => {
                let announced: AnnounceTournament = frame.parse()?;
                if announced.organizer_id != session.actor().user {
                    return Err(social::Error::NotYourself.into());
                }
                Err(Error::NotFound.into())
            }
            unknown => Err(Close::unknown_action(unknown).into()),
        }
    }
}
