use std::collections::HashSet;
use std::sync::Arc;

use accounts::Accounts;
use accounts::ports::{RelationsPort, StatisticsPort};
use accounts::prelude::*;
use contract::accounts::Audience;
use contract::users::{PatchPrivacy, PatchProfile, Statistics as UserStatistics};
use db::{AnyConn, Tx};
use kernel::{Actor, AppError, Relation, Role, UserId};

use crate::fixture::Fixture;

testkit::database_tests!(
    public_profile_is_found_by_name_and_id,
    public_profile_follows_the_privacy_settings,
    public_profile_is_hidden_by_a_block,
    with_privacy_returns_known_users,
    summaries_returns_known_users,
);

/// The same relation for all users, of whom some are hidden.
pub(crate) struct FixedRelations(pub(crate) Relation, pub(crate) Vec<UserId>);

impl RelationsPort for FixedRelations {
    fn between(&self, _: &mut AnyConn, _: UserId, _: UserId) -> Result<Relation, AppError> {
        Ok(self.0)
    }

    fn hidden_from(&self, _: &mut AnyConn, _: UserId) -> Result<Vec<UserId>, AppError> {
        Ok(self.1.clone())
    }
}

/// The same statistics for all users.
struct FixedStatistics;

const STATISTICS: UserStatistics = UserStatistics {
    matches: 5,
    wins: 3,
    losses: 2,
    draws: 0,
    points: 40,
    tournaments: 0,
    tournament_wins: 0,
};

impl StatisticsPort for FixedStatistics {
    fn of(&self, _: &mut AnyConn, _: UserId) -> Result<UserStatistics, AppError> {
        Ok(STATISTICS)
    }
}

fn with_relation(fixture: &Fixture, relation: Relation) -> Accounts {
    fixture.with_parts(|parts| {
        parts.relations = Arc::new(FixedRelations(relation, vec![]));
        parts.statistics = Arc::new(FixedStatistics);
    })
}

pub(crate) async fn set_display_name(fixture: &Fixture, actor: &Actor, display_name: &str) {
    let patch = PatchProfile {
        display_name: Some(display_name.to_owned()),
        ..PatchProfile::default()
    };
    fixture.accounts.patch_profile(actor, patch).await.unwrap();
}

pub(crate) async fn set_privacy(fixture: &Fixture, actor: &Actor, privacy: PatchPrivacy) {
    let patch = PatchProfile {
        privacy: Some(privacy),
        ..PatchProfile::default()
    };
    fixture.accounts.patch_profile(actor, patch).await.unwrap();
}

async fn public_profile_is_found_by_name_and_id(fixture: Fixture) {
    let (ada, dan) = (fixture.user("ada").await, fixture.user("Straße").await);
    set_display_name(&fixture, &dan, "Dan").await;
    let accounts = with_relation(&fixture, Relation::Stranger);
    for handle in ["STRASSE".to_owned(), dan.user.to_string()] {
        let profile = accounts.public_profile(&ada, &handle).await.unwrap();
        assert_eq!(
            (profile.id, profile.username.as_str()),
            (dan.user, "Straße")
        );
        assert_eq!(profile.display_name, "Dan");
        assert_eq!(profile.avatar, "/api/v1/users/Stra%C3%9Fe/avatar/");
        assert_eq!(profile.statistics, Some(STATISTICS));
        assert!(!profile.restricted && profile.date_joined.is_some());
    }
    let unknown: UserId = fixture.store.env().id();
    for handle in ["nobody-here", "", "%", &unknown.to_string()] {
        let error = accounts.public_profile(&ada, handle).await.unwrap_err();
        assert_eq!(error.code().name, "users.not_found", "{handle}");
        assert_eq!(
            accounts.find_user(handle).await.unwrap_err().code().name,
            "users.not_found"
        );
    }
}

async fn public_profile_follows_the_privacy_settings(fixture: Fixture) {
    use Relation::{Friend, Stranger};
    let (ada, bea) = (fixture.user("ada").await, fixture.user("bea").await);
    for (audience, relation, open) in [
        (Audience::Everyone, Stranger, true),
        (Audience::Friends, Stranger, false),
        (Audience::Friends, Friend, true),
        (Audience::Nobody, Friend, false),
    ] {
        let profile = Some(audience);
        set_privacy(
            &fixture,
            &bea,
            PatchPrivacy {
                profile,
                ..PatchPrivacy::default()
            },
        )
        .await;
        let accounts = with_relation(&fixture, relation);
        let profile = accounts.public_profile(&ada, "bea").await.unwrap();
        assert_eq!(profile.restricted, !open, "{audience:?} to {relation:?}");
        assert_eq!(profile.statistics.is_some(), open);
        assert_eq!(profile.bio.is_some(), open);
        assert_eq!(profile.date_joined.is_some(), open);
        let own = accounts.public_profile(&bea, "bea").await.unwrap();
        assert!(!own.restricted, "one's own profile is open to oneself");
        let role = Role::Moderator;
        let by_moderator = accounts.public_profile(&Actor { role, ..ada }, "bea").await;
        assert!(!by_moderator.unwrap().restricted);
    }
}

async fn public_profile_is_hidden_by_a_block(fixture: Fixture) {
    let (ada, _) = (fixture.user("ada").await, fixture.user("bea").await);
    let accounts = with_relation(&fixture, Relation::Blocked);
    let error = accounts.public_profile(&ada, "bea").await.unwrap_err();
    assert_eq!(error.code().name, "users.not_found");
    assert!(accounts.public_profile(&ada, "ada").await.is_ok());
}

async fn with_privacy_returns_known_users(fixture: Fixture) {
    let (ada, bea) = (fixture.user("ada").await, fixture.user("bea").await);
    let game_invites = Some(Audience::Friends);
    let privacy = PatchPrivacy {
        game_invites,
        ..PatchPrivacy::default()
    };
    set_privacy(&fixture, &bea, privacy).await;
    let ids = [ada.user, bea.user, fixture.store.env().id()];
    let read = move |conn: &mut AnyConn| accounts::queries::with_privacy(conn, &ids);
    let found = fixture.store.read(read).await.unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found[&ada.user].1.game_invites, Audience::Everyone);
    let (summary, privacy) = &found[&bea.user];
    assert_eq!(summary.username, "bea");
    assert_eq!(privacy.game_invites, Audience::Friends);
}

async fn summaries_returns_known_users(fixture: Fixture) {
    let (ada, bea) = (fixture.user("ada").await, fixture.user("bea").await);
    fixture.user("cid").await;
    set_display_name(&fixture, &bea, "Queen Bea").await;
    let unknown: UserId = fixture.store.env().id();
    let ids = vec![ada.user, bea.user, ada.user, unknown];
    let found = fixture.accounts.summaries(ids).await.unwrap();
    let ids: HashSet<UserId> = found.keys().copied().collect();
    assert_eq!(ids, HashSet::from([ada.user, bea.user]));
    assert_eq!(found[&ada.user].display_name, "ada");
    assert_eq!(found[&bea.user].display_name, "Queen Bea");
    assert!(fixture.accounts.summaries(vec![]).await.unwrap().is_empty());
    let names = ["ADA", "nobody", "ada"].map(str::to_owned);
    let mention = move |tx: &mut Tx<'_>| accounts::queries::mention(tx.conn, &names);
    let named = fixture.store.write(mention).await.unwrap();
    assert_eq!(
        named.iter().map(|one| one.id).collect::<Vec<_>>(),
        [ada.user]
    );
}
