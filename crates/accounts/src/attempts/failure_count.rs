//! How failures so far delay an attempt.

use std::time::Duration;

use kernel::Timestamp;

use crate::rules::backoff::{BackoffPolicy, Failures, PLACE};

/// The failures so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct FailureCount {
    pub(super) policy: BackoffPolicy,
    pub(super) account: Failures,
    pub(super) place: Failures,
    pub(super) is_owner_place: bool,
}

impl FailureCount {
    pub(super) fn any(&self) -> bool {
        self.account.count > 0 || self.place.count > 0
    }

    pub(super) fn delays(&self, now: Timestamp) -> bool {
        PLACE.delays(self.place, now)
            || (!self.is_owner_place && self.policy.delays(self.account, now))
    }

    pub(super) fn wait(&self, now: Timestamp) -> Duration {
        let general = if self.is_owner_place {
            Duration::ZERO
        } else {
            self.policy.wait(self.account, now)
        };
        PLACE.wait(self.place, now).max(general)
    }
}
