//! Where a match comes from, and what follows for its clocks.

use std::time::Duration;

/// Where a match comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchMode {
    /// An accepted invite or rematch.
    Invite,
    /// The queue, unrated.
    Casual,
    /// The queue, rated.
    Ranked,
    /// A tournament.
    Tournament,
    /// Against the computer.
    Practice,
    /// Two players at one keyboard.
    Local,
}

kernel::text_enum!(MatchMode {
    Invite = "invite",
    Casual = "casual",
    Ranked = "ranked",
    Tournament = "tournament",
    Practice = "practice",
    Local = "local",
});

/// The clocks of a match, by where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatchLimits {
    /// How long a match waits for both players.
    pub wait: Duration,
    /// How often a player may pause.
    pub pauses: u32,
    /// How long a pause may last.
    pub pause: Duration,
    /// How long a pause by agreement may last. `None`: there is none.
    pub agreed_pause: Option<Duration>,
    /// How long a player may be absent, all absences together.
    pub grace: Duration,
    /// How often a player may be absent.
    pub drops: u32,
}

impl MatchMode {
    /// The clocks of matches from here.
    #[must_use]
    pub const fn limits(self) -> MatchLimits {
        match self {
            Self::Invite => limits(
                seconds(60),
                (2, seconds(30)),
                Some(seconds(120)),
                (seconds(30), 3),
            ),
            Self::Casual => limits(
                seconds(20),
                (1, seconds(30)),
                Some(seconds(60)),
                (seconds(30), 3),
            ),
            Self::Ranked => limits(
                seconds(20),
                (1, seconds(20)),
                Some(seconds(60)),
                (seconds(30), 3),
            ),
            Self::Tournament => limits(seconds(180), (1, seconds(30)), None, (seconds(60), 5)),
            Self::Practice | Self::Local => limits(
                seconds(60),
                (u32::MAX, seconds(600)),
                None,
                (seconds(600), u32::MAX),
            ),
        }
    }
}

const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

const fn limits(
    wait: Duration,
    (pauses, pause): (u32, Duration),
    agreed_pause: Option<Duration>,
    (grace, drops): (Duration, u32),
) -> MatchLimits {
    MatchLimits {
        wait,
        pauses,
        pause,
        agreed_pause,
        grace,
        drops,
    }
}
