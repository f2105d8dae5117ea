use contract::invites::{InviteRole, InviteStatus};
use kernel::PageRequest;
use testkit::Database;

use crate::fixture::{Fixture, PAGE};

testkit::database_tests!(
    list_is_filtered_by_role_and_status_newest_first,
    list_leaves_out_invites_of_inactive_users,
    personal_data_holds_sent_and_received_invites,
);

async fn list_is_filtered_by_role_and_status_newest_first(database: Database) {
    let fixture = Fixture::new(database).await;
    let [ada, bob, dan] = ["ada", "bob", "dan"].map(|name| fixture.user(name));
    fixture.user("cat");
    let declined = fixture.invite(&ada, "bob").await.id;
    fixture.invites.decline(&bob, declined).await.unwrap();
    let to_bob = fixture.invite(&ada, "bob").await.id;
    let to_cat = fixture.invite(&ada, "cat").await.id;
    let to_ada = fixture.invite(&dan, "ada").await.id;

    let list = async |role, status| {
        let page = fixture
            .invites
            .list(&ada, role, status, PAGE)
            .await
            .unwrap();
        let ids: Vec<_> = page.items.iter().map(|one| one.id).collect();
        assert_eq!(page.total, i64::try_from(ids.len()).unwrap());
        ids
    };
    let (to, from) = (Some(InviteRole::To), Some(InviteRole::From));
    let (pending, was_declined) = (Some(InviteStatus::Pending), Some(InviteStatus::Declined));
    assert_eq!(list(None, None).await, [to_ada, to_cat, to_bob, declined]);
    assert_eq!(list(from, None).await, [to_cat, to_bob, declined]);
    assert_eq!(list(to, None).await, [to_ada]);
    assert_eq!(list(from, pending).await, [to_cat, to_bob]);
    assert_eq!(list(from, was_declined).await, [declined]);
    assert_eq!(list(to, was_declined).await, []);
    assert_eq!(list(None, Some(InviteStatus::Accepted)).await, []);

    let second = PageRequest {
        limit: 2,
        offset: 1,
    };
    let page = fixture
        .invites
        .list(&ada, None, None, second)
        .await
        .unwrap();
    let ids: Vec<_> = page.items.iter().map(|one| one.id).collect();
    assert_eq!((ids, page.total), (vec![to_cat, to_bob], 4));
    let inbox = fixture.invites.inbox(&bob, PAGE).await.unwrap();
    assert_eq!((inbox.items[0].id, inbox.total), (to_bob, 1));
    assert_eq!(inbox.items[0].sender.username, "ada");
}

async fn list_leaves_out_invites_of_inactive_users(database: Database) {
    let fixture = Fixture::new(database).await;
    let names = ["ada", "bob", "cat", "dan", "eve"];
    let [ada, bob, cat, _, eve] = names.map(|name| fixture.user(name));
    let kept = [
        fixture.invite(&bob, "ada").await.id,
        fixture.invite(&ada, "dan").await.id,
    ];
    fixture.invite(&cat, "ada").await;
    fixture.invite(&ada, "eve").await;
    for user in [&cat, &eve] {
        fixture.remove(user);
    }
    let page = |limit, offset| PageRequest { limit, offset };
    let list = async |page| fixture.invites.list(&ada, None, None, page).await.unwrap();
    let first = list(page(1, 0)).await;
    assert_eq!((first.items[0].id, first.total), (kept[1], 2));
    let second = list(page(1, 1)).await;
    assert_eq!((second.items[0].id, second.total), (kept[0], 2));
    let inbox = fixture.invites.inbox(&ada, page(20, 0)).await.unwrap();
    assert_eq!((inbox.items.len(), inbox.total), (1, 1));
}

async fn personal_data_holds_sent_and_received_invites(database: Database) {
    let fixture = Fixture::new(database).await;
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    fixture.invite(&ada, "bob").await;
    for who in [&ada, &bob] {
        let data = fixture
            .invites
            .personal_data(who.user)
            .read()
            .await
            .unwrap();
        assert_eq!(data[0]["sender_id"], ada.user.to_string());
        assert_eq!(data[0]["status"], "pending");
    }
}
