//! Schedules the observations of a bot, which has at most one per second: just after the likeliest event.

use crate::field::TICK_RATE;

/// An event that may happen and that the bot has to react to.
#[derive(Clone, Copy, Debug)]
pub(super) struct PossibleEvent {
    /// Ticks until it happens.
    pub(super) at: i32,
    /// Ticks in which a reaction still helps.
    pub(super) leeway: i32,
    /// Relative likelihood.
    pub(super) weight: i32,
}

impl PossibleEvent {
    /// The cost of an observation at this tick, followed by one a second later: the weighted square of the
    /// share of the leeway that is lost.
    fn cost(&self, tick: i32, reaction: i32) -> i32 {
        let ready = self.at + reaction;
        let seen = if tick >= ready {
            tick
        } else {
            ready.max(tick + i32::from(TICK_RATE))
        };
        let late = (seen - ready).min(self.leeway) * 64 / self.leeway.max(1);
        self.weight * late * late
    }
}

/// Ticks until the next observation: the cheapest tick, the first among equals.
pub(super) fn next_observation(events: &[PossibleEvent], reaction: u16) -> u16 {
    let second = i32::from(TICK_RATE);
    let cost = |tick: &i32| -> i32 {
        let costs = events
            .iter()
            .map(|event| event.cost(*tick, reaction.into()));
        costs.sum()
    };
    (second..=3 * second).min_by_key(cost).unwrap_or(second) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(at: i32, weight: i32) -> PossibleEvent {
        PossibleEvent {
            at,
            leeway: 40,
            weight,
        }
    }

    #[test]
    fn next_look_follows_the_event() {
        assert_eq!(next_observation(&[event(75, 1)], 5), 80);
        assert_eq!(next_observation(&[event(110, 1)], 5), 115);
    }

    #[test]
    fn next_look_waits_for_a_second() {
        assert_eq!(next_observation(&[event(10, 1)], 5), 60);
        assert_eq!(next_observation(&[], 0), 60);
    }

    #[test]
    fn next_look_comes_early_when_that_costs_nothing() {
        assert_eq!(next_observation(&[event(115, 1)], 5), 60);
        assert_eq!(next_observation(&[event(114, 1)], 5), 119);
    }

    #[test]
    fn next_look_prefers_the_likelier_event() {
        assert_eq!(next_observation(&[event(75, 9), event(100, 1)], 0), 75);
        assert_eq!(next_observation(&[event(75, 1), event(100, 9)], 0), 100);
    }
}
