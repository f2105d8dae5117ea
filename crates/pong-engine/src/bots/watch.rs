//! When to look: a look is worth most just after something has happened, and must not be wasted.

use crate::field::TICK_RATE;

/// Something that may happen, and that a bot would like to see soon after.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chance {
    /// In how many ticks it happens.
    pub(super) at: i32,
    /// How long there is then to do something about it.
    pub(super) leeway: i32,
    /// How likely it is, compared with the others.
    pub(super) weight: i32,
}

impl Chance {
    /// What it costs to look at a moment and again a second later: the square of the part of the
    /// leeway that is lost.
    fn cost(&self, look: i32, reaction: i32) -> i32 {
        let ready = self.at + reaction;
        let seen = if look >= ready {
            look
        } else {
            ready.max(look + i32::from(TICK_RATE))
        };
        let late = (seen - ready).min(self.leeway) * 64 / self.leeway.max(1);
        self.weight * late * late
    }
}

/// In how many ticks to look again; of equally good moments the first.
pub(super) fn next_look(chances: &[Chance], reaction: u16) -> u16 {
    let second = i32::from(TICK_RATE);
    let cost = |look: &i32| -> i32 {
        let costs = chances
            .iter()
            .map(|chance| chance.cost(*look, reaction.into()));
        costs.sum()
    };
    (second..=3 * second).min_by_key(cost).unwrap_or(second) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chance(at: i32, weight: i32) -> Chance {
        Chance {
            at,
            leeway: 40,
            weight,
        }
    }

    #[test]
    fn it_looks_just_after_what_is_to_come() {
        assert_eq!(next_look(&[chance(75, 1)], 5), 80);
        assert_eq!(next_look(&[chance(110, 1)], 5), 115);
    }

    #[test]
    fn it_never_looks_twice_in_a_second() {
        assert_eq!(next_look(&[chance(10, 1)], 5), 60);
        assert_eq!(next_look(&[], 0), 60);
    }

    #[test]
    fn it_looks_in_between_where_that_costs_nothing() {
        assert_eq!(next_look(&[chance(115, 1)], 5), 60);
        assert_eq!(next_look(&[chance(114, 1)], 5), 119);
    }

    #[test]
    fn of_two_chances_the_likelier_counts_more() {
        assert_eq!(next_look(&[chance(75, 9), chance(100, 1)], 0), 75);
        assert_eq!(next_look(&[chance(75, 1), chance(100, 9)], 0), 100);
    }
}
