use std::sync::Arc;
use std::time::Duration;

use accounts::hashing::Argon2Params;
use accounts::prelude::*;
use accounts::{
    Accounts, AccountsConfig, ClientInfo, Device, EmailVerificationPolicy, LoginStep,
    TokenTransport,
};
use contract::auth::{ChangePassword, TokenRequest};
use futures_util::future::join_all;
use kernel::{AppError, PageRequest, Secret};

use crate::fixture::{Fixture, LIGHT};
use crate::requests::{at, error_code, home, known, login};
use crate::test_users::PASSWORD;

testkit::database_tests!(
    login_accepts_username_or_address_in_any_case,
    login_does_not_reveal_accounts,
    wrong_passwords_cause_a_growing_delay,
    concurrent_delayed_guesses_are_checked_one_at_a_time,
    concurrent_logins_all_succeed,
    known_device_is_not_delayed_by_guesses_of_others,
    remember_device_keeps_the_last_accounts,
    guesses_delay_strangers_but_not_the_owner,
    login_refuses_suspended_accounts,
    login_replaces_outdated_hashes,
    login_fails_if_the_password_changes_meanwhile,
    login_from_a_new_place_informs_a_verified_address,
    tokens_are_valid_on_other_nodes,
);

const WRONG: &str = "amber-lantern-orbit-27";

fn error_details<T: std::fmt::Debug>(
    result: Result<T, AppError>,
) -> (&'static str, Option<Duration>, String) {
    let error = result.unwrap_err();
    (error.code().name, error.retry_delay(), error.to_string())
}

async fn login_accepts_username_or_address_in_any_case(fixture: Fixture) {
    let profile = fixture.register("Ada").await.unwrap();
    for input in ["Ada", "ada", "ADA", "ada@example.org", "ADA@EXAMPLE.ORG"] {
        let tokens = fixture.sign_in(input, PASSWORD).await.unwrap();
        let actor = fixture.authenticate(&tokens).await.unwrap();
        assert_eq!((actor.user, actor.session), (profile.id, tokens.session));
        assert!(!actor.verified);
    }
    let LoginStep::Completed(signed_in) =
        fixture.accounts.login(login("ada"), &home()).await.unwrap()
    else {
        panic!("no second step is on");
    };
    assert_eq!(signed_in.profile.id, profile.id);
    assert_eq!(signed_in.transport, TokenTransport::Browser);
}

async fn login_does_not_reveal_accounts(fixture: Fixture) {
    fixture.register("ada").await.unwrap();
    for _ in 0..8 {
        let known = error_details(fixture.sign_in("ada", WRONG).await);
        assert_eq!(known, error_details(fixture.sign_in("eve", WRONG).await));
        assert_eq!(
            known,
            error_details(fixture.sign_in("eve@example.org", WRONG).await)
        );
        assert_eq!(
            known,
            error_details(fixture.sign_in("ada@example.org", WRONG).await)
        );
    }
    assert_eq!(
        error_code(fixture.sign_in("ada", WRONG).await),
        "auth.too_many_attempts"
    );
}

async fn wrong_passwords_cause_a_growing_delay(fixture: Fixture) {
    fixture.register("ada").await.unwrap();
    for _ in 0..4 {
        assert_eq!(
            error_code(fixture.sign_in("ada", WRONG).await),
            "auth.invalid_credentials"
        );
    }
    for seconds in [1, 2, 4, 8] {
        let (code, wait, _) = error_details(fixture.sign_in("ada", PASSWORD).await);
        assert_eq!(code, "auth.too_many_attempts");
        assert_eq!(wait, Some(Duration::from_secs(seconds)));
        fixture.advance(Duration::from_secs(seconds));
        assert_eq!(
            error_code(fixture.sign_in("ada", WRONG).await),
            "auth.invalid_credentials"
        );
    }
    fixture.advance(Duration::from_secs(16));
    fixture.sign_in("ada", PASSWORD).await.unwrap();
    for _ in 0..4 {
        assert_eq!(
            error_code(fixture.sign_in("ada", WRONG).await),
            "auth.invalid_credentials"
        );
    }
}

async fn concurrent_delayed_guesses_are_checked_one_at_a_time(fixture: Fixture) {
    fixture.register("ada").await.unwrap();
    for _ in 0..4 {
        fixture.sign_in("ada", WRONG).await.unwrap_err();
    }
    fixture.advance(Duration::from_secs(1));
    let guesses = join_all((0..16).map(|_| fixture.sign_in("ada", WRONG))).await;
    let codes: Vec<_> = guesses.into_iter().map(error_code).collect();
    let looked_at = codes
        .iter()
        .filter(|code| **code == "auth.invalid_credentials");
    assert_eq!(looked_at.count(), 1, "on {:?}: {codes:?}", fixture.store);
}

async fn concurrent_logins_all_succeed(fixture: Fixture) {
    fixture.register("ada").await.unwrap();
    let tries = join_all((0..64).map(|_| fixture.sign_in("ada", PASSWORD))).await;
    let all = tries.into_iter().collect::<Result<Vec<_>, _>>();
    assert_eq!(all.unwrap().len(), 64);
}

async fn known_device_is_not_delayed_by_guesses_of_others(fixture: Fixture) {
    let (ada, bea) = (fixture.user("ada").await, fixture.user("bea").await);
    let known = known(&fixture, &ada);
    for n in 0..10 {
        let place = at(&format!("2001:db8:7:{n}::1"));
        fixture
            .sign_in_from("ada", WRONG, &place)
            .await
            .unwrap_err();
    }
    let neighbour = at("2001:db8:7:8::2");
    for _ in 0..4 {
        fixture.advance(Duration::from_secs(60));
        let guess = fixture.sign_in_from("ada", WRONG, &neighbour).await;
        assert_eq!(error_code(guess), "auth.invalid_credentials");
    }
    for other in [&neighbour, &crate::requests::known(&fixture, &bea)] {
        let error = fixture.sign_in_from("ada", PASSWORD, other).await;
        assert_eq!(error_code(error), "auth.too_many_attempts");
    }
    for _ in 0..4 {
        let slip = fixture.sign_in_from("ada", WRONG, &known).await;
        assert_eq!(error_code(slip), "auth.invalid_credentials");
    }
    let slowed = fixture.sign_in_from("ada", PASSWORD, &known).await;
    assert_eq!(error_code(slowed), "auth.too_many_attempts");
    fixture.advance(Duration::from_secs(1));
    fixture.sign_in_from("ada", PASSWORD, &known).await.unwrap();
}

async fn remember_device_keeps_the_last_accounts(fixture: Fixture) {
    let mut device = None;
    let mut users = Vec::new();
    for name in ["ada", "bea", "cleo", "dora", "eve"] {
        let user = fixture.user(name).await;
        device = Some(fixture.accounts.remember_device(device.as_ref(), user.user));
        users.push((name, user.user));
    }
    let value = device.unwrap().to_value();
    let client_info = ClientInfo {
        device: Device::parse(value.expose()),
        ..home()
    };
    for (name, user) in users {
        let known = fixture
            .accounts
            .user_of_known_device(name, &client_info)
            .await;
        let expected = (name != "ada").then_some(user);
        assert_eq!(known.unwrap(), expected, "{name}");
    }
    let unknown = fixture
        .accounts
        .user_of_known_device("nobody", &client_info)
        .await;
    assert_eq!(unknown.unwrap(), None);
}

async fn guesses_delay_strangers_but_not_the_owner(fixture: Fixture) {
    fixture.user("ada").await;
    for n in 0..10 {
        let place = at(&format!("198.51.100.{n}"));
        let guess = fixture.sign_in_from("ada", WRONG, &place).await;
        assert_eq!(error_code(guess), "auth.invalid_credentials");
    }
    let abroad = at("192.0.2.1");
    let error = fixture.sign_in_from("ada", PASSWORD, &abroad).await;
    assert_eq!(error_code(error), "auth.too_many_attempts");
    fixture
        .sign_in_from("ada", PASSWORD, &home())
        .await
        .unwrap();
}

async fn login_refuses_suspended_accounts(fixture: Fixture) {
    let boss = fixture.admin("boss").await;
    let tokens = {
        fixture.register("ada").await.unwrap();
        fixture.tokens("ada").await
    };
    fixture.accounts.suspend(&boss, "ada").await.unwrap();
    assert_eq!(
        error_code(fixture.authenticate(&tokens).await),
        "auth.session_ended"
    );
    assert_eq!(fixture.ended.sessions(), [tokens.session]);
    assert_eq!(
        error_code(fixture.sign_in("ada", PASSWORD).await),
        "auth.suspended"
    );
    assert_eq!(
        error_code(fixture.sign_in("ada", WRONG).await),
        "auth.invalid_credentials"
    );
    fixture.accounts.restore(&boss, "ada").await.unwrap();
    fixture.sign_in("ada", PASSWORD).await.unwrap();
    let error = fixture.accounts.refresh(&tokens.refresh, &home()).await;
    assert_eq!(error_code(error), "auth.refresh_invalid");
}

/// The same accounts with costlier hashes.
fn with_costlier_hashes(fixture: &Fixture) -> Accounts {
    let mut parts = None;
    fixture.with_parts(|own| parts = Some(own.clone()));
    let config = AccountsConfig {
        secret: Secret::new("a secret of this test"),
        public_url: "https://play.example.org".to_owned(),
        email_verification: EmailVerificationPolicy::Optional,
        argon2_params: Argon2Params {
            memory: 32,
            ..LIGHT
        },
        cores: 1,
    };
    Accounts::new(&config, parts.unwrap()).unwrap()
}

async fn hash(fixture: &Fixture) -> String {
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
    fixture.store.read(read).await.unwrap()
}

async fn login_replaces_outdated_hashes(fixture: Fixture) {
    fixture.register("ada").await.unwrap();
    assert!(hash(&fixture).await.contains("m=8,"));
    let request = || TokenRequest {
        username: "ada".to_owned(),
        password: Secret::new(PASSWORD),
    };
    let accounts = with_costlier_hashes(&fixture);
    accounts.token(request(), &home()).await.unwrap();
    assert!(hash(&fixture).await.contains("m=32,"));
    accounts.token(request(), &home()).await.unwrap();
    fixture.sign_in("ada", PASSWORD).await.unwrap();
    assert!(hash(&fixture).await.contains("m=32,"), "never made weaker");
}

async fn login_fails_if_the_password_changes_meanwhile(fixture: Fixture) {
    fixture.register("ada").await.unwrap();
    let (mut old, mut new) = (PASSWORD, WRONG);
    for _ in 0..6 {
        let owner = fixture
            .authenticate(&fixture.sign_in("ada", old).await.unwrap())
            .await
            .unwrap();
        let change = ChangePassword {
            current_password: Secret::new(old),
            password: Secret::new(new),
            password_confirm: Secret::new(new),
        };
        let logins = join_all((0..4).map(|_| fixture.sign_in("ada", old)));
        let (changed, _) = tokio::join!(fixture.accounts.change_password(&owner, change), logins);
        changed.unwrap();
        let left = fixture
            .accounts
            .sessions(&owner, PageRequest::default())
            .await
            .unwrap();
        let left: Vec<_> = left.items.iter().map(|session| session.id).collect();
        assert_eq!(left, [owner.session], "on {:?}", fixture.store);
        fixture.advance(Duration::from_secs(3600));
        (old, new) = (new, old);
    }
}

async fn login_from_a_new_place_informs_a_verified_address(fixture: Fixture) {
    const SUBJECT: &str = "New login to your account";
    let _worker = fixture.start_worker();
    fixture.verified_user("ada").await;
    fixture.sign_in("ada", PASSWORD).await.unwrap();
    let abroad = at("192.0.2.1");
    fixture
        .sign_in_from("ada", PASSWORD, &abroad)
        .await
        .unwrap();
    let mail = fixture.mail("ada@example.org", SUBJECT).await;
    assert!(mail.contains("Firefox on Linux, from 192.0.2.1"));
    fixture
        .sign_in_from("ada", PASSWORD, &abroad)
        .await
        .unwrap();
    fixture.accounts.grant_admin("ada").await.unwrap();
    assert_eq!(fixture.mails("ada@example.org", SUBJECT).len(), 1);
}

async fn tokens_are_valid_on_other_nodes(fixture: Fixture) {
    fixture.register("ada").await.unwrap();
    let tokens = fixture.tokens("ada").await;
    let there: Arc<Accounts> = Arc::new(fixture.another_node());
    let actor = there
        .authenticate(tokens.access.token.expose())
        .await
        .unwrap();
    assert_eq!(actor.session, tokens.session);
}
