//! Who may ask whom to be friends.

use std::time::Duration;

use contract::social::Direction;
use kernel::AppError;
use kernel::error::Common;

use crate::Error;

/// The most friends a person can have: what one look at all of them may cost is bounded by it.
pub const MAX_FRIENDS: i64 = 1_000;
/// The most requests of one person that wait for an answer.
pub const MAX_OPEN: i64 = 100;
/// The most people that one person can block.
pub const MAX_BLOCKS: i64 = 1_000;
/// How long somebody who was declined waits before asking the same person again.
pub const PAUSE_AFTER_DECLINE: Duration = Duration::from_secs(7 * 24 * 3_600);

/// How two people stand to each other, seen from the one who asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// They are friends.
    pub friends: bool,
    /// The asker has blocked the other.
    pub i_blocked: bool,
    /// The other has blocked the asker.
    pub they_blocked: bool,
    /// A request waits between them.
    pub pending: Option<Direction>,
    /// The other takes requests of strangers.
    pub takes_requests: bool,
    /// How long ago the other has declined.
    pub declined_ago: Option<Duration>,
    /// How many requests of the asker wait for an answer.
    pub my_open: i64,
    /// How many friends the asker has.
    pub my_friends: i64,
    /// How many friends the other has.
    pub their_friends: i64,
}

/// What comes of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// A new request.
    Ask,
    /// The request that waits already.
    Again,
    /// They had asked too: friends.
    Befriend,
}

/// What comes of asking, or why not.
///
/// # Errors
/// The refusal. Somebody who has blocked the asker is as if not there.
pub fn ask(standing: &Standing) -> Result<Next, AppError> {
    may_meet(standing)?;
    if standing.friends {
        return Err(Error::AlreadyFriends.into());
    }
    match standing.pending {
        Some(Direction::Outgoing) => return Ok(Next::Again),
        Some(Direction::Incoming) => return befriend(standing).map(|()| Next::Befriend),
        None => {}
    }
    if !standing.takes_requests {
        return Err(Error::NotWelcome.into());
    }
    may_ask_again(standing.declined_ago)?;
    if standing.my_open >= MAX_OPEN {
        return Err(Error::TooManyOpen.into());
    }
    befriend(standing).map(|()| Next::Ask)
}

/// Whether the two can become friends.
///
/// # Errors
/// One has blocked the other, or a list is full.
pub fn befriend(standing: &Standing) -> Result<(), AppError> {
    may_meet(standing)?;
    if standing.my_friends >= MAX_FRIENDS {
        return Err(Error::ListFull.into());
    }
    if standing.their_friends >= MAX_FRIENDS {
        return Err(Error::TheirListFull.into());
    }
    Ok(())
}

fn may_meet(standing: &Standing) -> Result<(), AppError> {
    if standing.i_blocked {
        return Err(Error::YouBlocked.into());
    }
    if standing.they_blocked {
        return Err(Common::UserNotFound.into());
    }
    Ok(())
}

fn may_ask_again(declined_ago: Option<Duration>) -> Result<(), AppError> {
    let left = declined_ago.map(|ago| PAUSE_AFTER_DECLINE.saturating_sub(ago));
    match left {
        Some(wait) if !wait.is_zero() => Err(Error::DeclinedRecently.retry_after(wait)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: Standing = Standing {
        friends: false,
        i_blocked: false,
        they_blocked: false,
        pending: None,
        takes_requests: true,
        declined_ago: None,
        my_open: 0,
        my_friends: 0,
        their_friends: 0,
    };

    fn refusal(standing: Standing) -> &'static str {
        ask(&standing).unwrap_err().code().name
    }

    #[test]
    fn strangers_may_ask_and_mutual_requests_meet() {
        assert_eq!(ask(&OPEN).unwrap(), Next::Ask);
        let pending = |direction| Standing {
            pending: Some(direction),
            takes_requests: false,
            my_open: MAX_OPEN,
            ..OPEN
        };
        assert_eq!(ask(&pending(Direction::Outgoing)).unwrap(), Next::Again);
        assert_eq!(ask(&pending(Direction::Incoming)).unwrap(), Next::Befriend);
    }

    #[test]
    fn a_block_comes_before_all_else_and_the_blocked_one_learns_nothing() {
        let both = Standing {
            i_blocked: true,
            they_blocked: true,
            friends: true,
            ..OPEN
        };
        let [mine, theirs] =
            [(true, false), (false, true)].map(|(i_blocked, they_blocked)| Standing {
                i_blocked,
                they_blocked,
                ..both
            });
        assert_eq!(refusal(theirs), "users.not_found");
        // Whom I have blocked is told apart from others by my own block alone.
        assert_eq!(refusal(mine), "friends.you_blocked_them");
        assert_eq!(refusal(both), "friends.you_blocked_them");
    }

    #[test]
    fn friends_the_unwelcome_and_the_greedy_are_refused() {
        let friends = Standing {
            friends: true,
            ..OPEN
        };
        assert_eq!(refusal(friends), "friends.already_friends");
        let unwelcome = Standing {
            takes_requests: false,
            ..OPEN
        };
        assert_eq!(refusal(unwelcome), "friends.requests_not_welcome");
        let open = |my_open| Standing { my_open, ..OPEN };
        assert_eq!(refusal(open(MAX_OPEN)), "friends.too_many_open_requests");
        assert_eq!(ask(&open(MAX_OPEN - 1)).unwrap(), Next::Ask);
    }

    #[test]
    fn a_full_list_takes_nobody() {
        let lists = |my_friends, their_friends| Standing {
            my_friends,
            their_friends,
            ..OPEN
        };
        assert_eq!(ask(&lists(999, 999)).unwrap(), Next::Ask);
        assert_eq!(refusal(lists(1_000, 0)), "friends.list_full");
        assert_eq!(refusal(lists(0, 1_000)), "friends.their_list_full");
    }

    #[test]
    fn who_was_declined_waits_to_the_moment() {
        let declined = |ago| Standing {
            declined_ago: Some(ago),
            ..OPEN
        };
        let almost = PAUSE_AFTER_DECLINE - Duration::from_micros(1);
        let error = ask(&declined(almost)).unwrap_err();
        assert!(error.is(Error::DeclinedRecently.code()));
        assert_eq!(error.retry_delay(), Some(Duration::from_micros(1)));
        assert_eq!(ask(&declined(PAUSE_AFTER_DECLINE)).unwrap(), Next::Ask);
    }
}
