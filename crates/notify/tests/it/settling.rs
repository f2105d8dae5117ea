use std::collections::BTreeMap;

use contract::chat::ChatId;
use contract::notify::{Action, Settled};
use serde_json::json;

use crate::world::{each, happened, message};

#[tokio::test]
async fn what_is_dealt_with_waits_no_longer() {
    for world in each().await {
        let bob = world.person();
        let two = ["friend_request:1", "friend_request:2"];
        world
            .notify(
                two.map(|key| happened(&bob, Action::FriendRequest, key))
                    .into(),
            )
            .await;
        world
            .settle(&Settled::by_key(bob.user, "friend_request:1"))
            .await;
        world.work().await;
        assert_eq!(world.unread(&bob).await, 1);
        let listed = world.list(&bob).await;
        let read: Vec<_> = listed.iter().filter(|one| one.is_read).collect();
        let (_, update) = world.events(&bob).await.pop().unwrap();
        assert_eq!(update["ids"], json!([read[0].id]));
        world.assert_badges_agree(&bob).await;
        let told = world.events(&bob).await.len();
        world
            .settle(&Settled::by_key(bob.user, "friend_request:1"))
            .await;
        world.work().await;
        assert_eq!(
            world.events(&bob).await.len(),
            told,
            "settling again changes nothing"
        );
    }
}

#[tokio::test]
async fn what_is_dealt_with_before_it_is_told_never_waits() {
    for world in each().await {
        let (ada, bob) = (world.person(), world.person());
        world
            .settle(&Settled::by_key(bob.user, "friend_request:1"))
            .await;
        world.work().await;
        let told = [&ada, &bob].map(|who| happened(who, Action::FriendRequest, "friend_request:1"));
        world.notify(told.into()).await;
        assert!(
            world.list(&bob).await[0].is_read,
            "it is kept, for the history"
        );
        assert_eq!(world.unread(&bob).await, 0);
        assert!(world.events(&bob).await.is_empty());
        assert_eq!(world.unread(&ada).await, 1, "hers is another");
        world.pass(notify::NotifyConfig::default().mail_after);
        world.work().await;
        let mailed: Vec<_> = world.mails().iter().map(|mail| mail.user).collect();
        assert_eq!(mailed, [ada.user]);
    }
}

#[tokio::test]
async fn reading_a_chat_settles_its_messages_up_to_there() {
    for world in each().await {
        let bob = world.person();
        let (chat, other): (ChatId, ChatId) = (world.store.env().id(), world.store.env().id());
        let told = [(chat, 3), (chat, 9), (other, 1)];
        let told = told.map(|(chat, seq)| message(&bob, &chat.to_string(), seq));
        world.notify(told.into()).await;
        world.settle(&Settled::up_to(bob.user, chat, 8)).await;
        world.work().await;
        assert_eq!(world.unread(&bob).await, 2);
        // What comes late from before it does not wait, what comes after does.
        world.settle(&Settled::up_to(bob.user, chat, 2)).await;
        world.work().await;
        let late = [7, 12].map(|seq| message(&bob, &chat.to_string(), seq));
        world.notify(late.into()).await;
        assert_eq!(world.unread(&bob).await, 3);
        world.settle(&Settled::up_to(bob.user, chat, 12)).await;
        world.work().await;
        assert_eq!(world.unread(&bob).await, 1);
        world.assert_badges_agree(&bob).await;
    }
}

#[tokio::test]
async fn in_whichever_order_they_come_nothing_waits_in_the_end() {
    for world in each().await {
        let bob = world.person();
        for n in 0..20 {
            let key = format!("game_invite:{n}");
            world
                .happen(vec![happened(&bob, Action::GameInvite, &key)])
                .await;
            world.settle(&Settled::by_key(bob.user, key)).await;
        }
        world.work().await;
        assert_eq!(world.unread(&bob).await, 0);
        assert_eq!(world.list(&bob).await.len(), 20);
    }
}

#[tokio::test]
async fn a_lively_chat_does_not_fill_the_history() {
    for world in each().await {
        let bob = world.person();
        let (chat, other): (ChatId, ChatId) = (world.store.env().id(), world.store.env().id());
        world
            .notify(vec![message(&bob, &other.to_string(), 1)])
            .await;
        for seq in 1..=5 {
            world
                .notify(vec![message(&bob, &chat.to_string(), seq)])
                .await;
            world.settle(&Settled::up_to(bob.user, chat, seq)).await;
            world.work().await;
        }
        let places = |one: &contract::notify::Notification| one.data["seq"].as_i64().unwrap();
        let kept: Vec<i64> = world.list(&bob).await.iter().map(places).collect();
        assert_eq!(kept, [5, 1], "the last of each chat");
        for seq in 6..=7 {
            world
                .notify(vec![message(&bob, &chat.to_string(), seq)])
                .await;
        }
        let kept: Vec<i64> = world.list(&bob).await.iter().map(places).collect();
        assert_eq!(kept, [7, 6, 1], "what waits stays");
        world.assert_badges_agree(&bob).await;
    }
}

#[tokio::test]
async fn chats_hear_of_notifications_that_an_older_node_asked_for() {
    for world in each().await {
        let bob = world.person();
        let chat: ChatId = world.store.env().id();
        let told = [3, 5].map(|seq| message(&bob, &chat.to_string(), seq));
        world.notify(told.into()).await;
        let notified = world.town.notified.lock().unwrap().clone();
        assert_eq!(notified, BTreeMap::from([((bob.user, chat), 5)]));
    }
}
