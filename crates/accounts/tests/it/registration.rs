use accounts::prelude::*;
use contract::auth::Register;
use futures_util::future::join_all;
use kernel::Secret;

use crate::fixture::Fixture;
use crate::requests::{account, error_code, home, token_in};
use crate::test_users::PASSWORD;

testkit::database_tests!(
    register_creates_a_profile_and_mails_a_link,
    register_reports_all_invalid_fields,
    concurrent_registrations_of_a_username_create_one_account,
    concurrent_registrations_of_an_address_create_one_account,
);

const CONFIRM: &str = "Verify your email address";

async fn refusal_of(fixture: &Fixture, request: Register) -> (&'static str, Vec<String>) {
    let error = fixture
        .accounts
        .register(request, &home())
        .await
        .unwrap_err();
    let fields = error.fields().iter().map(|error| error.field.clone());
    (error.code().name, fields.collect())
}

async fn register_creates_a_profile_and_mails_a_link(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let profile = fixture.register("Ada").await.unwrap();
    assert_eq!(profile.username, "Ada");
    assert_eq!(profile.email, "Ada@example.org");
    assert!(!profile.email_verified && profile.privacy.searchable);
    let mail = fixture.mail("ada@example.org", CONFIRM).await;
    assert!(mail.starts_with("Hello Ada,"));
    assert!(mail.contains(token_in(&mail).expose()));
}

async fn register_reports_all_invalid_fields(fixture: Fixture) {
    fixture.register("Ada").await.unwrap();
    let with = |change: &dyn Fn(&mut Register)| {
        let mut request = account("bea");
        change(&mut request);
        request
    };
    let weak = |text: &'static str| {
        with(&|r| (r.password, r.password_confirm) = (Secret::new(text), Secret::new(text)))
    };
    let cases = [
        (
            with(&|r| r.username = "ADA".into()),
            "auth.username_taken",
            "username",
        ),
        (
            with(&|r| r.email = "aDa@Example.ORG".into()),
            "auth.email_taken",
            "email",
        ),
        (
            with(&|r| r.username = "a b".into()),
            "auth.username_invalid",
            "username",
        ),
        (
            with(&|r| r.username = "аda".into()),
            "auth.username_mixed_scripts",
            "username",
        ),
        (
            with(&|r| r.username = "admin".into()),
            "auth.username_reserved",
            "username",
        ),
        (
            with(&|r| r.username = "admın".into()),
            "auth.username_reserved",
            "username",
        ),
        (
            with(&|r| r.email = "bea".into()),
            "auth.email_invalid",
            "email",
        ),
        (
            with(&|r| r.password_confirm = Secret::new("x")),
            "auth.password_mismatch",
            "password_confirm",
        ),
        (weak("short"), "auth.password_length", "password"),
        (weak("password1"), "auth.password_weak", "password"),
        (weak("Courtside-26"), "auth.password_personal", "password"),
        (weak("example.org!7"), "auth.password_personal", "password"),
    ];
    for (request, code, field) in cases {
        assert_eq!(
            refusal_of(&fixture, request).await,
            (code, vec![field.to_owned()])
        );
    }
    let both = with(&|r| (r.username, r.email) = ("?".into(), "?".into()));
    let (code, fields) = refusal_of(&fixture, both).await;
    assert_eq!((code, fields.len()), ("invalid_fields", 2));
    let all = with(&|r| {
        (r.username, r.email) = ("?".into(), "?".into());
        r.password_confirm = Secret::new("x");
    });
    let fields = ["username", "email", "password_confirm"].map(str::to_owned);
    assert_eq!(
        refusal_of(&fixture, all).await,
        ("invalid_fields", fields.to_vec())
    );
    let taken_and_weak = with(&|r| {
        r.username = "ADA".into();
        (r.password, r.password_confirm) = (Secret::new("password1"), Secret::new("password1"));
    });
    let fields = ["password", "username"].map(str::to_owned);
    assert_eq!(
        refusal_of(&fixture, taken_and_weak).await,
        ("invalid_fields", fields.to_vec())
    );
}

async fn concurrent_registrations_of_a_username_create_one_account(fixture: Fixture) {
    let try_one = |n: usize| {
        let mut request = account(if n.is_multiple_of(2) { "Ada" } else { "aDA" });
        request.email = format!("ada{n}@example.org");
        let accounts = fixture.accounts.clone();
        async move { accounts.register(request, &home()).await }
    };
    let results = join_all((0..12).map(try_one)).await;
    let (made, refusal_of): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!(made.len(), 1, "on {:?}", fixture.store);
    assert!(
        refusal_of
            .into_iter()
            .all(|result| error_code(result) == "auth.username_taken")
    );
    fixture.sign_in("ADA", PASSWORD).await.unwrap();
}

async fn concurrent_registrations_of_an_address_create_one_account(fixture: Fixture) {
    let try_one = |n: usize| {
        let mut request = account(&format!("ada{n}"));
        request.email = "ada@example.org".to_owned();
        let accounts = fixture.accounts.clone();
        async move { accounts.register(request, &home()).await }
    };
    let results = join_all((0..12).map(try_one)).await;
    let (made, refusal_of): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!(made.len(), 1, "on {:?}", fixture.store);
    assert!(
        refusal_of
            .into_iter()
            .all(|result| error_code(result) == "auth.email_taken")
    );
}
