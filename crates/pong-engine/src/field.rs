//! Dimensions of the field, and limits.
//!
//! The origin is the centre of the field, x grows to the right and y downward, as on a screen.
//! One unit is 1/32 000 of the field's width. A renderer multiplies by
//! `width / 32000.0`. Everything fits 16 bits, so that a batch can step eight or sixteen matches at
//! once.

/// Ticks in one second of play.
pub const TICK_RATE: u16 = 60;
/// Distance from the centre to the left and right edge.
pub const HALF_WIDTH: i16 = 16_000;
/// Distance from the centre to the upper and lower wall.
pub const HALF_HEIGHT: i16 = 10_000;
/// Half the side of the square ball.
pub const BALL_HALF: i16 = 200;
/// Distance from the centre to the front of a paddle.
pub const PADDLE_FACE: i16 = 14_800;
/// Half the length of a paddle without effects.
pub const PADDLE_HALF: i16 = 1_600;
/// Half the length of a shortened paddle.
pub const PADDLE_HALF_SHORT: i16 = 1_000;
/// Half the length of a lengthened paddle.
pub const PADDLE_HALF_LONG: i16 = 2_400;
/// How far a paddle reaches behind its front.
pub const PADDLE_THICKNESS: i16 = 400;
/// How far a thickened paddle reaches behind its front.
pub const PADDLE_THICKNESS_THICK: i16 = 1_000;
/// Half the side of the square coin.
pub const COIN_HALF: i16 = 500;
/// How far from the centre line a coin may cross.
pub const COIN_LANE_MAX: i16 = 4_000;
/// How far the coin moves in one tick.
pub const COIN_SPEED: i16 = 50;
/// Ticks from the end of a point to the next serve.
pub const SERVE_PAUSE: u16 = TICK_RATE;
/// Seconds of sudden death after which the paddles have shrunk to nothing.
pub const SUDDEN_DEATH_SECONDS: u16 = 60;
/// Hits with the ball at its greatest speed after which the paddles have shrunk to nothing.
pub const LONG_RALLY_HITS: u16 = 7;
/// No match lasts longer than this many ticks, whatever its rules and inputs.
pub const MAX_TICKS: u16 = 5 * 60 * TICK_RATE + SUDDEN_DEATH_SECONDS * TICK_RATE + 600;

/// No rally has more hits, at any speed: see [`Pace::max_rally`](crate::Pace::max_rally).
pub(crate) const MAX_RALLY: u16 = 27;
/// The ball's centre turns back here at the walls.
pub(crate) const WALL: i16 = HALF_HEIGHT - BALL_HALF;
/// The ball's centre is here when it touches the front of a paddle.
pub(crate) const CONTACT: i16 = PADDLE_FACE - BALL_HALF;
/// A ball whose centre is here or beyond is out: all of it is past the edge.
pub(crate) const GOAL: i16 = HALF_WIDTH + BALL_HALF;
/// No ball is faster, along either axis.
pub(crate) const MAX_BALL_SPEED: i16 = 1_000;
/// No paddle is faster.
pub(crate) const MAX_PADDLE_SPEED: i16 = 500;
/// The distance of the coin's centre from the middle when it appears and when it leaves.
pub(crate) const COIN_EDGE: i16 = HALF_HEIGHT + COIN_HALF;
/// Ticks that the coin takes from wall to wall.
pub(crate) const COIN_CROSSING: u16 = 2 * (COIN_EDGE / COIN_SPEED) as u16;
/// A ball that ends its tick farther than this from the coin's lane has not touched the coin.
pub(crate) const COIN_NEAR: i16 = COIN_HALF + BALL_HALF + MAX_BALL_SPEED;

// The arithmetic relies on these.
const _: () = assert!(COIN_EDGE % COIN_SPEED == 0);
const _: () = assert!(PADDLE_FACE + PADDLE_THICKNESS_THICK + BALL_HALF < GOAL);
// No ball can touch the coin and a paddle in one tick.
const _: () = assert!(COIN_LANE_MAX + COIN_NEAR + MAX_BALL_SPEED < CONTACT);
// A ball, or a paddle, one step beyond its bounds still fits.
const _: () = assert!(GOAL as i32 + MAX_BALL_SPEED as i32 <= i16::MAX as i32);
const _: () = assert!(2 * (WALL as i32 + MAX_BALL_SPEED as i32) <= i16::MAX as i32);
const _: () = assert!(MAX_TICKS < i16::MAX as u16);
