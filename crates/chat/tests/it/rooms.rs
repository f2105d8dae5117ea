//! Lobbies, the world chat and rooms.

use chat::Error;
use contract::catalogue::EventName;
use contract::chat::ChatKind;
use contract::streams::StreamName;
use kernel::error::Common;
use kernel::{Cursor, PageRequest};

use crate::fixture::{ChatFixture, assert_error, post};

testkit::database_tests!(
    open_lobby_ignores_case_and_needs_no_membership,
    unverified_user_reads_world_chat_only,
    open_lobby_on_two_nodes_creates_it_once,
    join_and_leave_lobby_are_idempotent,
    room_refuses_users_who_are_not_members,
    remove_member_emits_event_and_ends_access,
    rename_and_announce_room,
);

async fn open_lobby_ignores_case_and_needs_no_membership(fixture: ChatFixture) {
    let (ada, grace) = (fixture.user("ada"), fixture.user("grace"));
    let lobby = fixture.chat.open_lobby(&ada, "Chess").await.unwrap();
    assert_eq!(
        (lobby.name.as_str(), lobby.kind),
        ("chess", ChatKind::Lobby)
    );
    assert!(!lobby.is_member);
    let sent = fixture.send(&ada, lobby.chat_id, "anybody?").await;
    let opened = fixture.chat.enter_lobby(&grace, "cHess").await.unwrap();
    let expected = (lobby.chat_id, ChatKind::Lobby, "chess".to_owned());
    assert_eq!((opened.chat_id, opened.kind, opened.name), expected);
    let same = fixture.chat.open_lobby(&grace, "CHESS").await.unwrap();
    assert_eq!(
        (same.chat_id, same.messages),
        (
            lobby.chat_id,
            vec![{
                let mut seen = sent.clone();
                seen.is_read = true;
                seen
            }]
        )
    );
    fixture.send(&grace, lobby.chat_id, "me").await;
    let entered = fixture.chat.open_room(&ada, lobby.chat_id).await.unwrap();
    assert_eq!((entered.messages.len(), entered.unread_count), (2, 0));
    let listens = fixture
        .chat
        .check_subscription(&ada, lobby.chat_id)
        .await
        .unwrap();
    assert_eq!(listens.chat_id, lobby.chat_id);
    assert!(fixture.chats_of(&ada).await.is_empty());
    let error = fixture
        .chat
        .open_lobby(&ada, "no spaces")
        .await
        .unwrap_err();
    assert!(error.is(Error::LobbyNameInvalid.code()));
}

async fn unverified_user_reads_world_chat_only(fixture: ChatFixture) {
    let mut unverified = fixture.user("ada");
    unverified.verified = false;
    let lobby = fixture.chat.open_lobby(&unverified, "world").await.unwrap();
    assert_error(
        fixture.chat.open_lobby(&unverified, "new").await,
        Error::LobbyNotFound.code(),
    );
    assert_error(
        fixture.chat.enter_lobby(&unverified, "new").await,
        Error::LobbyNotFound.code(),
    );
    let sent = fixture
        .chat
        .send_message(&unverified, post(lobby.chat_id, "hi"))
        .await;
    assert_error(sent, Common::EmailNotVerified.code());
    assert_error(
        fixture
            .chat
            .set_typing(&unverified, lobby.chat_id, true)
            .await,
        Common::EmailNotVerified.code(),
    );
}

async fn open_lobby_on_two_nodes_creates_it_once(fixture: ChatFixture) {
    let users: Vec<_> = (0..10).map(|n| fixture.user(&format!("p{n}"))).collect();
    let nodes = [fixture.chat.clone(), fixture.another_node()];
    let tasks: Vec<_> = users
        .into_iter()
        .enumerate()
        .map(|(n, actor)| {
            let node = nodes[n % 2].clone();
            tokio::spawn(async move { node.open_lobby(&actor, "new").await.unwrap().chat_id })
        })
        .collect();
    let mut ids = std::collections::HashSet::new();
    for task in tasks {
        ids.insert(task.await.unwrap());
    }
    assert_eq!(ids.len(), 1);
}

async fn join_and_leave_lobby_are_idempotent(fixture: ChatFixture) {
    let (ada, grace) = (fixture.user("ada"), fixture.user("grace"));
    let lobby = fixture.chat.join_lobby(&ada, "chess").await.unwrap();
    assert!(lobby.is_member);
    let again = fixture.chat.join_lobby(&ada, "chess").await.unwrap();
    assert_eq!(again.chat_id, lobby.chat_id);
    assert_eq!(fixture.user_events(&ada, "chat_joined").await.len(), 1);
    assert_eq!(fixture.chats_of(&ada).await, [lobby.chat_id]);
    fixture.send(&grace, lobby.chat_id, "hi").await;
    assert_eq!(fixture.chat.unread_counts(&ada).await.unwrap().total, 1);
    fixture.chat.leave_lobby(&ada, lobby.chat_id).await.unwrap();
    fixture.chat.leave_lobby(&ada, lobby.chat_id).await.unwrap();
    assert_eq!(fixture.user_events(&ada, "chat_left").await.len(), 1);
    assert!(fixture.chats_of(&ada).await.is_empty());
    assert_eq!(fixture.chat.unread_counts(&ada).await.unwrap().total, 0);
}

async fn room_refuses_users_who_are_not_members(fixture: ChatFixture) {
    let (ada, grace) = (fixture.user("ada"), fixture.user("grace"));
    let linus = fixture.user("linus");
    let room = fixture.create_room(&[&ada, &grace]).await;
    assert_eq!(
        fixture.create_room(&[&ada, &grace]).await,
        room,
        "the key is unique"
    );
    let sent = fixture.send(&ada, room, "one").await;
    assert_error(
        fixture.chat.send_message(&linus, post(room, "x")).await,
        Error::NotAMember.code(),
    );
    assert_error(
        fixture.chat.open_room(&linus, room).await,
        Error::NotAMember.code(),
    );
    assert_error(
        fixture.chat.check_subscription(&linus, room).await,
        Error::NotAMember.code(),
    );
    assert_error(
        fixture.chat.announce_room(&linus, room).await,
        Error::NotAMember.code(),
    );
    assert_error(
        fixture.chat.set_typing(&linus, room, true).await,
        Error::NotAMember.code(),
    );
    assert_error(
        fixture.chat.get_message(&linus, sent.id).await,
        Error::MessageNotFound.code(),
    );
    assert_error(
        fixture.chat.leave_lobby(&ada, room).await,
        Error::NotALobby.code(),
    );
    let members = fixture
        .chat
        .list_members(&linus, room, PageRequest::default())
        .await;
    assert_error(members, Error::NotAMember.code());
    fixture
        .chat
        .add_members(room, &[linus.user, ada.user])
        .await
        .unwrap();
    assert_eq!(
        fixture.user_events(&linus, "chat_joined").await[0]["name"],
        "A group"
    );
    assert_eq!(
        fixture.user_events(&ada, "chat_joined").await.len(),
        1,
        "Ada was a member already"
    );
    let entered = fixture.chat.open_room(&linus, room).await.unwrap();
    assert_eq!((entered.unread_count, entered.messages.len()), (0, 1));
    fixture.chat.set_like(&linus, sent.id, true).await.unwrap();
    let members = fixture
        .chat
        .list_members(&linus, room, PageRequest::default())
        .await
        .unwrap();
    assert_eq!((members.items.len(), members.total), (3, 3));
}

async fn remove_member_emits_event_and_ends_access(fixture: ChatFixture) {
    let (ada, grace) = (fixture.user("ada"), fixture.user("grace"));
    let room = fixture.create_room(&[&ada, &grace]).await;
    let sent = fixture.send(&grace, room, "one").await;
    fixture.chat.remove_member(room, grace.user).await.unwrap();
    assert_eq!(
        fixture.user_events(&grace, "chat_left").await[0]["chat_id"],
        room.to_string()
    );
    assert_error(
        fixture.chat.send_message(&grace, post(room, "two")).await,
        Error::NotAMember.code(),
    );
    assert_error(
        fixture.chat.edit_message(&grace, sent.id, "x").await,
        Error::MessageNotFound.code(),
    );
    assert_error(
        fixture.chat.delete_message(&grace, sent.id).await,
        Error::MessageNotFound.code(),
    );
    let page = fixture
        .chat
        .list_messages(&grace, room, Cursor::Newest, PageRequest::default())
        .await;
    assert_error(page, Error::NotAMember.code());
    assert_eq!(
        fixture
            .chat
            .get_message(&ada, sent.id)
            .await
            .unwrap()
            .content,
        "one"
    );
}

async fn rename_and_announce_room(mut fixture: ChatFixture) {
    let ada = fixture.user("ada");
    let room = fixture.create_room(&[&ada]).await;
    fixture.chat.rename_room(room, "Better").await.unwrap();
    assert_eq!(
        fixture.chat.open_room(&ada, room).await.unwrap().name,
        "Better"
    );
    let none = fixture.store.env().id();
    assert_error(
        fixture.chat.rename_room(none, "x").await,
        Error::NotAMember.code(),
    );
    assert_error(
        fixture.chat.add_members(none, &[ada.user]).await,
        Error::NotAMember.code(),
    );
    fixture.chat.announce_room(&ada, room).await.unwrap();
    let published = fixture.ephemeral.recv().await.unwrap();
    assert_eq!(
        (published.stream, published.name),
        (StreamName::Chat(room), EventName::RoomCreated)
    );
    assert_eq!(published.author, Some(ada.user));
    assert_eq!(
        fixture.chat_events(room, "room_created").await.len(),
        1,
        "from the creation"
    );
}
