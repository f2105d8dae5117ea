//! The physics is what it was: `examples/golden.rs` says how to write the data file anew when it
//! is changed on purpose (and `PHYSICS_VERSION` raised).

#[path = "support/golden.rs"]
mod golden;

#[test]
fn hashes_are_those_of_the_data_file() {
    let expected = include_str!("data/golden.txt");
    let lines = golden::lines();
    for (ours, theirs) in lines.lines().zip(expected.lines()) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(lines.lines().count(), expected.lines().count());
    for ending in ["Score", "Time", "SuddenDeath"] {
        assert!(expected.contains(ending), "no match ends by {ending}");
    }
}
