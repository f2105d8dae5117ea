use contract::tournaments::{
    DecideSlot, DisputeSlot, Disqualify, EntrantState, OrderSeeds, SlotDecision, SlotHow,
    SlotState, TournamentFormat, TournamentStatus,
};
use testkit::Database;
use tournaments::ports::CalledMatchEnd;

use crate::fixture::{Fixture, PAGE, code, entry};

testkit::database_tests!(
    pause_moves_deadlines,
    nobody_is_absent_while_a_tournament_is_paused,
    dispute_holds_what_depends_on_it,
    dispute_refuses_others_and_late_ones,
    correction_before_and_after_the_dependent_match,
    replay_opens_another_match,
    disqualified_players_are_out,
    seeds_are_ordered_by_hand,
);

const SINGLE: TournamentFormat = TournamentFormat::SingleElimination;

fn decision(decision: SlotDecision, winner: Option<i32>) -> DecideSlot {
    DecideSlot {
        decision,
        winner,
        reason: "The wrong person played.".to_owned(),
    }
}

fn dispute(slot: &str) -> DisputeSlot {
    DisputeSlot {
        slot: slot.to_owned(),
        reason: "Lag.".to_owned(),
    }
}

async fn pause_moves_deadlines(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let (id, players) = fixture.with_entrants(&ada, SINGLE, 2).await;
    let early = fixture.tournaments.pause(&ada, id).await;
    assert_eq!(code(early), "tournaments.wrong_state");
    fixture.tournaments.start(&ada, id).await.unwrap();
    let refused = fixture.tournaments.pause(&players[0], id).await;
    assert_eq!(code(refused), "tournaments.not_organizer");
    fixture.pass(10).await;
    let paused = fixture.tournaments.pause(&ada, id).await.unwrap();
    assert_eq!(paused.status, TournamentStatus::Paused);
    fixture.tournaments.pause(&ada, id).await.unwrap();
    fixture.pass(600).await;
    assert_eq!(
        fixture.slot(id, &ada, "upper-1-1").await.status,
        SlotState::Waiting
    );
    fixture.tournaments.resume(&ada, id).await.unwrap();
    fixture.tournaments.resume(&ada, id).await.unwrap();
    fixture.pass(9).await;
    assert_eq!(
        fixture.slot(id, &ada, "upper-1-1").await.status,
        SlotState::Waiting
    );
    fixture.pass(1).await;
    assert_eq!(
        fixture.slot(id, &ada, "upper-1-1").await.status,
        SlotState::Called
    );
    let names = fixture.event_names(id).await;
    assert_eq!(names.iter().filter(|name| *name == "paused").count(), 1);
    assert_eq!(names.iter().filter(|name| *name == "resumed").count(), 1);
}

async fn nobody_is_absent_while_a_tournament_is_paused(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let (id, _) = fixture.with_entrants(&ada, SINGLE, 2).await;
    fixture.tournaments.start(&ada, id).await.unwrap();
    fixture.pass(20).await;
    let called = fixture.slot(id, &ada, "upper-1-1").await;
    assert_eq!(called.status, SlotState::Called);
    fixture.tournaments.pause(&ada, id).await.unwrap();
    let absent = CalledMatchEnd::Absent([true, true]);
    fixture.end(called.match_id.unwrap(), absent).await;
    let waits = fixture.slot(id, &ada, "upper-1-1").await;
    assert_eq!(waits.status, SlotState::Waiting);
    fixture.tournaments.resume(&ada, id).await.unwrap();
    fixture.pass(20).await;
    let again = fixture.slot(id, &ada, "upper-1-1").await;
    assert_eq!(again.status, SlotState::Called);
    assert_ne!(again.match_id, called.match_id);
}

async fn dispute_holds_what_depends_on_it(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let (id, players) = fixture.with_entrants(&ada, SINGLE, 4).await;
    fixture.tournaments.start(&ada, id).await.unwrap();
    fixture.pass(20).await;
    let first = fixture.slot(id, &ada, "upper-1-1").await;
    let second = fixture.slot(id, &ada, "upper-1-2").await;
    fixture.win(&first, 1).await;
    fixture.win(&second, 2).await;
    let disputed = fixture
        .tournaments
        .dispute(&players[3], id, dispute("upper-1-1"))
        .await
        .unwrap();
    assert!(disputed.disputed);
    let again = fixture
        .tournaments
        .dispute(&players[0], id, dispute("upper-1-1"))
        .await;
    assert_eq!(code(again), "tournaments.wrong_state");
    fixture.pass(300).await;
    assert_eq!(
        fixture.slot(id, &ada, "upper-2-1").await.status,
        SlotState::Waiting
    );
    let upheld = decision(SlotDecision::Uphold, None);
    let slot = fixture
        .tournaments
        .decide(&ada, id, "upper-1-1", upheld)
        .await
        .unwrap();
    assert!(!slot.disputed);
    fixture.pass(20).await;
    assert_eq!(
        fixture.slot(id, &ada, "upper-2-1").await.status,
        SlotState::Called
    );
    let audit = fixture
        .tournaments
        .audit(&players[0], id, PAGE)
        .await
        .unwrap();
    let acts: Vec<&str> = audit.items.iter().map(|entry| entry.act.as_str()).collect();
    assert_eq!(acts, ["uphold", "dispute", "start"]);
    assert_eq!(audit.items[1].reason, "Lag.");
    assert_eq!(audit.items[1].slot.as_deref(), Some("upper-1-1"));
}

async fn dispute_refuses_others_and_late_ones(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let (id, players) = fixture.with_entrants(&ada, SINGLE, 4).await;
    fixture.tournaments.start(&ada, id).await.unwrap();
    fixture.pass(20).await;
    let open = fixture
        .tournaments
        .dispute(&players[0], id, dispute("upper-1-1"))
        .await;
    assert_eq!(code(open), "tournaments.wrong_state");
    let first = fixture.slot(id, &ada, "upper-1-1").await;
    fixture.win(&first, 1).await;
    for (who, slot, refusal) in [
        (&players[1], "upper-1-1", "tournaments.not_your_slot"),
        (&players[0], "upper-9-9", "tournaments.slot_not_found"),
        (&players[0], "nonsense", "tournaments.slot_not_found"),
    ] {
        let refused = fixture.tournaments.dispute(who, id, dispute(slot)).await;
        assert_eq!(code(refused), refusal);
    }
    fixture.pass(601).await;
    let late = fixture
        .tournaments
        .dispute(&players[0], id, dispute("upper-1-1"))
        .await;
    assert_eq!(code(late), "tournaments.too_late");
}

async fn correction_before_and_after_the_dependent_match(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let (id, players) = fixture.with_entrants(&ada, SINGLE, 4).await;
    fixture.tournaments.start(&ada, id).await.unwrap();
    fixture.pass(20).await;
    let first = fixture.slot(id, &ada, "upper-1-1").await;
    let second = fixture.slot(id, &ada, "upper-1-2").await;
    fixture.win(&first, 1).await;
    fixture.win(&second, 2).await;
    let award = |winner| decision(SlotDecision::Award, winner);
    let refused = fixture
        .tournaments
        .decide(&players[0], id, "upper-1-1", award(Some(4)))
        .await;
    assert_eq!(code(refused), "tournaments.not_organizer");
    for winner in [None, Some(2)] {
        let invalid = fixture
            .tournaments
            .decide(&ada, id, "upper-1-1", award(winner))
            .await;
        assert_eq!(code(invalid), "tournaments.winner_invalid");
    }
    fixture.pass(20).await;
    let called = fixture.slot(id, &ada, "upper-2-1").await;
    assert_eq!(called.status, SlotState::Called);
    let slot = fixture
        .tournaments
        .decide(&ada, id, "upper-1-1", award(Some(4)))
        .await
        .unwrap();
    assert_eq!((slot.winner, slot.how), (Some(4), Some(SlotHow::Awarded)));
    let last = fixture.slot(id, &ada, "upper-2-1").await;
    assert_eq!(last.entrants, [Some(4), Some(2)]);
    fixture.pass(20).await;
    let last = fixture.slot(id, &ada, "upper-2-1").await;
    assert_ne!(
        last.match_id, called.match_id,
        "the earlier call is taken back"
    );
    fixture.begin(last.match_id.unwrap()).await;
    let late = fixture
        .tournaments
        .decide(&ada, id, "upper-1-1", award(Some(1)))
        .await;
    assert_eq!(code(late), "tournaments.too_late");
    let audit = fixture
        .tournaments
        .audit(&ada, id, PAGE)
        .await
        .unwrap()
        .items;
    assert_eq!(audit[0].before.as_ref().unwrap()["winner"], 1);
    assert_eq!(audit[0].after.as_ref().unwrap()["winner"], 4);
    assert!(
        fixture
            .event_names(id)
            .await
            .contains(&"corrected".to_owned())
    );
}

async fn replay_opens_another_match(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let (id, _) = fixture.with_entrants(&ada, SINGLE, 4).await;
    fixture.tournaments.start(&ada, id).await.unwrap();
    fixture.pass(20).await;
    let first = fixture.slot(id, &ada, "upper-1-1").await;
    fixture.win(&first, 1).await;
    let replay = decision(SlotDecision::Replay, None);
    fixture
        .tournaments
        .decide(&ada, id, "upper-1-1", replay)
        .await
        .unwrap();
    fixture.pass(20).await;
    let again = fixture.slot(id, &ada, "upper-1-1").await;
    assert_eq!((again.status, again.winner), (SlotState::Called, None));
    fixture.win(&again, 4).await;
    assert_eq!(
        fixture.slot(id, &ada, "upper-2-1").await.entrants,
        [Some(4), None]
    );
}

async fn disqualified_players_are_out(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let (id, players) = fixture.with_entrants(&ada, SINGLE, 4).await;
    let reason = || Disqualify {
        reason: "Cheating.".to_owned(),
    };
    let unknown = fixture.tournaments.disqualify(&ada, id, 9, reason()).await;
    assert_eq!(code(unknown), "tournaments.entrant_not_found");
    let foreign = fixture
        .tournaments
        .disqualify(&players[0], id, 2, reason())
        .await;
    assert_eq!(code(foreign), "tournaments.not_organizer");
    fixture
        .tournaments
        .disqualify(&ada, id, 4, reason())
        .await
        .unwrap();
    fixture
        .tournaments
        .disqualify(&ada, id, 4, reason())
        .await
        .unwrap();
    let barred = fixture
        .tournaments
        .register(&players[3], id, entry("Again"))
        .await;
    assert_eq!(code(barred), "tournaments.already_registered");
    fixture.tournaments.start(&ada, id).await.unwrap();
    assert_eq!(fixture.get(id, &ada).await.entrants, 3);
    fixture.pass(20).await;
    fixture
        .tournaments
        .disqualify(&ada, id, 2, reason())
        .await
        .unwrap();
    let bracket = fixture.bracket(id, &ada).await;
    assert_eq!(bracket.entrants[1].status, EntrantState::Disqualified);
    fixture.play_out(id, &ada).await;
    assert_eq!(fixture.get(id, &ada).await.winner, Some(1));
    let over = fixture.tournaments.disqualify(&ada, id, 1, reason()).await;
    assert_eq!(code(over), "tournaments.wrong_state");
}

async fn seeds_are_ordered_by_hand(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let (id, _) = fixture.with_entrants(&ada, SINGLE, 3).await;
    for order in [vec![1, 2], vec![1, 2, 2], vec![1, 2, 3, 4]] {
        let refused = fixture
            .tournaments
            .order_seeds(&ada, id, OrderSeeds { order })
            .await;
        assert_eq!(code(refused), "tournaments.seeds_incomplete");
    }
    let order = OrderSeeds {
        order: vec![3, 1, 2],
    };
    fixture
        .tournaments
        .order_seeds(&ada, id, order)
        .await
        .unwrap();
    let late = fixture.user("late");
    fixture.register(&late, id, "Late").await;
    fixture.tournaments.start(&ada, id).await.unwrap();
    let bracket = fixture.bracket(id, &ada).await;
    let seeds: Vec<Option<i32>> = bracket.entrants.iter().map(|one| one.seed).collect();
    assert_eq!(seeds, [Some(2), Some(3), Some(1), Some(4)]);
}
