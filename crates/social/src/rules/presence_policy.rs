//! Computes a user's presence from their connections.

use std::time::Duration;

use contract::social::{ChosenStatus, Presence};

/// The time without activity after which a user is away.
pub const AWAY_AFTER: Duration = Duration::from_secs(5 * 60);
/// The time without activity after which a user is offline, even if connected.
pub const OFFLINE_AFTER: Duration = Duration::from_secs(30 * 60);
/// How long a lost connection still counts, as networks change and trains pass tunnels.
pub const GRACE: Duration = Duration::from_secs(15);
/// How long a connection that the client closed still counts, as pages reload.
pub const GRACE_AFTER_CLOSE: Duration = Duration::from_secs(3);

/// The activity on one connection, in ascending order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConnectionActivity {
    /// The user has set this tab offline.
    Off,
    /// No activity for [`OFFLINE_AFTER`].
    Dormant,
    /// No activity for [`AWAY_AFTER`].
    Idle,
    /// Recent activity.
    Active,
}

/// The activity on a connection after this time without any.
#[must_use]
pub fn activity(inactive_for: Duration) -> ConnectionActivity {
    if inactive_for >= OFFLINE_AFTER {
        ConnectionActivity::Dormant
    } else if inactive_for >= AWAY_AFTER {
        ConnectionActivity::Idle
    } else {
        ConnectionActivity::Active
    }
}

/// Selects the tabs that count, each given with whether it is open. Closed and lost tabs count until
/// their grace ends, unless the user has set all open tabs offline.
pub fn effective_activities(
    tabs: impl Iterator<Item = (ConnectionActivity, bool)> + Clone,
) -> impl Iterator<Item = ConnectionActivity> {
    let mut open = tabs.clone().filter(|(_, open)| *open).peekable();
    let all_off =
        open.peek().is_some() && open.all(|(activity, _)| activity == ConnectionActivity::Off);
    tabs.filter(move |(_, open)| *open || !all_off)
        .map(|(activity, _)| activity)
}

/// The presence of a user with these connections. The most active connection counts.
#[must_use]
pub fn presence(
    connections: impl IntoIterator<Item = ConnectionActivity>,
    in_match: bool,
    chosen: ChosenStatus,
) -> Presence {
    use ConnectionActivity::{Active, Dormant, Idle, Off};
    let most_active = connections.into_iter().max();
    match (most_active, chosen) {
        (None | Some(Off | Dormant), _) | (_, ChosenStatus::Invisible) => Presence::Offline,
        _ if in_match => Presence::InMatch,
        (Some(Idle), _) | (_, ChosenStatus::Away) => Presence::Away,
        (Some(Active), ChosenStatus::Online) => Presence::Online,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ChosenStatus::{Away, Invisible, Online};
    use ConnectionActivity::{Active, Dormant, Idle, Off};

    #[test]
    fn activity_changes_at_its_limits() {
        let moment = Duration::from_micros(1);
        assert_eq!(activity(Duration::ZERO), Active);
        assert_eq!(activity(AWAY_AFTER - moment), Active);
        assert_eq!(activity(AWAY_AFTER), Idle);
        assert_eq!(activity(OFFLINE_AFTER - moment), Idle);
        assert_eq!(activity(OFFLINE_AFTER), Dormant);
        assert_eq!(activity(Duration::MAX), Dormant);
    }

    #[test]
    fn presence_is_that_of_the_most_active_connection() {
        let of = |tabs: &[ConnectionActivity]| presence(tabs.iter().copied(), false, Online);
        assert_eq!(of(&[]), Presence::Offline);
        assert_eq!(of(&[Off]), Presence::Offline);
        assert_eq!(of(&[Dormant]), Presence::Offline);
        assert_eq!(of(&[Dormant, Off, Idle]), Presence::Away);
        assert_eq!(of(&[Idle, Active, Dormant]), Presence::Online);
        assert_eq!(of(&[Off, Active]), Presence::Online);
    }

    #[test]
    fn effective_activities_ignore_closed_tabs_when_all_open_ones_are_off() {
        let of = |tabs: &[(ConnectionActivity, bool)]| {
            presence(effective_activities(tabs.iter().copied()), false, Online)
        };
        let closed = (Active, false);
        assert_eq!(of(&[closed]), Presence::Online);
        assert_eq!(of(&[closed, (Off, true)]), Presence::Offline);
        assert_eq!(of(&[closed, (Off, true), (Active, true)]), Presence::Online);
        assert_eq!(of(&[closed, (Idle, true)]), Presence::Online);
        assert_eq!(of(&[(Off, false), closed]), Presence::Online);
        assert_eq!(of(&[]), Presence::Offline);
    }

    #[test]
    fn presence_follows_the_chosen_status_of_connected_users() {
        let active = |in_match, chosen| presence([Active], in_match, chosen);
        assert_eq!(active(false, Away), Presence::Away);
        assert_eq!(active(false, Invisible), Presence::Offline);
        assert_eq!(active(true, Invisible), Presence::Offline);
        assert_eq!(active(true, Away), Presence::InMatch);
        assert_eq!(active(true, Online), Presence::InMatch);
        assert_eq!(presence([], false, Away), Presence::Offline);
    }

    #[test]
    fn presence_shows_a_match_of_connected_users_only() {
        assert_eq!(presence([Idle], true, Online), Presence::InMatch);
        assert_eq!(presence([], true, Online), Presence::Offline);
        assert_eq!(presence([Dormant], true, Online), Presence::Offline);
    }
}
