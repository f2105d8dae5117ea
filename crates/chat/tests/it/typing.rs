//! Typing indicators.

use contract::catalogue::EventName;
use contract::streams::StreamName;
use serde_json::json;

use crate::fixture::ChatFixture;

testkit::database_tests!(
    set_typing_is_repeated_and_ends_by_itself,
    set_typing_publishes_end_once,
    end_of_typing_uses_placeholder_of_deleted_user,
);

async fn set_typing_is_repeated_and_ends_by_itself(mut fixture: ChatFixture) {
    let (ada, _, chat) = fixture.friends().await;
    fixture.chat.set_typing(&ada, chat, true).await.unwrap();
    fixture.chat.set_typing(&ada, chat, true).await.unwrap();
    let mut published = Vec::new();
    for _ in 0..3 {
        let one = fixture.ephemeral.recv().await.unwrap();
        assert_eq!(
            (one.stream, one.name),
            (StreamName::Chat(chat), EventName::Typing)
        );
        assert_eq!(one.author, Some(ada.user));
        assert_eq!(
            (&one.data["chat_id"], &one.data["username"]),
            (&json!(chat), &json!("ada"))
        );
        published.push(one.data["is_typing"].as_bool().unwrap());
    }
    assert_eq!(
        published,
        [true, true, false],
        "the end is published once, after the timeout"
    );
    assert!(
        fixture
            .events(StreamName::Chat(chat))
            .await
            .iter()
            .all(|event| event.name != "typing")
    );
}

async fn set_typing_publishes_end_once(mut fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    fixture.chat.set_typing(&grace, chat, false).await.unwrap();
    fixture.chat.set_typing(&ada, chat, true).await.unwrap();
    fixture.chat.set_typing(&ada, chat, false).await.unwrap();
    fixture.chat.set_typing(&ada, chat, false).await.unwrap();
    fixture.chat.set_typing(&grace, chat, true).await.unwrap();
    let mut published = Vec::new();
    for _ in 0..4 {
        let one = fixture.ephemeral.recv().await.unwrap();
        published.push((one.author.unwrap(), one.data["is_typing"] == true));
    }
    let (ada, grace) = (ada.user, grace.user);
    assert_eq!(
        published,
        [(ada, true), (ada, false), (grace, true), (grace, false)]
    );
}

async fn end_of_typing_uses_placeholder_of_deleted_user(mut fixture: ChatFixture) {
    let (ada, _, chat) = fixture.friends().await;
    fixture.chat.set_typing(&ada, chat, true).await.unwrap();
    assert_eq!(
        fixture.ephemeral.recv().await.unwrap().data["username"],
        "ada"
    );
    fixture.users.delete_account(&ada);
    let end = fixture.ephemeral.recv().await.unwrap();
    assert_eq!(end.data["is_typing"], false);
    assert_eq!(end.data["username"], format!("deleted-{}", ada.user));
}
