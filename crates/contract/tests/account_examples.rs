//! The examples in the document are real requests: each is taken by the type it stands for.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

use contract::{auth, users};
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::PartialSchema;
use validator::Validate;

fn example<T: PartialSchema>() -> Value {
    let schema = serde_json::to_value(T::schema()).unwrap();
    let one = schema.get("example").or_else(|| schema["examples"].get(0));
    one.cloned()
        .unwrap_or_else(|| panic!("no example in {schema}"))
}

fn read<T: PartialSchema + DeserializeOwned>() -> T {
    serde_json::from_value(example::<T>()).unwrap()
}

fn holds<T: PartialSchema + DeserializeOwned + Validate>() {
    read::<T>().validate().unwrap();
    let mut odd = example::<T>();
    odd["surprise"] = Value::Bool(true);
    assert!(
        serde_json::from_value::<T>(odd).is_err(),
        "unknown fields are refused"
    );
}

#[test]
fn every_request_example_is_taken() {
    holds::<auth::Register>();
    holds::<auth::TokenRequest>();
    holds::<auth::Refresh>();
    holds::<auth::Login>();
    holds::<auth::Verify>();
    holds::<auth::Resend>();
    holds::<auth::ForgotPassword>();
    holds::<auth::ResetPassword>();
    holds::<auth::ChangePassword>();
    holds::<auth::VerifyEmail>();
    holds::<auth::StepUp>();
    holds::<auth::TotpEnable>();
    holds::<auth::DisableSecondFactor>();
    holds::<users::PatchProfile>();
    holds::<users::PutProfile>();
    holds::<users::AiSettings>();
    holds::<users::DeleteAccount>();
    read::<users::PatchPrivacy>();
    assert!(!read::<users::Preferences>().0.is_empty());
}

#[test]
fn lengths_are_held_and_the_problem_never_repeats_the_value() {
    let mut register: auth::Register = read();
    register.password = kernel::Secret::new("s3cret".repeat(30));
    let errors = register.validate().unwrap_err();
    let field = &errors.field_errors()["password"][0];
    assert_eq!(
        field.message.as_deref(),
        Some("must be at most 128 characters long")
    );
    assert!(!field.message.as_deref().unwrap().contains("s3cret"));
}
