//! The rows of this crate.

pub(crate) mod arrivals;
pub(crate) mod broadcasts;
pub(crate) mod deliveries;
pub(crate) mod notifications;
pub(crate) mod personal;
pub(crate) mod preferences;
pub(crate) mod settled;

use kernel::{Id, Timestamp};
use uuid::Uuid;

/// Bits of an id below its millisecond.
const BITS_BELOW_TIME: u32 = 80;

/// An id that sorts before all made at this moment or later, and after those made before it.
pub(crate) fn first_id_of<K>(at: Timestamp) -> Id<K> {
    let millis = u128::try_from(at.millis()).unwrap_or_default();
    Id::from_uuid(Uuid::from_u128(millis << BITS_BELOW_TIME))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use contract::notify::NotificationId;
    use kernel::{Env, ManualClock, SystemRng};

    use super::*;

    #[test]
    fn ids_sort_by_the_moment_they_were_made() {
        let at = Timestamp::from_micros(1_800_000_000_123_000);
        let env = Env::new(Arc::new(ManualClock::at(at)), Arc::new(SystemRng));
        let id: NotificationId = env.id();
        assert!(first_id_of(at) <= id);
        assert!(first_id_of(at + std::time::Duration::from_millis(1)) > id);
    }
}
