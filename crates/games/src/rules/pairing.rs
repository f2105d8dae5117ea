//! Who is paired with whom in the queue.

use std::time::Duration;

const BASE_WIDTH: f64 = 70.0;
/// The deviation above which an uncertain rating widens the band.
const CERTAIN_DEVIATION: f64 = 75.0;
const WIDTH_PER_SECOND: f64 = 12.0;
/// The band grows until then.
const GROWTH_SECONDS: f64 = 30.0;
const WIDE_AFTER: Duration = Duration::from_secs(45);
const WIDE: f64 = 800.0;
const UNBOUNDED_AFTER: Duration = Duration::from_secs(75);
const COST_PER_SECOND: f64 = 6.0;
const MET_COST: f64 = 200.0;
const CONDUCT_COST: f64 = 60.0;

/// A player who waits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairingPlayer {
    /// The rating.
    pub rating: f64,
    /// Its deviation.
    pub deviation: f64,
    /// How long the player has waited.
    pub waited: Duration,
    /// The player's conduct: [`Conduct::score`](super::Conduct::score).
    pub conduct: f64,
}

/// How far from the player's rating opponents may be, on average. `None`: anybody.
#[must_use]
pub fn width(player: &PairingPlayer) -> Option<f64> {
    if player.waited >= UNBOUNDED_AFTER {
        return None;
    }
    if player.waited >= WIDE_AFTER {
        return Some(WIDE);
    }
    let uncertain = (player.deviation - CERTAIN_DEVIATION).max(0.0) / 2.0;
    let grown = player.waited.as_secs_f64().min(GROWTH_SECONDS) * WIDTH_PER_SECOND;
    Some(BASE_WIDTH + uncertain + grown)
}

/// Whether the ratings of two players are close enough. The mean of both bands counts: on a small server,
/// one who has waited must not depend on the narrow band of a newcomer.
#[must_use]
pub fn may_meet(one: &PairingPlayer, other: &PairingPlayer) -> bool {
    match (width(one), width(other)) {
        (Some(one_width), Some(other_width)) => gap(one, other) <= (one_width + other_width) / 2.0,
        _ => true,
    }
}

/// How undesirable a pair is: the lower, the better.
#[must_use]
pub fn cost(one: &PairingPlayer, other: &PairingPlayer, met_recently: bool) -> f64 {
    let waited = (one.waited + other.waited).as_secs_f64();
    let met = if met_recently { MET_COST } else { 0.0 };
    let conduct = (one.conduct - other.conduct).abs();
    gap(one, other) - COST_PER_SECOND * waited + met + CONDUCT_COST * conduct
}

fn gap(one: &PairingPlayer, other: &PairingPlayer) -> f64 {
    (one.rating - other.rating).abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn player(rating: f64, waited: u64) -> PairingPlayer {
        PairingPlayer {
            rating,
            deviation: 60.0,
            waited: Duration::from_secs(waited),
            conduct: 0.0,
        }
    }

    fn width_after(waited: u64) -> Option<u32> {
        width(&player(1_500.0, waited)).map(|width| width as u32)
    }

    #[test]
    fn band_grows_while_a_player_waits() {
        let widths = [0, 5, 30, 44, 45, 74, 75].map(width_after);
        assert_eq!(
            widths,
            [
                Some(70),
                Some(130),
                Some(430),
                Some(430),
                Some(800),
                Some(800),
                None
            ]
        );
    }

    #[test]
    fn band_of_an_uncertain_rating_is_wider() {
        let new = PairingPlayer {
            deviation: 350.0,
            ..player(1_500.0, 0)
        };
        assert_eq!(width(&new), Some(70.0 + 137.5));
    }

    #[test]
    fn players_400_apart_meet_between_5_and_45_seconds() {
        let meet = |waited| may_meet(&player(1_500.0, waited), &player(1_900.0, waited));
        assert!(!meet(5));
        assert!(meet(45));
    }

    #[test]
    fn waiting_player_meets_a_newcomer_by_the_mean_of_both_bands() {
        assert!(may_meet(&player(1_500.0, 30), &player(1_750.0, 0)));
        assert!(!may_meet(&player(1_500.0, 30), &player(1_751.0, 0)));
        assert!(may_meet(&player(1_500.0, 75), &player(3_000.0, 0)));
    }

    #[test]
    fn cost_prefers_near_waiting_new_and_alike_opponents() {
        let one = player(1_500.0, 0);
        let base = cost(&one, &player(1_550.0, 0), false);
        assert!((base - 50.0).abs() < 1e-9);
        assert!((cost(&one, &player(1_550.0, 10), false) - (base - 60.0)).abs() < 1e-9);
        assert!((cost(&one, &player(1_550.0, 0), true) - (base + 200.0)).abs() < 1e-9);
        let rude = PairingPlayer {
            conduct: 0.5,
            ..player(1_550.0, 0)
        };
        assert!((cost(&one, &rude, false) - (base + 30.0)).abs() < 1e-9);
    }
}
