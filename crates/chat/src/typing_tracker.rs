//! Who types on this node.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use contract::chat::ChatId;
use kernel::UserId;

/// A user in a chat.
pub(crate) type TypistKey = (ChatId, UserId);

/// The users who type on this node. An entry stays for the whole interval, also when the user has
/// stopped, so that stopping and beginning again publishes no more events than typing on.
#[derive(Debug, Default)]
pub(crate) struct TypingTracker(Mutex<TypingState>);

#[derive(Debug, Default)]
struct TypingState {
    last_generation: u64,
    typists: HashMap<TypistKey, Typist>,
}

#[derive(Debug)]
struct Typist {
    /// Distinguishes this entry from earlier and later ones with the same key.
    generation: u64,
    is_typing: bool,
    /// Whether there was a typing signal since the last event.
    renewed: bool,
    /// Whether the last published event says that the user types.
    published: bool,
}

/// What a signal changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypingChange {
    /// Nothing that is published now.
    Unchanged,
    Began {
        generation: u64,
    },
    Ended,
}

/// What to do about a typist at the end of an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NextStep {
    /// The user has typed on: publish it again.
    Publish,
    /// There was no signal: publish the end if none comes within the timeout.
    AwaitTimeout,
    /// The entry is gone: the end was published, or another entry has replaced it.
    Stop,
}

impl TypingTracker {
    /// What a signal would change.
    pub(crate) fn change(&self, key: TypistKey, is_typing: bool) -> TypingChange {
        let state = self.lock();
        match (state.typists.get(&key), is_typing) {
            (None, true) => TypingChange::Began {
                generation: state.last_generation,
            },
            (Some(typist), false) if typist.published => TypingChange::Ended,
            _ => TypingChange::Unchanged,
        }
    }

    /// Records a signal.
    pub(crate) fn record(&self, key: TypistKey, is_typing: bool) -> TypingChange {
        let mut state = self.lock();
        let Some(typist) = state.typists.get_mut(&key) else {
            return if is_typing {
                state.begin(key)
            } else {
                TypingChange::Unchanged
            };
        };
        (typist.is_typing, typist.renewed) = (is_typing, is_typing);
        if !is_typing && std::mem::take(&mut typist.published) {
            return TypingChange::Ended;
        }
        TypingChange::Unchanged
    }

    /// Decides what follows at the end of an interval. Removes the entry of a user who has stopped.
    pub(crate) fn next_step(&self, key: TypistKey, generation: u64) -> NextStep {
        let mut state = self.lock();
        let typist = state.typists.get_mut(&key);
        let Some(typist) = typist.filter(|typist| typist.generation == generation) else {
            return NextStep::Stop;
        };
        if !typist.is_typing {
            state.typists.remove(&key);
            return NextStep::Stop;
        }
        if std::mem::take(&mut typist.renewed) {
            typist.published = true;
            return NextStep::Publish;
        }
        NextStep::AwaitTimeout
    }

    pub(crate) fn remove(&self, key: TypistKey, generation: u64) {
        let mut state = self.lock();
        let typist = state.typists.get(&key);
        if typist.is_some_and(|typist| typist.generation == generation) {
            state.typists.remove(&key);
        }
    }

    fn lock(&self) -> MutexGuard<'_, TypingState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TypingState {
    fn begin(&mut self, key: TypistKey) -> TypingChange {
        self.last_generation += 1;
        let generation = self.last_generation;
        let typist = Typist {
            generation,
            is_typing: true,
            renewed: false,
            published: true,
        };
        self.typists.insert(key, typist);
        TypingChange::Began { generation }
    }
}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;

    #[test]
    fn record_publishes_repeated_signals_once_per_interval() {
        let (typing, env) = (TypingTracker::default(), Env::system());
        let key = (env.id(), env.id());
        let TypingChange::Began { generation } = typing.record(key, true) else {
            panic!("nothing would be published");
        };
        for _ in 0..100 {
            assert_eq!(typing.change(key, true), TypingChange::Unchanged);
            assert_eq!(typing.record(key, true), TypingChange::Unchanged);
        }
        assert_eq!(typing.next_step(key, generation), NextStep::Publish);
        assert_eq!(typing.next_step(key, generation), NextStep::AwaitTimeout);
        assert_eq!(typing.record(key, false), TypingChange::Ended);
        for _ in 0..100 {
            assert_eq!(typing.record(key, true), TypingChange::Unchanged);
            assert_eq!(typing.record(key, false), TypingChange::Unchanged);
        }
        assert_eq!(typing.next_step(key, generation), NextStep::Stop);
        let began = typing.record(key, true);
        assert!(matches!(began, TypingChange::Began { .. }));
        assert_eq!(typing.next_step(key, generation), NextStep::Stop);
    }
}
