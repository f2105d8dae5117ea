use contract::notify::{Action, Announcement, AnnouncementType};
use kernel::{Actor, Role};
use serde_json::json;

use crate::world::{World, code, each};

fn word(message: &str) -> Announcement {
    Announcement {
        message: message.to_owned(),
        r#type: AnnouncementType::Maintenance,
    }
}

fn admin(world: &World) -> Actor {
    let mut admin = world.person();
    admin.role = Role::Admin;
    world.town.admins.lock().unwrap().insert(admin.user);
    admin
}

#[tokio::test]
async fn a_word_to_everybody_reaches_each_once_page_by_page() {
    for world in each().await {
        let mut people: Vec<_> = (0..230).map(|_| world.person()).collect();
        let admin = admin(&world);
        world
            .notify
            .announce(&admin, word("We move on Sunday."))
            .await
            .unwrap();
        world.work().await;
        people.push(admin);
        for person in &people {
            let told = world.list(person).await;
            assert_eq!(told.len(), 1);
            assert_eq!(told[0].action, Action::System);
            let data = json!({"message": "We move on Sunday.", "type": "maintenance"});
            assert_eq!(told[0].data, data);
            world.assert_badges_agree(person).await;
        }
        world
            .notify
            .announce(&admin, word("We have moved."))
            .await
            .unwrap();
        world.work().await;
        assert_eq!(world.unread(&people[0]).await, 2);
        world.pass(notify::NotifyConfig::default().mail_after);
        world.work().await;
        assert!(
            world.mails().is_empty(),
            "nobody is mailed who did not ask for it"
        );
    }
}

#[tokio::test]
async fn only_admins_of_now_speak_and_only_words() {
    for world in each().await {
        let (member, admin) = (world.person(), admin(&world));
        let refused = world.notify.announce(&member, word("Hello")).await;
        assert_eq!(code(refused), "auth.role_needed");
        for silent in ["  \n", "a\u{7}b"] {
            let refused = world
                .notify
                .announce(&admin, word(silent))
                .await
                .unwrap_err();
            assert_eq!(refused.code().name, "notify.message_invalid");
            assert_eq!(refused.fields()[0].field, "message");
        }
        world.town.admins.lock().unwrap().clear();
        let refused = world.notify.announce(&admin, word("Hello")).await;
        assert_eq!(
            code(refused),
            "auth.role_needed",
            "they were one when they came"
        );
        world.work().await;
        assert!(world.list(&member).await.is_empty());
    }
}

#[tokio::test]
async fn a_word_that_is_interrupted_goes_on_where_it_was() {
    for world in each().await {
        let people: Vec<_> = (0..210).map(|_| world.person()).collect();
        let admin = admin(&world);
        *world.town.breaks_after.lock().unwrap() = Some(1);
        let said = world.notify.announce(&admin, word("We move.")).await;
        said.unwrap();
        world.work().await;
        let told = |world: &World| {
            let (notify, people) = (world.notify.clone(), people.clone());
            async move {
                let mut counts = vec![];
                for person in &people {
                    counts.push(notify.unread(person).await.unwrap().total);
                }
                counts
            }
        };
        assert_eq!(told(&world).await.iter().sum::<i64>(), 100, "one page");
        world.pass(std::time::Duration::from_secs(60));
        world.work().await;
        assert_eq!(told(&world).await, vec![1; 210]);
    }
}
