//! One's own data, and leaving for good.

use kernel::PageRequest;

use crate::world::{each, refused};

const PAGE: PageRequest = PageRequest {
    limit: 20,
    offset: 0,
};

#[tokio::test]
async fn a_download_holds_what_one_wrote_and_nothing_of_others() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let lobby = world.chat.join_lobby(&ada, "chess").await.unwrap();
        world.say(&ada, chat, "mine").await;
        world.say(&ada, lobby.chat_id, "mine too").await;
        world.say(&grace, chat, "hers").await;
        let data = world.chat.personal_data(ada.user).read().await.unwrap();
        let written: Vec<_> = data["messages"].as_array().unwrap().iter().collect();
        let texts: Vec<_> = written.iter().map(|one| one["content"].clone()).collect();
        assert_eq!(texts, ["mine", "mine too"]);
        assert_eq!(data["chats"].as_array().unwrap().len(), 2);
        assert!(!data.to_string().contains("hers"));
    }
}

#[tokio::test]
async fn who_leaves_for_good_is_in_no_lobby_and_their_words_stay() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let lobby = world.chat.join_lobby(&ada, "chess").await.unwrap().chat_id;
        world.say(&ada, chat, "good bye").await;
        world.chat.forget(ada.user).await.unwrap();
        world.chat.forget(ada.user).await.unwrap();
        assert_eq!(world.chats_of(&ada).await, [chat]);
        let members = world.chat.members(&grace, lobby, PAGE).await.unwrap();
        assert_eq!(members.total, 0);
        let hers = world.chat.conversations(&grace, PAGE).await.unwrap();
        let last = hers.items[0].last_message.clone().unwrap();
        assert_eq!(last.content, "good bye");
    }
}

#[tokio::test]
async fn ones_rooms_are_listed_with_what_waits_there() {
    for world in each() {
        let (ada, grace, _) = world.friends().await;
        let chess = world.chat.join_lobby(&ada, "chess").await.unwrap().chat_id;
        world.chat.join_lobby(&grace, "chess").await.unwrap();
        let quiet = world.chat.join_lobby(&ada, "quiet").await.unwrap().chat_id;
        world.wait(std::time::Duration::from_secs(1));
        world.say(&grace, chess, "anybody?").await;
        let rooms = world.chat.rooms(&ada, PAGE).await.unwrap();
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

        world.people.block(&ada, &grace);
        let rooms = world.chat.rooms(&ada, PAGE).await.unwrap();
        assert_eq!(
            rooms.items[0].last_message, None,
            "what she wrote is hidden"
        );
        world.chat.leave_lobby(&ada, chess).await.unwrap();
        assert_eq!(world.chat.rooms(&ada, PAGE).await.unwrap().total, 1);
        let nowhere = world.chat.members(&ada, world.store.env().id(), PAGE).await;
        refused(nowhere, chat::Error::NotAMember.code());
    }
}
