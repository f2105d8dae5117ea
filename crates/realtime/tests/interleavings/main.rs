//! Runs what threads share in this crate under a model checker, which tries many interleavings.
//!
//! The modules are compiled a second time here, with the primitives of `shuttle` in the place of those
//! of the standard library ([`sync`]). Modules without shared state are those of the crate. Small cases
//! are explored completely (`check_dfs`), larger ones at random; a failure prints the schedule with
//! which it can be replayed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    dead_code,
    missing_docs,
    unreachable_pub
)]

mod close {
    pub(crate) use realtime::Close;
}
#[path = "../../src/frame.rs"]
mod frame;
mod message {
    pub(crate) use realtime::Priority;
}
#[path = "../../src/hub/fill_gate.rs"]
mod fill_gate;
#[path = "../../src/queue.rs"]
mod queue;
mod sync;
#[path = "../../src/wake_batcher.rs"]
mod wake_batcher;

mod fill_gate_tests;
mod queue_tests;
mod wake_batcher_tests;
