use std::collections::HashSet;
use std::sync::Arc;

use accounts::Accounts;
use accounts::ports::{Relations, Statistics};
use accounts::prelude::*;
use contract::accounts::Audience;
use contract::users::{PatchPrivacy, PatchProfile, Statistics as Record};
use db::{AnyConn, Tx};
use kernel::{Actor, AppError, Relation, Role, UserId};

use crate::world::{World, each};

/// Everybody stands so to everybody, and these are hidden.
pub(crate) struct AllAre(pub(crate) Relation, pub(crate) Vec<UserId>);

impl Relations for AllAre {
    fn between(&self, _: &mut AnyConn, _: UserId, _: UserId) -> Result<Relation, AppError> {
        Ok(self.0)
    }

    fn hidden_from(&self, _: &mut AnyConn, _: UserId) -> Result<Vec<UserId>, AppError> {
        Ok(self.1.clone())
    }
}

/// Everybody has won three of five.
struct ThreeOfFive;

const THREE_OF_FIVE: Record = Record {
    matches: 5,
    wins: 3,
    losses: 2,
    draws: 0,
    points: 40,
    tournaments: 0,
    tournament_wins: 0,
};

impl Statistics for ThreeOfFive {
    fn of(&self, _: &mut AnyConn, _: UserId) -> Result<Record, AppError> {
        Ok(THREE_OF_FIVE)
    }
}

fn among(world: &World, relation: Relation) -> Accounts {
    world.beside(|parts| {
        parts.relations = Arc::new(AllAre(relation, vec![]));
        parts.statistics = Arc::new(ThreeOfFive);
    })
}

pub(crate) async fn call(world: &World, actor: &Actor, display_name: &str) {
    let patch = PatchProfile {
        display_name: Some(display_name.to_owned()),
        ..PatchProfile::default()
    };
    world.accounts.patch_profile(actor, patch).await.unwrap();
}

pub(crate) async fn keep_to_oneself(world: &World, actor: &Actor, privacy: PatchPrivacy) {
    let patch = PatchProfile {
        privacy: Some(privacy),
        ..PatchProfile::default()
    };
    world.accounts.patch_profile(actor, patch).await.unwrap();
}

#[tokio::test]
async fn a_profile_is_found_by_name_in_any_case_and_by_id() {
    for world in each() {
        let (ada, dan) = (world.person("ada").await, world.person("Straße").await);
        call(&world, &dan, "Dan").await;
        let accounts = among(&world, Relation::Stranger);
        for handle in ["STRASSE".to_owned(), dan.user.to_string()] {
            let seen = accounts.public_profile(&ada, &handle).await.unwrap();
            assert_eq!((seen.id, seen.username.as_str()), (dan.user, "Straße"));
            assert_eq!(seen.display_name, "Dan");
            assert_eq!(seen.avatar, "/api/v1/users/Stra%C3%9Fe/avatar/");
            assert_eq!(seen.statistics, Some(THREE_OF_FIVE));
            assert!(!seen.restricted && seen.date_joined.is_some());
        }
        let nobody: UserId = world.store.env().id();
        for handle in ["nobody-here", "", "%", &nobody.to_string()] {
            let refused = accounts.public_profile(&ada, handle).await.unwrap_err();
            assert_eq!(refused.code().name, "users.not_found", "{handle}");
            assert_eq!(
                accounts.find_user(handle).await.unwrap_err().code().name,
                "users.not_found"
            );
        }
    }
}

#[tokio::test]
async fn a_profile_shows_what_its_owner_lets_this_viewer_see() {
    use Relation::{Friend, Stranger};
    for world in each() {
        let (ada, bea) = (world.person("ada").await, world.person("bea").await);
        for (audience, relation, open) in [
            (Audience::Everyone, Stranger, true),
            (Audience::Friends, Stranger, false),
            (Audience::Friends, Friend, true),
            (Audience::Nobody, Friend, false),
        ] {
            let profile = Some(audience);
            keep_to_oneself(
                &world,
                &bea,
                PatchPrivacy {
                    profile,
                    ..PatchPrivacy::default()
                },
            )
            .await;
            let accounts = among(&world, relation);
            let seen = accounts.public_profile(&ada, "bea").await.unwrap();
            assert_eq!(seen.restricted, !open, "{audience:?} to {relation:?}");
            assert_eq!(seen.statistics.is_some(), open);
            assert_eq!(seen.bio.is_some(), open);
            assert_eq!(seen.date_joined.is_some(), open);
            let own = accounts.public_profile(&bea, "bea").await.unwrap();
            assert!(!own.restricted, "one's own profile is open to oneself");
            let role = Role::Moderator;
            let looked_after = accounts.public_profile(&Actor { role, ..ada }, "bea").await;
            assert!(!looked_after.unwrap().restricted);
        }
    }
}

#[tokio::test]
async fn across_a_block_nobody_is_there() {
    for world in each() {
        let (ada, _) = (world.person("ada").await, world.person("bea").await);
        let accounts = among(&world, Relation::Blocked);
        let refused = accounts.public_profile(&ada, "bea").await.unwrap_err();
        assert_eq!(refused.code().name, "users.not_found");
        assert!(accounts.public_profile(&ada, "ada").await.is_ok());
    }
}

#[tokio::test]
async fn what_people_allow_is_known_for_all_ids_at_once() {
    for world in each() {
        let (ada, bea) = (world.person("ada").await, world.person("bea").await);
        let game_invites = Some(Audience::Friends);
        let privacy = PatchPrivacy {
            game_invites,
            ..PatchPrivacy::default()
        };
        keep_to_oneself(&world, &bea, privacy).await;
        let asked = [ada.user, bea.user, world.store.env().id()];
        let read = move |conn: &mut AnyConn| accounts::queries::with_privacy(conn, &asked);
        let found = world.store.read(read).await.unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[&ada.user].1.game_invites, Audience::Everyone);
        let (summary, privacy) = &found[&bea.user];
        assert_eq!(summary.username, "bea");
        assert_eq!(privacy.game_invites, Audience::Friends);
    }
}

#[tokio::test]
async fn summaries_come_for_all_ids_at_once() {
    for world in each() {
        let (ada, bea) = (world.person("ada").await, world.person("bea").await);
        world.person("cid").await;
        call(&world, &bea, "Queen Bea").await;
        let nobody: UserId = world.store.env().id();
        let asked = vec![ada.user, bea.user, ada.user, nobody];
        let found = world.accounts.summaries(asked).await.unwrap();
        let ids: HashSet<UserId> = found.keys().copied().collect();
        assert_eq!(ids, HashSet::from([ada.user, bea.user]));
        assert_eq!(found[&ada.user].display_name, "ada");
        assert_eq!(found[&bea.user].display_name, "Queen Bea");
        assert!(world.accounts.summaries(vec![]).await.unwrap().is_empty());
        let names = ["ADA", "nobody", "ada"].map(str::to_owned);
        let mention = move |tx: &mut Tx<'_>| accounts::queries::mention(tx.conn, &names);
        let named = world.store.write(mention).await.unwrap();
        assert_eq!(
            named.iter().map(|one| one.id).collect::<Vec<_>>(),
            [ada.user]
        );
    }
}
