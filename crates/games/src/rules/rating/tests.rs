use std::f64::consts::PI;

use super::*;

const DAY: Duration = Duration::from_secs(86_400);

fn rating(rating: f64, deviation: f64) -> Rating {
    Rating {
        rating,
        deviation,
        volatility: 0.06,
    }
}

fn player(rating: Rating, idle: Duration) -> RatedPlayer {
    RatedPlayer {
        rating,
        idle,
        matches: 100,
    }
}

/// Glicko-2 as its author describes it, for several results of one period of this length.
fn reference(before: Rating, results: &[(Rating, f64)], periods: f64) -> Rating {
    let mu = (before.rating - 1_500.0) / SCALE;
    let phi = before.deviation / SCALE;
    let sigma = before.volatility;
    let (mut information, mut gain) = (0.0, 0.0);
    for (opponent, score) in results {
        let phi_j = opponent.deviation / SCALE;
        let mu_j = (opponent.rating - 1_500.0) / SCALE;
        let g = 1.0 / (1.0 + 3.0 * phi_j.powi(2) / PI.powi(2)).sqrt();
        let expected = 1.0 / (1.0 + (-g * (mu - mu_j)).exp());
        information += g * g * expected * (1.0 - expected);
        gain += g * (score - expected);
    }
    let v = 1.0 / information;
    let sigma = new_volatility(phi, sigma, v, v * gain);
    let phi_star = (phi * phi + periods * sigma * sigma).sqrt();
    let phi = 1.0 / (1.0 / phi_star.powi(2) + 1.0 / v).sqrt();
    Rating {
        rating: 1_500.0 + SCALE * (mu + phi * phi * gain),
        deviation: SCALE * phi,
        volatility: sigma,
    }
}

/// Step 5 by the Illinois method.
fn new_volatility(phi: f64, sigma: f64, v: f64, delta: f64) -> f64 {
    let a = (sigma * sigma).ln();
    let f = |x: f64| {
        let e = x.exp();
        let d = phi * phi + v + e;
        e * (delta * delta - d) / (2.0 * d * d) - (x - a) / (TAU * TAU)
    };
    let mut low = a;
    let mut high = if delta * delta > phi * phi + v {
        (delta * delta - phi * phi - v).ln()
    } else {
        let below = (1..).map(|k| a - f64::from(k) * TAU);
        below.clone().find(|x| f(*x) >= 0.0).unwrap()
    };
    let (mut f_low, mut f_high) = (f(low), f(high));
    while (high - low).abs() > CONVERGENCE {
        let middle = low + (low - high) * f_low / (f_high - f_low);
        let f_middle = f(middle);
        if f_middle * f_high <= 0.0 {
            (low, f_low) = (high, f_high);
        } else {
            f_low /= 2.0;
        }
        (high, f_high) = (middle, f_middle);
    }
    (low / 2.0).exp()
}

fn assert_near(one: f64, other: f64, within: f64) {
    assert!((one - other).abs() <= within, "{one} {other}");
}

#[test]
fn reference_agrees_with_the_worked_example() {
    let before = rating(1_500.0, 200.0);
    let results = [
        (rating(1_400.0, 30.0), 1.0),
        (rating(1_550.0, 100.0), 0.0),
        (rating(1_700.0, 300.0), 0.0),
    ];
    let after = reference(before, &results, 1.0);
    assert_near(after.rating, 1_464.06, 0.01);
    assert_near(after.deviation, 151.52, 0.01);
    assert_near(after.volatility, 0.059_996, 0.000_001);
}

#[test]
fn rate_agrees_with_the_reference_whatever_time_has_passed() {
    for days in [0, 1, 7, 30, 365] {
        for (one, other) in [(45.0, 45.0), (60.0, 200.0), (110.0, 80.0), (300.0, 60.0)] {
            let (one, other) = (rating(1_540.0, one), rating(1_480.0, other));
            let idle = DAY * days;
            for (winner, score) in [(Some(Seat::First), 1.0), (None, 0.5)] {
                let players = [player(one, idle), player(other, idle)];
                let [after, _] = rate(players, winner, RatingWeight::Full);
                let opponent = other.after(idle);
                let expected = reference(one, &[(opponent, score)], periods(idle));
                // A match changes the rating of an established player by 120 at most.
                let change = (expected.rating - one.rating).clamp(-120.0, 120.0);
                assert_near(
                    after.rating - one.rating,
                    change,
                    0.05 + change.abs() / 50.0,
                );
                let deviation = expected.deviation.max(MIN_DEVIATION);
                assert_near(after.deviation, deviation, 0.05 + deviation / 100.0);
            }
        }
    }
}

#[test]
fn rate_is_symmetric() {
    let players = [rating(1_700.0, 80.0), rating(1_400.0, 120.0)].map(|one| player(one, DAY));
    let [one, other] = rate(players, Some(Seat::First), RatingWeight::Full);
    let [second, first] = rate(
        [players[1], players[0]],
        Some(Seat::Second),
        RatingWeight::Full,
    );
    assert_eq!([one, other], [first, second]);
    assert!(one.rating > 1_700.0 && other.rating < 1_400.0);
}

#[test]
fn deviation_of_an_active_player_falls_to_the_floor() {
    let mut players = [player(Rating::INITIAL, Duration::ZERO); 2];
    for round in 0..400 {
        let winner = if round % 2 == 0 {
            Seat::First
        } else {
            Seat::Second
        };
        let after = rate(players, Some(winner), RatingWeight::Full);
        players = after.map(|rating| player(rating, Duration::from_secs(120)));
    }
    assert_near(players[0].rating.deviation, MIN_DEVIATION, 0.01);
    assert!(!players[0].rating.is_provisional());
}

#[test]
fn deviation_grows_from_60_to_110_in_a_year() {
    assert_near(rating(1_500.0, 60.0).after(DAY * 365).deviation, 110.0, 0.5);
    assert_near(Rating::INITIAL.after(DAY * 365).deviation, 350.0, 0.0);
}

#[test]
fn change_is_bounded_by_experience() {
    let one = RatedPlayer {
        rating: Rating::INITIAL,
        idle: Duration::ZERO,
        matches: 9,
    };
    let other = player(rating(2_600.0, 45.0), Duration::ZERO);
    let [new, _] = rate([one, other], Some(Seat::First), RatingWeight::Full);
    assert_near(new.rating, 1_850.0, 0.001);
    let experienced = RatedPlayer { matches: 10, ..one };
    let [after, _] = rate([experienced, other], Some(Seat::First), RatingWeight::Full);
    assert_near(after.rating, 1_620.0, 0.001);
}

#[test]
fn weight_scales_the_change_of_both() {
    let players = [rating(1_500.0, 80.0), rating(1_500.0, 80.0)].map(|one| player(one, DAY));
    let change =
        |weight| rate(players, Some(Seat::First), weight).map(|after| after.rating - 1_500.0);
    let [full, half] = [RatingWeight::Full, RatingWeight::Half].map(change);
    assert_near(half[0], full[0] / 2.0, 1e-9);
    assert_near(half[1], full[1] / 2.0, 1e-9);
    assert_eq!(
        rate(players, None, RatingWeight::Zero),
        players.map(|player| player.rating)
    );
}

#[test]
fn meetings_count_less_and_less() {
    let weights = [1, 3, 4, 6, 7, 100].map(RatingWeight::of_meeting);
    use RatingWeight::{Full, Half, Zero};
    assert_eq!(weights, [Full, Full, Half, Half, Zero, Zero]);
}

#[test]
fn new_season_pulls_ratings_together() {
    let next = rating(1_900.0, 60.0).in_new_season();
    assert_near(next.rating, 1_800.0, 1e-9);
    assert_near(next.deviation, 116.62, 0.01);
    assert_near(next.volatility, 0.06, 0.0);
    assert_near(Rating::INITIAL.in_new_season().deviation, 350.0, 0.0);
}

#[test]
fn board_asks_for_certainty_and_matches() {
    assert!(rating(1_500.0, 90.0).is_rankable(10));
    assert!(!rating(1_500.0, 90.1).is_rankable(10));
    assert!(!rating(1_500.0, 60.0).is_rankable(9));
    assert!(Rating::INITIAL.is_provisional());
    assert_eq!(rating(1_499.5, 60.0).points(), 1_500);
}
