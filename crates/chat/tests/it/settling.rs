//! What is read has been heard of: notifications of it wait no longer.

use std::time::Duration;

use crate::world::each;

#[tokio::test]
async fn who_reads_has_heard_and_says_so_once() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let first = world.say(&ada, chat, "one").await;
        let second = world.say(&ada, chat, "two").await;
        assert!(world.settled(chat).await.is_empty());
        for id in [first.id, first.id, second.id, first.id, second.id] {
            world.chat.read(&grace, id).await.unwrap();
        }
        let expected = [(grace.user, 1), (grace.user, 2)];
        assert_eq!(world.settled(chat).await, expected);
    }
}

#[tokio::test]
async fn who_answers_has_heard_and_who_goes_on_talking_had_nothing_to_hear() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        world.say(&ada, chat, "one").await;
        world.say(&ada, chat, "two").await;
        assert!(world.settled(chat).await.is_empty());
        world.say(&grace, chat, "three").await;
        world.say(&grace, chat, "four").await;
        assert_eq!(world.settled(chat).await, [(grace.user, 3)]);
        world.say(&ada, chat, "five").await;
        assert_eq!(world.settled(chat).await, [(grace.user, 3), (ada.user, 5)]);
    }
}

#[tokio::test]
async fn who_deletes_the_conversation_has_heard() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        world.say(&ada, chat, "one").await;
        for _ in 0..2 {
            world.chat.delete_conversation(&grace, "ada").await.unwrap();
        }
        assert_eq!(world.settled(chat).await, [(grace.user, 1)]);
    }
}

#[tokio::test]
async fn who_was_called_for_what_is_deleted_is_called_again_for_the_next() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let first = world.say(&ada, chat, "one").await;
        let second = world.say(&ada, chat, "two").await;
        world.chat.delete(&ada, first.id).await.unwrap();
        assert!(
            world.settled(chat).await.is_empty(),
            "the second still waits"
        );
        world.chat.delete(&ada, second.id).await.unwrap();
        assert_eq!(world.settled(chat).await, [(grace.user, 2)]);
        assert_eq!(world.chat.unread(&grace).await.unwrap().total, 0);
        world.say(&ada, chat, "three").await;
        let called: Vec<_> = world
            .notices()
            .await
            .iter()
            .map(|one| one.user_id)
            .collect();
        assert_eq!(called, [grace.user, grace.user]);
        assert_eq!(world.chat.unread(&grace).await.unwrap().total, 1);
        assert!(
            world.told_to(&ada, "message_read").await.is_empty(),
            "she has read nothing"
        );
    }
}

#[tokio::test]
async fn who_looks_at_the_chat_has_a_moment_to_read_before_they_are_called() {
    for world in each() {
        let (ada, _, chat) = world.friends().await;
        let sent = world.say(&ada, chat, "one").await;
        let called = world.called_at().await;
        assert_eq!(called, [sent.date + Duration::from_secs(2)]);
    }
}

#[tokio::test]
async fn who_leaves_a_lobby_waits_for_nothing_that_was_said_in_it() {
    for world in each() {
        let (ada, grace) = (world.person("ada"), world.person("grace"));
        let lobby = world.chat.join_lobby(&ada, "chess").await.unwrap().chat_id;
        world.say(&grace, lobby, "@ada are you there?").await;
        world.say(&grace, lobby, "well then").await;
        for _ in 0..2 {
            world.chat.leave_lobby(&ada, lobby).await.unwrap();
        }
        assert_eq!(world.settled(lobby).await, [(ada.user, 2)]);
    }
}

#[tokio::test]
async fn neither_of_two_who_part_waits_for_the_other() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let stranger = world.person("linus");
        world.say(&ada, chat, "one").await;
        world.say(&ada, chat, "two").await;
        for other in [grace.user, stranger.user] {
            let part = move |tx: &mut store::Tx<'_>| chat::settle_between(tx, ada.user, other);
            world.store.write(part).await.unwrap();
        }
        assert_eq!(world.settled(chat).await, [(grace.user, 2)]);
        assert_eq!(world.chat.unread(&grace).await.unwrap().total, 0);
        world.say(&ada, chat, "friends again?").await;
        assert_eq!(world.notices().await.len(), 2, "she is called anew");
    }
}
