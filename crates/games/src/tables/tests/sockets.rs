use serde_json::json;

use super::{Fixture, SECOND, game, pong, pong_with_a_point};
use crate::port::{ActionError, TableClose, TableCommand, TableMessage, TableSeat};
use crate::{Error, MatchMode, Seat};

#[tokio::test]
async fn second_tab_takes_the_seat_without_a_pause() {
    let (mut fixture, id, mut first, mut second) = pong(MatchMode::Ranked).await;
    second.sink.names();
    let mut tab = fixture.join(id, TableSeat::Player(Seat::First));
    tab.seq = first.seq;
    fixture.pass().await;
    assert_eq!(first.sink.closed(), Some(TableClose::Replaced));
    first.steer(1);
    drop(first);
    fixture.play(&mut [&mut tab, &mut second], 3 * SECOND).await;
    let names = second.sink.names();
    assert!(
        !names.contains(&"paused") && !names.contains(&"player_left"),
        "{names:?}"
    );
    assert_eq!(
        tab.sink.frame()["seq"],
        tab.seq,
        "it went on with the numbers"
    );
}

#[tokio::test]
async fn spectator_of_a_ranked_match_sees_it_three_seconds_later() {
    let (mut fixture, id, mut first, mut second) = pong(MatchMode::Ranked).await;
    let spectator = fixture.join(id, TableSeat::Spectator);
    fixture
        .play(&mut [&mut first, &mut second], 5 * SECOND)
        .await;
    let live = first.sink.frame()["tick"].as_u64().unwrap();
    let seen = spectator.sink.frame()["tick"].as_u64().unwrap();
    assert!((180..190).contains(&(live - seen)), "{live} {seen}");
    let joined = spectator.sink.joined();
    assert!(joined.state["tick"].as_u64().unwrap() < live - 300 + 130);
    spectator.sink.frames.lock().unwrap().clear();
    fixture
        .play(&mut [&mut first, &mut second], 2 * SECOND)
        .await;
    let frames = spectator.sink.frames.lock().unwrap().len();
    assert!((38..=46).contains(&frames), "20 a second: {frames}");
}

#[tokio::test]
async fn spectators_are_counted_and_may_do_nothing() {
    let (mut fixture, id, first, _second) = pong(MatchMode::Ranked).await;
    first.sink.names();
    let mut spectator = fixture.join(id, TableSeat::Spectator);
    fixture.pass().await;
    let count = |message: &TableMessage| match message {
        TableMessage::Spectators(spectators) => Some(spectators.count),
        _ => None,
    };
    let counts = || -> Vec<u32> {
        let messages = first.sink.messages.lock().unwrap();
        messages.iter().filter_map(count).collect()
    };
    assert_eq!(counts(), [1]);
    for command in [
        TableCommand::Resign,
        TableCommand::Pause,
        TableCommand::Ready,
        TableCommand::Chat("hello".to_owned()),
    ] {
        spectator.command(command);
    }
    spectator.input(1, 1, Some(Seat::First));
    fixture.pass().await;
    let answers = spectator.sink.answers.lock().unwrap().clone();
    assert_eq!(answers.len(), 4);
    let refused = Err(ActionError::Refused(Error::NotAPlayer.code()));
    assert!(answers.iter().all(|(_, answer)| *answer == refused));
    assert!(fixture.store.ended(id).is_none());
    drop(spectator);
    fixture.passes(SECOND).await;
    assert_eq!(counts(), [1, 0], "once a second");
}

#[tokio::test]
async fn nobody_watches_practice() {
    let mut fixture = Fixture::new();
    let id = fixture.create(game("pong"), MatchMode::Practice, &json!({}));
    fixture.open(id, game("pong"));
    let spectator = fixture.join(id, TableSeat::Spectator);
    fixture.pass().await;
    assert_eq!(spectator.sink.closed(), Some(TableClose::NotWatchable));
}

#[tokio::test]
async fn players_talk_by_the_rules_of_chats() {
    let (mut fixture, _, first, second) = pong(MatchMode::Invite).await;
    second.sink.names();
    first.command(TableCommand::Chat("good luck".to_owned()));
    fixture.passes(2).await;
    assert_eq!(first.sink.last_answer(), Some(Ok(())));
    assert_eq!(second.sink.names(), ["chat"]);
    first.command(TableCommand::Chat("rude".to_owned()));
    fixture.passes(2).await;
    assert!(matches!(
        first.sink.last_answer(),
        Some(Err(ActionError::Refused(_)))
    ));
    assert!(second.sink.names().is_empty());
}

#[tokio::test]
async fn rematch_that_both_want_is_opened_and_the_table_closed() {
    let (mut fixture, id, first, second) = pong_with_a_point(MatchMode::Invite).await;
    let next = fixture.env.id();
    first.command(TableCommand::Resign);
    fixture.passes(5).await;
    assert!(fixture.store.ended(id).is_some());
    first.command(TableCommand::RematchAccept);
    fixture.pass().await;
    let none = ActionError::Refused(Error::NoRematchOffer.code());
    assert_eq!(first.sink.last_answer(), Some(Err(none)));
    first.command(TableCommand::RematchOffer);
    fixture.passes(2).await;
    second.command(TableCommand::RematchDecline);
    fixture.passes(2).await;
    first.command(TableCommand::RematchOffer);
    fixture.passes(2).await;
    second.command(TableCommand::RematchAccept);
    fixture.passes(3).await;
    let names = second.sink.names();
    let failed = [
        "finished",
        "rematch_offer",
        "rematch_decline",
        "rematch_offer",
        "rematch_decline",
    ];
    assert_eq!(names[names.len() - 5..], failed, "it could not be opened");
    *fixture.follow_up.rematch.lock().unwrap() = Some(next);
    first.command(TableCommand::RematchOffer);
    second.command(TableCommand::RematchAccept);
    fixture.passes(3).await;
    let messages = second.sink.messages.lock().unwrap().clone();
    let Some(TableMessage::RematchAccept(accepted)) = messages.last() else {
        panic!("{messages:?}");
    };
    assert_eq!(accepted.match_id, Some(next));
    assert_eq!(first.sink.closed(), Some(TableClose::Ended));
    assert!(!fixture.runs(id));
}

#[tokio::test]
async fn failed_rematch_does_not_prolong_the_time_for_offers() {
    let (mut fixture, id, first, second) = pong_with_a_point(MatchMode::Invite).await;
    first.command(TableCommand::Resign);
    fixture.passes(50 * SECOND).await;
    first.command(TableCommand::RematchOffer);
    second.command(TableCommand::RematchAccept);
    fixture.passes(3).await;
    assert_eq!(second.sink.names().last(), Some(&"rematch_decline"));
    fixture.passes(8 * SECOND).await;
    assert_eq!(first.sink.closed(), None);
    fixture.passes(3 * SECOND).await;
    assert_eq!(first.sink.closed(), Some(TableClose::Ended));
    assert!(!fixture.runs(id));
}

#[tokio::test]
async fn table_closes_a_minute_after_the_end() {
    let (mut fixture, id, first, _second) = pong_with_a_point(MatchMode::Invite).await;
    first.command(TableCommand::Resign);
    fixture.passes(59 * SECOND).await;
    assert_eq!(first.sink.closed(), None);
    fixture.passes(2 * SECOND).await;
    assert_eq!(first.sink.closed(), Some(TableClose::Ended));
    assert!(!fixture.runs(id));
}

#[tokio::test]
async fn joining_a_table_that_is_gone_is_refused() {
    let (mut fixture, id, first, _second) = pong(MatchMode::Invite).await;
    let mailbox = fixture.shared.directory()[&id].clone();
    first.command(TableCommand::Resign);
    fixture.passes(62 * SECOND).await;
    let join = crate::port::JoinTable {
        match_id: id,
        seat: TableSeat::Spectator,
        form: crate::port::FrameForm::Json,
        rate: crate::port::FrameRate::Auto,
        follows: false,
        sink: first.sink.clone(),
    };
    let refused = super::MailboxHandle::join(99, join, mailbox);
    assert!(refused.is_err_and(|error| error.is(Error::TableNotHere.code())));
}
