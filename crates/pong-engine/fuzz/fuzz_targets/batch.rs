//! Bytes as snapshots and keys: a batch is its matches.

#![no_main]

#[path = "../../tests/support/hostile.rs"]
mod hostile;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    hostile::batch(bytes);
});
