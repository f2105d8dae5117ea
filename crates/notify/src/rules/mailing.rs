//! When mail about what waits is due.

use std::time::Duration;

use contract::notify::DigestFrequency;
use kernel::Timestamp;

/// How long to leave somebody alone who is around, at the least.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What decides about a person's mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Since when the first thing waits that mail would tell of.
    pub since: Option<Timestamp>,
    /// When the last mail was made.
    pub last_mail: Option<Timestamp>,
    /// How often they want mail.
    pub frequency: DigestFrequency,
    /// Whether they are around.
    pub is_around: bool,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing.
    Nothing,
    /// Look again then.
    Later(Timestamp),
    /// Mail goes out.
    Mail,
}

/// What is to be done about a person's mail, where things may wait for so long.
#[must_use]
pub fn next(waiting: &Waiting, after: Duration, now: Timestamp) -> Next {
    let Some(since) = waiting.since else {
        return Next::Nothing;
    };
    let Some(pause) = pause(waiting.frequency, after) else {
        return Next::Nothing;
    };
    let may_follow = waiting.last_mail.map(|last| last + pause);
    let due = may_follow.map_or(since + after, |at| at.max(since + after));
    match () {
        () if due > now => Next::Later(due),
        () if waiting.is_around => Next::Later(now + after.max(PATIENCE)),
        () => Next::Mail,
    }
}

/// How long after a mail the next may follow.
fn pause(frequency: DigestFrequency, after: Duration) -> Option<Duration> {
    match frequency {
        DigestFrequency::Off => None,
        DigestFrequency::Soon => Some(after),
        DigestFrequency::Hourly => Some(Duration::from_secs(3_600)),
        DigestFrequency::Daily => Some(Duration::from_secs(24 * 3_600)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AFTER: Duration = Duration::from_secs(900);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn waiting(since: i64) -> Waiting {
        Waiting {
            since: Some(at(since)),
            last_mail: None,
            frequency: DigestFrequency::Soon,
            is_around: false,
        }
    }

    #[test]
    fn mail_is_due_when_the_first_thing_has_waited_long_enough() {
        assert_eq!(next(&waiting(100), AFTER, at(999)), Next::Later(at(1_000)));
        assert_eq!(next(&waiting(100), AFTER, at(1_000)), Next::Mail);
    }

    #[test]
    fn nothing_waits_or_no_mail_is_wanted() {
        let mut nothing = waiting(0);
        nothing.since = None;
        assert_eq!(next(&nothing, AFTER, at(5_000)), Next::Nothing);
        let mut off = waiting(0);
        off.frequency = DigestFrequency::Off;
        assert_eq!(next(&off, AFTER, at(5_000)), Next::Nothing);
    }

    #[test]
    fn mails_keep_the_distance_that_one_wants() {
        let cases = [
            (DigestFrequency::Soon, 900),
            (DigestFrequency::Hourly, 3_600),
            (DigestFrequency::Daily, 86_400),
        ];
        for (frequency, pause) in cases {
            let mut one = waiting(0);
            (one.frequency, one.last_mail) = (frequency, Some(at(10_000)));
            let due = 10_000 + pause;
            assert_eq!(next(&one, AFTER, at(due - 1)), Next::Later(at(due)));
            assert_eq!(next(&one, AFTER, at(due)), Next::Mail);
            one.last_mail = None;
            assert_eq!(
                next(&one, AFTER, at(900)),
                Next::Mail,
                "the first is not late"
            );
        }
    }

    #[test]
    fn who_is_around_needs_no_mail_and_is_not_asked_all_the_time() {
        let mut around = waiting(0);
        around.is_around = true;
        assert_eq!(next(&around, AFTER, at(900)), Next::Later(at(1_800)));
        let soon = next(&around, Duration::ZERO, at(900));
        assert_eq!(soon, Next::Later(at(960)));
    }
}
