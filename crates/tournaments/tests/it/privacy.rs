use contract::accounts::Audience;
use contract::tournaments::{
    AnnounceTournament, CoOrganizer, InviteToTournament, TournamentFormat, TournamentVisibility,
};
use kernel::Relation;
use testkit::Database;
use tournaments::TournamentQuery;

use crate::fixture::{Fixture, PAGE, code, cup, entry};

testkit::database_tests!(
    private_tournaments_are_for_those_invited,
    friends_see_tournaments_of_friends,
    blocks_hide_tournaments,
    invite_refuses_who_does_not_want_it,
    announce_tells_those_invited,
    co_organizers_help,
    history_depends_on_settings_and_visibility,
);

const SINGLE: TournamentFormat = TournamentFormat::SingleElimination;

fn names(usernames: &[&str]) -> InviteToTournament {
    InviteToTournament {
        usernames: usernames.iter().map(|&name| name.to_owned()).collect(),
    }
}

async fn private_tournaments_are_for_those_invited(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob, eve) = (
        fixture.user("ada"),
        fixture.user("bob"),
        fixture.user("eve"),
    );
    let mut wanted = cup(SINGLE, 8);
    wanted.visibility = TournamentVisibility::Private;
    let id = fixture.create(&ada, wanted).await.id;
    fixture
        .tournaments
        .invite(&ada, id, names(&["bob"]))
        .await
        .unwrap();
    fixture.register(&bob, id, "Bob").await;
    for refused in [
        code(fixture.tournaments.get(&eve, id).await),
        code(fixture.tournaments.register(&eve, id, entry("Eve")).await),
        code(fixture.tournaments.bracket(&eve, id, None).await),
        code(fixture.tournaments.entrants(&eve, id, PAGE).await),
        code(fixture.tournaments.recap(&eve, id, PAGE).await),
        code(fixture.tournaments.audit(&eve, id, PAGE).await),
        code(fixture.tournaments.followable(&eve, id).await),
        code(fixture.tournaments.cancel(&eve, id).await),
    ] {
        assert_eq!(refused, "tournaments.not_found");
    }
    for (who, count) in [(&ada, 1), (&bob, 1), (&eve, 0)] {
        let listed = fixture
            .tournaments
            .list(who, TournamentQuery::default(), PAGE)
            .await;
        assert_eq!(listed.unwrap().total, count);
    }
}

async fn friends_see_tournaments_of_friends(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob, eve) = (
        fixture.user("ada"),
        fixture.user("bob"),
        fixture.user("eve"),
    );
    fixture.relate(&ada, &bob, Relation::Friend);
    let mut wanted = cup(SINGLE, 8);
    wanted.visibility = TournamentVisibility::Friends;
    let id = fixture.create(&ada, wanted).await.id;
    fixture.register(&bob, id, "Bob").await;
    assert_eq!(
        code(fixture.tournaments.get(&eve, id).await),
        "tournaments.not_found"
    );
    // Friends no more: the entrant still sees it, and cannot enter anew.
    fixture.relate(&ada, &bob, Relation::Stranger);
    fixture.get(id, &bob).await;
    let local = contract::tournaments::EnterTournament {
        alias: "Local".to_owned(),
        local: true,
    };
    let refused = fixture.tournaments.register(&bob, id, local).await;
    assert_eq!(code(refused), "tournaments.not_invited");
}

async fn blocks_hide_tournaments(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let id = fixture.create(&ada, cup(SINGLE, 8)).await.id;
    fixture.get(id, &bob).await;
    fixture.relate(&ada, &bob, Relation::Blocked);
    assert_eq!(
        code(fixture.tournaments.get(&bob, id).await),
        "tournaments.not_found"
    );
    let listed = fixture
        .tournaments
        .list(&bob, TournamentQuery::default(), PAGE)
        .await;
    assert_eq!(listed.unwrap().total, 0);
    let invited = fixture.tournaments.invite(&ada, id, names(&["bob"])).await;
    assert_eq!(code(invited), "users.not_found");
}

async fn invite_refuses_who_does_not_want_it(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let id = fixture.create(&ada, cup(SINGLE, 8)).await.id;
    let unknown = fixture
        .tournaments
        .invite(&ada, id, names(&["nobody"]))
        .await;
    assert_eq!(code(unknown), "users.not_found");
    let foreign = fixture.tournaments.invite(&bob, id, names(&["ada"])).await;
    assert_eq!(code(foreign), "tournaments.not_organizer");
    fixture.allow(&bob, Audience::Friends);
    let unwelcome = fixture.tournaments.invite(&ada, id, names(&["bob"])).await;
    assert_eq!(code(unwelcome), "tournaments.not_welcome");
    fixture.relate(&ada, &bob, Relation::Friend);
    fixture
        .tournaments
        .invite(&ada, id, names(&["bob"]))
        .await
        .unwrap();
}

async fn announce_tells_those_invited(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob, eve) = (
        fixture.user("ada"),
        fixture.user("bob"),
        fixture.user("eve"),
    );
    let mut wanted = cup(SINGLE, 8);
    wanted.draft = true;
    let id = fixture.create(&ada, wanted).await.id;
    fixture
        .tournaments
        .invite(&ada, id, names(&["bob", "eve"]))
        .await
        .unwrap();
    let told = async |who: &kernel::Actor| fixture.test.user_events(who.user).await.len();
    assert_eq!(told(&bob).await, 0, "it is a draft");
    let announce = || AnnounceTournament {
        tournament_id: id,
        tournament_name: "Spring Cup".to_owned(),
        organizer_id: ada.user,
    };
    let draft = fixture.tournaments.announce(&ada, announce()).await;
    assert_eq!(code(draft), "tournaments.wrong_state");
    fixture.tournaments.open(&ada, id).await.unwrap();
    assert_eq!((told(&bob).await, told(&eve).await), (1, 1));
    fixture.register(&eve, id, "Eve").await;
    fixture
        .tournaments
        .announce(&ada, announce())
        .await
        .unwrap();
    assert_eq!((told(&bob).await, told(&eve).await), (2, 1));
    let events = fixture.test.user_events(bob.user).await;
    assert_eq!(events[0].0, "new_tournament");
    assert_eq!(events[0].1["tournament_name"], "Spring Cup");
    let foreign = fixture.tournaments.announce(&bob, announce()).await;
    assert_eq!(code(foreign), "tournaments.not_organizer");
}

async fn co_organizers_help(database: Database) {
    let fixture = Fixture::new(database);
    let (ada, bob) = (fixture.user("ada"), fixture.user("bob"));
    let (id, _) = fixture.with_entrants(&ada, SINGLE, 2).await;
    let bob_name = || CoOrganizer {
        username: "bob".to_owned(),
    };
    let helped = fixture
        .tournaments
        .add_co_organizer(&ada, id, bob_name())
        .await
        .unwrap();
    assert_eq!(helped.co_organizers[0].id, bob.user);
    fixture
        .tournaments
        .add_co_organizer(&ada, id, bob_name())
        .await
        .unwrap();
    fixture.tournaments.start(&bob, id).await.unwrap();
    fixture
        .tournaments
        .remove_co_organizer(&ada, id, "bob".to_owned())
        .await
        .unwrap();
    let refused = fixture.tournaments.pause(&bob, id).await;
    assert_eq!(code(refused), "tournaments.not_organizer");
}

async fn history_depends_on_settings_and_visibility(database: Database) {
    let fixture = Fixture::new(database);
    let ada = fixture.user("ada");
    let (id, players) = fixture.with_entrants(&ada, SINGLE, 2).await;
    let history = async |who: &kernel::Actor| {
        fixture
            .tournaments
            .history(who, "p1".to_owned(), PAGE)
            .await
    };
    assert_eq!(history(&ada).await.unwrap().total, 0, "it has not started");
    fixture.tournaments.start(&ada, id).await.unwrap();
    fixture.play_out(id, &ada).await;
    let shown = history(&ada).await.unwrap().items;
    assert_eq!((shown[0].alias.as_str(), shown[0].place), ("P1", Some(1)));
    fixture.allow(&players[0], Audience::Nobody);
    assert_eq!(code(history(&ada).await), "tournaments.history_private");
    assert_eq!(
        history(&players[0]).await.unwrap().total,
        1,
        "they see their own"
    );
    fixture.relate(&ada, &players[0], Relation::Blocked);
    assert_eq!(code(history(&ada).await), "users.not_found");
}
