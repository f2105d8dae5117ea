//! The places that sockets of this node hold.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kernel::UserId;

/// How many sockets of this node hold the place of each user. Clones share everything.
#[derive(Debug, Clone, Default)]
pub(super) struct KeptPlaces(Arc<Mutex<HashMap<UserId, u32>>>);

impl KeptPlaces {
    /// Holds the place of a user.
    pub(super) fn keep(&self, user: UserId) -> KeptPlace {
        *self.counts().entry(user).or_default() += 1;
        KeptPlace {
            places: self.clone(),
            user,
        }
    }

    /// Whether a socket of this node holds the place of a user.
    pub(super) fn holds(&self, user: UserId) -> bool {
        self.counts().contains_key(&user)
    }

    /// The users whose places are held.
    pub(super) fn users(&self) -> Vec<UserId> {
        self.counts().keys().copied().collect()
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<UserId, u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets a place in the queue last until this is dropped.
#[derive(Debug)]
pub struct KeptPlace {
    places: KeptPlaces,
    user: UserId,
}

impl Drop for KeptPlace {
    fn drop(&mut self) {
        let mut counts = self.places.counts();
        if let Some(count) = counts.get_mut(&self.user) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_is_held_until_the_last_socket_is_closed() {
        let places = KeptPlaces::default();
        let user = UserId::from_uuid(uuid::Uuid::from_u128(1));
        let (first, second) = (places.keep(user), places.keep(user));
        drop(first);
        assert!(places.holds(user));
        assert_eq!(places.users(), [user]);
        drop(second);
        assert!(!places.holds(user));
        assert_eq!(places.users(), []);
    }
}
