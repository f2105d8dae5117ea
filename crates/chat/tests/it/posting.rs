//! Writing messages: what is taken, what is refused, and that a retry is no second message.

use chat::Error;
use contract::chat::{ClientTimestamp, PostMessage};
use contract::notify::Action;
use kernel::Cursor;
use kernel::error::Common;

use crate::world::{each, post, refused};

#[tokio::test]
async fn a_message_is_stored_told_and_given_back() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let sent = world.say(&ada, chat, "  hello\r\nthere ").await;
        assert_eq!((sent.seq, sent.content.as_str()), (1, "hello\nthere"));
        assert_eq!(sent.sender.username, "ada");
        assert!(!sent.is_read && !sent.is_liked && !sent.is_deleted && sent.like_count == 0);
        let told = world.told(chat, "new_message").await;
        assert_eq!(told, [serde_json::to_value(&sent).unwrap()]);
        let seen = world.chat.message(&grace, sent.id).await.unwrap();
        assert_eq!(seen, sent);
        let events = world.events(&chat::stream_of(chat)).await;
        assert_eq!(events.last().unwrap().author, Some(ada.user));
    }
}

#[tokio::test]
async fn the_mark_is_echoed_and_tells_retries_apart() {
    for world in each() {
        let (ada, _, chat) = world.friends().await;
        let marked = |text: &str| PostMessage {
            timestamp: Some(ClientTimestamp::Text("12:00".to_owned())),
            ..post(chat, text)
        };
        let first = world.chat.send(&ada, marked("one")).await.unwrap();
        let again = world.chat.send(&ada, marked("one")).await.unwrap();
        let other = world.chat.send(&ada, marked("two")).await.unwrap();
        assert_eq!(first, again);
        assert_eq!((first.client_id, other.seq), (None, 2));
        let told = world.told(chat, "new_message").await;
        assert_eq!(told.len(), 2);
        assert!(told.iter().all(|event| event["timestamp"] == "12:00"));
    }
}

#[tokio::test]
async fn the_same_message_sent_twenty_times_on_two_nodes_is_one() {
    for world in each() {
        let (ada, _, chat) = world.friends().await;
        let nodes = [world.chat.clone(), world.another_node()];
        let tasks: Vec<_> = (0..20)
            .map(|n| {
                let node = nodes[n % 2].clone();
                let client_id = Some("once".to_owned());
                let post = PostMessage {
                    client_id,
                    ..post(chat, "hi")
                };
                tokio::spawn(async move { node.send(&ada, post).await.unwrap() })
            })
            .collect();
        let mut answers = Vec::new();
        for task in tasks {
            answers.push(task.await.unwrap());
        }
        assert!(
            answers.iter().all(|answer| *answer == answers[0]),
            "{answers:?}"
        );
        assert_eq!(world.told(chat, "new_message").await.len(), 1);
        let page = world
            .chat
            .history(&ada, chat, Cursor::Newest, Default::default())
            .await;
        assert_eq!(page.unwrap().messages, [answers[0].clone()]);
    }
}

#[tokio::test]
async fn an_id_belongs_to_one_message_of_one_sender_in_one_chat() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let room = world.room(&[&ada, &grace]).await;
        let with = |chat, text: &str| PostMessage {
            client_id: Some("x".to_owned()),
            ..post(chat, text)
        };
        let first = world.chat.send(&ada, with(chat, "one")).await.unwrap();
        refused(
            world.chat.send(&ada, with(chat, "two")).await,
            Error::ClientIdReused.code(),
        );
        let hers = world.chat.send(&grace, with(chat, "two")).await.unwrap();
        let elsewhere = world.chat.send(&ada, with(room, "two")).await.unwrap();
        assert_eq!((hers.seq, elsewhere.seq), (2, 1));
        // Once it was changed, nobody knows what it said at first.
        world.chat.edit(&ada, first.id, "three").await.unwrap();
        let again = world.chat.send(&ada, with(chat, "one")).await.unwrap();
        assert_eq!((again.id, again.content.as_str()), (first.id, "three"));
    }
}

#[tokio::test]
async fn an_id_belongs_to_one_answered_message() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let asked = world.chat.send(&grace, post(chat, "?")).await.unwrap().id;
        let with = |client_id: Option<&str>, reply_to| PostMessage {
            client_id: client_id.map(str::to_owned),
            timestamp: Some(ClientTimestamp::Text("12:00".to_owned())),
            reply_to,
            ..post(chat, "yes")
        };
        let send = async |id, reply_to| world.chat.send(&ada, with(id, reply_to)).await;
        let first = send(Some("x"), Some(asked)).await.unwrap();
        assert_eq!(send(Some("x"), Some(asked)).await.unwrap(), first);
        let reused = Error::ClientIdReused.code();
        refused(send(Some("x"), None).await, reused);
        refused(send(Some("x"), Some(first.id)).await, reused);
        world.chat.edit(&ada, first.id, "no").await.unwrap();
        refused(send(Some("x"), None).await, reused);
        // A mark that answers another message is another message.
        let marked = send(None, None).await.unwrap();
        let answer = send(None, Some(asked)).await.unwrap();
        assert_ne!(marked.id, answer.id);
        assert_eq!(send(None, Some(asked)).await.unwrap().id, answer.id);
        assert_eq!(send(None, None).await.unwrap().id, marked.id);
    }
}

#[tokio::test]
async fn all_that_is_wrong_with_a_message_is_told_at_once() {
    for world in each() {
        let (ada, _, chat) = world.friends().await;
        let wrong = PostMessage {
            client_id: Some("~".to_owned()),
            timestamp: Some(ClientTimestamp::Text("x".repeat(101))),
            ..post(chat, &format!("\u{7}{}", "x".repeat(2_001)))
        };
        let fault = world.chat.send(&ada, wrong).await.unwrap_err();
        assert_eq!(fault.code().name, "invalid_fields");
        let fields: Vec<_> = fault
            .fields()
            .iter()
            .map(|one| one.field.as_str())
            .collect();
        assert_eq!(fields, ["content", "content", "client_id", "timestamp"]);
    }
}

#[tokio::test]
async fn a_retry_is_answered_even_when_one_may_write_no_more() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let with = |text: &str| PostMessage {
            client_id: Some("x".to_owned()),
            ..post(chat, text)
        };
        let first = world.chat.send(&ada, with("one")).await.unwrap();
        world.chat.read(&grace, first.id).await.unwrap();
        world.people.part(&ada, &grace);
        let again = world.chat.send(&ada, with("one")).await.unwrap();
        assert_eq!(again.id, first.id);
        assert!(again.is_read, "she has read it meanwhile");
    }
}

#[tokio::test]
async fn everybody_sees_one_order_whoever_writes_at_once_on_two_nodes() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let nodes = [world.chat.clone(), world.another_node()];
        let tasks: Vec<_> = (0..100)
            .map(|n| {
                let (node, actor) = (nodes[n % 2].clone(), [ada, grace][n / 2 % 2]);
                let post = post(chat, &n.to_string());
                tokio::spawn(async move { node.send(&actor, post).await.unwrap() })
            })
            .collect();
        let mut seqs = Vec::new();
        for task in tasks {
            seqs.push(task.await.unwrap().seq);
        }
        seqs.sort_unstable();
        assert!(seqs.into_iter().eq(1..=100), "numbers without gaps");
        let told = world.told(chat, "new_message").await;
        assert!(
            told.iter()
                .map(|event| event["seq"].as_i64().unwrap())
                .eq(1..=100)
        );
    }
}

#[tokio::test]
async fn one_message_that_is_refused_does_not_hurt_those_beside_it() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let stranger = world.person("mallory");
        let nobodys = world.store.env().id();
        let wrong_reply = PostMessage {
            reply_to: Some(world.store.env().id()),
            ..post(chat, "x")
        };
        let (a, b, c, d, e) = tokio::join!(
            world.chat.send(&ada, post(chat, "one")),
            world.chat.send(&stranger, post(chat, "let me in")),
            world.chat.send(&ada, post(nobodys, "lost")),
            world.chat.send(&ada, wrong_reply),
            world.chat.send(&grace, post(chat, "two")),
        );
        assert_eq!(a.unwrap().seq + e.unwrap().seq, 3);
        refused(b, Error::NotAMember.code());
        refused(c, Error::NotAMember.code());
        refused(d, Error::ReplyNotFound.code());
    }
}

#[tokio::test]
async fn who_may_write_is_asked_each_time() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let mut looking = ada;
        looking.verified = false;
        refused(
            world.chat.send(&looking, post(chat, "hi")).await,
            Common::EmailNotVerified.code(),
        );
        world.people.part(&ada, &grace);
        refused(
            world.chat.send(&ada, post(chat, "hi")).await,
            Error::NotFriends.code(),
        );
        world.people.block(&grace, &ada);
        for actor in [ada, grace] {
            refused(
                world.chat.send(&actor, post(chat, "hi")).await,
                Error::NotAMember.code(),
            );
        }
        world.people.befriend(&ada, &grace);
        refused(
            world.chat.send(&ada, post(chat, "hi")).await,
            Error::NotAMember.code(),
        );
    }
}

#[tokio::test]
async fn odd_texts_and_ids_are_refused_at_their_field() {
    for world in each() {
        let (ada, _, chat) = world.friends().await;
        let long = "x".repeat(2_001);
        let id = |id: &str| PostMessage {
            client_id: Some(id.to_owned()),
            ..post(chat, "x")
        };
        let mark = PostMessage {
            timestamp: Some(ClientTimestamp::Text("x".repeat(101))),
            ..post(chat, "x")
        };
        let cases = [
            (post(chat, " \n "), Error::ContentEmpty, "content"),
            (post(chat, &long), Error::ContentTooLong, "content"),
            (
                post(chat, "a\u{1b}[0m"),
                Error::ContentControlCharacter,
                "content",
            ),
            (id(""), Error::ClientIdInvalid, "client_id"),
            (id("~x"), Error::ClientIdInvalid, "client_id"),
            (mark, Error::MarkInvalid, "timestamp"),
        ];
        for (post, error, field) in cases {
            let fault = world.chat.send(&ada, post).await.unwrap_err();
            assert!(fault.is(error.code()), "{}", fault.chain());
            assert_eq!(fault.fields()[0].field, field);
        }
        assert!(world.told(chat, "new_message").await.is_empty());
    }
}

#[tokio::test]
async fn a_reply_names_a_message_of_the_same_chat() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let room = world.room(&[&ada, &grace]).await;
        let first = world.say(&ada, chat, "question").await;
        let reply = |chat| PostMessage {
            reply_to: Some(first.id),
            ..post(chat, "answer")
        };
        let answer = world.chat.send(&grace, reply(chat)).await.unwrap();
        assert_eq!(answer.reply_to, Some(first.id));
        refused(
            world.chat.send(&grace, reply(room)).await,
            Error::ReplyNotFound.code(),
        );
    }
}

#[tokio::test]
async fn a_reply_across_a_block_names_nothing_that_is_there() {
    for world in each() {
        let [ada, grace, linus] = ["ada", "grace", "linus"].map(|name| world.person(name));
        let lobby = world.chat.enter_lobby(&ada, "chess").await.unwrap();
        let hers = world.say(&grace, lobby.chat_id, "one").await;
        world.people.block(&ada, &grace);
        let reply = || PostMessage {
            reply_to: Some(hers.id),
            ..post(lobby.chat_id, "answer")
        };
        let refusal = world.chat.send(&ada, reply()).await;
        refused(refusal, Error::ReplyNotFound.code());
        for other in [&linus, &grace] {
            let answer = world.chat.send(other, reply()).await.unwrap();
            assert_eq!(answer.reply_to, Some(hers.id));
        }
    }
}

#[tokio::test]
async fn the_other_is_called_once_until_they_have_read() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let first = world.say(&ada, chat, "one").await;
        let second = world.say(&ada, chat, "two").await;
        world.make_calls().await;
        let notices = world.people.notified();
        assert_eq!(notices.len(), 1);
        assert_eq!(
            (notices[0].user_id, notices[0].action),
            (grace.user, Action::NewMessage)
        );
        assert_eq!(notices[0].data["message_id"], first.id.to_string());
        assert_eq!(notices[0].data["sender"], "ada");
        world.chat.read(&grace, second.id).await.unwrap();
        world.say(&ada, chat, "three").await;
        assert_eq!(world.calls().await.len(), 1);
        // Writing is reading: her answer calls Ada, and Ada's next calls her again.
        world.say(&grace, chat, "four").await;
        world.say(&ada, chat, "five").await;
        assert_eq!(world.calls().await.len(), 3);
    }
}

#[tokio::test]
async fn people_who_are_named_are_called_if_they_are_there_to_hear() {
    for world in each() {
        let (ada, grace) = (world.person("Ada"), world.person("Grace"));
        let (linus, mallory) = (world.person("linus"), world.person("mallory"));
        let room = world.room(&[&ada, &grace, &mallory]).await;
        world.people.block(&grace, &mallory);
        let text = "@grace, @LINUS, @ada, @nobody and @mallory!";
        let sent = world.say(&ada, room, text).await;
        let names = |message: &contract::chat::Message| {
            let mut names: Vec<_> = message
                .mentions
                .iter()
                .map(|person| person.username.clone())
                .collect();
            names.sort();
            names
        };
        assert_eq!(
            names(&sent),
            ["Grace", "mallory"],
            "Linus is not in the room"
        );
        world.make_calls().await;
        let notices = world.people.notified();
        assert!(notices.iter().all(|notice| notice.data["mention"] == true));
        assert_eq!(notices.len(), 2);
        let blocked = world.say(&mallory, room, "@grace @ada").await;
        assert_eq!(names(&blocked), ["Ada"], "not across a block");
        let lobby = world.chat.enter_lobby(&ada, "world").await.unwrap().chat_id;
        let sent = world.say(&ada, lobby, "@linus").await;
        assert_eq!(
            sent.mentions[0].id, linus.user,
            "a lobby is open to everybody"
        );
        let read = world.chat.message(&linus, sent.id).await.unwrap();
        assert_eq!(read.mentions, sent.mentions);
    }
}

#[tokio::test]
async fn many_messages_to_many_chats_at_once_are_all_stored() {
    for world in each() {
        let ada = world.person("ada");
        let mut chats = Vec::new();
        for n in 0..20 {
            let friend = world.person(&format!("friend{n}"));
            world.people.befriend(&ada, &friend);
            let opened = world
                .chat
                .open_direct(&ada, &format!("friend{n}"))
                .await
                .unwrap();
            chats.push((opened.conversation.chat_id, friend));
        }
        let nodes = [world.chat.clone(), world.another_node()];
        let tasks: Vec<_> = (0..1_000)
            .map(|n| {
                let (chat, friend) = chats[n % 20];
                let actor = if n % 3 == 0 { friend } else { ada };
                let node = nodes[n % 2].clone();
                tokio::spawn(async move { node.send(&actor, post(chat, "hi")).await.unwrap() })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        for (chat, friend) in chats {
            let page = world
                .chat
                .history(&friend, chat, Cursor::Newest, Default::default());
            assert_eq!(page.await.unwrap().total, 50);
        }
    }
}
