use contract::notify::{Action, Announcement, AnnouncementType};
use kernel::{Actor, Role};
use serde_json::json;
use testkit::Database;

use crate::fixture::{Fixture, code};

testkit::database_tests!(
    announce_notifies_each_user_once,
    announce_refuses_former_admins_and_invalid_messages,
    announce_continues_after_an_interruption,
);

fn announcement(message: &str) -> Announcement {
    Announcement {
        message: message.to_owned(),
        r#type: AnnouncementType::Maintenance,
    }
}

fn admin(fixture: &Fixture) -> Actor {
    let mut admin = fixture.user();
    admin.role = Role::Admin;
    fixture.directory.admins.lock().unwrap().insert(admin.user);
    admin
}

async fn announce_notifies_each_user_once(database: Database) {
    let fixture = Fixture::new(database);
    let mut users: Vec<_> = (0..230).map(|_| fixture.user()).collect();
    let admin = admin(&fixture);
    fixture
        .notify
        .announce(&admin, announcement("We move on Sunday."))
        .await
        .unwrap();
    fixture.work().await;
    users.push(admin);
    for user in &users {
        let listed = fixture.list(user).await;
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].action, Action::System);
        let data = json!({"message": "We move on Sunday.", "type": "maintenance"});
        assert_eq!(listed[0].data, data);
        fixture.assert_badges_agree(user).await;
    }
    fixture
        .notify
        .announce(&admin, announcement("We have moved."))
        .await
        .unwrap();
    fixture.work().await;
    assert_eq!(fixture.unread(&users[0]).await, 2);
    fixture.advance(notify::NotifyConfig::default().digest_after);
    fixture.work().await;
    assert!(
        fixture.mails().is_empty(),
        "announcements are not mailed by default"
    );
}

async fn announce_refuses_former_admins_and_invalid_messages(database: Database) {
    let fixture = Fixture::new(database);
    let (member, admin) = (fixture.user(), admin(&fixture));
    let refused = fixture
        .notify
        .announce(&member, announcement("Hello"))
        .await;
    assert_eq!(code(refused), "auth.role_needed");
    for invalid in ["  \n", "a\u{7}b"] {
        let refused = fixture
            .notify
            .announce(&admin, announcement(invalid))
            .await
            .unwrap_err();
        assert_eq!(refused.code().name, "notify.message_invalid");
        assert_eq!(refused.fields()[0].field, "message");
    }
    fixture.directory.admins.lock().unwrap().clear();
    let refused = fixture.notify.announce(&admin, announcement("Hello")).await;
    assert_eq!(
        code(refused),
        "auth.role_needed",
        "the role of the session is outdated"
    );
    fixture.work().await;
    assert!(fixture.list(&member).await.is_empty());
}

async fn announce_continues_after_an_interruption(database: Database) {
    let fixture = Fixture::new(database);
    let users: Vec<_> = (0..210).map(|_| fixture.user()).collect();
    let admin = admin(&fixture);
    *fixture.directory.fails_after.lock().unwrap() = Some(1);
    let announced = fixture
        .notify
        .announce(&admin, announcement("We move."))
        .await;
    announced.unwrap();
    fixture.work().await;
    let unread = |fixture: &Fixture| {
        let (notify, users) = (fixture.notify.clone(), users.clone());
        async move {
            let mut counts = vec![];
            for user in &users {
                counts.push(notify.unread(user).await.unwrap().total);
            }
            counts
        }
    };
    assert_eq!(unread(&fixture).await.iter().sum::<i64>(), 100, "one page");
    fixture.advance(std::time::Duration::from_secs(60));
    fixture.work().await;
    assert_eq!(unread(&fixture).await, vec![1; 210]);
}
