//! What sockets are limited to, told with the numbers that the server goes by.

use http_kit::RateRule;
use http_kit::rate_limit::Telling;
use realtime::{
    BucketSpec, DEAD_AFTER, MAX_CID_LEN, MAX_MESSAGE_LEN, MAX_QUEUED_BYTES, MAX_RESUMED,
    MAX_RESUMED_PER_STREAM, MAX_SOCKETS_PER_USER, MAX_UNREAD_BYTES, PING_INTERVAL,
};
use serde_json::{Value, json};

use crate::modules::MODULES;

/// Each limit in a sentence, with what happens beyond it.
#[must_use]
pub fn limits() -> Vec<String> {
    [
        limits_of_frames(),
        limits_of_users(),
        limits_of_connections(),
    ]
    .concat()
}

/// What one frame may be, and how many may come on one socket.
fn limits_of_frames() -> Vec<String> {
    let BucketSpec { burst, per_second } = BucketSpec::FRAMES;
    let largest = MAX_MESSAGE_LEN / 1024;
    vec![
        format!(
            "A message is a text of at most {largest} KiB, in one frame or several: beyond that 1009."
        ),
        format!("A `cid` has at most {MAX_CID_LEN} characters: beyond that 4400."),
        format!(
            "One socket takes {burst} frames at once and {per_second} a second in the long run: beyond \
             that 4429."
        ),
    ]
}

/// What one user may do over all their sockets.
fn limits_of_users() -> Vec<String> {
    let a_second = u64::from(Telling::BURST) / Telling::PER.as_secs().max(1);
    let shared = format!(
        "What others notice of a user (messages, changes of them, likes, receipts, typing, \
         `room_created`, `user_online` and `user_offline`) is one allowance over all their \
         sockets and REST: {} at once and {a_second} a second in the long run; beyond that \
         `too_many_requests`.",
        Telling::BURST
    );
    let of_modules = MODULES.iter().flat_map(|module| module.socket_limits());
    [shared].into_iter().chain(of_modules).collect()
}

/// How many connections there may be, and how they have to keep up.
fn limits_of_connections() -> Vec<String> {
    let (waiting, unread) = (MAX_QUEUED_BYTES / 1024, MAX_UNREAD_BYTES / 1024);
    let resumes = BucketSpec::RESUMES;
    let (ping, dead) = (PING_INTERVAL.as_secs(), DEAD_AFTER.as_secs());
    vec![
        format!(
            "A person has at most {MAX_SOCKETS_PER_USER} sockets on one node: beyond that 4429."
        ),
        format!(
            "At most {waiting} KiB wait for a socket to be read. Beyond that what was said in chats is \
             passed over, and `resync` names these chats; where that is not enough, 4408."
        ),
        format!(
            "The server pings every {ping} seconds; who is silent for {dead} is closed with 4408."
        ),
        "While an action waits for the database, those behind it wait in their order; each is \
         answered within 5 seconds of its arrival, with `unavailable` where the database does not \
         answer. A `ping` overtakes actions that take longer than half a second."
            .to_owned(),
        format!("At most {unread} KiB of actions wait for their turn: beyond that `overloaded`."),
        format!(
            "`resume` brings at most {MAX_RESUMED_PER_STREAM} events on each stream and {MAX_RESUMED} in all: beyond \
             that `resync`. One socket may ask {} times at once and once in {} seconds in the long \
             run: beyond that `too_many_requests`.",
            resumes.burst,
            1.0 / resumes.per_second
        ),
    ]
}

pub(super) fn described() -> Value {
    json!(limits())
}
