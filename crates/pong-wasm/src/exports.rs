//! The functions of the module. README.md describes them.

#![allow(
    unsafe_code,
    reason = "a static that changes, and names that the page can call"
)]

use core::cell::UnsafeCell;

use pong_engine::Side;
use pong_engine::bots::Level;

use crate::page_match::PageMatch;

struct OnlyMatch(UnsafeCell<PageMatch>);

// SAFETY: the module has no threads: it is built without atomics, so its memory cannot be shared.
unsafe impl Sync for OnlyMatch {}

static MATCH: OnlyMatch = OnlyMatch(UnsafeCell::new(PageMatch::new()));

fn with<T>(call: impl FnOnce(&mut PageMatch) -> T) -> T {
    // SAFETY: nothing that `call` does comes back here, as the module imports nothing.
    call(unsafe { &mut *MATCH.0.get() })
}

const fn side_of(number: u32) -> Side {
    if number == 0 { Side::Left } else { Side::Right }
}

#[unsafe(no_mangle)]
extern "C" fn buffer() -> *mut u8 {
    with(|page_match| page_match.buffer().as_mut_ptr())
}

#[unsafe(no_mangle)]
extern "C" fn reset(rules: u32, seed: u64) -> u32 {
    with(|page_match| page_match.reset(rules, seed)).into()
}

#[unsafe(no_mangle)]
extern "C" fn predict(rules: u32) -> u32 {
    with(|page_match| page_match.predict(rules)).into()
}

#[unsafe(no_mangle)]
extern "C" fn restore() -> u32 {
    with(PageMatch::restore).into()
}

#[unsafe(no_mangle)]
extern "C" fn set_bot(side: u32, skill: u32, reaction_ms: i32, accuracy: i32, seed: u64) -> u32 {
    let skill = skill.min(u16::MAX.into()) as u16;
    with(|page_match| page_match.set_bot(side_of(side), skill, (reaction_ms, accuracy), seed))
        .into()
}

#[unsafe(no_mangle)]
extern "C" fn level_skill(number: u32) -> u32 {
    let level = u8::try_from(number).ok().and_then(Level::from_number);
    level.map_or(0, |level| level.skill().get().into())
}

#[unsafe(no_mangle)]
extern "C" fn step(keys: u32) -> u32 {
    with(|page_match| page_match.step(keys as u8)).bits().into()
}

#[unsafe(no_mangle)]
extern "C" fn run(keys: u32, ticks: u32) -> u32 {
    with(|page_match| page_match.run(keys as u8, ticks))
        .bits()
        .into()
}

#[unsafe(no_mangle)]
extern "C" fn state() -> u32 {
    with(PageMatch::state) as u32
}

#[unsafe(no_mangle)]
extern "C" fn snapshot() -> u32 {
    with(PageMatch::snapshot) as u32
}

#[unsafe(no_mangle)]
extern "C" fn view() -> u32 {
    with(PageMatch::view) as u32
}

#[unsafe(no_mangle)]
extern "C" fn tick() -> u32 {
    with(|page_match| page_match.tick()).into()
}

#[unsafe(no_mangle)]
extern "C" fn hash() -> u64 {
    with(|page_match| page_match.hash())
}

#[unsafe(no_mangle)]
extern "C" fn seen_hash() -> u32 {
    with(|page_match| page_match.seen_hash())
}
