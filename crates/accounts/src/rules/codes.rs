//! Codes and links: their format, lifetimes and limits.

use std::time::Duration;

use kernel::{Env, Secret, Timestamp};

use crate::error::Error;

/// The lifetime of a challenge and its code.
pub const CHALLENGE_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// The number of wrong codes that ends a challenge.
pub const MAX_TRIES: u32 = 5;
/// The pause between two mails.
pub const RESEND_AFTER: Duration = Duration::from_secs(60);
/// The time window of the mail quotas.
pub const MAIL_WINDOW: Duration = Duration::from_secs(24 * 60 * 60);
/// The maximum number of password reset mails in this window.
pub const MAX_RESET_MAILS: usize = 5;
/// The maximum number of verification mails in this window.
pub const MAX_ADDRESS_MAILS: usize = 10;
/// The maximum number of valid password reset links, so that requests of a stranger do not void the
/// link that the owner has just received.
pub const MAX_RESET_LINKS: usize = 3;
/// How long an account may stay unverified if verification is required.
pub const UNVERIFIED_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// The maximum number of code mails per challenge after the first.
pub const MAX_RESENDS: u32 = 5;
/// The number of recovery codes.
pub const RECOVERY_CODE_COUNT: usize = 10;
/// The lifetime of a password reset link.
pub const RESET_LIFETIME: Duration = Duration::from_secs(30 * 60);
/// The lifetime of a verification link.
pub const VERIFY_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
/// The lifetime of a step-up.
pub const STEP_UP_LIFETIME: Duration = Duration::from_secs(15 * 60);
/// The lifetime of a socket ticket.
pub const TICKET_LIFETIME: Duration = Duration::from_secs(30);
/// The lifetime of a data export.
pub const EXPORT_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

const CODE_LEN: usize = 6;
/// Letters and digits that are hard to confuse on paper.
const ALPHABET: &str = "abcdefghjkmnpqrstuvwxyz023456789";
const RECOVERY_CODE_LEN: usize = 16;
const RECOVERY_GROUP_LEN: usize = 4;

/// A random code of six digits.
#[must_use]
pub fn generate(env: &Env) -> Secret {
    Secret::new(format!("{:06}", env.random_below(1_000_000)))
}

/// Parses a code of six digits, ignoring whitespace.
#[must_use]
pub fn parse(input: &Secret) -> Option<Secret> {
    let code = without_separators(input);
    let right = code.len() == CODE_LEN && code.bytes().all(|b| b.is_ascii_digit());
    right.then(|| Secret::new(code))
}

/// Ten random recovery codes of 80 bits each, such as `k7m2-p9xq-4tb3-n8rw`.
#[must_use]
pub fn generate_recovery(env: &Env) -> Vec<Secret> {
    let letter = |_| ALPHABET.chars().nth(env.random_below(32) as usize);
    let code = || grouped((0..RECOVERY_CODE_LEN).filter_map(letter));
    (0..RECOVERY_CODE_COUNT)
        .map(|_| Secret::new(code()))
        .collect()
}

/// Parses a recovery code into the form that is hashed, ignoring case and dashes.
#[must_use]
pub fn parse_recovery(input: &Secret) -> Option<Secret> {
    let code = without_separators(input).to_ascii_lowercase();
    let known = code.chars().all(|c| ALPHABET.contains(c));
    (code.len() == RECOVERY_CODE_LEN && known).then(|| Secret::new(code))
}

/// Checks that a challenge can be answered.
///
/// # Errors
/// `auth.challenge_expired`, `auth.too_many_tries`.
pub fn check_challenge(expires_at: Timestamp, tries: u32, now: Timestamp) -> Result<(), Error> {
    if now >= expires_at {
        return Err(Error::ChallengeExpired);
    }
    if tries >= MAX_TRIES {
        return Err(Error::TooManyTries);
    }
    Ok(())
}

/// Checks that a link can be used.
///
/// # Errors
/// `auth.link_invalid`, `auth.link_expired`.
pub fn check_link(expires_at: Timestamp, used: bool, now: Timestamp) -> Result<(), Error> {
    if used {
        return Err(Error::LinkInvalid);
    }
    if now >= expires_at {
        return Err(Error::LinkExpired);
    }
    Ok(())
}

/// The remaining pause before another mail can be sent.
#[must_use]
pub fn resend_wait(sent_at: Timestamp, now: Timestamp) -> Duration {
    RESEND_AFTER.saturating_sub(now.since(sent_at))
}

/// The time until one of `max` mails leaves the window; zero if another one can be sent now. `sent`
/// is ordered from the newest to the oldest.
#[must_use]
pub fn quota_wait(sent: &[Timestamp], max: usize, now: Timestamp) -> Duration {
    let oldest = max.checked_sub(1).and_then(|index| sent.get(index));
    oldest.map_or(Duration::ZERO, |sent_at| {
        MAIL_WINDOW.saturating_sub(now.since(*sent_at))
    })
}

/// Checks that a session was reauthenticated recently enough for sensitive actions.
///
/// # Errors
/// `auth.step_up_required`.
pub fn check_step_up(reauthenticated_at: Timestamp, now: Timestamp) -> Result<(), Error> {
    (now.since(reauthenticated_at) < STEP_UP_LIFETIME)
        .then_some(())
        .ok_or(Error::StepUpRequired)
}

fn without_separators(input: &Secret) -> String {
    let is_kept = |c: &char| !c.is_whitespace() && *c != '-';
    input
        .expose()
        .chars()
        .filter(is_kept)
        .take(RECOVERY_CODE_LEN + 1)
        .collect()
}

fn grouped(code: impl Iterator<Item = char>) -> String {
    let mut groups = String::with_capacity(RECOVERY_CODE_LEN + 3);
    for (at, c) in code.enumerate() {
        if at > 0 && at % RECOVERY_GROUP_LEN == 0 {
            groups.push('-');
        }
        groups.push(c);
    }
    groups
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::sync::Arc;

    use kernel::{ManualClock, SeededRng};
    use proptest::prelude::*;

    use super::*;

    fn env() -> Env {
        let clock = ManualClock::at(at(0));
        Env::new(Arc::new(clock), Arc::new(SeededRng::new(1)))
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_micros(1_700_000_000_000_000) + Duration::from_secs(seconds)
    }

    #[test]
    fn recovery_code_characters_have_five_bits() {
        assert_eq!(ALPHABET.chars().collect::<HashSet<_>>().len(), 32);
    }

    #[test]
    fn generate_pads_codes_to_six_digits() {
        let env = env();
        assert!((0..2_000).all(|_| generate(&env).expose().len() == 6));
    }

    #[test]
    fn parse_ignores_whitespace_and_dashes() {
        let code = |text: &str| parse(&Secret::new(text)).map(|code| code.expose().to_owned());
        assert_eq!(code("012345").as_deref(), Some("012345"));
        assert_eq!(code(" 012 345\n").as_deref(), Some("012345"));
        assert_eq!(code("012-345").as_deref(), Some("012345"));
        for wrong in ["", "12345", "1234567", "12345a", "１２３４５６", "-12345"] {
            assert_eq!(code(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn parse_recovery_ignores_case_and_dashes() {
        let codes = generate_recovery(&env());
        let different: HashSet<_> = codes.iter().map(|code| code.expose().to_owned()).collect();
        assert_eq!(different.len(), RECOVERY_CODE_COUNT);
        for code in &codes {
            assert_eq!(code.expose().len(), 19);
            let shouted = Secret::new(code.expose().to_uppercase().replace('-', " "));
            assert_eq!(parse_recovery(&shouted), parse_recovery(code));
            assert!(parse_recovery(code).is_some());
        }
        assert_eq!(parse_recovery(&Secret::new("k7m2-p9xq-4tb3-n8rl")), None);
        assert_eq!(parse_recovery(&Secret::new("k7m2-p9xq-4tb3-n8rw-x")), None);
    }

    #[test]
    fn check_challenge_refuses_after_its_lifetime_and_tries() {
        assert_eq!(check_challenge(at(600), 4, at(599)), Ok(()));
        assert_eq!(
            check_challenge(at(600), 5, at(599)),
            Err(Error::TooManyTries)
        );
        assert_eq!(
            check_challenge(at(600), 0, at(600)),
            Err(Error::ChallengeExpired)
        );
    }

    #[test]
    fn check_link_refuses_used_and_expired_links() {
        assert_eq!(check_link(at(10), false, at(9)), Ok(()));
        assert_eq!(check_link(at(10), false, at(10)), Err(Error::LinkExpired));
        assert_eq!(check_link(at(10), true, at(9)), Err(Error::LinkInvalid));
    }

    #[test]
    fn resend_wait_and_step_up_have_limits() {
        assert_eq!(resend_wait(at(0), at(20)), Duration::from_secs(40));
        assert_eq!(resend_wait(at(0), at(60)), Duration::ZERO);
        assert_eq!(check_step_up(at(0), at(899)), Ok(()));
        assert_eq!(check_step_up(at(0), at(900)), Err(Error::StepUpRequired));
    }

    #[test]
    fn quota_wait_ends_when_the_oldest_mail_leaves_the_window() {
        let day = MAIL_WINDOW.as_secs();
        let sent = [at(300), at(200), at(100)];
        assert_eq!(quota_wait(&sent, 4, at(301)), Duration::ZERO);
        assert_eq!(
            quota_wait(&sent, 3, at(301)),
            Duration::from_secs(day - 201)
        );
        assert_eq!(quota_wait(&sent, 3, at(100 + day)), Duration::ZERO);
        assert_eq!(
            quota_wait(&sent, 2, at(100 + day)),
            Duration::from_secs(100)
        );
        assert_eq!(quota_wait(&[], 3, at(0)), Duration::ZERO);
    }

    proptest! {
        #[test]
        fn parse_returns_at_most_six_digits(input in "\\PC{0,40}") {
            if let Some(code) = parse(&Secret::new(input)) {
                prop_assert!(code.expose().parse::<u32>().is_ok_and(|n| n < 1_000_000));
            }
        }
    }
}
