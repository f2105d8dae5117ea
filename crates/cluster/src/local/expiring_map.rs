//! A map whose entries expire.

use std::collections::HashMap;
use std::time::Duration;

/// Below this length nothing is swept.
const FLOOR: usize = 256;

/// Values with an end, by name. Ended ones are swept out whenever the map has doubled since the
/// last sweep, so that memory stays within twice what is alive and an insertion costs little on
/// average. No task is needed for it.
#[derive(Debug)]
pub(super) struct ExpiringMap<V> {
    entries: HashMap<Box<str>, ExpiringValue<V>>,
    sweep_at: usize,
    /// The longest it may become; beyond it, those that end soonest are forgotten early.
    limit: usize,
}

#[derive(Debug)]
struct ExpiringValue<V> {
    ends: Duration,
    value: V,
}

impl<V> ExpiringMap<V> {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            entries: HashMap::new(),
            sweep_at: FLOOR,
            limit,
        }
    }

    /// The living value of this name.
    pub(super) fn get(&self, name: &str, now: Duration) -> Option<&V> {
        let held = self.entries.get(name)?;
        (held.ends > now).then_some(&held.value)
    }

    /// The living value of this name, to be changed.
    pub(super) fn get_mut(&mut self, name: &str, now: Duration) -> Option<&mut V> {
        let held = self.entries.get_mut(name)?;
        (held.ends > now).then_some(&mut held.value)
    }

    /// The living value of this name, which lasts at least until `ends` from now on; a new one
    /// where there is none.
    pub(super) fn extend(&mut self, name: &str, now: Duration, ends: Duration) -> &mut V
    where
        V: Default,
    {
        if self.get(name, now).is_none() {
            self.put(name, now, ends, V::default());
        }
        let held = self
            .entries
            .entry(name.into())
            .or_insert_with(|| ExpiringValue {
                ends,
                value: V::default(),
            });
        held.ends = held.ends.max(ends);
        &mut held.value
    }

    /// Sets the value of this name.
    pub(super) fn put(&mut self, name: &str, now: Duration, ends: Duration, value: V) {
        if let Some(held) = self.entries.get_mut(name) {
            *held = ExpiringValue { ends, value };
            return;
        }
        if self.entries.len() >= self.sweep_at {
            self.sweep(now);
        }
        self.entries
            .insert(name.into(), ExpiringValue { ends, value });
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<V> {
        self.entries.remove(name).map(|held| held.value)
    }

    /// The living ones.
    pub(super) fn iter(&self, now: Duration) -> impl Iterator<Item = (&str, &V)> {
        let alive = self.entries.iter().filter(move |(_, held)| held.ends > now);
        alive.map(|(name, held)| (name.as_ref(), &held.value))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn sweep(&mut self, now: Duration) {
        self.entries.retain(|_, held| held.ends > now);
        if self.entries.len() >= self.limit {
            self.evict_half();
        }
        self.sweep_at = (self.entries.len() * 2).max(FLOOR).min(self.limit);
    }

    /// Half at once, so that the next time does not come soon.
    fn evict_half(&mut self) {
        let mut ends: Vec<Duration> = self.entries.values().map(|held| held.ends).collect();
        let middle = ends.len() / 2;
        let (_, median, later) = ends.select_nth_unstable(middle);
        let median = *median;
        let above = later.iter().filter(|ends| **ends > median).count();
        // Of those that end with the median as many as make it half.
        let mut room = later.len() - above;
        self.entries.retain(|_, held| {
            let tie = held.ends == median && room > 0;
            room -= usize::from(tie);
            tie || held.ends > median
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn what_has_ended_is_not_there_and_does_not_pile_up() {
        let mut map = ExpiringMap::new(usize::MAX);
        for turn in 0..100_000_u32 {
            let now = SECOND * turn;
            map.put(&turn.to_string(), now, now + SECOND, turn);
            assert_eq!(map.get(&turn.to_string(), now), Some(&turn));
            assert_eq!(map.get(&turn.to_string(), now + SECOND), None);
        }
        assert!(map.entries.len() <= FLOOR, "{} are left", map.entries.len());
    }

    #[test]
    fn a_flood_of_names_stays_within_the_limit_and_spares_those_that_end_last() {
        let mut map = ExpiringMap::new(1_000);
        map.put("important", Duration::ZERO, SECOND * 60, 0);
        for turn in 1..100_000 {
            map.put(&turn.to_string(), Duration::ZERO, SECOND, turn);
            assert!(map.entries.len() <= 1_000);
        }
        assert_eq!(map.get("important", SECOND), Some(&0));
    }

    #[test]
    fn extending_never_shortens_and_starts_afresh_after_the_end() {
        let mut map = ExpiringMap::<Vec<u8>>::new(usize::MAX);
        map.extend("set", Duration::ZERO, SECOND * 3).push(1);
        map.extend("set", SECOND, SECOND * 2).push(2);
        assert_eq!(map.get("set", SECOND * 2), Some(&vec![1, 2]));
        assert!(map.extend("set", SECOND * 3, SECOND * 4).is_empty());
    }
}
