use std::collections::BTreeSet;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use contract::streams::StreamName;

use super::fixture::drain;
use crate::close::Close;
use crate::frame::DataKind;
use crate::message::Priority;
use crate::queue::{Pushed, SendQueue};

#[test]
fn poll_next_keeps_the_order_and_ends_with_the_close_frame() {
    let queue = SendQueue::default();
    assert_eq!(
        queue.push(Bytes::from_static(b"one "), Priority::Required),
        Pushed::Queued
    );
    assert_eq!(
        queue.push(Bytes::from_static(b"two "), Priority::Ephemeral),
        Pushed::Queued
    );
    queue.close(&Close::done());
    queue.close(&Close::too_slow());
    assert_eq!(
        queue.push(Bytes::from_static(b"late"), Priority::Required),
        Pushed::Closing
    );
    assert_eq!(
        drain(&queue),
        [b"one two ".as_slice(), &[0x88, 2, 0x03, 0xE8]].concat()
    );
}

#[test]
fn push_drops_ephemeral_frames_before_it_closes() {
    let queue = SendQueue::default();
    let piece = Bytes::from(vec![b'x'; 60 * 1024]);
    assert_eq!(
        queue.push(piece.clone(), Priority::Ephemeral),
        Pushed::Queued
    );
    let taken = (0..20)
        .map(|_| queue.push(piece.clone(), Priority::Required))
        .take_while(|pushed| *pushed == Pushed::Queued);
    assert_eq!(taken.count(), 8, "eight fit once the ephemeral one is gone");
    assert_eq!(queue.push(piece, Priority::Ephemeral), Pushed::Closing);
    let left = drain(&queue);
    assert_eq!(
        left[2..4],
        4408_u16.to_be_bytes(),
        "nothing but the close frame is left"
    );
    assert!(left.len() < 128);
}

#[test]
fn is_cut_only_if_it_was_not_closed_before() {
    let queue = SendQueue::default();
    queue.cut();
    assert!(queue.is_cut());
    assert_eq!(
        queue.push(Bytes::from_static(b"late"), Priority::Required),
        Pushed::Closing
    );
    let queue = SendQueue::default();
    queue.close(&Close::done());
    queue.cut();
    assert!(!queue.is_cut());
}

#[test]
fn push_drops_an_ephemeral_frame_rather_than_a_durable_one() {
    let queue = SendQueue::default();
    let piece = Bytes::from(vec![b'x'; 500 * 1024]);
    queue.push(piece, Priority::Required);
    assert_eq!(
        queue.push(Bytes::from(vec![b'y'; 20 * 1024]), Priority::Ephemeral),
        Pushed::Dropped
    );
    assert_eq!(drain(&queue).len(), 500 * 1024);
}

#[test]
fn push_skips_resyncable_streams_before_it_closes() {
    let queue = SendQueue::default();
    let env = kernel::Env::system();
    let [one, other] = [0; 2].map(|_| StreamName::Chat(env.id()));
    let piece = |letter: u8| Bytes::from(vec![letter; 60 * 1024]);
    queue.push(piece(b'k'), Priority::Required);
    queue.push(piece(b'e'), Priority::Ephemeral);
    queue.push(piece(b'o'), Priority::Resyncable(other));
    for _ in 0..6 {
        assert_eq!(
            queue.push(piece(b'c'), Priority::Resyncable(one)),
            Pushed::Queued
        );
    }
    let skipped = queue.push(piece(b'c'), Priority::Resyncable(one));
    assert_eq!(skipped, Pushed::Skipped(BTreeSet::from([one, other])));
    assert_eq!(
        queue.push(piece(b'n'), Priority::Resyncable(one)),
        Pushed::Queued
    );
    let mut left = drain(&queue);
    left.dedup();
    assert_eq!(left, b"kn");
}

#[test]
fn push_skips_resyncable_streams_for_a_required_frame() {
    let queue = SendQueue::default();
    let chat = StreamName::Chat(kernel::Env::system().id());
    queue.push(
        Bytes::from(vec![b'c'; 500 * 1024]),
        Priority::Resyncable(chat),
    );
    let news = Bytes::from(vec![b'n'; 20 * 1024]);
    let skipped = queue.push(news, Priority::Required);
    assert_eq!(skipped, Pushed::Skipped(BTreeSet::from([chat])));
    assert_eq!(drain(&queue).len(), 20 * 1024);
}

#[test]
fn set_latest_overwrites_and_is_sent_after_what_waits() {
    let queue = SendQueue::default();
    assert!(!queue.set_latest(DataKind::Binary, b"old"));
    queue.push(Bytes::from_static(b"event "), Priority::Required);
    assert!(queue.set_latest(DataKind::Text, b"new"));
    assert_eq!(drain(&queue), b"event \x81\x03new");
    assert!(!queue.set_latest(DataKind::Binary, b"next"));
    assert_eq!(drain(&queue), b"\x82\x04next");
    assert_eq!(drain(&queue), b"");
    queue.set_latest(DataKind::Binary, b"last");
    queue.close(&Close::done());
    assert!(!queue.set_latest(DataKind::Binary, b"late"));
    assert_eq!(drain(&queue), b"\x82\x04last\x88\x02\x03\xE8");
}

#[test]
fn set_latest_takes_no_memory_however_long_nobody_reads() {
    let queue = SendQueue::default();
    let frame = [7; 300];
    queue.set_latest(DataKind::Binary, &frame);
    for _ in 0..100_000 {
        assert!(queue.set_latest(DataKind::Binary, &frame));
    }
    assert_eq!(drain(&queue).len(), 304);
}

#[test]
fn set_latest_uses_its_memory_again() {
    let queue = SendQueue::default();
    let mut context = Context::from_waker(Waker::noop());
    let mut next = |letter: u8| {
        queue.set_latest(DataKind::Binary, &[letter; 40]);
        let Poll::Ready(Some(bytes)) = queue.poll_next(&mut context) else {
            panic!("nothing was sent");
        };
        assert_eq!(bytes[2..], [letter; 40]);
        bytes.as_ptr() as usize
    };
    let places: BTreeSet<usize> = (0..100).map(&mut next).collect();
    assert!(places.len() <= 4, "{places:?}");
}
