//! The service against real databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::time::Duration;

use contract::groups::{CreateGroup, Group, GroupPrivacy};
use groups::{Groups, GroupsService, MAX_OWNED_GROUPS};
use kernel::{Actor, PageRequest};
use testkit::{TestStore, code, database_tests};

database_tests!(
    create_makes_the_actor_owner_and_member,
    create_refuses_names_of_listed_groups,
    create_keeps_invite_only_names_secret,
    create_lets_one_of_concurrent_requests_have_a_name,
    create_counts_concurrent_requests_of_an_owner,
    create_has_a_daily_limit,
    get_hides_invite_only_groups,
    list_pages_through_visible_groups,
    personal_data_lists_memberships,
    forget_deletes_the_groups_of_a_user,
);

fn request(name: &str, privacy: GroupPrivacy) -> CreateGroup {
    CreateGroup {
        name: name.to_owned(),
        description: "Pong every Sunday.".to_owned(),
        privacy,
    }
}

fn page(limit: i64, offset: i64) -> PageRequest {
    PageRequest { limit, offset }
}

async fn names(groups: &Groups, actor: &Actor) -> Vec<String> {
    let listed = groups.list(actor, PageRequest::default()).await.unwrap();
    listed.items.into_iter().map(|group| group.name).collect()
}

async fn create(groups: &Groups, actor: &Actor, name: &str, privacy: GroupPrivacy) -> Group {
    groups.create(actor, request(name, privacy)).await.unwrap()
}

async fn create_makes_the_actor_owner_and_member(test: TestStore) {
    let groups = Groups::new(test.store.clone());
    let (ada, grace) = (test.new_actor(), test.new_actor());
    let created = create(&groups, &ada, " Sunday league ", GroupPrivacy::Public).await;
    assert_eq!(created.name, "Sunday league");
    assert_eq!(
        (created.owner_id, created.member_count, created.is_member),
        (ada.user, 1, true)
    );
    assert_eq!(groups.get(&ada, created.id).await.unwrap(), created);
    let seen = groups.get(&grace, created.id).await.unwrap();
    assert_eq!(
        seen,
        Group {
            is_member: false,
            ..created
        }
    );
}

async fn create_refuses_names_of_listed_groups(test: TestStore) {
    let groups = Groups::new(test.store.clone());
    let (ada, grace) = (test.new_actor(), test.new_actor());
    create(&groups, &ada, "Sunday league", GroupPrivacy::Private).await;
    let again = groups
        .create(&grace, request("SUNDAY  League", GroupPrivacy::Public))
        .await;
    assert_eq!(code(again), "groups.name_taken");
    assert_eq!(
        names(&groups, &grace).await,
        ["Sunday league"],
        "nothing is half-written"
    );
    let unnamed = groups
        .create(&grace, request("--", GroupPrivacy::Public))
        .await;
    assert_eq!(code(unnamed), "groups.name_invalid");
}

async fn create_keeps_invite_only_names_secret(test: TestStore) {
    let groups = Groups::new(test.store.clone());
    let (ada, grace) = (test.new_actor(), test.new_actor());
    create(&groups, &ada, "Sunday league", GroupPrivacy::InviteOnly).await;
    create(&groups, &grace, "Sunday league", GroupPrivacy::Public).await;
}

async fn create_lets_one_of_concurrent_requests_have_a_name(test: TestStore) {
    let groups = Groups::new(test.store.clone());
    let other_node = Groups::new(test.another_node());
    let (ada, grace) = (test.new_actor(), test.new_actor());
    let wanted = || request("Sunday league", GroupPrivacy::Public);
    let (one, other) = tokio::join!(
        groups.create(&ada, wanted()),
        other_node.create(&grace, wanted())
    );
    let refused = [one, other].into_iter().filter_map(Result::err);
    let codes: Vec<&str> = refused.map(|error| error.code().name).collect();
    assert_eq!(codes, ["groups.name_taken"]);
}

async fn create_counts_concurrent_requests_of_an_owner(test: TestStore) {
    let groups = Groups::new(test.store.clone());
    let other_node = Groups::new(test.another_node());
    let ada = test.new_actor();
    for number in 1..MAX_OWNED_GROUPS {
        test.clock.advance(Duration::from_secs(12 * 60 * 60));
        create(
            &groups,
            &ada,
            &format!("Group {number}"),
            GroupPrivacy::Public,
        )
        .await;
    }
    let (one, other) = tokio::join!(
        groups.create(&ada, request("The last", GroupPrivacy::Public)),
        other_node.create(&ada, request("One too many", GroupPrivacy::Public)),
    );
    let refused = [one, other].into_iter().filter_map(Result::err);
    let codes: Vec<&str> = refused.map(|error| error.code().name).collect();
    assert_eq!(codes, ["groups.too_many_groups"]);
}

async fn get_hides_invite_only_groups(test: TestStore) {
    let groups = Groups::new(test.store.clone());
    let (ada, grace) = (test.new_actor(), test.new_actor());
    let secret = create(&groups, &ada, "Secret league", GroupPrivacy::InviteOnly).await;
    assert_eq!(groups.get(&ada, secret.id).await.unwrap(), secret);
    let hidden = groups.get(&grace, secret.id).await.unwrap_err();
    let unknown = groups.get(&grace, test.store.env().id()).await.unwrap_err();
    assert_eq!(hidden.code(), unknown.code());
    assert_eq!(hidden.code().name, "groups.not_found");
    assert_eq!(names(&groups, &grace).await, Vec::<String>::new());
    assert_eq!(names(&groups, &ada).await, ["Secret league"]);
}

async fn list_pages_through_visible_groups(test: TestStore) {
    let groups = Groups::new(test.store.clone());
    let (ada, grace) = (test.new_actor(), test.new_actor());
    for (name, privacy) in [
        ("First", GroupPrivacy::Public),
        ("Second", GroupPrivacy::InviteOnly),
        ("Third", GroupPrivacy::Private),
        ("Fourth", GroupPrivacy::Public),
    ] {
        test.clock.advance(Duration::from_secs(12 * 60 * 60));
        create(&groups, &ada, name, privacy).await;
    }
    let first = groups.list(&grace, page(2, 0)).await.unwrap();
    let second = groups.list(&grace, page(2, 2)).await.unwrap();
    let listed: Vec<String> = first
        .items
        .into_iter()
        .chain(second.items)
        .map(|g| g.name)
        .collect();
    assert_eq!(listed, ["Fourth", "Third", "First"]);
    assert_eq!((first.total, second.total), (3, 3));
    assert_eq!(names(&groups, &ada).await.len(), 4);
}

async fn personal_data_lists_memberships(test: TestStore) {
    let groups = Groups::new(test.store.clone());
    let ada = test.new_actor();
    let created = create(&groups, &ada, "Sunday league", GroupPrivacy::InviteOnly).await;
    let listed = groups.personal_data(ada.user).read().await.unwrap();
    assert_eq!(listed[0]["id"], created.id.to_string());
    assert_eq!(listed[0]["role"], "owner");
    assert_eq!(listed[1], serde_json::Value::Null);
}

async fn forget_deletes_the_groups_of_a_user(test: TestStore) {
    let groups = Groups::new(test.store.clone());
    let (ada, grace) = (test.new_actor(), test.new_actor());
    let gone = create(&groups, &ada, "Sunday league", GroupPrivacy::Public).await;
    create(&groups, &grace, "Other league", GroupPrivacy::Public).await;
    groups.forget(ada.user).await.unwrap();
    groups.forget(ada.user).await.unwrap();
    assert_eq!(code(groups.get(&grace, gone.id).await), "groups.not_found");
    assert_eq!(names(&groups, &grace).await, ["Other league"]);
    create(&groups, &grace, "Sunday league", GroupPrivacy::Public).await;
}

async fn create_has_a_daily_limit(test: TestStore) {
    let groups = Groups::new(test.store.clone());
    let ada = test.new_actor();
    for name in ["First", "Second", "Third"] {
        let refused = groups
            .create(&ada, request("--", GroupPrivacy::Public))
            .await;
        assert_eq!(code(refused), "groups.name_invalid", "it is not counted");
        create(&groups, &ada, name, GroupPrivacy::Public).await;
    }
    let fourth = || groups.create(&ada, request("Fourth", GroupPrivacy::Public));
    assert_eq!(code(fourth().await), "too_many_requests");
    test.clock.advance(Duration::from_secs(24 * 60 * 60));
    fourth().await.unwrap();
}
