use std::sync::Arc;

use cluster::Topic;

use crate::hub::{Filling, LocalTopic};

#[test]
fn gaps_of_a_topic_make_one_task_and_one_more_read() {
    let topic = Arc::new(LocalTopic::new(Topic::of("chat", 1)));
    let mut filling = Filling::begin(&topic).unwrap();
    assert!((0..100).all(|_| Filling::begin(&topic).is_none()));
    assert!(filling.must_read_again());
    assert!(!filling.must_read_again());
    let next = Filling::begin(&topic).unwrap();
    drop(filling);
    assert!(Filling::begin(&topic).is_none(), "the next task fills it");
    drop(next);
    assert!(Filling::begin(&topic).is_some(), "it was given up");
}
