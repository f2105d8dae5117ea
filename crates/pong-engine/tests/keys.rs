//! The computer presses the keys it pressed: on every machine, in every build. Whoever changes how
//! it plays on purpose writes the data file anew, as `examples/golden_keys.rs` says, and measures
//! the levels again with `examples/calibrate.rs`.

#![cfg(feature = "bots")]

#[path = "support/keys.rs"]
mod keys;

#[test]
fn keys_are_those_of_the_data_file() {
    let expected = include_str!("data/keys.txt");
    let lines = keys::lines();
    for (ours, theirs) in lines.lines().zip(expected.lines()) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(lines.lines().count(), expected.lines().count());
}
