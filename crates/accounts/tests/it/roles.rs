use accounts::Action;
use accounts::prelude::*;
use kernel::{PageRequest, Role};
use serde_json::json;

use crate::entrance::refusal;
use crate::world::each;

#[tokio::test]
async fn an_admin_is_made_at_the_command_line_and_makes_others() {
    for world in each() {
        world.register("ada").await.unwrap();
        let tokens = world.tokens("ada").await;
        assert_eq!(world.who(&tokens).await.unwrap().role, Role::Member);
        world.accounts.grant_admin("ADA").await.unwrap();
        let ada = world.who(&tokens).await.unwrap();
        assert_eq!(ada.role, Role::Admin, "what was remembered is forgotten");
        let bea = world.person("bea").await;
        world
            .accounts
            .set_role(&ada, "bea", Role::Moderator)
            .await
            .unwrap();
        let audit = world
            .accounts
            .audit(bea.user, PageRequest::default())
            .await
            .unwrap();
        let line = &audit.items[0];
        assert_eq!(
            (line.action, line.by),
            (Action::RoleChanged, Some(ada.user))
        );
        assert_eq!(line.detail, json!({"from": "member", "to": "moderator"}));
        assert_eq!(
            refusal(world.accounts.grant_admin("eve").await),
            "users.not_found"
        );
    }
}

#[tokio::test]
async fn only_admins_look_after_others() {
    for world in each() {
        let (ada, _) = (world.person("ada").await, world.person("bea").await);
        let accounts = &world.accounts;
        assert_eq!(
            refusal(accounts.set_role(&ada, "ada", Role::Admin).await),
            "auth.role_needed"
        );
        assert_eq!(
            refusal(accounts.suspend(&ada, "bea").await),
            "auth.role_needed"
        );
        assert_eq!(
            refusal(accounts.restore(&ada, "bea").await),
            "auth.role_needed"
        );
    }
}

#[tokio::test]
async fn the_last_admin_stays() {
    for world in each() {
        let ada = world.admin("ada").await;
        let accounts = &world.accounts;
        let down = accounts.set_role(&ada, "ada", Role::Member).await;
        assert_eq!(refusal(down), "users.last_admin");
        assert_eq!(
            refusal(accounts.suspend(&ada, "ada").await),
            "users.last_admin"
        );
        world.admin("bea").await;
        accounts.suspend(&ada, "bea").await.unwrap();
        let down = accounts.set_role(&ada, "ada", Role::Member).await;
        assert_eq!(
            refusal(down),
            "users.last_admin",
            "a suspended admin is none"
        );
        accounts.restore(&ada, "bea").await.unwrap();
        accounts.set_role(&ada, "ada", Role::Member).await.unwrap();
    }
}

#[tokio::test]
async fn two_admins_who_put_each_other_down_at_once_leave_one() {
    for world in each() {
        let (ada, bea) = (world.admin("ada").await, world.admin("bea").await);
        for _ in 0..5 {
            let (one, other) = tokio::join!(
                world.accounts.set_role(&ada, "bea", Role::Member),
                world.accounts.set_role(&bea, "ada", Role::Member),
            );
            assert!(one.is_ok() != other.is_ok(), "on {:?}", world.store);
            world.accounts.grant_admin("ada").await.unwrap();
            world.accounts.grant_admin("bea").await.unwrap();
        }
    }
}
