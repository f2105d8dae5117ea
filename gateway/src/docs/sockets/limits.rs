//! The limits of sockets, with the values that the server uses.

use http_kit::RateRule;
use http_kit::rate_limit::VisibleAction;
use realtime::{
    BucketSpec, DEAD_AFTER, MAX_CID_LEN, MAX_MESSAGE_LEN, MAX_QUEUED_BYTES, MAX_RESUMED,
    MAX_RESUMED_PER_STREAM, MAX_SOCKETS_PER_USER, MAX_UNREAD_BYTES, PING_INTERVAL,
};
use serde_json::{Value, json};

use crate::modules::MODULES;

/// Each limit, with the consequence of exceeding it.
#[must_use]
pub fn limits() -> Vec<String> {
    [
        limits_of_frames(),
        limits_of_users(),
        limits_of_connections(),
    ]
    .concat()
}

/// Limits of single frames and of frames per socket.
fn limits_of_frames() -> Vec<String> {
    let BucketSpec { burst, per_second } = BucketSpec::FRAMES;
    let largest = MAX_MESSAGE_LEN / 1024;
    vec![
        format!(
            "Message size: at most {largest} KiB of text, in one or several WebSocket frames. Beyond that, \
             close code 1009."
        ),
        format!("Length of `cid`: at most {MAX_CID_LEN} characters. Beyond that, close code 4400."),
        format!(
            "Frames per socket: a burst of {burst}, and {per_second} per second on average. Beyond that, \
             close code 4429."
        ),
    ]
}

/// Limits of users over all their sockets.
fn limits_of_users() -> Vec<String> {
    let a_second = u64::from(VisibleAction::BURST) / VisibleAction::PER.as_secs().max(1);
    let shared = format!(
        "Actions visible to others (messages, edits, deletions, likes, read receipts, typing, \
         `room_created`, `user_online` and `user_offline`): one limit per user over all sockets \
         and REST, a burst of {}, and {a_second} per second on average. Beyond that, \
         `too_many_requests`.",
        VisibleAction::BURST
    );
    let of_modules = MODULES.iter().flat_map(|module| module.socket_limits());
    [shared].into_iter().chain(of_modules).collect()
}

/// Limits of connections and of their queues.
fn limits_of_connections() -> Vec<String> {
    let (waiting, unread) = (MAX_QUEUED_BYTES / 1024, MAX_UNREAD_BYTES / 1024);
    let resumes = BucketSpec::RESUMES;
    let (ping, dead) = (PING_INTERVAL.as_secs(), DEAD_AFTER.as_secs());
    vec![
        format!(
            "Sockets per user: at most {MAX_SOCKETS_PER_USER} on one node. Beyond that, close code \
             4429."
        ),
        format!(
            "Unsent frames per socket: at most {waiting} KiB. Beyond that, frames of chats are dropped, \
             and `resync` names these chats; if this is not sufficient, close code 4408."
        ),
        format!(
            "Heartbeat: the server sends a WebSocket ping every {ping} seconds. Sockets that are silent \
             for {dead} seconds are closed with 4408."
        ),
        "Order of actions: the actions of a socket are executed one after the other. Each is answered \
         within 5 seconds, with `unavailable` if the database does not respond. `ping` is answered \
         before actions that take longer than half a second."
            .to_owned(),
        format!("Pending actions per socket: at most {unread} KiB. Beyond that, `overloaded`."),
        format!(
            "Events per `resume`: at most {MAX_RESUMED_PER_STREAM} per stream and {MAX_RESUMED} in total. \
             Beyond that, `resync`. A socket can send a burst of {} `resume` frames, and one per {} \
             seconds on average. Beyond that, `too_many_requests`.",
            resumes.burst,
            1.0 / resumes.per_second
        ),
    ]
}

pub(super) fn document() -> Value {
    json!(limits())
}
