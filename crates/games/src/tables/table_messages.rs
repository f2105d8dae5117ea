//! What clients are told of the states and the end of a match.

use std::time::Duration;

use contract::match_frames::{
    MatchCanceled, MatchCountdown, MatchFinished, MatchPaused, MatchResumed, PausedBy,
    PlayerPresence, SeatName,
};

use super::table::{GameTable, Pass, Stage};
use super::table_saving::answer;
use crate::port::{TableClose, TableMessage};
use crate::rules::{LifecycleEffect, RematchOffers};
use crate::{MatchConclusion, MatchEnding, Seat, TablePlayer};

/// Long enough for the last state to be on its way.
const PARTING: Duration = Duration::from_millis(250);

impl GameTable {
    /// What clients are told of an effect.
    pub(super) fn lifecycle_message(
        &self,
        effect: LifecycleEffect,
        number: u32,
        now: Duration,
    ) -> Option<TableMessage> {
        match effect {
            LifecycleEffect::Countdown { left, reason } => {
                let (wall, _) = self.clock.at(now);
                Some(TableMessage::Countdown(MatchCountdown {
                    number,
                    starts_at: wall + left,
                    remaining_ms: u32::try_from(left.as_millis()).unwrap_or(u32::MAX),
                    reason,
                }))
            }
            LifecycleEffect::Paused { by, left } => Some(paused_message(number, by, left)),
            LifecycleEffect::Waiting => {
                let absent = Seat::BOTH.map(|seat| !self.lifecycle.is_present(seat));
                let by = match absent {
                    [true, false] => PausedBy::FirstAbsent,
                    [false, true] => PausedBy::SecondAbsent,
                    _ => PausedBy::BothAbsent,
                };
                Some(paused_message(number, by, Some(self.lifecycle.wait_left())))
            }
            LifecycleEffect::Resumed => Some(TableMessage::Resumed(MatchResumed { number })),
            LifecycleEffect::PauseWanted(seat) => Some(TableMessage::PauseOffer(PlayerPresence {
                number,
                seat: seat.into(),
            })),
            LifecycleEffect::Started | LifecycleEffect::Ended(_) => None,
        }
    }

    /// The end is stored, or another node has the match.
    pub(super) fn conclude(&mut self, conclusion: Option<MatchConclusion>, pass: &Pass) {
        self.playing = [None, None];
        answer(std::mem::take(&mut self.held));
        let (Some(ending), Some(conclusion)) = (self.lifecycle.ending(), conclusion) else {
            return self.close(TableClose::Restarting);
        };
        let number = self.next_number();
        match ending {
            MatchEnding::Canceled { reason, .. } => {
                let canceled = MatchCanceled {
                    number,
                    reason: reason.as_text().to_owned(),
                };
                self.send(TableMessage::Canceled(canceled), pass);
            }
            MatchEnding::Finished(outcome) => {
                let changes = conclusion.rating_changes;
                let [first, second] = changes.map(|change| Some(change?.after - change?.before));
                let finished = MatchFinished {
                    number,
                    winner: outcome.winner.map(SeatName::from),
                    reason: outcome.reason.as_text().to_owned(),
                    score: outcome.score,
                    rating_change: first.zip(second).map(Into::into),
                    replay: conclusion.replay.then(|| self.replay_address()),
                };
                self.send(TableMessage::Finished(finished), pass);
            }
        }
        self.is_dirty = true;
        let are_users = Seat::BOTH.map(|seat| matches!(self.player(seat), TablePlayer::User(_)));
        self.stage = match ending {
            MatchEnding::Finished(_) if are_users == [true, true] => {
                Stage::Over(RematchOffers::default())
            }
            MatchEnding::Finished(_) => Stage::Parting(PARTING),
            MatchEnding::Canceled { .. } => Stage::Gone,
        };
    }

    fn replay_address(&self) -> String {
        format!("/api/v1/matches/{}/replay/", self.claimed.id)
    }
}

fn paused_message(number: u32, by: PausedBy, left: Option<Duration>) -> TableMessage {
    TableMessage::Paused(MatchPaused {
        number,
        by,
        remaining: left.map(|left| left.as_secs_f64()),
    })
}
