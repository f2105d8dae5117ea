//! Rematch offers after a match.

use std::time::Duration;

use crate::Seat;
use crate::error::Error;

const OFFER_TIME: Duration = Duration::from_secs(60);

/// What follows from an offer or an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RematchEffect {
    /// This seat offers a rematch.
    Offered(Seat),
    /// This seat declines the offer of the other one.
    Declined(Seat),
    /// Both want it; this seat was the second.
    Agreed(Seat),
}

/// The offers of both players, for a minute after the end.
#[derive(Debug, Clone)]
pub struct RematchOffers {
    left: Duration,
    offered: [bool; 2],
    is_agreed: bool,
}

impl Default for RematchOffers {
    fn default() -> Self {
        Self {
            left: OFFER_TIME,
            offered: [false; 2],
            is_agreed: false,
        }
    }
}

impl RematchOffers {
    /// Whether the time for offers is over, or a rematch was agreed upon.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.is_agreed || self.left.is_zero()
    }

    /// The rematch that was agreed upon could not be opened. Both may offer another one in the time that is left.
    pub fn fail(&mut self) {
        self.offered = [false; 2];
        self.is_agreed = false;
    }

    /// The time that is left for offers.
    #[must_use]
    pub const fn left(&self) -> Duration {
        self.left
    }

    /// Time has passed.
    pub fn advance(&mut self, by: Duration) {
        self.left = self.left.saturating_sub(by);
    }

    /// A player offers a rematch, or accepts the offer of the other one by offering as well.
    ///
    /// # Errors
    /// It is too late, or the player has offered one already.
    pub fn offer(&mut self, seat: Seat) -> Result<RematchEffect, Error> {
        if self.is_over() || self.has_offered(seat) {
            return Err(Error::NotNow);
        }
        if self.has_offered(seat.other()) {
            self.is_agreed = true;
            return Ok(RematchEffect::Agreed(seat));
        }
        self.set(seat, true);
        Ok(RematchEffect::Offered(seat))
    }

    /// A player accepts the offer of the other one.
    ///
    /// # Errors
    /// There is no offer.
    pub fn accept(&mut self, seat: Seat) -> Result<RematchEffect, Error> {
        if !self.has_offered(seat.other()) {
            return Err(Error::NoRematchOffer);
        }
        self.offer(seat)
    }

    /// A player declines the offer of the other one.
    ///
    /// # Errors
    /// There is no offer.
    pub fn decline(&mut self, seat: Seat) -> Result<RematchEffect, Error> {
        if self.is_over() || !self.has_offered(seat.other()) {
            return Err(Error::NoRematchOffer);
        }
        self.set(seat.other(), false);
        Ok(RematchEffect::Declined(seat))
    }

    fn has_offered(&self, seat: Seat) -> bool {
        self.offered.get(seat.index()) == Some(&true)
    }

    fn set(&mut self, seat: Seat, offered: bool) {
        if let Some(entry) = self.offered.get_mut(seat.index()) {
            *entry = offered;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Seat::{First, Second};

    #[test]
    fn offer_that_is_accepted_agrees_once() {
        let mut offers = RematchOffers::default();
        assert_eq!(offers.offer(First), Ok(RematchEffect::Offered(First)));
        assert_eq!(offers.offer(First), Err(Error::NotNow));
        assert_eq!(offers.accept(Second), Ok(RematchEffect::Agreed(Second)));
        assert!(offers.is_over());
        assert_eq!(offers.accept(Second), Err(Error::NotNow));
    }

    #[test]
    fn both_offers_agree() {
        let mut offers = RematchOffers::default();
        offers.offer(First).unwrap();
        assert_eq!(offers.offer(Second), Ok(RematchEffect::Agreed(Second)));
    }

    #[test]
    fn declined_offer_can_be_repeated() {
        let mut offers = RematchOffers::default();
        assert_eq!(offers.decline(Second), Err(Error::NoRematchOffer));
        offers.offer(First).unwrap();
        assert_eq!(offers.accept(First), Err(Error::NoRematchOffer));
        assert_eq!(offers.decline(Second), Ok(RematchEffect::Declined(Second)));
        assert_eq!(offers.accept(Second), Err(Error::NoRematchOffer));
        assert_eq!(offers.offer(First), Ok(RematchEffect::Offered(First)));
    }

    #[test]
    fn failed_rematch_leaves_the_time_that_was_left() {
        let mut offers = RematchOffers::default();
        offers.advance(Duration::from_secs(40));
        offers.offer(First).unwrap();
        offers.accept(Second).unwrap();
        offers.advance(Duration::from_secs(10));
        offers.fail();
        assert_eq!(offers.accept(Second), Err(Error::NoRematchOffer));
        assert_eq!(offers.offer(First), Ok(RematchEffect::Offered(First)));
        offers.advance(Duration::from_secs(10));
        assert!(offers.is_over());
    }

    #[test]
    fn offers_end_after_a_minute() {
        let mut offers = RematchOffers::default();
        offers.offer(First).unwrap();
        offers.advance(Duration::from_secs(59));
        assert!(!offers.is_over());
        offers.advance(Duration::from_secs(1));
        assert!(offers.is_over());
        assert_eq!(offers.accept(Second), Err(Error::NotNow));
    }
}
