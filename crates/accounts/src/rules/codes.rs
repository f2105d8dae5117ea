//! Six digits by mail, recovery codes on paper, and when they count.

use std::time::Duration;

use kernel::{Env, Secret, Timestamp};

use crate::error::Error;

/// How long a code and its challenge last.
pub const LIFETIME: Duration = Duration::from_secs(10 * 60);
/// How many wrong codes end a challenge.
pub const TRIES: u32 = 5;
/// How long to wait before asking for another mail.
pub const RESEND_AFTER: Duration = Duration::from_secs(60);
/// The time in which mails with links are counted.
pub const MAIL_WINDOW: Duration = Duration::from_secs(24 * 60 * 60);
/// How many mails to set a new password an account gets in that time.
pub const MAX_RESET_MAILS: usize = 5;
/// How many mails that prove an address an account may cause in that time.
pub const MAX_ADDRESS_MAILS: usize = 10;
/// How many links to set a new password are valid at once, so that a stranger who asks for more
/// does not void the one that its owner has just received.
pub const MAX_RESET_LINKS: usize = 3;
/// How long an account may stay without a verified address where verification is required.
pub const UNVERIFIED_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How often one challenge may ask for another mail.
pub const RESENDS: u32 = 5;
/// How many recovery codes there are.
pub const RECOVERY_CODES: usize = 10;
/// How long a link to set a new password lasts.
pub const RESET_LIFETIME: Duration = Duration::from_secs(30 * 60);
/// How long a link that proves an e-mail address lasts.
pub const VERIFY_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a step-up lasts.
pub const PROOF_LIFETIME: Duration = Duration::from_secs(15 * 60);
/// How long a ticket for a socket lasts.
pub const TICKET_LIFETIME: Duration = Duration::from_secs(30);
/// How long the download of an export lasts.
pub const EXPORT_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

const DIGITS: usize = 6;
/// Letters and digits that nobody mistakes for one another on paper.
const ALPHABET: &str = "abcdefghjkmnpqrstuvwxyz023456789";
const RECOVERY_LENGTH: usize = 16;
const RECOVERY_GROUP: usize = 4;

/// A new code of six digits.
#[must_use]
pub fn draw(env: &Env) -> Secret {
    Secret::new(format!("{:06}", env.random_below(1_000_000)))
}

/// Six digits as typed, without the spaces that mail programs and people put in.
#[must_use]
pub fn read(typed: &Secret) -> Option<Secret> {
    let code = without_gaps(typed);
    let right = code.len() == DIGITS && code.bytes().all(|b| b.is_ascii_digit());
    right.then(|| Secret::new(code))
}

/// Ten fresh recovery codes of 80 bits, as in `k7m2-p9xq-4tb3-n8rw`.
#[must_use]
pub fn draw_recovery(env: &Env) -> Vec<Secret> {
    let letter = |_| ALPHABET.chars().nth(env.random_below(32) as usize);
    let code = || grouped((0..RECOVERY_LENGTH).filter_map(letter));
    (0..RECOVERY_CODES).map(|_| Secret::new(code())).collect()
}

/// A recovery code as typed, in the form that is hashed: without dashes and capitals.
#[must_use]
pub fn read_recovery(typed: &Secret) -> Option<Secret> {
    let code = without_gaps(typed).to_ascii_lowercase();
    let known = code.chars().all(|c| ALPHABET.contains(c));
    (code.len() == RECOVERY_LENGTH && known).then(|| Secret::new(code))
}

/// Whether a challenge may still be answered.
///
/// # Errors
/// It has ended, or too many codes were wrong.
pub fn admit(expires_at: Timestamp, tries: u32, now: Timestamp) -> Result<(), Error> {
    if now >= expires_at {
        return Err(Error::ChallengeExpired);
    }
    if tries >= TRIES {
        return Err(Error::TooManyTries);
    }
    Ok(())
}

/// Whether a link still counts.
///
/// # Errors
/// It has ended, or was used.
pub fn admit_link(expires_at: Timestamp, used: bool, now: Timestamp) -> Result<(), Error> {
    if used {
        return Err(Error::LinkInvalid);
    }
    if now >= expires_at {
        return Err(Error::LinkExpired);
    }
    Ok(())
}

/// How long to wait before another mail may be sent; zero where it may be now.
#[must_use]
pub fn resend_wait(sent_at: Timestamp, now: Timestamp) -> Duration {
    RESEND_AFTER.saturating_sub(now.since(sent_at))
}

/// How long to wait until one of at most `max` mails leaves the window; zero where one more may be
/// sent now. `sent` has the newest first.
#[must_use]
pub fn quota_wait(sent: &[Timestamp], max: usize, now: Timestamp) -> Duration {
    let oldest = max.checked_sub(1).and_then(|index| sent.get(index));
    oldest.map_or(Duration::ZERO, |sent_at| {
        MAIL_WINDOW.saturating_sub(now.since(*sent_at))
    })
}

/// Whether who is there was proven lately enough to touch security settings.
///
/// # Errors
/// It was too long ago.
pub fn admit_proof(proven_at: Timestamp, now: Timestamp) -> Result<(), Error> {
    (now.since(proven_at) < PROOF_LIFETIME)
        .then_some(())
        .ok_or(Error::StepUpRequired)
}

fn without_gaps(typed: &Secret) -> String {
    let gap = |c: &char| !c.is_whitespace() && *c != '-';
    typed
        .expose()
        .chars()
        .filter(gap)
        .take(RECOVERY_LENGTH + 1)
        .collect()
}

fn grouped(code: impl Iterator<Item = char>) -> String {
    let mut groups = String::with_capacity(RECOVERY_LENGTH + 3);
    for (at, c) in code.enumerate() {
        if at > 0 && at % RECOVERY_GROUP == 0 {
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
    fn a_letter_of_a_recovery_code_is_five_bits() {
        assert_eq!(ALPHABET.chars().collect::<HashSet<_>>().len(), 32);
    }

    #[test]
    fn codes_have_six_digits_also_small_ones() {
        let env = env();
        assert!((0..2_000).all(|_| draw(&env).expose().len() == 6));
    }

    #[test]
    fn reads_codes_as_people_type_them() {
        let code = |text: &str| read(&Secret::new(text)).map(|code| code.expose().to_owned());
        assert_eq!(code("012345").as_deref(), Some("012345"));
        assert_eq!(code(" 012 345\n").as_deref(), Some("012345"));
        assert_eq!(code("012-345").as_deref(), Some("012345"));
        for wrong in ["", "12345", "1234567", "12345a", "１２３４５６", "-12345"] {
            assert_eq!(code(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn recovery_codes_are_ten_and_different_and_come_back_as_typed() {
        let codes = draw_recovery(&env());
        let different: HashSet<_> = codes.iter().map(|code| code.expose().to_owned()).collect();
        assert_eq!(different.len(), RECOVERY_CODES);
        for code in &codes {
            assert_eq!(code.expose().len(), 19);
            let shouted = Secret::new(code.expose().to_uppercase().replace('-', " "));
            assert_eq!(read_recovery(&shouted), read_recovery(code));
            assert!(read_recovery(code).is_some());
        }
        assert_eq!(read_recovery(&Secret::new("k7m2-p9xq-4tb3-n8rl")), None);
        assert_eq!(read_recovery(&Secret::new("k7m2-p9xq-4tb3-n8rw-x")), None);
    }

    #[test]
    fn a_challenge_ends_by_time_and_by_tries() {
        assert_eq!(admit(at(600), 4, at(599)), Ok(()));
        assert_eq!(admit(at(600), 5, at(599)), Err(Error::TooManyTries));
        assert_eq!(admit(at(600), 0, at(600)), Err(Error::ChallengeExpired));
    }

    #[test]
    fn a_link_counts_once_and_for_a_while() {
        assert_eq!(admit_link(at(10), false, at(9)), Ok(()));
        assert_eq!(admit_link(at(10), false, at(10)), Err(Error::LinkExpired));
        assert_eq!(admit_link(at(10), true, at(9)), Err(Error::LinkInvalid));
    }

    #[test]
    fn mails_and_proofs_keep_their_times() {
        assert_eq!(resend_wait(at(0), at(20)), Duration::from_secs(40));
        assert_eq!(resend_wait(at(0), at(60)), Duration::ZERO);
        assert_eq!(admit_proof(at(0), at(899)), Ok(()));
        assert_eq!(admit_proof(at(0), at(900)), Err(Error::StepUpRequired));
    }

    #[test]
    fn quota_is_earned_back_when_the_oldest_mail_leaves_the_window() {
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
        fn nothing_typed_is_read_as_more_than_six_digits(typed in "\\PC{0,40}") {
            if let Some(code) = read(&Secret::new(typed)) {
                prop_assert!(code.expose().parse::<u32>().is_ok_and(|n| n < 1_000_000));
            }
        }
    }
}
