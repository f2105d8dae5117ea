use std::time::Duration;

use contract::tournaments::{ChangeTournament, TournamentFormat, TournamentStatus};
use testkit::Database;
use tournaments::{MAX_OPEN_TOURNAMENTS, TournamentQuery};

use crate::fixture::{Fixture, PAGE, code, cup};

testkit::database_tests!(
    create_returns_a_tournament_in_registration,
    create_refuses_what_is_not_possible,
    create_counts_concurrent_requests_of_an_organizer,
    change_merges_settings_and_is_audited,
    change_is_for_organizers,
    open_ends_a_draft,
    list_filters_and_pages,
    cancel_deletes_drafts_and_ends_others,
);

const SINGLE: TournamentFormat = TournamentFormat::SingleElimination;

async fn create_returns_a_tournament_in_registration(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let created = fixture.create(&ada, cup(SINGLE, 8)).await;
    assert_eq!(created.status, TournamentStatus::Registration);
    assert_eq!(created.organizer.id, ada.user);
    assert!(created.is_organizer);
    assert_eq!(created.options, serde_json::json!({"score_to_win": 5}));
    assert_eq!(created.draw_seed, None, "it is secret until the start");
    assert_eq!(fixture.get(created.id, &ada).await, created);
}

async fn create_refuses_what_is_not_possible(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let mut wanted = cup(SINGLE, 8);
    wanted.game = "chess".to_owned();
    let refused = fixture.tournaments.create(&ada, wanted).await;
    assert_eq!(code(refused), "tournaments.unknown_game");
    let mut wanted = cup(SINGLE, 8);
    wanted.options.insert("speed".to_owned(), 1.into());
    let refused = fixture.tournaments.create(&ada, wanted).await;
    assert_eq!(code(refused), "tournaments.options_invalid");
    let refused = fixture.tournaments.create(&ada, cup(SINGLE, 1)).await;
    assert_eq!(code(refused), "tournaments.settings_invalid");
    let listed = fixture
        .tournaments
        .list(&ada, TournamentQuery::default(), PAGE)
        .await;
    assert_eq!(listed.unwrap().total, 0, "nothing is half-written");
}

async fn create_counts_concurrent_requests_of_an_organizer(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    for _ in 1..MAX_OPEN_TOURNAMENTS {
        fixture.create(&ada, cup(SINGLE, 8)).await;
    }
    let other = fixture.another_node();
    let (one, two) = tokio::join!(
        fixture.tournaments.create(&ada, cup(SINGLE, 8)),
        other.create(&ada, cup(SINGLE, 8)),
    );
    let refused = [one, two].into_iter().filter_map(Result::err);
    let codes: Vec<&str> = refused.map(|error| error.code().name).collect();
    assert_eq!(codes, ["tournaments.too_many_tournaments"]);
}

async fn change_merges_settings_and_is_audited(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let id = fixture.create(&ada, cup(SINGLE, 8)).await.id;
    let starts_at = fixture.test.store.env().now() + Duration::from_secs(7_200);
    let wanted = ChangeTournament {
        name: Some(" Summer Cup ".to_owned()),
        capacity: Some(16),
        starts_at: Some(Some(starts_at)),
        ..ChangeTournament::default()
    };
    let changed = fixture.tournaments.change(&ada, id, wanted).await.unwrap();
    assert_eq!(
        (changed.name.as_str(), changed.capacity),
        ("Summer Cup", 16)
    );
    assert_eq!(
        changed.check_in_at,
        Some(starts_at - Duration::from_secs(900))
    );
    let cleared = ChangeTournament {
        starts_at: Some(None),
        ..ChangeTournament::default()
    };
    let changed = fixture.tournaments.change(&ada, id, cleared).await.unwrap();
    assert_eq!((changed.starts_at, changed.check_in_at), (None, None));
    let audit = fixture.tournaments.audit(&ada, id, PAGE).await.unwrap();
    assert_eq!(audit.total, 2);
    assert_eq!(
        audit.items[1].before.as_ref().unwrap()["name"],
        "Spring Cup"
    );
    assert_eq!(audit.items[1].after.as_ref().unwrap()["name"], "Summer Cup");
    assert_eq!(fixture.event_names(id).await, ["changed", "changed"]);
    fixture.pass(7_200).await;
    let status = fixture.get(id, &ada).await.status;
    assert_eq!(
        status,
        TournamentStatus::Registration,
        "the old time has no effect"
    );
}

async fn change_is_for_organizers(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let (id, players) = fixture.with_entrants(&ada, SINGLE, 3).await;
    let capacity = |capacity| ChangeTournament {
        capacity: Some(capacity),
        ..ChangeTournament::default()
    };
    for who in [&bob, &players[0]] {
        let refused = fixture.tournaments.change(who, id, capacity(8)).await;
        assert_eq!(code(refused), "tournaments.not_organizer");
    }
    let refused = fixture.tournaments.change(&ada, id, capacity(2)).await;
    assert_eq!(
        code(refused),
        "tournaments.settings_invalid",
        "below three entrants"
    );
    fixture.tournaments.start(&ada, id).await.unwrap();
    let refused = fixture.tournaments.change(&ada, id, capacity(8)).await;
    assert_eq!(code(refused), "tournaments.wrong_state");
    let renamed = ChangeTournament {
        name: Some("Autumn Cup".to_owned()),
        ..ChangeTournament::default()
    };
    let renamed = fixture.tournaments.change(&ada, id, renamed).await.unwrap();
    assert_eq!(renamed.name, "Autumn Cup");
}

async fn open_ends_a_draft(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let mut wanted = cup(SINGLE, 8);
    wanted.draft = true;
    let id = fixture.create(&ada, wanted).await.id;
    assert_eq!(
        code(fixture.tournaments.get(&bob, id).await),
        "tournaments.not_found"
    );
    let opened = fixture.tournaments.open(&ada, id).await.unwrap();
    assert_eq!(opened.status, TournamentStatus::Registration);
    assert_eq!(fixture.tournaments.open(&ada, id).await.unwrap(), opened);
    fixture.get(id, &bob).await;
}

async fn list_filters_and_pages(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let first = fixture.create(&ada, cup(SINGLE, 8)).await.id;
    let second = fixture
        .create(&ada, cup(TournamentFormat::Swiss, 8))
        .await
        .id;
    let third = fixture.create(&bob, cup(SINGLE, 8)).await.id;
    fixture.register(&bob, second, "Bob").await;
    let ids = async |query: TournamentQuery| {
        let listed = fixture.tournaments.list(&bob, query, PAGE).await.unwrap();
        listed.items.iter().map(|one| one.id).collect::<Vec<_>>()
    };
    assert_eq!(
        ids(TournamentQuery::default()).await,
        [third, second, first]
    );
    let query = TournamentQuery {
        format: Some(TournamentFormat::Swiss),
        ..TournamentQuery::default()
    };
    assert_eq!(ids(query).await, [second]);
    let query = TournamentQuery {
        organizes: true,
        ..TournamentQuery::default()
    };
    assert_eq!(ids(query).await, [third]);
    let query = TournamentQuery {
        enters: true,
        status: Some(TournamentStatus::Registration),
        game: Some("pong".to_owned()),
        ..TournamentQuery::default()
    };
    assert_eq!(ids(query).await, [second]);
    let page = kernel::PageRequest {
        limit: 1,
        offset: 1,
    };
    let listed = fixture
        .tournaments
        .list(&bob, TournamentQuery::default(), page)
        .await
        .unwrap();
    assert_eq!((listed.items[0].id, listed.total), (second, 3));
    assert_eq!(listed.items[0].own_entries[0].alias, "Bob");
}

async fn cancel_deletes_drafts_and_ends_others(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let mut wanted = cup(SINGLE, 8);
    wanted.draft = true;
    let draft = fixture.create(&ada, wanted).await.id;
    fixture.tournaments.cancel(&ada, draft).await.unwrap();
    assert_eq!(
        code(fixture.tournaments.get(&ada, draft).await),
        "tournaments.not_found"
    );
    let (id, players) = fixture.with_entrants(&ada, SINGLE, 4).await;
    fixture.tournaments.start(&ada, id).await.unwrap();
    fixture.pass(20).await;
    let refused = fixture.tournaments.cancel(&players[0], id).await;
    assert_eq!(code(refused), "tournaments.not_organizer");
    fixture.tournaments.cancel(&ada, id).await.unwrap();
    fixture.tournaments.cancel(&ada, id).await.unwrap();
    let canceled = fixture.get(id, &players[0]).await;
    assert_eq!(canceled.status, TournamentStatus::Canceled);
    assert_eq!(fixture.event_names(id).await.last().unwrap(), "canceled");
    let refused = fixture
        .tournaments
        .register(&ada, id, crate::fixture::entry("Ada"))
        .await;
    assert_eq!(code(refused), "tournaments.wrong_state");
}
