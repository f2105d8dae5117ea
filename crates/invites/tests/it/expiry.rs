use std::time::Duration;

use contract::invites::InviteStatus;
use invites::rules::lifecycle::LIFETIME;
use jobs::Worker;

use crate::world::{PAGE, World, code, each};

/// Runs the jobs of a node until the newest event of this person is of this name.
async fn work_until(world: &World, who: &kernel::Actor, event: &str) {
    let worker = Worker::new(world.store.clone()).poll_interval(Duration::from_millis(5));
    let task = tokio::spawn(worker.register(world.invites.jobs()).run());
    for _ in 0..12_000 {
        if world
            .event_names(who)
            .await
            .last()
            .is_some_and(|name| name == event)
        {
            task.abort();
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never heard: {event}");
}

#[tokio::test]
async fn after_ten_minutes_nothing_comes_of_it_even_if_nobody_noted() {
    for world in each().await {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let id = world.invite(&ada, "bob").await.id;
        world.pass(LIFETIME - Duration::from_micros(1));
        assert_eq!(world.invites.inbox(&bob, PAGE).await.unwrap().total, 1);
        world.pass(Duration::from_micros(1));
        for result in [
            world.invites.accept(&bob, id).await,
            world.invites.decline(&bob, id).await,
            world.invites.cancel(&ada, id).await,
        ] {
            assert_eq!(code(result), "invites.expired");
        }
        let now = world.invites.get(&ada, id).await.unwrap();
        assert_eq!(now.status, InviteStatus::Expired);
        assert_eq!(now.answered_at, Some(now.expires_at));
        assert_eq!(world.invites.inbox(&bob, PAGE).await.unwrap().total, 0);
        let expired = Some(InviteStatus::Expired);
        let list = world.invites.list(&bob, None, expired, PAGE).await.unwrap();
        assert_eq!((list.items[0].id, list.total), (id, 1));
        assert!(world.matches().await.is_empty());
    }
}

#[tokio::test]
async fn the_server_ends_it_and_tells_both_once() {
    for world in each().await {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        world.invite(&ada, "bob").await;
        world.pass(LIFETIME);
        work_until(&world, &bob, "game_invite_canceled").await;
        for who in [&ada, &bob] {
            let events = world.events(who).await;
            assert_eq!(events.len(), 2);
            assert_eq!(events[1].1["reason"], "expired");
        }
        assert_eq!(world.settled().await.len(), 1);
    }
}

#[tokio::test]
async fn what_was_answered_in_time_stays_as_it_is() {
    for world in each().await {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let accepted = world.invite(&ada, "bob").await.id;
        world.invites.accept(&bob, accepted).await.unwrap();
        world.pass(Duration::from_secs(1));
        let [cat, dan] = ["cat", "dan"].map(|name| world.person(name));
        world.invite(&cat, "dan").await;
        world.pass(LIFETIME);
        // The jobs run in the order of their times, so the first is done with the second.
        work_until(&world, &dan, "game_invite_canceled").await;
        let now = world.invites.get(&ada, accepted).await.unwrap();
        assert_eq!(now.status, InviteStatus::Accepted);
        assert!(
            !world
                .event_names(&ada)
                .await
                .contains(&"game_invite_canceled".to_owned())
        );
    }
}

#[tokio::test]
async fn an_answer_that_meets_the_end_is_one_or_the_other() {
    for world in each().await {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        let id = world.invite(&ada, "bob").await.id;
        world.pass(LIFETIME);
        let (accepted, ()) = tokio::join!(
            world.invites.accept(&bob, id),
            work_until(&world, &bob, "game_invite_canceled")
        );
        assert_eq!(code(accepted), "invites.expired");
        assert!(world.matches().await.is_empty());
    }
}
