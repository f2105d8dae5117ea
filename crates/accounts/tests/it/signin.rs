use std::sync::Arc;
use std::time::Duration;

use accounts::hashing::Argon2Params;
use accounts::prelude::*;
use accounts::{
    Accounts, AccountsConfig, ClientInfo, Device, EmailVerification, LoginStep, TokenTransport,
};
use contract::auth::{ChangePassword, TokenRequest};
use futures_util::future::join_all;
use kernel::{AppError, PageRequest, Secret};

use crate::company::PASSWORD;
use crate::entrance::{at, home, known, login, refusal};
use crate::world::{LIGHT, World, each};

const WRONG: &str = "amber-lantern-orbit-27";

fn told<T: std::fmt::Debug>(
    result: Result<T, AppError>,
) -> (&'static str, Option<Duration>, String) {
    let error = result.unwrap_err();
    (error.code().name, error.retry_delay(), error.to_string())
}

#[tokio::test]
async fn a_name_or_an_address_in_any_case_and_the_password_open_the_door() {
    for world in each() {
        let profile = world.register("Ada").await.unwrap();
        for typed in ["Ada", "ada", "ADA", "ada@example.org", "ADA@EXAMPLE.ORG"] {
            let tokens = world.sign_in(typed, PASSWORD).await.unwrap();
            let actor = world.who(&tokens).await.unwrap();
            assert_eq!((actor.user, actor.session), (profile.id, tokens.session));
            assert!(!actor.verified);
        }
        let LoginStep::Done(signed_in) = world.accounts.login(login("ada"), &home()).await.unwrap()
        else {
            panic!("no second step is on");
        };
        assert_eq!(signed_in.profile.id, profile.id);
        assert_eq!(signed_in.carrier, TokenTransport::Browser);
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_told_apart_by_nothing() {
    for world in each() {
        world.register("ada").await.unwrap();
        for _ in 0..8 {
            let known = told(world.sign_in("ada", WRONG).await);
            assert_eq!(known, told(world.sign_in("eve", WRONG).await));
            assert_eq!(known, told(world.sign_in("eve@example.org", WRONG).await));
            assert_eq!(known, told(world.sign_in("ada@example.org", WRONG).await));
        }
        assert_eq!(
            refusal(world.sign_in("ada", WRONG).await),
            "auth.too_many_attempts"
        );
    }
}

#[tokio::test]
async fn wrong_passwords_cost_a_wait_that_grows_and_ends() {
    for world in each() {
        world.register("ada").await.unwrap();
        for _ in 0..4 {
            assert_eq!(
                refusal(world.sign_in("ada", WRONG).await),
                "auth.invalid_credentials"
            );
        }
        for seconds in [1, 2, 4, 8] {
            let (code, wait, _) = told(world.sign_in("ada", PASSWORD).await);
            assert_eq!(code, "auth.too_many_attempts");
            assert_eq!(wait, Some(Duration::from_secs(seconds)));
            world.wait(Duration::from_secs(seconds));
            assert_eq!(
                refusal(world.sign_in("ada", WRONG).await),
                "auth.invalid_credentials"
            );
        }
        world.wait(Duration::from_secs(16));
        world.sign_in("ada", PASSWORD).await.unwrap();
        for _ in 0..4 {
            assert_eq!(
                refusal(world.sign_in("ada", WRONG).await),
                "auth.invalid_credentials"
            );
        }
    }
}

#[tokio::test]
async fn once_it_costs_a_wait_one_of_many_guesses_at_once_is_looked_at() {
    for world in each() {
        world.register("ada").await.unwrap();
        for _ in 0..4 {
            world.sign_in("ada", WRONG).await.unwrap_err();
        }
        world.wait(Duration::from_secs(1));
        let guesses = join_all((0..16).map(|_| world.sign_in("ada", WRONG))).await;
        let codes: Vec<_> = guesses.into_iter().map(refusal).collect();
        let looked_at = codes
            .iter()
            .filter(|code| **code == "auth.invalid_credentials");
        assert_eq!(looked_at.count(), 1, "on {:?}: {codes:?}", world.store);
    }
}

#[tokio::test]
async fn many_right_passwords_at_once_all_open_the_door() {
    for world in each() {
        world.register("ada").await.unwrap();
        let tries = join_all((0..64).map(|_| world.sign_in("ada", PASSWORD))).await;
        let all = tries.into_iter().collect::<Result<Vec<_>, _>>();
        assert_eq!(all.unwrap().len(), 64);
    }
}

#[tokio::test]
async fn a_device_that_signed_in_before_is_spared_guesses_from_its_place_and_everywhere() {
    for world in each() {
        let (ada, bea) = (world.person("ada").await, world.person("bea").await);
        let known = known(&world, &ada);
        for n in 0..10 {
            let place = at(&format!("2001:db8:7:{n}::1"));
            world.sign_in_from("ada", WRONG, &place).await.unwrap_err();
        }
        let neighbour = at("2001:db8:7:8::2");
        for _ in 0..4 {
            world.wait(Duration::from_secs(60));
            let guess = world.sign_in_from("ada", WRONG, &neighbour).await;
            assert_eq!(refusal(guess), "auth.invalid_credentials");
        }
        for other in [&neighbour, &crate::entrance::known(&world, &bea)] {
            let refused = world.sign_in_from("ada", PASSWORD, other).await;
            assert_eq!(refusal(refused), "auth.too_many_attempts");
        }
        for _ in 0..4 {
            let slip = world.sign_in_from("ada", WRONG, &known).await;
            assert_eq!(refusal(slip), "auth.invalid_credentials");
        }
        let slowed = world.sign_in_from("ada", PASSWORD, &known).await;
        assert_eq!(refusal(slowed), "auth.too_many_attempts");
        world.wait(Duration::from_secs(1));
        world.sign_in_from("ada", PASSWORD, &known).await.unwrap();
    }
}

#[tokio::test]
async fn a_device_is_known_to_the_accounts_that_signed_in_last_and_to_no_others() {
    for world in each() {
        let mut device = None;
        let mut people = Vec::new();
        for name in ["ada", "bea", "cleo", "dora", "eve"] {
            let person = world.person(name).await;
            device = Some(world.accounts.remember_device(device.as_ref(), person.user));
            people.push((name, person.user));
        }
        let shown = device.unwrap().to_value();
        let client_info = ClientInfo {
            device: Device::parse(shown.expose()),
            ..home()
        };
        for (name, user) in people {
            let known = world
                .accounts
                .user_of_known_device(name, &client_info)
                .await;
            let expected = (name != "ada").then_some(user);
            assert_eq!(known.unwrap(), expected, "{name}");
        }
        let nobody = world
            .accounts
            .user_of_known_device("nobody", &client_info)
            .await;
        assert_eq!(nobody.unwrap(), None);
    }
}

#[tokio::test]
async fn guesses_from_everywhere_slow_strangers_down_and_never_the_owner_at_home() {
    for world in each() {
        world.person("ada").await;
        for n in 0..10 {
            let place = at(&format!("198.51.100.{n}"));
            let guess = world.sign_in_from("ada", WRONG, &place).await;
            assert_eq!(refusal(guess), "auth.invalid_credentials");
        }
        let abroad = at("192.0.2.1");
        let refused = world.sign_in_from("ada", PASSWORD, &abroad).await;
        assert_eq!(refusal(refused), "auth.too_many_attempts");
        world.sign_in_from("ada", PASSWORD, &home()).await.unwrap();
    }
}

#[tokio::test]
async fn a_suspended_account_stays_outside_until_it_is_restored() {
    for world in each() {
        let boss = world.admin("boss").await;
        let tokens = {
            world.register("ada").await.unwrap();
            world.tokens("ada").await
        };
        world.accounts.suspend(&boss, "ada").await.unwrap();
        assert_eq!(refusal(world.who(&tokens).await), "auth.session_ended");
        assert_eq!(world.ended.sessions(), [tokens.session]);
        assert_eq!(
            refusal(world.sign_in("ada", PASSWORD).await),
            "auth.suspended"
        );
        assert_eq!(
            refusal(world.sign_in("ada", WRONG).await),
            "auth.invalid_credentials"
        );
        world.accounts.restore(&boss, "ada").await.unwrap();
        world.sign_in("ada", PASSWORD).await.unwrap();
        let refused = world.accounts.refresh(&tokens.refresh, &home()).await;
        assert_eq!(refusal(refused), "auth.refresh_invalid");
    }
}

/// The same house with dearer hashes.
fn dearer(world: &World) -> Accounts {
    let mut parts = None;
    world.beside(|own| parts = Some(own.clone()));
    let config = AccountsConfig {
        secret: Secret::new("a secret of this test"),
        public_url: "https://play.example.org".to_owned(),
        email_verification: EmailVerification::Optional,
        strength: Argon2Params {
            memory: 32,
            ..LIGHT
        },
        cores: 1,
    };
    Accounts::new(&config, parts.unwrap()).unwrap()
}

async fn hash(world: &World) -> String {
    use diesel::prelude::*;
    use diesel::sql_types::Text;
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        password_hash: String,
    }
    let read = |conn: &mut db::AnyConn| {
        let query = diesel::sql_query("SELECT password_hash FROM users");
        Ok(db::match_backend!(conn, c => query.get_result::<Row>(c))?.password_hash)
    };
    world.store.read(read).await.unwrap()
}

#[tokio::test]
async fn a_hash_weaker_than_todays_is_made_anew_at_the_next_login() {
    for world in each() {
        world.register("ada").await.unwrap();
        assert!(hash(&world).await.contains("m=8,"));
        let request = || TokenRequest {
            username: "ada".to_owned(),
            password: Secret::new(PASSWORD),
        };
        let accounts = dearer(&world);
        accounts.token(request(), &home()).await.unwrap();
        assert!(hash(&world).await.contains("m=32,"));
        accounts.token(request(), &home()).await.unwrap();
        world.sign_in("ada", PASSWORD).await.unwrap();
        assert!(hash(&world).await.contains("m=32,"), "never made weaker");
    }
}

#[tokio::test]
async fn a_login_that_meets_a_change_of_the_password_does_not_survive_it() {
    for world in each() {
        world.register("ada").await.unwrap();
        let (mut old, mut new) = (PASSWORD, WRONG);
        for _ in 0..6 {
            let owner = world
                .who(&world.sign_in("ada", old).await.unwrap())
                .await
                .unwrap();
            let change = ChangePassword {
                current_password: Secret::new(old),
                password: Secret::new(new),
                password_confirm: Secret::new(new),
            };
            let logins = join_all((0..4).map(|_| world.sign_in("ada", old)));
            let (changed, _) = tokio::join!(world.accounts.change_password(&owner, change), logins);
            changed.unwrap();
            let left = world
                .accounts
                .sessions(&owner, PageRequest::default())
                .await
                .unwrap();
            let left: Vec<_> = left.items.iter().map(|session| session.id).collect();
            assert_eq!(left, [owner.session], "on {:?}", world.store);
            world.wait(Duration::from_secs(3600));
            (old, new) = (new, old);
        }
    }
}

#[tokio::test]
async fn a_login_from_a_new_place_is_told_to_a_proven_address() {
    const SUBJECT: &str = "New sign-in to your account";
    for world in each() {
        let _working = world.working();
        world.verified_person("ada").await;
        world.sign_in("ada", PASSWORD).await.unwrap();
        let abroad = at("192.0.2.1");
        world.sign_in_from("ada", PASSWORD, &abroad).await.unwrap();
        let letter = world.letter("ada@example.org", SUBJECT).await;
        assert!(letter.contains("Firefox on Linux, from 192.0.2.1"));
        world.sign_in_from("ada", PASSWORD, &abroad).await.unwrap();
        world.accounts.grant_admin("ada").await.unwrap();
        assert_eq!(world.letters("ada@example.org", SUBJECT).len(), 1);
    }
}

#[tokio::test]
async fn another_node_knows_the_tokens_of_this_one() {
    for world in each() {
        world.register("ada").await.unwrap();
        let tokens = world.tokens("ada").await;
        let there: Arc<Accounts> = Arc::new(world.another_node());
        let actor = there
            .authenticate(tokens.access.token.expose())
            .await
            .unwrap();
        assert_eq!(actor.session, tokens.session);
    }
}
