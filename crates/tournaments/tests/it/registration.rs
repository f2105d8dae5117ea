use std::time::Duration;

use contract::tournaments::{
    ChangeTournament, EnterTournament, EntrantState, TournamentFormat, TournamentSeeding,
    TournamentStatus,
};
use futures_util::future::join_all;
use testkit::Database;
use tournaments::ports::EntrantRating;

use crate::fixture::{Fixture, PAGE, code, cup, entry};

testkit::database_tests!(
    register_is_idempotent_and_refuses_clashes,
    register_gives_the_last_place_once,
    unregister_moves_the_waiting_list_up,
    more_places_move_the_waiting_list_up,
    check_in_decides_who_takes_part,
    start_when_full_starts_once,
    too_few_entrants_cancel_at_the_start,
    seeds_follow_ratings,
    random_seeds_can_be_checked,
    locals_are_bound_to_their_host,
    eight_locals_play_a_cup_at_one_keyboard,
    three_locals_meet_each_other,
);

const SINGLE: TournamentFormat = TournamentFormat::SingleElimination;

async fn register_is_idempotent_and_refuses_clashes(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let id = fixture.create(&ada, cup(SINGLE, 4)).await.id;
    let first = fixture.register(&ada, id, " Hammer ").await;
    assert_eq!((first.number, first.alias.as_str()), (1, "Hammer"));
    assert_eq!(fixture.register(&ada, id, "hammer").await, first);
    let again = fixture.tournaments.register(&ada, id, entry("Nail")).await;
    assert_eq!(code(again), "tournaments.already_registered");
    for alias in ["HAMMER", "H\u{430}mmer"] {
        let taken = fixture.tournaments.register(&bob, id, entry(alias)).await;
        assert_eq!(code(taken), "tournaments.alias_taken", "{alias}");
    }
    for alias in ["", "--", &"a".repeat(25)] {
        let invalid = fixture.tournaments.register(&bob, id, entry(alias)).await;
        assert_eq!(code(invalid), "tournaments.alias_invalid", "{alias}");
    }
    let listed = fixture.tournaments.entrants(&bob, id, PAGE).await.unwrap();
    assert_eq!(listed.total, 1);
    assert_eq!(fixture.get(id, &bob).await.entrants, 1);
}

async fn register_gives_the_last_place_once(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let id = fixture.create(&ada, cup(SINGLE, 2)).await.id;
    fixture.register(&ada, id, "Ada").await;
    let nodes = [fixture.tournaments.clone(), fixture.another_node()];
    let users: Vec<_> = (0..8).map(|n| fixture.user(&format!("u{n}"))).collect();
    let registrations = users.iter().enumerate().map(|(n, user)| {
        let node = nodes[n % 2].clone();
        async move { node.register(user, id, entry(&format!("U{n}"))).await }
    });
    let results = join_all(registrations).await;
    let full = results.iter().filter(|result| result.is_err()).count();
    assert_eq!(full, 5, "two places on the waiting list");
    let entrants = fixture
        .tournaments
        .entrants(&ada, id, PAGE)
        .await
        .unwrap()
        .items;
    let states: Vec<EntrantState> = entrants.iter().map(|one| one.status).collect();
    use EntrantState::{Registered, Waiting};
    assert_eq!(states, [Registered, Registered, Waiting, Waiting]);
    let tournament = fixture.get(id, &ada).await;
    assert_eq!((tournament.entrants, tournament.waiting), (2, 2));
}

async fn more_places_move_the_waiting_list_up(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let id = fixture.create(&ada, cup(SINGLE, 2)).await.id;
    for name in ["Ada", "Bob", "Cleo", "Dan"] {
        let user = fixture.user(name);
        fixture.register(&user, id, name).await;
    }
    let wanted = ChangeTournament {
        capacity: Some(3),
        ..ChangeTournament::default()
    };
    let changed = fixture.tournaments.change(&ada, id, wanted).await.unwrap();
    assert_eq!((changed.entrants, changed.waiting), (3, 1));
    let entrants = fixture.tournaments.entrants(&ada, id, PAGE).await.unwrap();
    let states: Vec<EntrantState> = entrants.items.iter().map(|one| one.status).collect();
    use EntrantState::{Registered, Waiting};
    assert_eq!(states, [Registered, Registered, Registered, Waiting]);
}

async fn unregister_moves_the_waiting_list_up(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let id = fixture.create(&ada, cup(SINGLE, 2)).await.id;
    let users: Vec<_> = (1..=4).map(|n| fixture.user(&format!("u{n}"))).collect();
    for (n, user) in users.iter().enumerate() {
        fixture.register(user, id, &format!("U{}", n + 1)).await;
    }
    fixture
        .tournaments
        .unregister(&users[0], id, None)
        .await
        .unwrap();
    let refused = fixture.tournaments.unregister(&users[0], id, None).await;
    assert_eq!(code(refused), "tournaments.not_registered");
    let entrants = fixture
        .tournaments
        .entrants(&ada, id, PAGE)
        .await
        .unwrap()
        .items;
    let shown: Vec<(i32, EntrantState)> = entrants
        .iter()
        .map(|one| (one.number, one.status))
        .collect();
    use EntrantState::{Registered, Waiting};
    assert_eq!(shown, [(2, Registered), (3, Registered), (4, Waiting)]);
    let again = fixture.register(&users[0], id, "U1").await;
    assert_eq!(
        (again.number, again.status),
        (5, Waiting),
        "at the end of the list"
    );
}

async fn check_in_decides_who_takes_part(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let mut wanted = cup(SINGLE, 3);
    wanted.starts_at = Some(fixture.test.store.env().now() + Duration::from_secs(3_600));
    let id = fixture.create(&ada, wanted).await.id;
    let users: Vec<_> = (1..=4).map(|n| fixture.user(&format!("u{n}"))).collect();
    for (n, user) in users.iter().enumerate() {
        fixture.register(user, id, &format!("U{}", n + 1)).await;
    }
    let early = fixture.tournaments.check_in(&users[0], id, None).await;
    assert_eq!(code(early), "tournaments.wrong_state");
    fixture.pass(45 * 60).await;
    assert_eq!(
        fixture.get(id, &ada).await.status,
        TournamentStatus::CheckIn
    );
    // The second one does not come; the fourth one waits, and gets the place.
    for n in [0, 2, 3] {
        fixture
            .tournaments
            .check_in(&users[n], id, None)
            .await
            .unwrap();
    }
    fixture
        .tournaments
        .check_in(&users[0], id, None)
        .await
        .unwrap();
    fixture.pass(15 * 60).await;
    let started = fixture.get(id, &ada).await;
    assert_eq!(
        (started.status, started.entrants),
        (TournamentStatus::Running, 3)
    );
    let bracket = fixture.bracket(id, &ada).await;
    let states: Vec<EntrantState> = bracket.entrants.iter().map(|one| one.status).collect();
    use EntrantState::{Missed, Playing};
    assert_eq!(states, [Playing, Missed, Playing, Playing]);
}

async fn start_when_full_starts_once(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let mut wanted = cup(SINGLE, 2);
    wanted.start_when_full = true;
    let id = fixture.create(&ada, wanted).await.id;
    let users: Vec<_> = (0..4).map(|n| fixture.user(&format!("u{n}"))).collect();
    let nodes = [fixture.tournaments.clone(), fixture.another_node()];
    let registrations = users.iter().enumerate().map(|(n, user)| {
        let node = nodes[n % 2].clone();
        async move { node.register(user, id, entry(&format!("U{n}"))).await }
    });
    let results = join_all(registrations).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 2);
    assert_eq!(
        fixture.get(id, &ada).await.status,
        TournamentStatus::Running
    );
    let names = fixture.event_names(id).await;
    assert_eq!(names.iter().filter(|name| *name == "started").count(), 1);
}

async fn too_few_entrants_cancel_at_the_start(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let mut wanted = cup(TournamentFormat::Swiss, 8);
    wanted.starts_at = Some(fixture.test.store.env().now() + Duration::from_secs(3_600));
    wanted.check_in_minutes = Some(0);
    let id = fixture.create(&ada, wanted).await.id;
    for n in 0..3 {
        let user = fixture.user(&format!("u{n}"));
        fixture.register(&user, id, &format!("U{n}")).await;
    }
    let early = fixture.tournaments.start(&ada, id).await;
    assert_eq!(code(early), "tournaments.too_few_entrants");
    fixture.pass(3_600).await;
    assert_eq!(
        fixture.get(id, &ada).await.status,
        TournamentStatus::Canceled
    );
}

async fn seeds_follow_ratings(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let (id, players) = fixture.with_entrants(&ada, SINGLE, 4).await;
    for (n, points, is_provisional) in [(0, 1_900, true), (2, 1_600, false), (3, 1_700, false)] {
        let rating = EntrantRating {
            points,
            is_provisional,
        };
        fixture
            .world
            .ratings
            .lock()
            .unwrap()
            .insert(players[n].user, rating);
    }
    fixture.tournaments.start(&ada, id).await.unwrap();
    let bracket = fixture.bracket(id, &ada).await;
    let seeds: Vec<Option<i32>> = bracket.entrants.iter().map(|one| one.seed).collect();
    assert_eq!(seeds, [Some(3), Some(4), Some(2), Some(1)]);
    let order = contract::tournaments::OrderSeeds {
        order: vec![4, 3, 2, 1],
    };
    let late = fixture.tournaments.order_seeds(&ada, id, order).await;
    assert_eq!(code(late), "tournaments.wrong_state");
}

async fn random_seeds_can_be_checked(database: Database) {
    use tournaments::rules::{Entrant, EntrantNumber, Seeding, seed_order};

    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let mut wanted = cup(SINGLE, 8);
    wanted.seeding = TournamentSeeding::Random;
    let id = fixture.create(&ada, wanted).await.id;
    for n in 1..=8 {
        let user = fixture.user(&format!("u{n}"));
        fixture.register(&user, id, &format!("U{n}")).await;
    }
    let started = fixture.tournaments.start(&ada, id).await.unwrap();
    let draw_seed = u64::from_str_radix(&started.draw_seed.unwrap(), 16).unwrap();
    let entrants: Vec<Entrant> = (1..=8).map(|n| Entrant::new(EntrantNumber(n))).collect();
    let drawn = seed_order(&entrants, &Seeding::Random { draw_seed }).unwrap();
    let mut shown = fixture.bracket(id, &ada).await.entrants;
    shown.sort_by_key(|one| one.seed);
    let shown: Vec<u32> = shown.iter().map(|one| one.number.unsigned_abs()).collect();
    let drawn: Vec<u32> = drawn.iter().map(|number| number.0).collect();
    assert_eq!(shown, drawn);
}

async fn locals_are_bound_to_their_host(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let id = fixture.create(&ada, cup(SINGLE, 8)).await.id;
    let local = |alias: &str| EnterTournament {
        alias: alias.to_owned(),
        local: true,
    };
    fixture.register(&ada, id, "Ada").await;
    let first = fixture
        .tournaments
        .register(&ada, id, local("Left"))
        .await
        .unwrap();
    assert_eq!((first.user, first.host.unwrap().id), (None, ada.user));
    let again = fixture
        .tournaments
        .register(&ada, id, local("Left"))
        .await
        .unwrap();
    assert_eq!(again.number, first.number);
    let taken = fixture.tournaments.register(&bob, id, local("Left")).await;
    assert_eq!(code(taken), "tournaments.alias_taken");
    let foreign = fixture
        .tournaments
        .unregister(&bob, id, Some(first.number))
        .await;
    assert_eq!(code(foreign), "tournaments.not_registered");
    fixture
        .tournaments
        .unregister(&ada, id, Some(first.number))
        .await
        .unwrap();
    assert_eq!(fixture.get(id, &ada).await.own_entries.len(), 1);
}

fn at_one_keyboard(names: &[&str]) -> contract::games::StartLocal {
    contract::games::StartLocal {
        players: names.iter().map(|&name| name.to_owned()).collect(),
        options: serde_json::Map::new(),
    }
}

async fn eight_locals_play_a_cup_at_one_keyboard(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let names = ["A", "B", "C", "D", "E", "F", "G", "H"];
    let start = fixture
        .tournaments
        .start_local(&ada, "pong", at_one_keyboard(&names));
    let started = start.await.unwrap();
    assert_eq!(started.format, SINGLE);
    assert_eq!(
        (started.status, started.entrants),
        (TournamentStatus::Running, 8)
    );
    assert_eq!(
        code(fixture.tournaments.get(&bob, started.id).await),
        "tournaments.not_found"
    );
    assert_eq!(fixture.play_out(started.id, &ada).await, 7);
    let places = fixture.places(started.id, &ada).await;
    assert_eq!(places.iter().filter(|place| **place == 5).count(), 4);
}

async fn three_locals_meet_each_other(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    for (names, refusal) in [
        (vec!["A", "a", "B"], "tournaments.alias_taken"),
        (vec!["A", "", "B"], "tournaments.alias_invalid"),
        (vec!["A"; 32], "tournaments.settings_invalid"),
    ] {
        let start = fixture
            .tournaments
            .start_local(&ada, "pong", at_one_keyboard(&names));
        assert_eq!(code(start.await), refusal);
    }
    let start = fixture
        .tournaments
        .start_local(&ada, "pong", at_one_keyboard(&["A", "B", "C"]));
    let started = start.await.unwrap();
    assert_eq!(started.format, TournamentFormat::RoundRobin);
    assert_eq!(fixture.play_out(started.id, &ada).await, 3);
    assert_eq!(fixture.get(started.id, &ada).await.winner, Some(1));
}
