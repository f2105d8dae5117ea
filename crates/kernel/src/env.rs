//! Time and randomness in one handle, which is passed to services.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use uuid::Uuid;

use crate::{Clock, Id, Rng, SystemClock, SystemRng, Timestamp};

/// Bits of a UUIDv7 that count within one millisecond.
const COUNTER_BITS: u32 = 12;

/// The clock and the random number generator of a process, and the ids generated from them.
#[derive(Clone)]
pub struct Env {
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    /// The millisecond and counter of the newest id: ids of one process are strictly increasing,
    /// also within a millisecond and when the clock is set back.
    newest: Arc<AtomicU64>,
}

impl std::fmt::Debug for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Env")
    }
}

impl Env {
    /// A handle with this clock and this generator.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Self {
        Self {
            clock,
            rng,
            newest: Arc::default(),
        }
    }

    /// The machine's clock and generator.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Arc::new(SystemClock::new()), Arc::new(SystemRng))
    }

    /// The wall time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The monotonic time.
    #[must_use]
    pub fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    /// Random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut buffer = [0; N];
        self.rng.fill(&mut buffer);
        buffer
    }

    /// A uniformly distributed number in `0..bound`; 0 if the bound is 0.
    #[must_use]
    pub fn random_below(&self, bound: u32) -> u32 {
        let zone = (u64::from(u32::MAX) + 1) / u64::from(bound.max(1)) * u64::from(bound.max(1));
        loop {
            let number = u32::from_le_bytes(self.bytes());
            if u64::from(number) < zone {
                return number % bound.max(1);
            }
        }
    }

    /// A new id.
    #[must_use]
    pub fn id<K>(&self) -> Id<K> {
        Id::from_uuid(self.uuid())
    }

    fn uuid(&self) -> Uuid {
        let ordered = self.next_in_order();
        let mut random = self.bytes::<10>();
        let [high, low] = u16::try_from(ordered & 0x0FFF)
            .unwrap_or_default()
            .to_be_bytes();
        // The builder writes the version over the top four bits of the first byte.
        (random[0], random[1]) = (high, low);
        uuid::Builder::from_unix_timestamp_millis(ordered >> COUNTER_BITS, &random).into_uuid()
    }

    fn next_in_order(&self) -> u64 {
        let millis = u64::try_from(self.now().millis()).unwrap_or_default();
        let wanted = millis << COUNTER_BITS;
        let step = |newest: u64| Some(wanted.max(newest + 1));
        let before = self
            .newest
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, step);
        wanted.max(before.unwrap_or_default() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ManualClock, SeededRng, UserId};

    fn fixed() -> (Env, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::at(Timestamp::from_micros(
            1_700_000_000_000_000,
        )));
        (Env::new(clock.clone(), Arc::new(SeededRng::new(7))), clock)
    }

    #[test]
    fn id_is_version_7_and_increases_within_a_millisecond() {
        let (env, _) = fixed();
        let ids: Vec<UserId> = (0..10_000).map(|_| env.id()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(ids.iter().all(|id| id.uuid().get_version_num() == 7));
        assert!(
            ids.iter()
                .all(|id| id.uuid().get_variant() == uuid::Variant::RFC4122)
        );
    }

    #[test]
    fn id_contains_the_millisecond_of_its_generation() {
        let (env, clock) = fixed();
        clock.advance(Duration::from_millis(5));
        let id: UserId = env.id();
        let (seconds, nanos) = id.uuid().get_timestamp().unwrap().to_unix();
        assert_eq!((seconds, nanos), (1_700_000_000, 5_000_000));
    }

    #[test]
    fn random_below_returns_every_value_below_the_bound() {
        let (env, _) = fixed();
        let mut seen = [false; 10];
        (0..1_000).for_each(|_| seen[env.random_below(10) as usize] = true);
        assert!(seen.iter().all(|hit| *hit));
        assert_eq!(env.random_below(0), 0);
    }
}
