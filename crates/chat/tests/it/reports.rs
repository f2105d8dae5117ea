//! Telling moderators about messages.

use chat::Error;
use contract::rooms::{ReportMessage, ReportReason};
use kernel::ErrorKind;

use crate::world::{each, refused};

fn report(reason: ReportReason, details: &str) -> ReportMessage {
    ReportMessage {
        reason,
        details: details.to_owned(),
    }
}

#[tokio::test]
async fn a_message_is_reported_once_by_each_who_sees_it() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let mallory = world.person("mallory");
        let sent = world.say(&ada, chat, "buy this").await;
        let spam = move || report(ReportReason::Spam, " again and again ");
        let stranger = world.chat.report(&mallory, sent.id, spam()).await;
        refused(stranger, Error::MessageNotFound.code());
        let own = world.chat.report(&ada, sent.id, spam()).await;
        refused(own, Error::ReportOwnMessage.code());
        let bare = report(ReportReason::Other, "  ");
        let bare = world.chat.report(&grace, sent.id, bare).await;
        refused(bare, Error::ReportNeedsDetails.code());

        let node = world.another_node();
        let mut tries = tokio::task::JoinSet::new();
        for turn in 0..6 {
            let at = if turn % 2 == 0 { &world.chat } else { &node }.clone();
            tries.spawn(async move { at.report(&grace, sent.id, spam()).await });
        }
        let answers = tries.join_all().await;
        let (taken, twice): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!(taken.len(), 1);
        for answer in twice {
            refused(answer, Error::AlreadyReported.code());
        }
        let data = world.chat.personal_data(grace.user).read().await.unwrap();
        assert_eq!(data["reports"][0]["details"], "again and again");
        assert_eq!(data["reports"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn what_is_deleted_needs_no_report() {
    for world in each() {
        let (ada, grace, chat) = world.friends().await;
        let sent = world.say(&ada, chat, "oops").await;
        world.chat.delete(&ada, sent.id).await.unwrap();
        let late = report(ReportReason::Hate, "");
        let late = world.chat.report(&grace, sent.id, late).await.unwrap_err();
        assert_eq!(late.code().kind, ErrorKind::Gone);
    }
}
