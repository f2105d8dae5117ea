//! The primitives of the model checker.

pub(crate) use shuttle::sync::{Mutex, MutexGuard, PoisonError};
pub(crate) use shuttle::thread;
