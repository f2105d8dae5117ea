use accounts::prelude::*;
use contract::auth::Register;
use futures_util::future::join_all;
use kernel::Secret;

use crate::company::PASSWORD;
use crate::entrance::{account, home, refusal, token_in};
use crate::world::{World, each};

const CONFIRM: &str = "Confirm your e-mail address";

async fn refused(world: &World, request: Register) -> (&'static str, Vec<String>) {
    let error = world.accounts.register(request, &home()).await.unwrap_err();
    let fields = error.fields().iter().map(|error| error.field.clone());
    (error.code().name, fields.collect())
}

#[tokio::test]
async fn a_new_account_has_a_profile_and_a_letter_to_prove_its_address() {
    for world in each() {
        let _working = world.working();
        let profile = world.register("Ada").await.unwrap();
        assert_eq!(profile.username, "Ada");
        assert_eq!(profile.email, "Ada@example.org");
        assert!(!profile.email_verified && profile.privacy.searchable);
        let letter = world.letter("ada@example.org", CONFIRM).await;
        assert!(letter.starts_with("Hello Ada,"));
        assert!(letter.contains(token_in(&letter).expose()));
    }
}

#[tokio::test]
async fn says_which_field_cannot_be_so() {
    for world in each() {
        world.register("Ada").await.unwrap();
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
                refused(&world, request).await,
                (code, vec![field.to_owned()])
            );
        }
        let both = with(&|r| (r.username, r.email) = ("?".into(), "?".into()));
        let (code, fields) = refused(&world, both).await;
        assert_eq!((code, fields.len()), ("invalid_fields", 2));
        let all = with(&|r| {
            (r.username, r.email) = ("?".into(), "?".into());
            r.password_confirm = Secret::new("x");
        });
        let fields = ["username", "email", "password_confirm"].map(str::to_owned);
        assert_eq!(
            refused(&world, all).await,
            ("invalid_fields", fields.to_vec())
        );
        let taken_and_weak = with(&|r| {
            r.username = "ADA".into();
            (r.password, r.password_confirm) = (Secret::new("password1"), Secret::new("password1"));
        });
        let fields = ["password", "username"].map(str::to_owned);
        assert_eq!(
            refused(&world, taken_and_weak).await,
            ("invalid_fields", fields.to_vec())
        );
    }
}

#[tokio::test]
async fn of_many_who_want_one_name_at_once_one_gets_it() {
    for world in each() {
        let try_one = |n: usize| {
            let mut request = account(if n.is_multiple_of(2) { "Ada" } else { "aDA" });
            request.email = format!("ada{n}@example.org");
            let accounts = world.accounts.clone();
            async move { accounts.register(request, &home()).await }
        };
        let results = join_all((0..12).map(try_one)).await;
        let (made, refused): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
        assert_eq!(made.len(), 1, "on {:?}", world.store);
        assert!(
            refused
                .into_iter()
                .all(|result| refusal(result) == "auth.username_taken")
        );
        world.sign_in("ADA", PASSWORD).await.unwrap();
    }
}

#[tokio::test]
async fn of_many_who_want_one_address_at_once_one_gets_it() {
    for world in each() {
        let try_one = |n: usize| {
            let mut request = account(&format!("ada{n}"));
            request.email = "ada@example.org".to_owned();
            let accounts = world.accounts.clone();
            async move { accounts.register(request, &home()).await }
        };
        let results = join_all((0..12).map(try_one)).await;
        let (made, refused): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
        assert_eq!(made.len(), 1, "on {:?}", world.store);
        assert!(
            refused
                .into_iter()
                .all(|result| refusal(result) == "auth.email_taken")
        );
    }
}
