//! Unit tests that need a fixture, and those of modules that `tests/interleavings` compiles again with
//! the primitives of a model checker, under which they could not run.

mod fill_gate;
mod fixture;
mod hub;
mod local_topic;
mod queue;
mod roster;
mod session;
mod wake_batcher;
