//! How somebody is seen, given what their connections do.

use std::time::Duration;

use contract::social::{ChosenStatus, Presence};

/// After so long without doing anything a person is away.
pub const AWAY_AFTER: Duration = Duration::from_secs(5 * 60);
/// After so long without doing anything a person is not there, connected or not.
pub const OFFLINE_AFTER: Duration = Duration::from_secs(30 * 60);
/// How long somebody stays who left without a word: a network that changes, a train in a tunnel.
pub const GRACE: Duration = Duration::from_secs(15);
/// How long somebody stays whose connection was closed in good order: a page that reloads.
pub const GRACE_AFTER_CLOSE: Duration = Duration::from_secs(3);

/// What one connection says of its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// They said that they are off, in this tab.
    Off,
    /// Nothing was done for so long that nobody seems to be there.
    Dormant,
    /// Nothing was done for a while.
    Idle,
    /// Something was done a moment ago.
    Active,
}

/// What a connection says on which nothing was done for so long.
#[must_use]
pub fn state(quiet_for: Duration) -> State {
    if quiet_for >= OFFLINE_AFTER {
        State::Dormant
    } else if quiet_for >= AWAY_AFTER {
        State::Idle
    } else {
        State::Active
    }
}

/// What counts of these tabs, each with whether it is open. One that was closed or lost counts on
/// for a while, as it may come back, unless the person says in all that are open that they are off.
pub fn counted(tabs: impl Iterator<Item = (State, bool)> + Clone) -> impl Iterator<Item = State> {
    let mut open = tabs.clone().filter(|(_, open)| *open).peekable();
    let is_off = open.peek().is_some() && open.all(|(state, _)| state == State::Off);
    tabs.filter(move |(_, open)| *open || !is_off)
        .map(|(state, _)| state)
}

/// How somebody is seen who has these connections, plays or not, and wants to be seen so. The
/// liveliest connection counts.
#[must_use]
pub fn presence(
    connections: impl IntoIterator<Item = State>,
    playing: bool,
    chosen: ChosenStatus,
) -> Presence {
    let liveliest = connections.into_iter().max();
    match (liveliest, chosen) {
        (None | Some(State::Off | State::Dormant), _) | (_, ChosenStatus::Invisible) => {
            Presence::Offline
        }
        _ if playing => Presence::InMatch,
        (Some(State::Idle), _) | (_, ChosenStatus::Away) => Presence::Away,
        (Some(State::Active), ChosenStatus::Online) => Presence::Online,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ChosenStatus::{Away, Invisible, Online};
    use State::{Active, Dormant, Idle, Off};

    #[test]
    fn quiet_turns_into_away_and_offline_at_the_very_moment() {
        let moment = Duration::from_micros(1);
        assert_eq!(state(Duration::ZERO), Active);
        assert_eq!(state(AWAY_AFTER - moment), Active);
        assert_eq!(state(AWAY_AFTER), Idle);
        assert_eq!(state(OFFLINE_AFTER - moment), Idle);
        assert_eq!(state(OFFLINE_AFTER), Dormant);
        assert_eq!(state(Duration::MAX), Dormant);
    }

    #[test]
    fn the_liveliest_connection_counts() {
        let of = |states: &[State]| presence(states.iter().copied(), false, Online);
        assert_eq!(of(&[]), Presence::Offline);
        assert_eq!(of(&[Off]), Presence::Offline);
        assert_eq!(of(&[Dormant]), Presence::Offline);
        assert_eq!(of(&[Dormant, Off, Idle]), Presence::Away);
        assert_eq!(of(&[Idle, Active, Dormant]), Presence::Online);
        assert_eq!(of(&[Off, Active]), Presence::Online);
    }

    #[test]
    fn who_says_that_they_are_off_is_off_whatever_was_closed_before() {
        let of = |tabs: &[(State, bool)]| presence(counted(tabs.iter().copied()), false, Online);
        let closed = (Active, false);
        assert_eq!(of(&[closed]), Presence::Online);
        assert_eq!(of(&[closed, (Off, true)]), Presence::Offline);
        assert_eq!(of(&[closed, (Off, true), (Active, true)]), Presence::Online);
        assert_eq!(of(&[closed, (Idle, true)]), Presence::Online);
        assert_eq!(of(&[(Off, false), closed]), Presence::Online);
        assert_eq!(of(&[]), Presence::Offline);
    }

    #[test]
    fn what_was_chosen_counts_for_those_who_are_there() {
        let active = |playing, chosen| presence([Active], playing, chosen);
        assert_eq!(active(false, Away), Presence::Away);
        assert_eq!(active(false, Invisible), Presence::Offline);
        assert_eq!(active(true, Invisible), Presence::Offline);
        assert_eq!(active(true, Away), Presence::InMatch);
        assert_eq!(active(true, Online), Presence::InMatch);
        assert_eq!(presence([], false, Away), Presence::Offline);
    }

    #[test]
    fn a_match_shows_only_of_those_who_are_there() {
        assert_eq!(presence([Idle], true, Online), Presence::InMatch);
        assert_eq!(presence([], true, Online), Presence::Offline);
        assert_eq!(presence([Dormant], true, Online), Presence::Offline);
    }
}
