use accounts::AuditAction;
use accounts::prelude::*;
use kernel::{PageRequest, Role};
use serde_json::json;

use crate::fixture::Fixture;
use crate::requests::error_code;

testkit::database_tests!(
    grant_admin_and_set_role_change_roles,
    roles_require_an_admin,
    last_admin_cannot_be_removed,
    concurrent_demotions_keep_one_admin,
);

async fn grant_admin_and_set_role_change_roles(fixture: Fixture) {
    fixture.register("ada").await.unwrap();
    let tokens = fixture.tokens("ada").await;
    assert_eq!(
        fixture.authenticate(&tokens).await.unwrap().role,
        Role::Member
    );
    fixture.accounts.grant_admin("ADA").await.unwrap();
    let ada = fixture.authenticate(&tokens).await.unwrap();
    assert_eq!(ada.role, Role::Admin, "what was remembered is forgotten");
    let bea = fixture.user("bea").await;
    fixture
        .accounts
        .set_role(&ada, "bea", Role::Moderator)
        .await
        .unwrap();
    let audit = fixture
        .accounts
        .audit(bea.user, PageRequest::default())
        .await
        .unwrap();
    let line = &audit.items[0];
    assert_eq!(
        (line.action, line.by),
        (AuditAction::RoleChanged, Some(ada.user))
    );
    assert_eq!(line.detail, json!({"from": "member", "to": "moderator"}));
    assert_eq!(
        error_code(fixture.accounts.grant_admin("eve").await),
        "users.not_found"
    );
}

async fn roles_require_an_admin(fixture: Fixture) {
    let (ada, _) = (fixture.user("ada").await, fixture.user("bea").await);
    let accounts = &fixture.accounts;
    assert_eq!(
        error_code(accounts.set_role(&ada, "ada", Role::Admin).await),
        "auth.role_needed"
    );
    assert_eq!(
        error_code(accounts.suspend(&ada, "bea").await),
        "auth.role_needed"
    );
    assert_eq!(
        error_code(accounts.restore(&ada, "bea").await),
        "auth.role_needed"
    );
}

async fn last_admin_cannot_be_removed(fixture: Fixture) {
    let ada = fixture.admin("ada").await;
    let accounts = &fixture.accounts;
    let down = accounts.set_role(&ada, "ada", Role::Member).await;
    assert_eq!(error_code(down), "users.last_admin");
    assert_eq!(
        error_code(accounts.suspend(&ada, "ada").await),
        "users.last_admin"
    );
    fixture.admin("bea").await;
    accounts.suspend(&ada, "bea").await.unwrap();
    let down = accounts.set_role(&ada, "ada", Role::Member).await;
    assert_eq!(
        error_code(down),
        "users.last_admin",
        "a suspended admin is none"
    );
    accounts.restore(&ada, "bea").await.unwrap();
    accounts.set_role(&ada, "ada", Role::Member).await.unwrap();
}

async fn concurrent_demotions_keep_one_admin(fixture: Fixture) {
    let (ada, bea) = (fixture.admin("ada").await, fixture.admin("bea").await);
    for _ in 0..5 {
        let (one, other) = tokio::join!(
            fixture.accounts.set_role(&ada, "bea", Role::Member),
            fixture.accounts.set_role(&bea, "ada", Role::Member),
        );
        assert!(one.is_ok() != other.is_ok(), "on {:?}", fixture.store);
        fixture.accounts.grant_admin("ada").await.unwrap();
        fixture.accounts.grant_admin("bea").await.unwrap();
    }
}
