//! Reporting messages.

use chat::Error;
use contract::rooms::{ReportMessage, ReportReason};
use kernel::ErrorKind;

use crate::fixture::{ChatFixture, assert_error};

testkit::database_tests!(
    report_message_is_accepted_once_per_user,
    report_message_refuses_deleted_message,
);

fn report(reason: ReportReason, details: &str) -> ReportMessage {
    ReportMessage {
        reason,
        details: details.to_owned(),
    }
}

async fn report_message_is_accepted_once_per_user(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let mallory = fixture.user("mallory");
    let sent = fixture.send(&ada, chat, "buy this").await;
    let spam = move || report(ReportReason::Spam, " again and again ");
    let stranger = fixture.chat.report_message(&mallory, sent.id, spam()).await;
    assert_error(stranger, Error::MessageNotFound.code());
    let own = fixture.chat.report_message(&ada, sent.id, spam()).await;
    assert_error(own, Error::ReportOwnMessage.code());
    let bare = report(ReportReason::Other, "  ");
    let bare = fixture.chat.report_message(&grace, sent.id, bare).await;
    assert_error(bare, Error::ReportNeedsDetails.code());

    let node = fixture.another_node();
    let mut tries = tokio::task::JoinSet::new();
    for turn in 0..6 {
        let at = if turn % 2 == 0 { &fixture.chat } else { &node }.clone();
        tries.spawn(async move { at.report_message(&grace, sent.id, spam()).await });
    }
    let answers = tries.join_all().await;
    let (taken, twice): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(taken.len(), 1);
    for answer in twice {
        assert_error(answer, Error::AlreadyReported.code());
    }
    let data = fixture.chat.personal_data(grace.user).read().await.unwrap();
    assert_eq!(data["reports"][0]["details"], "again and again");
    assert_eq!(data["reports"].as_array().unwrap().len(), 1);
}

async fn report_message_refuses_deleted_message(fixture: ChatFixture) {
    let (ada, grace, chat) = fixture.friends().await;
    let sent = fixture.send(&ada, chat, "oops").await;
    fixture.chat.delete_message(&ada, sent.id).await.unwrap();
    let late = report(ReportReason::Hate, "");
    let late = fixture
        .chat
        .report_message(&grace, sent.id, late)
        .await
        .unwrap_err();
    assert_eq!(late.code().kind, ErrorKind::Gone);
}
