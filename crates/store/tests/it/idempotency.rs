use std::time::Duration;

use store::idempotency::{self, Begin};

use crate::{Fixture, each};

async fn begin(fixture: &Fixture, key: &str, hash: &[u8]) -> Begin {
    let (key, hash) = (key.to_owned(), hash.to_owned());
    fixture
        .store
        .write(move |tx| idempotency::begin(tx, "me", &key, &hash))
        .await
        .unwrap()
}

#[tokio::test]
async fn the_first_answer_is_given_again_for_a_day() {
    for fixture in each() {
        assert_eq!(begin(&fixture, "k", b"one").await, Begin::Fresh);
        assert_eq!(begin(&fixture, "k", b"one").await, Begin::InFlight);
        fixture
            .store
            .write(|tx| idempotency::finish(tx, "me", "k", 201, b"{}"))
            .await
            .unwrap();
        let replay = Begin::Replay {
            status: 201,
            answer: b"{}".to_vec(),
        };
        assert_eq!(begin(&fixture, "k", b"one").await, replay);
        assert_eq!(begin(&fixture, "k", b"two").await, Begin::Mismatch);
        fixture.clock.advance(Duration::from_secs(86_399));
        assert_eq!(begin(&fixture, "k", b"one").await, replay);
        fixture.clock.advance(Duration::from_secs(2));
        assert_eq!(begin(&fixture, "k", b"two").await, Begin::Fresh);
    }
}

#[tokio::test]
async fn a_key_is_free_again_when_its_request_came_to_nothing_or_was_cut_off() {
    for fixture in each() {
        begin(&fixture, "a", b"one").await;
        fixture
            .store
            .write(|tx| idempotency::abandon(tx, "me", "a"))
            .await
            .unwrap();
        assert_eq!(begin(&fixture, "a", b"two").await, Begin::Fresh);
        fixture.clock.advance(Duration::from_secs(61));
        assert_eq!(begin(&fixture, "a", b"two").await, Begin::Fresh);
    }
}

#[tokio::test]
async fn of_requests_that_meet_one_is_fresh() {
    for fixture in each() {
        let other = fixture.another_node();
        let tasks: Vec<_> = (0..20)
            .map(|n| {
                let store = if n % 2 == 0 {
                    fixture.store.clone()
                } else {
                    other.clone()
                };
                tokio::spawn(async move {
                    store
                        .write(|tx| idempotency::begin(tx, "me", "k", b"same"))
                        .await
                        .unwrap()
                })
            })
            .collect();
        let mut fresh = 0;
        for task in tasks {
            match task.await.unwrap() {
                Begin::Fresh => fresh += 1,
                other => assert_eq!(other, Begin::InFlight),
            }
        }
        assert_eq!(fresh, 1);
    }
}

#[tokio::test]
async fn old_keys_are_forgotten() {
    for fixture in each() {
        begin(&fixture, "old", b"one").await;
        fixture.clock.advance(Duration::from_secs(86_401));
        begin(&fixture, "new", b"one").await;
        assert_eq!(fixture.store.write(idempotency::prune).await.unwrap(), 1);
    }
}
