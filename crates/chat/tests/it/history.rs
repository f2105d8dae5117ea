//! Pages of messages.

use chat::Error;
use contract::chat::Message;
use kernel::{Cursor, PageRequest};

use crate::fixture::{ChatFixture, assert_error};

testkit::database_tests!(
    list_messages_pages_cover_all_messages_in_both_directions,
    list_messages_offset_skips_newest,
    open_conversation_returns_thirty_newest_messages,
    list_messages_refuses_cursor_of_other_chat,
    list_messages_in_room_leaves_out_blocked_users,
);

fn page(limit: i64, offset: i64) -> PageRequest {
    PageRequest { limit, offset }
}

fn seqs(messages: &[Message]) -> Vec<i64> {
    messages.iter().map(|message| message.seq).collect()
}

async fn with_messages(
    fixture: &ChatFixture,
    count: i64,
) -> (kernel::Actor, contract::chat::ChatId) {
    let (ada, _, chat) = fixture.friends().await;
    for n in 1..=count {
        fixture.send(&ada, chat, &n.to_string()).await;
    }
    (ada, chat)
}

async fn list_messages_pages_cover_all_messages_in_both_directions(fixture: ChatFixture) {
    let (ada, chat) = with_messages(&fixture, 25).await;
    let mut seen = Vec::new();
    let mut cursor = Cursor::Newest;
    loop {
        let found = fixture
            .chat
            .list_messages(&ada, chat, cursor, page(10, 0))
            .await
            .unwrap();
        assert_eq!(found.total, 25);
        seen.extend(found.messages);
        if !found.more {
            break;
        }
        cursor = Cursor::Before(seen.last().unwrap().id.uuid());
    }
    assert_eq!(seqs(&seen), (1..=25).rev().collect::<Vec<_>>());
    let first = seen.last().unwrap().id.uuid();
    let before = fixture
        .chat
        .list_messages(&ada, chat, Cursor::Before(first), page(10, 0))
        .await;
    assert!(before.unwrap().messages.is_empty());
    let after = fixture
        .chat
        .list_messages(&ada, chat, Cursor::After(first), page(10, 0))
        .await
        .unwrap();
    assert_eq!(seqs(&after.messages), (2..=11).collect::<Vec<_>>());
    assert!(after.more);
    let last = seen.first().unwrap().id.uuid();
    let after = fixture
        .chat
        .list_messages(&ada, chat, Cursor::After(last), page(10, 0))
        .await
        .unwrap();
    assert!(after.messages.is_empty() && !after.more);
}

async fn list_messages_offset_skips_newest(fixture: ChatFixture) {
    let (ada, chat) = with_messages(&fixture, 12).await;
    let found = fixture
        .chat
        .list_messages(&ada, chat, Cursor::Newest, page(5, 10))
        .await
        .unwrap();
    assert_eq!((seqs(&found.messages), found.more), (vec![2, 1], false));
    let found = fixture
        .chat
        .list_messages(&ada, chat, Cursor::Newest, page(5, 50))
        .await
        .unwrap();
    assert!(found.messages.is_empty());
    let found = fixture
        .chat
        .list_conversation_messages(&ada, "grace", Cursor::Newest, page(2, 0))
        .await;
    assert_eq!(seqs(&found.unwrap().messages), [12, 11]);
}

async fn open_conversation_returns_thirty_newest_messages(fixture: ChatFixture) {
    let (ada, _) = with_messages(&fixture, 33).await;
    let opened = fixture
        .chat
        .open_conversation(&ada, "grace")
        .await
        .unwrap()
        .conversation;
    assert_eq!(seqs(&opened.messages), (4..=33).rev().collect::<Vec<_>>());
}

async fn list_messages_refuses_cursor_of_other_chat(fixture: ChatFixture) {
    let (ada, chat) = with_messages(&fixture, 1).await;
    let room = fixture.create_room(&[&ada]).await;
    let elsewhere = fixture.send(&ada, room, "elsewhere").await.id.uuid();
    for (cursor, field) in [
        (Cursor::Before(elsewhere), "before"),
        (Cursor::After(elsewhere), "after"),
    ] {
        let result = fixture
            .chat
            .list_messages(&ada, chat, cursor, page(5, 0))
            .await;
        let error = result.unwrap_err();
        assert!(error.is(Error::CursorUnknown.code()));
        assert_eq!(error.fields()[0].field, field);
    }
    let stranger = fixture.user("mallory");
    let result = fixture
        .chat
        .list_messages(&stranger, chat, Cursor::Newest, page(5, 0))
        .await;
    assert_error(result, Error::NotAMember.code());
}

async fn list_messages_in_room_leaves_out_blocked_users(fixture: ChatFixture) {
    let (ada, grace) = (fixture.user("ada"), fixture.user("grace"));
    let linus = fixture.user("linus");
    let room = fixture.create_room(&[&ada, &grace, &linus]).await;
    let by_grace = fixture.send(&grace, room, "one").await;
    fixture.send(&linus, room, "two").await;
    fixture.users.block(&ada, &grace);
    let read = |actor| {
        let chat = fixture.chat.clone();
        async move {
            let page = chat
                .list_messages(&actor, room, Cursor::Newest, page(9, 0))
                .await
                .unwrap();
            seqs(&page.messages)
        }
    };
    assert_eq!(read(ada).await, [2]);
    assert_eq!(read(linus).await, [2, 1]);
    assert_error(
        fixture.chat.get_message(&ada, by_grace.id).await,
        Error::MessageNotFound.code(),
    );
    assert_error(
        fixture.chat.set_like(&ada, by_grace.id, true).await,
        Error::MessageNotFound.code(),
    );
    for cursor in [
        Cursor::Before(by_grace.id.uuid()),
        Cursor::After(by_grace.id.uuid()),
    ] {
        let found = fixture
            .chat
            .list_messages(&ada, room, cursor, page(9, 0))
            .await;
        assert_error(found, Error::CursorUnknown.code());
        let found = fixture
            .chat
            .list_messages(&linus, room, cursor, page(9, 0))
            .await;
        found.unwrap();
    }
}
