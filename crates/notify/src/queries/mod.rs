//! The SQL of this crate, and a read for other domains on a connection that they have.

pub(crate) mod announcements;
pub(crate) mod deliveries;
pub(crate) mod inserts;
pub(crate) mod notifications;
pub(crate) mod personal_data;
pub(crate) mod preferences;
pub(crate) mod resolutions;

use std::collections::BTreeSet;

use contract::notify::{Badges, Notification};
use db::AnyConn;
use kernel::{AppError, Id, Timestamp, UserId};
use uuid::Uuid;

/// Counts the unread notifications of a user.
///
/// # Errors
/// Only if the database fails.
pub fn unread(conn: &mut AnyConn, user: UserId) -> Result<Badges, AppError> {
    let mut found = notifications::badges(conn, &BTreeSet::from([user]))?;
    Ok(found.remove(&user).unwrap_or_default())
}

/// The newest notifications of a user, up to ten, and the unread counts, in two statements.
///
/// # Errors
/// Only if the database fails.
pub fn overview(conn: &mut AnyConn, user: UserId) -> Result<(Vec<Notification>, Badges), AppError> {
    notifications::overview(conn, user)
}

/// The number of bits of an id below its milliseconds.
const BITS_BELOW_TIME: u32 = 80;

/// The smallest id that can be generated at this time.
pub(crate) fn first_id_at<K>(at: Timestamp) -> Id<K> {
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
    fn first_id_at_sorts_before_ids_of_its_time_and_after_earlier_ones() {
        let at = Timestamp::from_micros(1_800_000_000_123_000);
        let env = Env::new(Arc::new(ManualClock::at(at)), Arc::new(SystemRng));
        let id: NotificationId = env.id();
        assert!(first_id_at(at) <= id);
        assert!(first_id_at(at + std::time::Duration::from_millis(1)) > id);
    }
}
