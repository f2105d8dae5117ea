//! The synchronization primitives of state that threads share. `tests/interleavings` compiles the
//! modules that use them with those of a model checker instead.

pub(crate) use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
pub(crate) use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
pub(crate) use std::thread;
