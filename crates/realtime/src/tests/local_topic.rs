use std::sync::Arc;

use cluster::{Subscription, Topic};
use contract::catalogue::EventName;
use contract::frames::StreamPosition;
use kernel::Timestamp;

use crate::hub::{LocalDelivery, TopicState};
use crate::message::{EventPosition, ServerMessage};

fn subscription() -> Subscription {
    let cluster = cluster::Cluster::local(&kernel::Env::system());
    cluster.bus.subscribe(&Topic::of("user", 1))
}

fn event(seq: i64, epoch: i64) -> Arc<ServerMessage> {
    let event =
        ServerMessage::ephemeral(EventName::Typing, &(), Timestamp::from_micros(0)).unwrap();
    let stream = "user:1".to_owned();
    Arc::new(event.with_position(EventPosition { stream, seq, epoch }))
}

#[test]
fn open_at_refuses_a_position_from_before_an_event_that_came() {
    let at = |seq, epoch| StreamPosition { seq, epoch };
    for (seq, epoch, read) in [(6, 1, at(5, 1)), (1, 2, at(5, 1))] {
        let mut topic = TopicState::default();
        assert_eq!(topic.deliver(&event(seq, epoch)), LocalDelivery::Duplicate);
        let mut free = Some(subscription());
        assert!(!topic.open_at(read, &mut free), "it was read too early");
        assert!(topic.open_at(at(seq, epoch), &mut free));
        let deliver = |topic: &mut TopicState, seq| topic.deliver(&event(seq, epoch));
        assert_eq!(deliver(&mut topic, seq), LocalDelivery::Duplicate);
        assert_eq!(deliver(&mut topic, seq + 1), LocalDelivery::Delivered);
        assert_eq!(topic.last, at(seq + 1, epoch));
        assert_eq!(deliver(&mut topic, seq + 3), LocalDelivery::Gap);
    }
    let mut topic = TopicState::default();
    topic.deliver(&event(5, 1));
    let mut free = Some(subscription());
    assert!(topic.open_at(at(5, 1), &mut free), "it had been read");
    topic.deliver(&event(6, 1));
    let mut late = Some(subscription());
    assert!(topic.open_at(at(5, 1), &mut late) && late.is_some());
    assert_eq!(topic.last, at(6, 1), "an open topic never goes back");
}
