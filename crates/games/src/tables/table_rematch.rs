//! Offers of a rematch after the end of a match.

use contract::invites::MatchId;
use contract::match_frames::MatchRematch;
use kernel::AppError;

use super::table::{GameTable, Pass, Stage, TableTask};
use crate::port::TableMessage;
use crate::rules::{RematchEffect, RematchOffers};
use crate::{Error, Seat};

impl GameTable {
    /// A player offers a rematch, or answers an offer.
    ///
    /// # Errors
    /// It is not the time for it, or there is no offer.
    pub(super) fn rematch(
        &mut self,
        pass: &Pass,
        change: impl FnOnce(&mut RematchOffers) -> Result<RematchEffect, Error>,
    ) -> Result<(), Error> {
        let Stage::Over(offers) = &mut self.stage else {
            return Err(Error::NotNow);
        };
        match change(offers)? {
            RematchEffect::Offered(seat) => {
                let offer = self.rematch_message(seat, None);
                self.send(TableMessage::RematchOffer(offer), pass);
            }
            RematchEffect::Declined(seat) => {
                let decline = self.rematch_message(seat, None);
                self.send(TableMessage::RematchDecline(decline), pass);
            }
            RematchEffect::Agreed(seat) => {
                // Nothing more can be offered until it is known whether the match could be opened.
                self.stage = Stage::Rematching(offers.clone());
                self.tasks.push(TableTask::Rematch(seat));
            }
        }
        Ok(())
    }

    /// A rematch was opened, or could not be.
    pub(super) fn conclude_rematch(
        &mut self,
        seat: Seat,
        opened: Result<MatchId, AppError>,
        pass: &Pass,
    ) {
        let Stage::Rematching(offers) = &mut self.stage else {
            return;
        };
        offers.fail();
        let offers = offers.clone();
        match opened {
            Ok(id) => {
                let accept = self.rematch_message(seat, Some(id));
                self.send(TableMessage::RematchAccept(accept), pass);
                self.stage = Stage::Gone;
            }
            Err(error) => {
                tracing::debug!(?error, "rematch not opened");
                let decline = self.rematch_message(seat, None);
                self.send(TableMessage::RematchDecline(decline), pass);
                self.stage = Stage::Over(offers);
            }
        }
    }

    fn rematch_message(&mut self, seat: Seat, match_id: Option<MatchId>) -> MatchRematch {
        MatchRematch {
            number: self.next_number(),
            seat: seat.into(),
            match_id,
        }
    }
}
