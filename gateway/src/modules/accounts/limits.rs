//! The limits of passwords, codes and mail, which hold regardless of `--rate-limits`.

use accounts::rules::backoff::{self, BackoffPolicy};
use accounts::rules::codes;

use crate::docs::duration::span;

/// The limits, a sentence each.
pub(super) fn fixed_limits() -> Vec<String> {
    let wrong = |what: &str, policy: BackoffPolicy| {
        let free = (0..)
            .take_while(|count| policy.delay(*count).is_zero())
            .count();
        let longest = span(policy.delay(u32::MAX));
        format!("{what}: after {free} in a row, each doubles a delay of a second, up to {longest}.")
    };
    vec![
        wrong(
            "Wrong passwords for an account from one place",
            backoff::PLACE,
        ),
        wrong(
            "Wrong passwords for an account from anywhere",
            backoff::ACCOUNT,
        ),
        wrong(
            "Wrong codes of a second factor for an account",
            backoff::CODES,
        ),
        format!(
            "A login challenge ends after {} wrong codes. It mails at most {} more codes, each {} after \
             the one before.",
            codes::MAX_TRIES,
            codes::MAX_RESENDS,
            span(codes::RESEND_AFTER)
        ),
        format!(
            "An account gets at most {} mails to reset its password and causes at most {} to verify an \
             address in {}.",
            codes::MAX_RESET_MAILS,
            codes::MAX_ADDRESS_MAILS,
            span(codes::MAIL_WINDOW)
        ),
    ]
}
