//! The sweep against an oracle that works another way: it unfolds the field instead of bouncing
//! the ball, and asks for each mirror image of the box whether a set of inequalities has a common
//! solution.

use std::vec;

use proptest::prelude::*;

use super::*;

/// `a + b·t >= 0`
type Half = (i128, i128);

/// Whether some t in 0..=1 satisfies all inequalities, and the least such t as a fraction.
fn least_solution(halves: &[Half]) -> Option<(i128, i128)> {
    let mut starts = vec![(0, 1)];
    starts.extend(
        halves
            .iter()
            .filter(|(_, b)| *b != 0)
            .map(|(a, b)| (-a * b.signum(), b.abs())),
    );
    let holds =
        |(n, d): (i128, i128)| n >= 0 && n <= d && halves.iter().all(|(a, b)| a * d + b * n >= 0);
    starts
        .into_iter()
        .filter(|start| holds(*start))
        .min_by(|(n, d), (m, e)| (n * e).cmp(&(m * d)))
}

/// Everything in the plane without walls: band k holds the field's k-th mirror image.
fn oracle(x: Motion, y: Motion, target: &Target) -> Option<(i128, i128)> {
    let wall = i128::from(WALL);
    let line = |m: Motion| (i128::from(m.at), i128::from(m.by));
    let ((xa, xb), (ya, yb), (ca, cb)) = (line(x), line(y), line(target.centre));
    let (low, high, reach) = (
        i128::from(target.low),
        i128::from(target.high),
        i128::from(target.reach),
    );
    let in_band = |k: i128| {
        let flip = if k % 2 == 0 { 1 } else { -1 };
        let (ia, ib) = (2 * wall * k + flip * ca, flip * cb);
        least_solution(&[
            (xa - low, xb),
            (high - xa, -xb),
            (ya - (2 * k - 1) * wall, yb),
            ((2 * k + 1) * wall - ya, -yb),
            (ya - ia + reach, yb - ib),
            (ia + reach - ya, ib - yb),
        ])
    };
    (-6..=6)
        .filter_map(in_band)
        .min_by(|(n, d), (m, e)| (n * e).cmp(&(m * d)))
}

fn motion(at: i32, by: i32) -> impl Strategy<Value = Motion> {
    (-at..=at, -by..=by).prop_map(|(at, by)| Motion { at, by })
}

fn target() -> impl Strategy<Value = Target> {
    (-16_000..16_000, 0..3_000, motion(10_000, 20_000), 0..4_000).prop_map(
        |(low, width, centre, reach)| Target {
            low,
            high: low + width,
            centre,
            reach,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn touches_are_those_of_the_oracle_at_any_speed(
        x in motion(16_200, 32_000),
        y in motion(i32::from(WALL), 32_000),
        target in target(),
    ) {
        let ours = target.first_touch(x, y).map(|(moment, _)| moment);
        let theirs = oracle(x, y, &target);
        prop_assert_eq!(ours.is_some(), theirs.is_some());
        if let (Some(ours), Some((n, d))) = (ours, theirs) {
            prop_assert_eq!(i128::from(ours.num) * d, n * i128::from(ours.den));
        }
    }

    #[test]
    fn a_touch_lies_within_the_field_and_on_the_box(
        x in motion(16_200, 32_000),
        y in motion(i32::from(WALL), 32_000),
        target in target(),
    ) {
        if let Some((moment, leg)) = target.first_touch(x, y) {
            prop_assert!(leg.motion.at(moment).abs() <= i32::from(WALL));
            prop_assert!((target.low - 1..=target.high + 1).contains(&x.at(moment)));
            prop_assert!((leg.motion.at(moment) - target.centre.at(moment)).abs() <= target.reach + 2);
        }
    }

    #[test]
    fn a_sweep_ends_inside_however_far_it_goes(y in motion(i32::from(WALL), 200_000)) {
        let (end, bounces) = bounce(y);
        prop_assert!(end.abs() <= i32::from(WALL));
        let (mirrored, same) = bounce(Motion { at: -y.at, by: -y.by });
        prop_assert_eq!((mirrored, same), (-end, bounces));
        // Unfolding: the end lies in the field's mirror image that the straight way leads to.
        let wall = i32::from(WALL);
        let image = (y.end() + wall).div_euclid(2 * wall);
        let unfolded = y.end() - 2 * wall * image;
        let on_a_wall = (y.end() - wall).rem_euclid(2 * wall) == 0;
        prop_assert_eq!(end, if image % 2 == 0 { unfolded } else { -unfolded });
        prop_assert!(on_a_wall || bounces == image.unsigned_abs());
    }
}

#[test]
fn touching_the_edge_counts_and_one_unit_beside_does_not() {
    let still = Motion { at: 0, by: 0 };
    let target = Target {
        low: 100,
        high: 200,
        centre: still,
        reach: 50,
    };
    let shot = |y| target.first_touch(Motion { at: 0, by: 100 }, Motion { at: y, by: 0 });
    assert!(shot(50).is_some() && shot(-50).is_some());
    assert!(shot(51).is_none() && shot(-51).is_none());
    assert!(
        target
            .first_touch(Motion { at: 0, by: 99 }, still)
            .is_none()
    );
}

#[test]
fn what_moves_alongside_never_comes_nearer() {
    let x = Motion { at: 0, by: 100 };
    let y = Motion { at: 0, by: 50 };
    for (apart, touches) in [
        (-31, false),
        (-30, true),
        (0, true),
        (30, true),
        (31, false),
    ] {
        let target = Target {
            low: 40,
            high: 60,
            centre: Motion { at: apart, by: 50 },
            reach: 30,
        };
        assert_eq!(target.first_touch(x, y).is_some(), touches, "{apart} apart");
    }
}

/// Only what could not meet if both went straight toward each other is ruled out at a glance.
#[test]
fn most_misses_are_told_at_a_glance() {
    for sign in [-1, 1] {
        let out = |apart: i32| {
            let target = Target {
                low: 0,
                high: 1,
                centre: Motion {
                    at: 100,
                    by: 7 * sign,
                },
                reach: 30,
            };
            let y = Motion {
                at: 100 + sign * apart,
                by: 5,
            };
            target.is_out_of_reach(y)
        };
        assert!(!out(0) && !out(30 + 5 + 7) && out(30 + 5 + 7 + 1));
    }
}
