use std::time::Duration;

use contract::notify::{Action, Settled};
use db::{AnyConn, Tx};
use diesel::prelude::*;
use notify::NotifyConfig;
use notify::ports::{DeliveryId, Outcome};
use serde_json::json;

use crate::world::{World, delivery_attempts, each, happened, message};

fn after() -> Duration {
    NotifyConfig::default().mail_after
}

fn counted(state: &str, count: i64) -> Vec<(String, i64)> {
    vec![(state.to_owned(), count)]
}

async fn newest_delivery(world: &World) -> DeliveryId {
    let read = |conn: &mut AnyConn| {
        Ok(delivery_attempts::table
            .order(delivery_attempts::started_at.desc())
            .select(delivery_attempts::delivery_id)
            .first(conn)?)
    };
    world.store.read(read).await.unwrap()
}

#[tokio::test]
async fn what_waited_long_enough_is_told_in_one_mail() {
    for world in each().await {
        let (ada, bob) = (world.person(), world.person());
        world
            .notify(vec![happened(&bob, Action::FriendRequest, "1")])
            .await;
        world.pass(after() - Duration::from_secs(1));
        let chat = world
            .store
            .env()
            .id::<contract::chat::ChatMarker>()
            .to_string();
        world
            .notify(vec![
                message(&bob, &chat, 1),
                message(&bob, &chat, 2),
                happened(&bob, Action::GameInvite, "2"),
                happened(&ada, Action::NewFriend, "3"),
            ])
            .await;
        assert!(world.mails().is_empty());
        world.pass(Duration::from_secs(1));
        world.work().await;
        let mails = world.mails();
        assert_eq!(
            mails.len(),
            1,
            "ada's kind and the invite are for the badge alone"
        );
        assert_eq!(mails[0].user, bob.user);
        assert_eq!(
            mails[0].lines,
            [
                "Ada wants to be your friend.",
                "ada wrote to you. (2 times)"
            ]
        );
        assert_eq!(world.attempts().await, [Some("sent".to_owned())]);
        assert_eq!(world.mail_counts().await, counted("sent", 1));
        world.pass(after() * 4);
        world.work().await;
        assert_eq!(world.mails().len(), 1, "each thing is told once");
    }
}

#[tokio::test]
async fn what_was_read_or_dealt_with_meanwhile_is_left_out() {
    for world in each().await {
        let bob = world.person();
        let asked = |key| happened(&bob, Action::FriendRequest, key);
        world.notify(vec![asked("1")]).await;
        let id = world.list(&bob).await[0].id;
        world.notify.read(&bob, id).await.unwrap();
        // Two nodes work at these, so neither is sure to come first.
        world.notify(vec![asked("2"), asked("3")]).await;
        world.settle(&Settled::by_key(bob.user, "2")).await;
        world.pass(after());
        world.work().await;
        assert_eq!(world.mails()[0].lines, ["Ada wants to be your friend."]);

        world.pass(after());
        world
            .notify(vec![happened(&bob, Action::FriendRequest, "4")])
            .await;
        world.notify.read_all(&bob).await.unwrap();
        world.pass(after());
        world.work().await;
        assert_eq!(world.mails().len(), 1, "nothing is left to tell");
    }
}

#[tokio::test]
async fn what_is_read_while_a_mail_waits_to_leave_keeps_it_from_leaving() {
    for world in each().await {
        let bob = world.person();
        world
            .notify(vec![happened(&bob, Action::FriendRequest, "1")])
            .await;
        world.next_outcomes(&[Outcome::Later]);
        world.pass(after());
        world.work().await;
        world.notify.clear(&bob).await.unwrap();
        world.pass(Duration::from_secs(60));
        world.work().await;
        assert!(world.mails().is_empty());
        assert_eq!(world.attempts().await, [Some("later".to_owned())]);
        assert_eq!(world.mail_counts().await, counted("read_meanwhile", 1));
    }
}

#[tokio::test]
async fn who_is_around_is_left_alone_until_they_are_gone() {
    for world in each().await {
        let bob = world.person();
        world.town.around.lock().unwrap().insert(bob.user);
        world
            .notify(vec![happened(&bob, Action::FriendRequest, "1")])
            .await;
        for _ in 0..3 {
            world.pass(after());
            world.work().await;
            assert!(world.mails().is_empty());
        }
        world.town.around.lock().unwrap().clear();
        world.pass(after());
        world.work().await;
        assert_eq!(world.mails().len(), 1);
    }
}

#[tokio::test]
async fn mails_come_as_often_as_one_wants() {
    for world in each().await {
        let (daily, never) = (world.person(), world.person());
        world.wish(&daily, json!({"digest": "daily"})).await;
        world.wish(&never, json!({"digest": "off"})).await;
        for time in 0..5 {
            let key = format!("r:{time}");
            let both = [&daily, &never];
            world
                .notify(
                    both.map(|who| happened(who, Action::FriendRequest, &key))
                        .into(),
                )
                .await;
            world.pass(Duration::from_secs(6 * 3_600));
            world.work().await;
        }
        let mails = world.mails();
        assert!(mails.iter().all(|mail| mail.user == daily.user));
        assert_eq!(mails.len(), 2);
        assert_eq!(world.unread(&never).await, 5);
    }
}

#[tokio::test]
async fn a_mail_that_told_nothing_keeps_none_back() {
    for world in each().await {
        let bob = world.person();
        world.wish(&bob, json!({"digest": "daily"})).await;
        let request = |key| vec![happened(&bob, Action::FriendRequest, key)];
        world.notify(request("1")).await;
        world.next_outcomes(&[Outcome::Later]);
        world.pass(after());
        world.work().await;
        world.notify.read_all(&bob).await.unwrap();
        world.pass(Duration::from_secs(60));
        world.work().await;
        assert_eq!(world.mail_counts().await, counted("read_meanwhile", 1));
        world.notify(request("2")).await;
        world.pass(after());
        world.work().await;
        assert_eq!(world.mails().len(), 1);
        world.notify(request("3")).await;
        world.pass(after());
        world.work().await;
        assert_eq!(world.mails().len(), 1, "this one did tell something");
    }
}

#[tokio::test]
async fn a_wish_changed_meanwhile_counts() {
    for world in each().await {
        let bob = world.person();
        world
            .notify(vec![happened(&bob, Action::FriendRequest, "1")])
            .await;
        let wishes = json!({"kinds": {"friend_request": {"in_app": true, "email": false}}});
        world.wish(&bob, wishes).await;
        world.pass(after());
        world.work().await;
        assert!(world.mails().is_empty());
    }
}

#[tokio::test]
async fn every_end_of_a_mail_is_on_record() {
    for world in each().await {
        for (outcome, state) in [
            (Outcome::Unreachable, "unreachable"),
            (Outcome::Refused, "refused"),
        ] {
            let who = world.person();
            world
                .notify(vec![happened(&who, Action::FriendRequest, "1")])
                .await;
            world.next_outcomes(&[outcome]);
            world.pass(after());
            world.work().await;
            assert_eq!(
                world.attempts().await.pop().unwrap().as_deref(),
                Some(state)
            );
        }
        let both = vec![("refused".to_owned(), 1), ("unreachable".to_owned(), 1)];
        assert_eq!(world.mail_counts().await, both);
        assert!(world.mails().is_empty());
        world.pass(after() * 4);
        world.work().await;
        assert_eq!(world.attempts().await.len(), 2, "neither is tried again");
    }
}

#[tokio::test]
async fn a_mail_that_cannot_leave_is_tried_again_and_given_up_at_last() {
    for world in each().await {
        let (ada, bob) = (world.person(), world.person());
        world
            .notify(vec![happened(&ada, Action::FriendRequest, "1")])
            .await;
        world.next_outcomes(&[Outcome::Later, Outcome::Later]);
        world.pass(after());
        world.work().await;
        for _ in 0..2 {
            world.pass(Duration::from_secs(60));
            world.work().await;
        }
        let mails = world.mails();
        assert_eq!(mails.len(), 1);
        let outcomes = ["later", "later", "sent"].map(|word| Some(word.to_owned()));
        assert_eq!(world.attempts().await, outcomes);

        world
            .notify(vec![happened(&bob, Action::FriendRequest, "1")])
            .await;
        world.next_outcomes(&[Outcome::Later; 12]);
        world.pass(after());
        for _ in 0..14 {
            world.work().await;
            world.pass(Duration::from_secs(3_600));
        }
        assert_eq!(world.attempts().await.len(), 3 + 10);
        assert!(
            world
                .mail_counts()
                .await
                .contains(&("given_up".to_owned(), 1))
        );
    }
}

#[tokio::test]
async fn a_try_whose_end_nobody_saw_is_not_repeated() {
    for world in each().await {
        let bob = world.person();
        world
            .notify(vec![happened(&bob, Action::FriendRequest, "1")])
            .await;
        world.next_outcomes(&[Outcome::Later]);
        world.pass(after());
        world.work().await;
        // A node that dies between sending and noting leaves this.
        let (delivery, now) = (newest_delivery(&world).await, world.store.env().now());
        let died = move |tx: &mut Tx<'_>| {
            let begun = (
                delivery_attempts::delivery_id.eq(delivery),
                delivery_attempts::number.eq(2),
                delivery_attempts::started_at.eq(now),
            );
            Ok(diesel::insert_into(delivery_attempts::table)
                .values(begun)
                .execute(tx.conn)?)
        };
        world.store.write(died).await.unwrap();
        world.pass(Duration::from_secs(60));
        world.work().await;
        assert!(world.mails().is_empty());
        assert_eq!(world.mail_counts().await, counted("unknown", 1));
        let outcomes = ["later", "unknown"].map(|word| Some(word.to_owned()));
        assert_eq!(world.attempts().await, outcomes);
    }
}

#[tokio::test]
async fn many_mails_at_once_go_to_each_person_once() {
    for world in each().await {
        let people: Vec<_> = (0..25).map(|_| world.person()).collect();
        for key in ["1", "2"] {
            let told = people
                .iter()
                .map(|who| happened(who, Action::FriendRequest, key));
            world.notify(told.collect()).await;
        }
        world.pass(after());
        world.work().await;
        let mut mailed: Vec<_> = world.mails().iter().map(|mail| mail.user).collect();
        mailed.sort();
        let mut expected: Vec<_> = people.iter().map(|who| who.user).collect();
        expected.sort();
        assert_eq!(mailed, expected);
    }
}
