//! Who may send friend requests to whom.

use std::time::Duration;

use contract::social::RequestDirection;
use kernel::AppError;
use kernel::error::Common;

use crate::Error;

/// The maximum number of friends of a user. It bounds the cost of reading a whole friend list.
pub const MAX_FRIENDS: i64 = 1_000;
/// The maximum number of pending requests from a user.
pub const MAX_OPEN: i64 = 100;
/// The maximum number of users that a user can block.
pub const MAX_BLOCKS: i64 = 1_000;
/// How long a user whose request was declined cannot send another to the same user.
pub const DECLINE_COOLDOWN: Duration = Duration::from_secs(7 * 24 * 3_600);

/// What decides about a friend request between two users.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PairState {
    /// Whether they are friends.
    pub are_friends: bool,
    /// Whether the sender has blocked the receiver.
    pub sender_blocked: bool,
    /// Whether the receiver has blocked the sender.
    pub receiver_blocked: bool,
    /// The direction of the pending request between them, seen by the sender.
    pub pending: Option<RequestDirection>,
    /// Whether the receiver accepts requests.
    pub takes_requests: bool,
    /// The time since the receiver declined a request of the sender's.
    pub declined_ago: Option<Duration>,
    /// The number of pending requests from the sender.
    pub sender_open: i64,
    /// The number of friends of the sender.
    pub sender_friends: i64,
    /// The number of friends of the receiver.
    pub receiver_friends: i64,
}

/// What to do with a request that is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestDecision {
    /// Insert a new request.
    Insert,
    /// Return the request that the sender has sent before.
    ReturnPending,
    /// Make both friends, since the receiver has sent a request too.
    AddFriendship,
}

/// Decides about a request.
///
/// # Errors
/// The reason why it is not allowed. A receiver who has blocked the sender is reported as unknown.
pub fn decide_request(state: &PairState) -> Result<RequestDecision, AppError> {
    ensure_not_blocked(state)?;
    if state.are_friends {
        return Err(Error::AlreadyFriends.into());
    }
    match state.pending {
        Some(RequestDirection::Outgoing) => return Ok(RequestDecision::ReturnPending),
        Some(RequestDirection::Incoming) => {
            return ensure_can_add_friend(state).map(|()| RequestDecision::AddFriendship);
        }
        None => {}
    }
    if !state.takes_requests {
        return Err(Error::RequestsNotAllowed.into());
    }
    ensure_no_recent_decline(state.declined_ago)?;
    if state.sender_open >= MAX_OPEN {
        return Err(Error::TooManyOpen.into());
    }
    ensure_can_add_friend(state).map(|()| RequestDecision::Insert)
}

/// Checks that the two users can become friends.
///
/// # Errors
/// One has blocked the other, or a friend list is full.
pub fn ensure_can_add_friend(state: &PairState) -> Result<(), AppError> {
    ensure_not_blocked(state)?;
    if state.sender_friends >= MAX_FRIENDS {
        return Err(Error::ListFull.into());
    }
    if state.receiver_friends >= MAX_FRIENDS {
        return Err(Error::TheirListFull.into());
    }
    Ok(())
}

fn ensure_not_blocked(state: &PairState) -> Result<(), AppError> {
    if state.sender_blocked {
        return Err(Error::YouBlocked.into());
    }
    if state.receiver_blocked {
        return Err(Common::UserNotFound.into());
    }
    Ok(())
}

fn ensure_no_recent_decline(declined_ago: Option<Duration>) -> Result<(), AppError> {
    let left = declined_ago.map(|ago| DECLINE_COOLDOWN.saturating_sub(ago));
    match left {
        Some(wait) if !wait.is_zero() => Err(Error::DeclinedRecently.retry_after(wait)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRANGERS: PairState = PairState {
        are_friends: false,
        sender_blocked: false,
        receiver_blocked: false,
        pending: None,
        takes_requests: true,
        declined_ago: None,
        sender_open: 0,
        sender_friends: 0,
        receiver_friends: 0,
    };

    fn error_code(state: PairState) -> &'static str {
        decide_request(&state).unwrap_err().code().name
    }

    #[test]
    fn decide_request_inserts_returns_the_pending_one_or_adds_a_friendship() {
        assert_eq!(decide_request(&STRANGERS).unwrap(), RequestDecision::Insert);
        let pending = |direction| PairState {
            pending: Some(direction),
            takes_requests: false,
            sender_open: MAX_OPEN,
            ..STRANGERS
        };
        let outgoing = decide_request(&pending(RequestDirection::Outgoing)).unwrap();
        assert_eq!(outgoing, RequestDecision::ReturnPending);
        let incoming = decide_request(&pending(RequestDirection::Incoming)).unwrap();
        assert_eq!(incoming, RequestDecision::AddFriendship);
    }

    #[test]
    fn decide_request_checks_blocks_first_and_hides_the_receiver_who_blocked() {
        let both = PairState {
            sender_blocked: true,
            receiver_blocked: true,
            are_friends: true,
            ..STRANGERS
        };
        let [by_sender, by_receiver] =
            [(true, false), (false, true)].map(|(sender_blocked, receiver_blocked)| PairState {
                sender_blocked,
                receiver_blocked,
                ..both
            });
        assert_eq!(error_code(by_receiver), "users.not_found");
        // The sender's own block is reported whether or not the receiver has blocked too.
        assert_eq!(error_code(by_sender), "friends.you_blocked_them");
        assert_eq!(error_code(both), "friends.you_blocked_them");
    }

    #[test]
    fn decide_request_refuses_friends_closed_receivers_and_too_many_requests() {
        let friends = PairState {
            are_friends: true,
            ..STRANGERS
        };
        assert_eq!(error_code(friends), "friends.already_friends");
        let closed = PairState {
            takes_requests: false,
            ..STRANGERS
        };
        assert_eq!(error_code(closed), "friends.requests_not_welcome");
        let open = |sender_open| PairState {
            sender_open,
            ..STRANGERS
        };
        assert_eq!(error_code(open(MAX_OPEN)), "friends.too_many_open_requests");
        let below = decide_request(&open(MAX_OPEN - 1)).unwrap();
        assert_eq!(below, RequestDecision::Insert);
    }

    #[test]
    fn decide_request_refuses_full_friend_lists() {
        let lists = |sender_friends, receiver_friends| PairState {
            sender_friends,
            receiver_friends,
            ..STRANGERS
        };
        let below = decide_request(&lists(999, 999)).unwrap();
        assert_eq!(below, RequestDecision::Insert);
        assert_eq!(error_code(lists(1_000, 0)), "friends.list_full");
        assert_eq!(error_code(lists(0, 1_000)), "friends.their_list_full");
    }

    #[test]
    fn decide_request_refuses_until_the_cooldown_is_over() {
        let declined = |ago| PairState {
            declined_ago: Some(ago),
            ..STRANGERS
        };
        let almost = DECLINE_COOLDOWN - Duration::from_micros(1);
        let error = decide_request(&declined(almost)).unwrap_err();
        assert!(error.is(Error::DeclinedRecently.code()));
        assert_eq!(error.retry_delay(), Some(Duration::from_micros(1)));
        let over = decide_request(&declined(DECLINE_COOLDOWN)).unwrap();
        assert_eq!(over, RequestDecision::Insert);
    }
}
