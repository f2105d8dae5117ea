//! Runs `examples/embedded.rs`.
#![allow(clippy::unwrap_used)]

#[path = "../examples/embedded.rs"]
mod embedded;

#[tokio::test]
async fn embedded_example_reads_what_was_sent() {
    let history = embedded::run().await.unwrap();
    assert_eq!(
        history,
        ["ada: Ready when you are, @grace", "grace: On my way"]
    );
}
