//! Who is typing.

use serde_json::json;

use crate::world::each;

#[tokio::test]
async fn typing_is_told_and_ends_by_itself() {
    for mut world in each() {
        let (ada, _, chat) = world.friends().await;
        world.chat.typing(&ada, chat, true).await.unwrap();
        world.chat.typing(&ada, chat, true).await.unwrap();
        let mut said = Vec::new();
        for _ in 0..3 {
            let one = world.wire.recv().await.unwrap();
            assert_eq!((one.topic, one.name), (chat::stream_of(chat), "typing"));
            assert_eq!(one.author, Some(ada.user));
            assert_eq!(
                (&one.data["chat_id"], &one.data["username"]),
                (&json!(chat), &json!("ada"))
            );
            said.push(one.data["is_typing"].as_bool().unwrap());
        }
        assert_eq!(
            said,
            [true, true, false],
            "the end is told once, after the last sign"
        );
        assert!(
            world
                .events(&chat::stream_of(chat))
                .await
                .iter()
                .all(|event| event.name != "typing")
        );
    }
}

#[tokio::test]
async fn who_stops_typing_is_told_at_once_and_only_once() {
    for mut world in each() {
        let (ada, grace, chat) = world.friends().await;
        world.chat.typing(&grace, chat, false).await.unwrap();
        world.chat.typing(&ada, chat, true).await.unwrap();
        world.chat.typing(&ada, chat, false).await.unwrap();
        world.chat.typing(&ada, chat, false).await.unwrap();
        world.chat.typing(&grace, chat, true).await.unwrap();
        let mut said = Vec::new();
        for _ in 0..4 {
            let one = world.wire.recv().await.unwrap();
            said.push((one.author.unwrap(), one.data["is_typing"] == true));
        }
        let (ada, grace) = (ada.user, grace.user);
        assert_eq!(
            said,
            [(ada, true), (ada, false), (grace, true), (grace, false)]
        );
    }
}

#[tokio::test]
async fn the_end_of_typing_does_not_name_who_has_left_for_good() {
    for mut world in each() {
        let (ada, _, chat) = world.friends().await;
        world.chat.typing(&ada, chat, true).await.unwrap();
        assert_eq!(world.wire.recv().await.unwrap().data["username"], "ada");
        world.people.delete(&ada);
        let end = world.wire.recv().await.unwrap();
        assert_eq!(end.data["is_typing"], false);
        assert_eq!(end.data["username"], format!("deleted-{}", ada.user));
    }
}
