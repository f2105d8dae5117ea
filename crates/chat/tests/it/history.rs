//! Pages of messages.

use chat::Error;
use contract::chat::Message;
use kernel::{Cursor, PageRequest};

use crate::world::{World, each, refused};

fn page(limit: i64, offset: i64) -> PageRequest {
    PageRequest { limit, offset }
}

fn seqs(messages: &[Message]) -> Vec<i64> {
    messages.iter().map(|message| message.seq).collect()
}

async fn with_messages(world: &World, count: i64) -> (kernel::Actor, contract::chat::ChatId) {
    let (ada, _, chat) = world.friends().await;
    for n in 1..=count {
        world.say(&ada, chat, &n.to_string()).await;
    }
    (ada, chat)
}

#[tokio::test]
async fn pages_lead_to_the_first_message_and_back_without_loss() {
    for world in each() {
        let (ada, chat) = with_messages(&world, 25).await;
        let mut seen = Vec::new();
        let mut keyset = Cursor::Newest;
        loop {
            let found = world
                .chat
                .history(&ada, chat, keyset, page(10, 0))
                .await
                .unwrap();
            assert_eq!(found.total, 25);
            seen.extend(found.messages);
            if !found.more {
                break;
            }
            keyset = Cursor::Before(seen.last().unwrap().id.uuid());
        }
        assert_eq!(seqs(&seen), (1..=25).rev().collect::<Vec<_>>());
        let first = seen.last().unwrap().id.uuid();
        let before = world
            .chat
            .history(&ada, chat, Cursor::Before(first), page(10, 0))
            .await;
        assert!(before.unwrap().messages.is_empty());
        let after = world
            .chat
            .history(&ada, chat, Cursor::After(first), page(10, 0))
            .await
            .unwrap();
        assert_eq!(seqs(&after.messages), (2..=11).collect::<Vec<_>>());
        assert!(after.more);
        let last = seen.first().unwrap().id.uuid();
        let after = world
            .chat
            .history(&ada, chat, Cursor::After(last), page(10, 0))
            .await
            .unwrap();
        assert!(after.messages.is_empty() && !after.more);
    }
}

#[tokio::test]
async fn an_offset_passes_over_the_newest() {
    for world in each() {
        let (ada, chat) = with_messages(&world, 12).await;
        let found = world
            .chat
            .history(&ada, chat, Cursor::Newest, page(5, 10))
            .await
            .unwrap();
        assert_eq!((seqs(&found.messages), found.more), (vec![2, 1], false));
        let found = world
            .chat
            .history(&ada, chat, Cursor::Newest, page(5, 50))
            .await
            .unwrap();
        assert!(found.messages.is_empty());
        let found = world
            .chat
            .direct_history(&ada, "grace", Cursor::Newest, page(2, 0))
            .await;
        assert_eq!(seqs(&found.unwrap().messages), [12, 11]);
    }
}

#[tokio::test]
async fn an_opened_conversation_shows_the_last_thirty() {
    for world in each() {
        let (ada, _) = with_messages(&world, 33).await;
        let opened = world
            .chat
            .open_direct(&ada, "grace")
            .await
            .unwrap()
            .conversation;
        assert_eq!(seqs(&opened.messages), (4..=33).rev().collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_place_must_be_in_the_same_chat() {
    for world in each() {
        let (ada, chat) = with_messages(&world, 1).await;
        let room = world.room(&[&ada]).await;
        let elsewhere = world.say(&ada, room, "elsewhere").await.id.uuid();
        for (keyset, field) in [
            (Cursor::Before(elsewhere), "before"),
            (Cursor::After(elsewhere), "after"),
        ] {
            let result = world.chat.history(&ada, chat, keyset, page(5, 0)).await;
            let error = result.unwrap_err();
            assert!(error.is(Error::CursorUnknown.code()));
            assert_eq!(error.fields()[0].field, field);
        }
        let stranger = world.person("mallory");
        let result = world
            .chat
            .history(&stranger, chat, Cursor::Newest, page(5, 0))
            .await;
        refused(result, Error::NotAMember.code());
    }
}

#[tokio::test]
async fn in_company_those_one_blocks_are_not_heard() {
    for world in each() {
        let (ada, grace) = (world.person("ada"), world.person("grace"));
        let linus = world.person("linus");
        let room = world.room(&[&ada, &grace, &linus]).await;
        let hers = world.say(&grace, room, "one").await;
        world.say(&linus, room, "two").await;
        world.people.block(&ada, &grace);
        let read = |actor| {
            let chat = world.chat.clone();
            async move {
                let page = chat
                    .history(&actor, room, Cursor::Newest, page(9, 0))
                    .await
                    .unwrap();
                seqs(&page.messages)
            }
        };
        assert_eq!(read(ada).await, [2]);
        assert_eq!(read(linus).await, [2, 1]);
        refused(
            world.chat.message(&ada, hers.id).await,
            Error::MessageNotFound.code(),
        );
        refused(
            world.chat.like(&ada, hers.id, true).await,
            Error::MessageNotFound.code(),
        );
        for keyset in [
            Cursor::Before(hers.id.uuid()),
            Cursor::After(hers.id.uuid()),
        ] {
            let found = world.chat.history(&ada, room, keyset, page(9, 0)).await;
            refused(found, Error::CursorUnknown.code());
            let found = world.chat.history(&linus, room, keyset, page(9, 0)).await;
            found.unwrap();
        }
    }
}
