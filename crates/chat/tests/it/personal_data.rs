//! Exporting and deleting a user's data, and listing rooms.

use kernel::PageRequest;

use crate::fixture::{ChatFixture, assert_error};

testkit::database_tests!(
    personal_data_contains_own_messages_only,
    forget_removes_memberships_and_keeps_messages,
    list_rooms_has_unread_counts_and_newest_messages,
);

const PAGE: PageRequest = PageRequest {
    limit: 20,
    offset: 0,
};

async fn personal_data_contains_own_messages_only(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let lobby = fixture.chat.join_lobby(&ada, "chess").await.unwrap();
    fixture.send(&ada, chat, "mine").await;
    fixture.send(&ada, lobby.chat_id, "mine too").await;
    fixture.send(&grace, chat, "hers").await;
    let data = fixture.chat.personal_data(ada.user).read().await.unwrap();
    let written: Vec<_> = data["messages"].as_array().unwrap().iter().collect();
    let texts: Vec<_> = written.iter().map(|one| one["content"].clone()).collect();
    assert_eq!(texts, ["mine", "mine too"]);
    assert_eq!(data["chats"].as_array().unwrap().len(), 2);
    assert!(!data.to_string().contains("hers"));
}

async fn forget_removes_memberships_and_keeps_messages(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let lobby = fixture
        .chat
        .join_lobby(&ada, "chess")
        .await
        .unwrap()
        .chat_id;
    fixture.send(&ada, chat, "good bye").await;
    fixture.chat.forget(ada.user).await.unwrap();
    fixture.chat.forget(ada.user).await.unwrap();
    assert_eq!(fixture.chats_of(&ada).await, [chat]);
    let members = fixture
        .chat
        .list_members(&grace, lobby, PAGE)
        .await
        .unwrap();
    assert_eq!(members.total, 0);
    let listed = fixture.chat.list_conversations(&grace, PAGE).await.unwrap();
    let last = listed.items[0].last_message.clone().unwrap();
    assert_eq!(last.content, "good bye");
}

async fn list_rooms_has_unread_counts_and_newest_messages(fixture: ChatFixture) {
    let (ada, grace, _) = fixture.friends().await;
    let chess = fixture
        .chat
        .join_lobby(&ada, "chess")
        .await
        .unwrap()
        .chat_id;
    fixture.chat.join_lobby(&grace, "chess").await.unwrap();
    let quiet = fixture
        .chat
        .join_lobby(&ada, "quiet")
        .await
        .unwrap()
        .chat_id;
    fixture.advance(std::time::Duration::from_secs(1));
    fixture.send(&grace, chess, "anybody?").await;
    let rooms = fixture.chat.list_rooms(&ada, PAGE).await.unwrap();
    assert_eq!(rooms.total, 2);
    let [first, second] = &rooms.items[..] else {
        panic!("{rooms:?}")
    };
    assert_eq!((first.chat_id, first.unread_count), (chess, 1));
    assert_eq!((second.chat_id, second.unread_count), (quiet, 0));
    assert!(
        first
            .last_message
            .as_ref()
            .is_some_and(|last| !last.is_read)
    );
    assert_eq!(second.last_message, None);

    fixture.users.block(&ada, &grace);
    let rooms = fixture.chat.list_rooms(&ada, PAGE).await.unwrap();
    assert_eq!(rooms.items[0].last_message, None, "Grace is hidden");
    fixture.chat.leave_lobby(&ada, chess).await.unwrap();
    assert_eq!(fixture.chat.list_rooms(&ada, PAGE).await.unwrap().total, 1);
    let missing = fixture
        .chat
        .list_members(&ada, fixture.store.env().id(), PAGE)
        .await;
    assert_error(missing, chat::Error::NotAMember.code());
}
