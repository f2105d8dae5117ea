use contract::notify::Action;
use serde_json::json;
use testkit::Database;

use crate::fixture::{Fixture, code, event};

testkit::database_tests!(
    read_emits_once,
    read_delete_and_clear_do_not_touch_notifications_of_others,
    read_all_during_deliveries_keeps_counts_correct,
    read_during_clear_keeps_counts_correct,
    delete_and_clear_emit_and_are_final,
);

async fn read_emits_once(database: Database) {
    let fixture = Fixture::new(database);
    let bob = fixture.user();
    let two = ["1", "2"].map(|key| event(&bob, Action::NewFriend, key));
    fixture.notify(two.into()).await;
    let id = fixture.list(&bob).await[0].id;
    let (one, other) = tokio::join!(fixture.notify.read(&bob, id), fixture.notify.read(&bob, id));
    assert!(one.unwrap().is_read && other.unwrap().is_read);
    let events = fixture.events(&bob).await;
    assert_eq!(events.len(), 3, "two were created, one was read");
    let expected = json!({
        "change": "read", "all": false, "ids": [id],
        "unread": {"total": 1, "by_action": {"new_friend": 1}},
    });
    assert_eq!(events[2], ("badge_update".to_owned(), expected));
    fixture.assert_badges_agree(&bob).await;
}

async fn read_delete_and_clear_do_not_touch_notifications_of_others(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user(), fixture.user());
    fixture.notify(vec![event(&bob, Action::Group, "1")]).await;
    let id = fixture.list(&bob).await[0].id;
    assert_eq!(
        code(fixture.notify.read(&ada, id).await),
        "notify.not_found"
    );
    assert_eq!(
        code(fixture.notify.delete(&ada, id).await),
        "notify.not_found"
    );
    fixture.notify.clear(&ada).await.unwrap();
    assert_eq!(fixture.notify.read_all(&ada).await.unwrap().total, 0);
    assert!(fixture.events(&ada).await.is_empty(), "nothing changed");
    assert_eq!(fixture.unread(&bob).await, 1);
}

async fn read_all_during_deliveries_keeps_counts_correct(database: Database) {
    let fixture = Fixture::new(database);
    let bob = fixture.user();
    let events = |from: i32| {
        let numbered = |n: i32| event(&bob, Action::Event, &format!("e:{n}"));
        (from..from + 10).map(numbered).collect::<Vec<_>>()
    };
    fixture.notify(events(0)).await;
    fixture.enqueue(events(10)).await;
    let ((), read) = tokio::join!(fixture.work(), fixture.notify.read_all(&bob));
    assert!(read.unwrap().total <= 10);
    let listed = fixture.list(&bob).await;
    assert_eq!(listed.len(), 20);
    fixture.assert_badges_agree(&bob).await;
    assert_eq!(fixture.notify.read_all(&bob).await.unwrap().total, 0);
    fixture.assert_badges_agree(&bob).await;
}

async fn read_during_clear_keeps_counts_correct(database: Database) {
    let fixture = Fixture::new(database);
    let bob = fixture.user();
    for round in 0..5 {
        fixture
            .notify(vec![event(&bob, Action::Event, &format!("e:{round}"))])
            .await;
        let id = fixture.list(&bob).await[0].id;
        let (read, cleared) =
            tokio::join!(fixture.notify.read(&bob, id), fixture.notify.clear(&bob));
        cleared.unwrap();
        if read.is_err() {
            assert_eq!(code(read), "notify.not_found");
        }
        assert!(fixture.list(&bob).await.is_empty());
        fixture.assert_badges_agree(&bob).await;
    }
}

async fn delete_and_clear_emit_and_are_final(database: Database) {
    let fixture = Fixture::new(database);
    let bob = fixture.user();
    let three = ["1", "2", "3"].map(|key| event(&bob, Action::Group, key));
    fixture.notify(three.into()).await;
    let id = fixture.list(&bob).await[1].id;
    fixture.notify.delete(&bob, id).await.unwrap();
    assert_eq!(
        code(fixture.notify.delete(&bob, id).await),
        "notify.not_found"
    );
    let (name, update) = fixture.events(&bob).await.pop().unwrap();
    assert_eq!(name, "badge_update");
    assert_eq!(update["change"], "deleted");
    assert_eq!(
        (&update["ids"], &update["all"]),
        (&json!([id]), &json!(false))
    );
    assert_eq!(update["unread"]["total"], 2);
    fixture.notify.clear(&bob).await.unwrap();
    let (_, update) = fixture.events(&bob).await.pop().unwrap();
    assert_eq!((&update["ids"], &update["all"]), (&json!([]), &json!(true)));
    assert_eq!(update["unread"], json!({"total": 0, "by_action": {}}));
    let before = fixture.events(&bob).await.len();
    fixture.notify.clear(&bob).await.unwrap();
    assert_eq!(
        fixture.events(&bob).await.len(),
        before,
        "there was nothing to clear"
    );
}
