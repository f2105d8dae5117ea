use contract::invites::{InviteRole, InviteStatus};
use kernel::PageRequest;

use crate::world::{PAGE, each};

#[tokio::test]
async fn invites_are_listed_by_side_and_status_newest_first() {
    for world in each().await {
        let [ada, bob, dan] = ["ada", "bob", "dan"].map(|name| world.person(name));
        world.person("cat");
        let declined = world.invite(&ada, "bob").await.id;
        world.invites.decline(&bob, declined).await.unwrap();
        let to_bob = world.invite(&ada, "bob").await.id;
        let to_cat = world.invite(&ada, "cat").await.id;
        let to_ada = world.invite(&dan, "ada").await.id;

        let list = async |role, status| {
            let page = world.invites.list(&ada, role, status, PAGE).await.unwrap();
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
        let page = world.invites.list(&ada, None, None, second).await.unwrap();
        let ids: Vec<_> = page.items.iter().map(|one| one.id).collect();
        assert_eq!((ids, page.total), (vec![to_cat, to_bob], 4));
        let inbox = world.invites.inbox(&bob, PAGE).await.unwrap();
        assert_eq!((inbox.items[0].id, inbox.total), (to_bob, 1));
        assert_eq!(inbox.items[0].sender.username, "ada");
    }
}

#[tokio::test]
async fn list_neither_shows_nor_counts_invites_of_people_who_are_gone() {
    for world in each().await {
        let names = ["ada", "bob", "cat", "dan", "eve"];
        let [ada, bob, cat, _, eve] = names.map(|name| world.person(name));
        let kept = [
            world.invite(&bob, "ada").await.id,
            world.invite(&ada, "dan").await.id,
        ];
        world.invite(&cat, "ada").await;
        world.invite(&ada, "eve").await;
        for gone in [&cat, &eve] {
            world.remove(gone);
        }
        let page = |limit, offset| PageRequest { limit, offset };
        let list = async |page| world.invites.list(&ada, None, None, page).await.unwrap();
        let first = list(page(1, 0)).await;
        assert_eq!((first.items[0].id, first.total), (kept[1], 2));
        let second = list(page(1, 1)).await;
        assert_eq!((second.items[0].id, second.total), (kept[0], 2));
        let inbox = world.invites.inbox(&ada, page(20, 0)).await.unwrap();
        assert_eq!((inbox.items.len(), inbox.total), (1, 1));
    }
}

#[tokio::test]
async fn a_download_holds_both_sides() {
    for world in each().await {
        let (ada, bob) = (world.person("ada"), world.person("bob"));
        world.invite(&ada, "bob").await;
        for who in [&ada, &bob] {
            let data = world.invites.personal_data(who.user).read().await.unwrap();
            assert_eq!(data[0]["sender_id"], ada.user.to_string());
            assert_eq!(data[0]["status"], "pending");
        }
    }
}
