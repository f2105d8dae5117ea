//! Directions of the ball, from a table of integers, so that all machines round alike.

/// Steps from a flat ball to the steepest one; each is 3.75°, the steepest 60°.
pub(crate) const STEEPEST: i32 = 16;
/// The steepest serve.
pub(crate) const STEEPEST_SERVE: i32 = 5;

const ONE: i32 = 1 << 14;

/// Cosine and sine in 1/16384, rounded down, so that no velocity is longer than its speed.
const TABLE: [(i32, i32); STEEPEST as usize + 1] = [
    (16384, 0),
    (16348, 1071),
    (16243, 2138),
    (16069, 3196),
    (15825, 4240),
    (15514, 5266),
    (15136, 6269),
    (14694, 7246),
    (14188, 8192),
    (13622, 9102),
    (12998, 9973),
    (12318, 10802),
    (11585, 11585),
    (10802, 12318),
    (9973, 12998),
    (9102, 13622),
    (8192, 14188),
];

/// The velocity (away from x = 0, along y) of a ball of this speed; the sign of `steps` is that of
/// y. Steps beyond the steepest count as the steepest.
pub(crate) fn velocity(speed: i16, steps: i32) -> (i16, i16) {
    let at = steps.abs().min(STEEPEST);
    let (cos, sin) = TABLE.get(at as usize).copied().unwrap_or((ONE, 0));
    let along = |part: i32| (i32::from(speed) * part / ONE) as i16;
    (along(cos), along(sin * steps.signum()))
}

/// Whether a ball of this speed can have this velocity.
pub(crate) fn is_velocity(speed: i16, vx: i16, vy: i16) -> bool {
    let same = |steps| velocity(speed, steps) == (vx.abs(), vy.abs());
    vx != 0 && (0..=STEEPEST).any(same)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_that_of_the_angles() {
        for (step, (cos, sin)) in TABLE.into_iter().enumerate() {
            let angle = (step as f64 * 3.75).to_radians();
            assert_eq!(cos, (angle.cos() * f64::from(ONE) + 1e-9).floor() as i32);
            assert_eq!(sin, (angle.sin() * f64::from(ONE) + 1e-9).floor() as i32);
        }
    }

    #[test]
    fn a_velocity_is_as_long_as_its_speed_and_never_longer() {
        for speed in 200..=1000_i16 {
            for steps in -20..=20 {
                let (vx, vy) = velocity(speed, steps);
                let square = i32::from(vx).pow(2) + i32::from(vy).pow(2);
                assert!(square <= i32::from(speed).pow(2));
                assert!(square > (i32::from(speed) - 2).pow(2));
                assert!(i32::from(vx) >= i32::from(speed) / 2);
                assert!(is_velocity(speed, vx, vy) && is_velocity(speed, -vx, -vy));
                assert_eq!(velocity(speed, -steps), (vx, -vy));
            }
        }
        assert!(!is_velocity(500, 0, 500) && !is_velocity(500, 499, 0));
    }
}
