//! The examples of friends and invites are real requests: each is taken by the type it stands for.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

use contract::{invites, social};
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
    let mut odd = example::<T>();
    odd["surprise"] = Value::Bool(true);
    assert!(serde_json::from_value::<T>(odd).is_err());
    serde_json::from_value(example::<T>()).unwrap()
}

#[test]
fn every_request_example_is_taken_and_nothing_unknown() {
    read::<social::SendFriendRequest>().validate().unwrap();
    read::<social::BlockUser>().validate().unwrap();
    read::<social::SetStatus>().validate().unwrap();
    read::<invites::CreateInvite>().validate().unwrap();
    read::<invites::PlayAgain>().validate().unwrap();
}

#[test]
fn every_action_example_is_taken_and_nothing_unknown() {
    read::<social::AddNewFriend>();
    read::<social::AnnouncePresence>();
    read::<invites::ReplyGameInvite>();
    read::<invites::NamedPlayer>();
    read::<invites::PongOptions>();
    read::<invites::TicTacToeOptions>();
}

#[test]
fn an_invite_is_to_pong_unless_it_says_otherwise() {
    let least: invites::CreateInvite = serde_json::from_str(r#"{"username": "ada"}"#).unwrap();
    assert_eq!((&*least.game, least.options.len()), ("pong", 0));
    least.validate().unwrap();
    let nobody: invites::CreateInvite = serde_json::from_str(r#"{"username": ""}"#).unwrap();
    assert!(nobody.validate().is_err());
}
