//! Bytes as a snapshot: an error, or a match that plays.

#![no_main]

#[path = "../../tests/support/hostile.rs"]
mod hostile;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    hostile::restore(bytes);
    hostile::nearly_restore(bytes);
});
