//! What is read has been heard of: notifications of it wait no longer.

use std::time::Duration;

use crate::world::{each, notify_lock, post};

#[tokio::test]
async fn who_reads_has_heard_and_says_so_once() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let first = world.say(&ada, chat, "one").await;
        let second = world.say(&ada, chat, "two").await;
        world.make_calls().await;
        assert!(world.settled(chat).await.is_empty());
        for id in [first.id, first.id, second.id, first.id, second.id] {
            world.chat.read(&grace, id).await.unwrap();
        }
        assert_eq!(world.settled(chat).await, [(grace.user, 1)]);
    }
}

#[tokio::test]
async fn who_reads_a_part_is_called_for_the_rest() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let first = world.say(&ada, chat, "one").await;
        let second = world.say(&ada, chat, "two").await;
        world.say(&ada, chat, "three").await;
        world.make_calls().await;
        world.chat.read(&grace, first.id).await.unwrap();
        world.make_calls().await;
        let notified = world.people.notified();
        let notified: Vec<_> = notified.iter().map(|one| one.data["seq"].clone()).collect();
        assert_eq!(notified, [1, 2]);
        assert_eq!(second.seq, 2);
    }
}

#[tokio::test]
async fn who_reads_before_they_are_called_is_not_called_and_has_nothing_to_settle() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let one = world.say(&ada, chat, "one").await;
        world.chat.read(&grace, one.id).await.unwrap();
        world.say(&ada, chat, "two").await;
        world.say(&grace, chat, "three").await;
        assert_eq!(world.calls().await.len(), 3, "two for her, one for Ada");
        world.make_calls().await;
        let notified = world.people.notified();
        let notified: Vec<_> = notified.iter().map(|one| one.user_id).collect();
        assert_eq!(notified, [ada.user], "only she has not read");
        assert!(world.settled(chat).await.is_empty());
        world.say(&ada, chat, "four").await;
        assert_eq!(world.settled(chat).await, [(ada.user, 4)]);
    }
}

#[tokio::test]
async fn who_answers_has_heard_and_who_goes_on_talking_had_nothing_to_hear() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        world.say(&ada, chat, "one").await;
        world.say(&ada, chat, "two").await;
        world.make_calls().await;
        assert!(world.settled(chat).await.is_empty());
        world.say(&grace, chat, "three").await;
        world.say(&grace, chat, "four").await;
        assert_eq!(world.settled(chat).await, [(grace.user, 3)]);
        world.make_calls().await;
        world.say(&ada, chat, "five").await;
        assert_eq!(world.settled(chat).await, [(grace.user, 3), (ada.user, 5)]);
    }
}

#[tokio::test]
async fn who_deletes_the_conversation_has_heard() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        world.say(&ada, chat, "one").await;
        world.make_calls().await;
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
        world.make_calls().await;
        world.chat.delete(&ada, first.id).await.unwrap();
        assert!(
            world.settled(chat).await.is_empty(),
            "the second still waits"
        );
        world.chat.delete(&ada, second.id).await.unwrap();
        assert_eq!(world.settled(chat).await, [(grace.user, 2)]);
        assert_eq!(world.chat.unread(&grace).await.unwrap().total, 0);
        world.say(&ada, chat, "three").await;
        world.make_calls().await;
        let notified = world.people.notified();
        let called: Vec<_> = notified.iter().map(|one| one.user_id).collect();
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
        world.make_calls().await;
        for other in [grace.user, stranger.user] {
            let part = move |tx: &mut db::Tx<'_>| chat::settle_between(tx, ada.user, other);
            world.store.write(part).await.unwrap();
        }
        assert_eq!(world.settled(chat).await, [(grace.user, 2)]);
        assert_eq!(world.chat.unread(&grace).await.unwrap().total, 0);
        world.say(&ada, chat, "friends again?").await;
        world.make_calls().await;
        assert_eq!(world.people.notified().len(), 2, "she is called anew");
    }
}

#[tokio::test]
async fn what_is_written_while_one_reads_calls_or_is_read() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let mut last = world.say(&ada, chat, "first").await;
        for round in 0..40 {
            world.make_calls().await;
            let text = format!("round {round}");
            let write = world.chat.send(&ada, post(chat, &text));
            let read = world.chat.read(&grace, last.id);
            let (written, read) = tokio::join!(write, read);
            read.unwrap();
            last = written.unwrap();
            world.make_calls().await;
            let notified = world.people.notified();
            let newest = notified.last().map(|one| one.data["message_id"].clone());
            assert_eq!(newest, Some(last.id.to_string().into()), "{text}");
        }
    }
}

#[tokio::test]
async fn people_dismiss_what_they_were_told_while_others_are_called() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        for round in 0..30 {
            let said = world.say(&ada, chat, &format!("round {round}")).await;
            let user = grace.user;
            let dismiss = move |tx: &mut db::Tx<'_>| {
                db::lock(tx.conn, &notify_lock(user))?;
                chat::call_again(tx, user, &[chat])
            };
            let dismissed = async {
                for _ in 0..20 {
                    world.store.write(dismiss).await.unwrap();
                }
            };
            tokio::join!(world.make_calls(), dismissed);
            let notified = world.people.notified();
            assert_eq!(
                notified.last().unwrap().data["message_id"],
                said.id.to_string()
            );
            world.chat.read(&grace, said.id).await.unwrap();
        }
    }
}

#[tokio::test]
async fn who_joins_a_lobby_has_heard_what_named_them_there_before() {
    for world in each() {
        let (ada, grace) = (world.person("ada"), world.person("grace"));
        let lobby = world.chat.join_lobby(&grace, "chess").await.unwrap();
        let lobby = lobby.chat_id;
        world.say(&grace, lobby, "@ada come and play").await;
        world.make_calls().await;
        assert_eq!(world.people.notified().len(), 1);
        assert!(world.settled(lobby).await.is_empty());
        for _ in 0..2 {
            world.chat.join_lobby(&ada, "chess").await.unwrap();
        }
        assert_eq!(world.settled(lobby).await, [(ada.user, 1)]);
    }
}
