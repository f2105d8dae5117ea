//! Lobbies, the world chat and rooms.

use chat::Error;
use contract::chat::ChatKind;
use kernel::error::Common;
use kernel::{Cursor, PageRequest};

use crate::world::{each, post, refused};

#[tokio::test]
async fn a_lobby_is_found_by_its_name_and_open_to_everybody() {
    for world in each() {
        let (ada, grace) = (world.person("ada"), world.person("grace"));
        let lobby = world.chat.enter_lobby(&ada, "Chess").await.unwrap();
        assert_eq!(
            (lobby.name.as_str(), lobby.kind),
            ("chess", ChatKind::Lobby)
        );
        assert!(!lobby.is_member);
        let sent = world.say(&ada, lobby.chat_id, "anybody?").await;
        let same = world.chat.enter_lobby(&grace, "CHESS").await.unwrap();
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
        world.say(&grace, lobby.chat_id, "me").await;
        let entered = world.chat.enter(&ada, lobby.chat_id).await.unwrap();
        assert_eq!((entered.messages.len(), entered.unread_count), (2, 0));
        let listens = world.chat.may_listen(&ada, lobby.chat_id).await.unwrap();
        assert_eq!(listens.chat_id, lobby.chat_id);
        assert!(world.chats_of(&ada).await.is_empty());
        let error = world.chat.enter_lobby(&ada, "no spaces").await.unwrap_err();
        assert!(error.is(Error::LobbyNameInvalid.code()));
    }
}

#[tokio::test]
async fn who_may_only_look_around_sees_the_world_and_writes_nowhere() {
    for world in each() {
        let mut looking = world.person("ada");
        looking.verified = false;
        let lobby = world.chat.enter_lobby(&looking, "world").await.unwrap();
        refused(
            world.chat.enter_lobby(&looking, "new").await,
            Error::LobbyNotFound.code(),
        );
        let sent = world.chat.send(&looking, post(lobby.chat_id, "hi")).await;
        refused(sent, Common::EmailNotVerified.code());
        refused(
            world.chat.typing(&looking, lobby.chat_id, true).await,
            Common::EmailNotVerified.code(),
        );
    }
}

#[tokio::test]
async fn of_people_who_enter_a_new_lobby_at_once_on_two_nodes_all_are_in_the_same() {
    for world in each() {
        let people: Vec<_> = (0..10).map(|n| world.person(&format!("p{n}"))).collect();
        let nodes = [world.chat.clone(), world.another_node()];
        let tasks: Vec<_> = people
            .into_iter()
            .enumerate()
            .map(|(n, actor)| {
                let node = nodes[n % 2].clone();
                tokio::spawn(async move { node.enter_lobby(&actor, "new").await.unwrap().chat_id })
            })
            .collect();
        let mut ids = std::collections::HashSet::new();
        for task in tasks {
            ids.insert(task.await.unwrap());
        }
        assert_eq!(ids.len(), 1);
    }
}

#[tokio::test]
async fn a_lobby_can_be_kept_among_ones_chats_and_left() {
    for world in each() {
        let (ada, grace) = (world.person("ada"), world.person("grace"));
        let lobby = world.chat.join_lobby(&ada, "chess").await.unwrap();
        assert!(lobby.is_member);
        let again = world.chat.join_lobby(&ada, "chess").await.unwrap();
        assert_eq!(again.chat_id, lobby.chat_id);
        assert_eq!(world.told_to(&ada, "chat_joined").await.len(), 1);
        assert_eq!(world.chats_of(&ada).await, [lobby.chat_id]);
        world.say(&grace, lobby.chat_id, "hi").await;
        assert_eq!(world.chat.unread(&ada).await.unwrap().total, 1);
        world.chat.leave_lobby(&ada, lobby.chat_id).await.unwrap();
        world.chat.leave_lobby(&ada, lobby.chat_id).await.unwrap();
        assert_eq!(world.told_to(&ada, "chat_left").await.len(), 1);
        assert!(world.chats_of(&ada).await.is_empty());
        assert_eq!(world.chat.unread(&ada).await.unwrap().total, 0);
    }
}

#[tokio::test]
async fn a_room_is_for_its_members_alone() {
    for world in each() {
        let (ada, grace) = (world.person("ada"), world.person("grace"));
        let linus = world.person("linus");
        let room = world.room(&[&ada, &grace]).await;
        assert_eq!(
            world.room(&[&ada, &grace]).await,
            room,
            "its key makes it the only one"
        );
        let sent = world.say(&ada, room, "one").await;
        refused(
            world.chat.send(&linus, post(room, "x")).await,
            Error::NotAMember.code(),
        );
        refused(
            world.chat.enter(&linus, room).await,
            Error::NotAMember.code(),
        );
        refused(
            world.chat.may_listen(&linus, room).await,
            Error::NotAMember.code(),
        );
        refused(
            world.chat.room_created(&linus, room).await,
            Error::NotAMember.code(),
        );
        refused(
            world.chat.typing(&linus, room, true).await,
            Error::NotAMember.code(),
        );
        refused(
            world.chat.message(&linus, sent.id).await,
            Error::MessageNotFound.code(),
        );
        refused(
            world.chat.leave_lobby(&ada, room).await,
            Error::NotALobby.code(),
        );
        let members = world
            .chat
            .members(&linus, room, PageRequest::default())
            .await;
        refused(members, Error::NotAMember.code());
        world
            .chat
            .add_members(room, &[linus.user, ada.user])
            .await
            .unwrap();
        assert_eq!(
            world.told_to(&linus, "chat_joined").await[0]["name"],
            "A group"
        );
        assert_eq!(
            world.told_to(&ada, "chat_joined").await.len(),
            1,
            "she was in it"
        );
        let entered = world.chat.enter(&linus, room).await.unwrap();
        assert_eq!((entered.unread_count, entered.messages.len()), (0, 1));
        world.chat.like(&linus, sent.id, true).await.unwrap();
        let members = world
            .chat
            .members(&linus, room, PageRequest::default())
            .await
            .unwrap();
        assert_eq!((members.items.len(), members.total), (3, 3));
    }
}

#[tokio::test]
async fn who_was_removed_is_told_and_can_do_nothing_more() {
    for world in each() {
        let (ada, grace) = (world.person("ada"), world.person("grace"));
        let room = world.room(&[&ada, &grace]).await;
        let sent = world.say(&grace, room, "one").await;
        world.chat.remove_member(room, grace.user).await.unwrap();
        assert_eq!(
            world.told_to(&grace, "chat_left").await[0]["chat_id"],
            room.to_string()
        );
        refused(
            world.chat.send(&grace, post(room, "two")).await,
            Error::NotAMember.code(),
        );
        refused(
            world.chat.edit(&grace, sent.id, "x").await,
            Error::MessageNotFound.code(),
        );
        refused(
            world.chat.delete(&grace, sent.id).await,
            Error::MessageNotFound.code(),
        );
        let page = world
            .chat
            .history(&grace, room, Cursor::Newest, PageRequest::default())
            .await;
        refused(page, Error::NotAMember.code());
        assert_eq!(
            world.chat.message(&ada, sent.id).await.unwrap().content,
            "one"
        );
    }
}

#[tokio::test]
async fn a_room_gets_another_title_and_is_announced() {
    for mut world in each() {
        let ada = world.person("ada");
        let room = world.room(&[&ada]).await;
        world.chat.rename_room(room, "Better").await.unwrap();
        assert_eq!(world.chat.enter(&ada, room).await.unwrap().name, "Better");
        let none = world.store.env().id();
        refused(
            world.chat.rename_room(none, "x").await,
            Error::NotAMember.code(),
        );
        refused(
            world.chat.add_members(none, &[ada.user]).await,
            Error::NotAMember.code(),
        );
        world.chat.room_created(&ada, room).await.unwrap();
        let said = world.wire.recv().await.unwrap();
        assert_eq!(
            (said.topic, said.name),
            (chat::stream_of(room), "room_created")
        );
        assert_eq!(said.author, Some(ada.user));
        assert_eq!(
            world.told(room, "room_created").await.len(),
            1,
            "when it was made"
        );
    }
}
