use contract::tournaments::{TournamentFormat, TournamentStatus};
use testkit::Database;

use crate::fixture::{Fixture, code, cup};

testkit::database_tests!(
    personal_data_lists_entries_and_tournaments,
    forget_withdraws_and_renames,
    forget_cancels_what_has_not_started,
);

const SINGLE: TournamentFormat = TournamentFormat::SingleElimination;

async fn personal_data_lists_entries_and_tournaments(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let id = fixture.create(&ada, cup(SINGLE, 8)).await.id;
    fixture.register(&ada, id, "Hammer").await;
    let exported = fixture
        .tournaments
        .personal_data(ada.user)
        .read()
        .await
        .unwrap();
    assert_eq!(exported[0]["id"], id.to_string());
    assert_eq!(exported[0]["organizes"], true);
    assert_eq!(exported[0]["entries"][0]["alias"], "Hammer");
}

async fn forget_withdraws_and_renames(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let (id, players) = fixture.with_entrants(&ada, SINGLE, 4).await;
    fixture.tournaments.start(&ada, id).await.unwrap();
    fixture.pass(20).await;
    fixture.tournaments.forget(players[0].user).await.unwrap();
    fixture.tournaments.forget(players[0].user).await.unwrap();
    let bracket = fixture.bracket(id, &ada).await;
    assert_eq!(bracket.entrants[0].alias, "Deleted player 1");
    assert_eq!(fixture.slot(id, &ada, "upper-1-1").await.winner, Some(4));
    // The organizer is gone: the tournament goes on by itself.
    fixture.tournaments.forget(ada.user).await.unwrap();
    fixture.play_out(id, &ada).await;
    fixture.tournaments.forget(players[1].user).await.unwrap();
    let bracket = fixture.bracket(id, &ada).await;
    assert_eq!(bracket.entrants[1].alias, "Deleted player 2");
    assert_eq!(bracket.entrants[1].place, Some(1), "the history stays");
}

async fn forget_cancels_what_has_not_started(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let mut draft = cup(SINGLE, 8);
    draft.draft = true;
    let draft = fixture.create(&ada, draft).await.id;
    let id = fixture.create(&ada, cup(SINGLE, 8)).await.id;
    fixture.register(&bob, id, "Bob").await;
    fixture.tournaments.forget(ada.user).await.unwrap();
    assert_eq!(
        code(fixture.tournaments.get(&ada, draft).await),
        "tournaments.not_found"
    );
    assert_eq!(
        fixture.get(id, &bob).await.status,
        TournamentStatus::Canceled
    );
}
