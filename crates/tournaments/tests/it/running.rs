use std::time::Duration;

use contract::tournaments::{
    BracketPart, EnterTournament, EntrantState, SlotHow, SlotState, TournamentFormat,
    TournamentStatus,
};
use kernel::{Actor, Relation};
use testkit::Database;
use tournaments::ports::CalledMatchEnd;

use crate::fixture::{Fixture, PAGE, code, cup, entry};

testkit::database_tests!(
    single_elimination_is_played_to_its_end,
    double_elimination_is_played_to_its_end,
    round_robin_is_played_to_its_end,
    shared_first_place_is_played_off,
    swiss_is_played_to_its_end,
    match_is_called_when_both_are_free,
    start_of_a_match_is_told_once,
    start_of_a_match_keeps_a_timer_that_is_due,
    drawn_match_is_played_again_in_elimination,
    absent_players_are_out,
    nobody_comes_to_a_semi_final,
    withdrawn_player_loses_what_is_left,
    swiss_players_come_late_and_return,
    swiss_players_have_one_bye,
    swiss_does_not_pair_users_who_block_each_other,
    locals_of_a_host_play_one_after_the_other,
    result_advances_the_bracket_with_its_transaction,
);

async fn played(
    fixture: &Fixture,
    format: TournamentFormat,
    count: usize,
) -> (usize, Vec<i32>, Vec<String>) {
    let ada = fixture.user("ada");
    let (id, players) = fixture.with_entrants(&ada, format, count).await;
    fixture.tournaments.start(&ada, id).await.unwrap();
    let matches = fixture.play_out(id, &ada).await;
    let ended = fixture.get(id, &ada).await;
    assert_eq!(
        (ended.status, ended.winner),
        (TournamentStatus::Finished, Some(1))
    );
    let counted = fixture.world.counted.lock().unwrap().clone();
    assert_eq!(counted.len(), 1, "statistics are counted once");
    assert_eq!(counted[0].1, Some(players[0].user));
    assert_eq!(counted[0].0.len(), count);
    (
        matches,
        fixture.places(id, &ada).await,
        fixture.event_names(id).await,
    )
}

async fn single_elimination_is_played_to_its_end(database: Database) {
    let fixture = Fixture::new(database);
    let (matches, places, events) = played(&fixture, TournamentFormat::SingleElimination, 6).await;
    assert_eq!(matches, 5);
    assert_eq!(places, [1, 2, 3, 3, 5, 5]);
    assert_eq!(
        events.iter().filter(|name| *name == "match_called").count(),
        3
    );
    assert_eq!(
        events
            .iter()
            .filter(|name| *name == "match_finished")
            .count(),
        5
    );
    assert_eq!(events.last().unwrap(), "finished");
}

async fn double_elimination_is_played_to_its_end(database: Database) {
    let fixture = Fixture::new(database);
    let (matches, places, _) = played(&fixture, TournamentFormat::DoubleElimination, 5).await;
    assert_eq!(matches, 8, "the upper champion wins the grand final");
    assert_eq!(&places[..3], [1, 2, 3]);
}

async fn round_robin_is_played_to_its_end(database: Database) {
    let fixture = Fixture::new(database);
    let (matches, places, events) = played(&fixture, TournamentFormat::RoundRobin, 5).await;
    assert_eq!(matches, 10);
    assert_eq!(places, [1, 2, 3, 4, 5]);
    assert_eq!(
        events
            .iter()
            .filter(|name| *name == "round_started")
            .count(),
        5
    );
}

async fn shared_first_place_is_played_off(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let mut league = cup(TournamentFormat::RoundRobin, 4);
    league.play_off = true;
    let id = fixture.create(&ada, league).await.id;
    for name in ["p1", "p2", "p3"] {
        let player = fixture.user(name);
        fixture.register(&player, id, name).await;
    }
    fixture.tournaments.start(&ada, id).await.unwrap();
    // Each one beats the next one, so all three are equal.
    for _ in 0..3 {
        fixture.pass(20).await;
        let slots = fixture.bracket(id, &ada).await.slots;
        let called = slots
            .iter()
            .find(|slot| slot.status == SlotState::Called)
            .unwrap();
        let winner = match called.entrants {
            [Some(1), Some(2)] | [Some(2), Some(1)] => 1,
            [Some(2), Some(3)] | [Some(3), Some(2)] => 2,
            _ => 3,
        };
        fixture.win(called, winner).await;
    }
    let slots = fixture.bracket(id, &ada).await.slots;
    let extra = slots
        .iter()
        .filter(|slot| slot.part == BracketPart::PlayOff);
    assert_eq!(extra.count(), 3, "each two of the three meet once more");
    assert_eq!(fixture.play_out(id, &ada).await, 3);
    assert_eq!(fixture.places(id, &ada).await, [1, 2, 3]);
    assert_eq!(fixture.get(id, &ada).await.winner, Some(1));
}

async fn swiss_is_played_to_its_end(database: Database) {
    let fixture = Fixture::new(database);
    let (matches, places, _) = played(&fixture, TournamentFormat::Swiss, 8).await;
    assert_eq!(matches, 16, "four rounds");
    assert_eq!(places[0], 1);
}

async fn match_is_called_when_both_are_free(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let (id, players) = fixture
        .with_entrants(&ada, TournamentFormat::SingleElimination, 2)
        .await;
    fixture.tournaments.start(&ada, id).await.unwrap();
    fixture
        .world
        .elsewhere
        .lock()
        .unwrap()
        .insert(players[0].user);
    fixture.pass(19).await;
    fixture.pass(30).await;
    let waiting = fixture.slot(id, &ada, "upper-1-1").await;
    assert_eq!(
        waiting.status,
        SlotState::Waiting,
        "one is in another match"
    );
    fixture.world.elsewhere.lock().unwrap().clear();
    fixture.pass(5).await;
    let called = fixture.slot(id, &ada, "upper-1-1").await;
    assert_eq!(called.status, SlotState::Called);
    assert!(called.match_id.is_some() && called.deadline.is_some());
    for player in &players {
        let events = fixture.test.user_events(player.user).await;
        assert_eq!(events.last().unwrap().0, "game_found");
    }
    let jobs: Vec<contract::notify::NotificationEvent> = fixture.test.jobs("notify").await;
    let ready = jobs
        .iter()
        .filter(|job| job.action == contract::notify::Action::MatchReady);
    assert_eq!(ready.count(), 2);
}

async fn start_of_a_match_is_told_once(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let (id, _) = fixture
        .with_entrants(&ada, TournamentFormat::SingleElimination, 2)
        .await;
    fixture.tournaments.start(&ada, id).await.unwrap();
    fixture.pass(20).await;
    let slot = fixture.slot(id, &ada, "upper-1-1").await;
    fixture.begin(slot.match_id.unwrap()).await;
    fixture.begin(slot.match_id.unwrap()).await;
    assert_eq!(
        fixture.slot(id, &ada, "upper-1-1").await.status,
        SlotState::Live
    );
    let names = fixture.event_names(id).await;
    assert_eq!(
        names.iter().filter(|name| *name == "match_started").count(),
        1
    );
    fixture.win(&slot, 2).await;
    let done = fixture.slot(id, &ada, "upper-1-1").await;
    assert_eq!((done.winner, done.score), (Some(2), Some([2, 5])));
}

async fn start_of_a_match_keeps_a_timer_that_is_due(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let (id, players) = fixture
        .with_entrants(&ada, TournamentFormat::SingleElimination, 4)
        .await;
    fixture.tournaments.start(&ada, id).await.unwrap();
    let busy = players[0].user;
    fixture.world.elsewhere.lock().unwrap().insert(busy);
    fixture.pass(20).await;
    let called = fixture.slot(id, &ada, "upper-1-2").await;
    fixture.world.elsewhere.lock().unwrap().clear();
    fixture.test.advance(Duration::from_secs(10));
    fixture.begin(called.match_id.unwrap()).await;
    fixture.pass(0).await;
    let waiting = fixture.slot(id, &ada, "upper-1-1").await;
    assert_eq!(waiting.status, SlotState::Called);
}

async fn drawn_match_is_played_again_in_elimination(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let (id, _) = fixture
        .with_entrants(&ada, TournamentFormat::SingleElimination, 2)
        .await;
    fixture.tournaments.start(&ada, id).await.unwrap();
    fixture.pass(20).await;
    let first = fixture.slot(id, &ada, "upper-1-1").await;
    fixture.win(&first, 0).await;
    fixture.pass(20).await;
    let again = fixture.slot(id, &ada, "upper-1-1").await;
    assert_eq!(again.status, SlotState::Called);
    assert_ne!(again.match_id, first.match_id);
    fixture.win(&again, 1).await;
    assert_eq!(fixture.get(id, &ada).await.winner, Some(1));
}

async fn absent_players_are_out(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let (id, _) = fixture
        .with_entrants(&ada, TournamentFormat::SingleElimination, 2)
        .await;
    fixture.tournaments.start(&ada, id).await.unwrap();
    fixture.pass(20).await;
    let slot = fixture.slot(id, &ada, "upper-1-1").await;
    // The second entrant sits in the first seat, and does not come.
    let absent = CalledMatchEnd::Absent([true, false]);
    fixture.end(slot.match_id.unwrap(), absent).await;
    let over = fixture.slot(id, &ada, "upper-1-1").await;
    assert_eq!(
        (over.status, over.how),
        (SlotState::Walkover, Some(SlotHow::NoShow))
    );
    assert_eq!((over.winner, over.score), (Some(1), None));
    assert_eq!(fixture.get(id, &ada).await.winner, Some(1));
}

async fn nobody_comes_to_a_semi_final(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let (id, _) = fixture
        .with_entrants(&ada, TournamentFormat::SingleElimination, 4)
        .await;
    fixture.tournaments.start(&ada, id).await.unwrap();
    fixture.pass(20).await;
    let first = fixture.slot(id, &ada, "upper-1-1").await;
    let second = fixture.slot(id, &ada, "upper-1-2").await;
    fixture
        .end(
            first.match_id.unwrap(),
            CalledMatchEnd::Absent([true, true]),
        )
        .await;
    assert_eq!(
        fixture.slot(id, &ada, "upper-1-1").await.status,
        SlotState::Void
    );
    fixture.win(&second, 2).await;
    let ended = fixture.get(id, &ada).await;
    assert_eq!(
        (ended.status, ended.winner),
        (TournamentStatus::Finished, Some(2))
    );
}

async fn withdrawn_player_loses_what_is_left(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let (id, players) = fixture
        .with_entrants(&ada, TournamentFormat::SingleElimination, 4)
        .await;
    fixture.tournaments.start(&ada, id).await.unwrap();
    fixture.pass(20).await;
    fixture
        .tournaments
        .unregister(&players[0], id, None)
        .await
        .unwrap();
    let again = fixture.tournaments.unregister(&players[0], id, None).await;
    assert_eq!(code(again), "tournaments.wrong_state");
    let over = fixture.slot(id, &ada, "upper-1-1").await;
    assert_eq!((over.status, over.winner), (SlotState::Walkover, Some(4)));
    let back = fixture
        .tournaments
        .register(&players[0], id, entry("P1"))
        .await
        .unwrap();
    assert_eq!(
        back.status,
        EntrantState::Withdrawn,
        "nothing is gained by it"
    );
    fixture.play_out(id, &ada).await;
    assert_eq!(fixture.get(id, &ada).await.winner, Some(2));
}

async fn swiss_players_come_late_and_return(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let (id, players) = fixture
        .with_entrants(&ada, TournamentFormat::Swiss, 4)
        .await;
    let change = contract::tournaments::ChangeTournament {
        capacity: Some(8),
        ..contract::tournaments::ChangeTournament::default()
    };
    fixture.tournaments.change(&ada, id, change).await.unwrap();
    fixture.tournaments.start(&ada, id).await.unwrap();
    fixture.pass(20).await;
    let late = fixture.user("late");
    let entered = fixture.register(&late, id, "Late").await;
    assert_eq!((entered.number, entered.status), (5, EntrantState::Playing));
    let slots = fixture.bracket(id, &ada).await.slots;
    // The second seat is that of the first entrant of a slot.
    fixture
        .end(
            slots[0].match_id.unwrap(),
            CalledMatchEnd::Absent([true, false]),
        )
        .await;
    let absent = slots[0].entrants[1].unwrap();
    let player: &Actor = &players[usize::try_from(absent - 1).unwrap()];
    let back = fixture
        .tournaments
        .check_in(player, id, None)
        .await
        .unwrap();
    assert_eq!(back.number, absent);
    fixture.win(&slots[1], slots[1].entrants[0].unwrap()).await;
    let bracket = fixture.bracket(id, &ada).await;
    assert_eq!(bracket.round, 2);
    let second = bracket.slots.iter().filter(|slot| slot.round == 2);
    let paired: Vec<i32> = second.flat_map(|slot| slot.entrants).flatten().collect();
    assert!(
        paired.contains(&5) && paired.contains(&absent),
        "{paired:?}"
    );
}

async fn swiss_does_not_pair_users_who_block_each_other(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let (id, players) = fixture
        .with_entrants(&ada, TournamentFormat::Swiss, 4)
        .await;
    // By the fold, the first one would meet the third one.
    fixture.relate(&players[0], &players[2], Relation::Blocked);
    fixture.tournaments.start(&ada, id).await.unwrap();
    for slot in fixture.bracket(id, &ada).await.slots {
        let mut pair = slot.entrants;
        pair.sort_unstable();
        assert_ne!(pair, [Some(1), Some(3)]);
    }
}

async fn locals_of_a_host_play_one_after_the_other(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let id = fixture
        .create(&ada, cup(TournamentFormat::SingleElimination, 4))
        .await
        .id;
    for alias in ["One", "Two", "Three"] {
        let local = EnterTournament {
            alias: alias.to_owned(),
            local: true,
        };
        fixture.tournaments.register(&ada, id, local).await.unwrap();
    }
    fixture.register(&bob, id, "Bob").await;
    fixture.tournaments.start(&ada, id).await.unwrap();
    fixture.pass(20).await;
    let called = fixture.bracket(id, &ada).await.slots;
    let called = called
        .iter()
        .filter(|slot| slot.status == SlotState::Called);
    assert_eq!(called.count(), 1, "the host is in one match at a time");
    // The fixture fails if a user is in two matches.
    assert_eq!(fixture.play_out(id, &ada).await, 3);
    assert_eq!(fixture.get(id, &ada).await.winner, Some(1));
    assert_eq!(
        fixture.world.counted.lock().unwrap()[0],
        (vec![bob.user], None)
    );
}

async fn result_advances_the_bracket_with_its_transaction(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let (id, _) = fixture
        .with_entrants(&ada, TournamentFormat::SingleElimination, 4)
        .await;
    fixture.tournaments.start(&ada, id).await.unwrap();
    fixture.pass(20).await;
    let slot = fixture.slot(id, &ada, "upper-1-1").await;
    let before = fixture.bracket(id, &ada).await;
    let tournaments = fixture.tournaments.clone();
    let ended = tournaments::ports::CalledMatchEnded {
        id: slot.match_id.unwrap(),
        users: [None, None],
        end: CalledMatchEnd::Absent([true, true]),
    };
    let failed: Result<(), kernel::AppError> = fixture
        .test
        .store
        .write(move |tx| {
            tournaments.match_ended(tx, &ended)?;
            Err(tournaments::Error::NotFound.into())
        })
        .await;
    assert_eq!(code(failed), "tournaments.not_found");
    assert_eq!(
        fixture.bracket(id, &ada).await,
        before,
        "nothing is half-written"
    );
    fixture.win(&slot, 1).await;
    let next = fixture.slot(id, &ada, "upper-2-1").await;
    assert_eq!(next.entrants, [Some(1), None]);
    let recap = fixture.tournaments.recap(&ada, id, PAGE).await.unwrap();
    assert_eq!(recap.total, 1);
    assert_eq!(
        recap.items[0].aliases,
        [Some("P1".to_owned()), Some("P4".to_owned())]
    );
}

async fn swiss_players_have_one_bye(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let (id, players) = fixture
        .with_entrants(&ada, TournamentFormat::Swiss, 6)
        .await;
    let bye = async |round| {
        let wanted = contract::tournaments::RequestBye { round };
        fixture
            .tournaments
            .request_bye(&players[0], id, None, wanted)
            .await
    };
    assert_eq!(code(bye(Some(2)).await), "tournaments.wrong_state");
    fixture.tournaments.start(&ada, id).await.unwrap();
    assert_eq!(
        code(bye(Some(1)).await),
        "tournaments.too_late",
        "it is paired"
    );
    bye(Some(2)).await.unwrap();
    fixture.pass(20).await;
    for slot in fixture.bracket(id, &ada).await.slots {
        let winner = slot.entrants.iter().flatten().min().copied().unwrap();
        fixture.win(&slot, winner).await;
    }
    let bracket = fixture.bracket(id, &ada).await;
    let own = bracket.slots.iter().filter(|slot| slot.round == 2);
    let own: Vec<_> = own
        .filter(|slot| slot.entrants.contains(&Some(1)))
        .collect();
    assert_eq!(own[0].how, Some(SlotHow::RequestedBye));
    assert_eq!(code(bye(Some(3)).await), "tournaments.too_late");
    let table_row = bracket.table.iter().find(|row| row.number == 1).unwrap();
    assert!(
        (table_row.points - 1.5).abs() < f64::EPSILON,
        "{table_row:?}"
    );
}
