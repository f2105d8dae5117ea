use std::time::Duration;

use contract::invites::InviteStatus;
use invites::rules::lifecycle::TTL;
use jobs::Worker;
use testkit::Database;

use crate::fixture::{Fixture, PAGE, code};

testkit::database_tests!(
    expired_invite_is_refused_before_the_job_runs,
    expiry_job_emits_to_both_users_once,
    expiry_job_ignores_answered_invites,
    accept_during_expiry_is_refused,
);

/// Runs the jobs of a node until the newest event of this user has this name.
async fn work_until(fixture: &Fixture, who: &kernel::Actor, event: &str) {
    let worker = Worker::new(fixture.store.clone()).poll_interval(Duration::from_millis(5));
    let task = tokio::spawn(worker.register(fixture.invites.jobs()).run());
    testkit::until(event, async || {
        let names = fixture.event_names(who).await;
        names.last().is_some_and(|name| name == event)
    })
    .await;
    task.abort();
}

async fn expired_invite_is_refused_before_the_job_runs(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let id = fixture.invite(&ada, "bob").await.id;
    fixture.advance(TTL - Duration::from_micros(1));
    assert_eq!(fixture.invites.inbox(&bob, PAGE).await.unwrap().total, 1);
    fixture.advance(Duration::from_micros(1));
    for result in [
        fixture.invites.accept(&bob, id).await,
        fixture.invites.decline(&bob, id).await,
        fixture.invites.cancel(&ada, id).await,
    ] {
        assert_eq!(code(result), "invites.expired");
    }
    let now = fixture.invites.get(&ada, id).await.unwrap();
    assert_eq!(now.status, InviteStatus::Expired);
    assert_eq!(now.answered_at, Some(now.expires_at));
    assert_eq!(fixture.invites.inbox(&bob, PAGE).await.unwrap().total, 0);
    let expired = Some(InviteStatus::Expired);
    let list = fixture
        .invites
        .list(&bob, None, expired, PAGE)
        .await
        .unwrap();
    assert_eq!((list.items[0].id, list.total), (id, 1));
    assert!(fixture.matches().await.is_empty());
}

async fn expiry_job_emits_to_both_users_once(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    fixture.invite(&ada, "bob").await;
    fixture.advance(TTL);
    work_until(&fixture, &bob, "game_invite_canceled").await;
    for who in [&ada, &bob] {
        let events = fixture.events(who).await;
        assert_eq!(events.len(), 2);
        assert_eq!(events[1].1["reason"], "expired");
    }
    assert_eq!(fixture.resolved().await.len(), 1);
}

async fn expiry_job_ignores_answered_invites(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let accepted = fixture.invite(&ada, "bob").await.id;
    fixture.invites.accept(&bob, accepted).await.unwrap();
    fixture.advance(Duration::from_secs(1));
    let [cat, dan] = ["cat", "dan"].map(|name| fixture.user(name));
    fixture.invite(&cat, "dan").await;
    fixture.advance(TTL);
    // Jobs run in the order of their times, so the first has run when the second has.
    work_until(&fixture, &dan, "game_invite_canceled").await;
    let now = fixture.invites.get(&ada, accepted).await.unwrap();
    assert_eq!(now.status, InviteStatus::Accepted);
    assert!(
        !fixture
            .event_names(&ada)
            .await
            .contains(&"game_invite_canceled".to_owned())
    );
}

async fn accept_during_expiry_is_refused(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let id = fixture.invite(&ada, "bob").await.id;
    fixture.advance(TTL);
    let (accepted, ()) = tokio::join!(
        fixture.invites.accept(&bob, id),
        work_until(&fixture, &bob, "game_invite_canceled")
    );
    assert_eq!(code(accepted), "invites.expired");
    assert!(fixture.matches().await.is_empty());
}
