//! Each example of a chat request is one that is taken.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use serde::de::DeserializeOwned;
use utoipa::PartialSchema;

use contract::chat::*;
use validator::Validate;

fn is_taken<T: PartialSchema + DeserializeOwned + Validate>() {
    let schema = serde_json::to_value(T::schema()).unwrap();
    let mut example = schema["example"].clone();
    let taken: T = serde_json::from_value(example.clone()).unwrap();
    taken.validate().unwrap();
    example["surprise"] = true.into();
    assert!(serde_json::from_value::<T>(example).is_err());
}

#[test]
fn every_request_example_is_taken_and_unknown_fields_are_not() {
    is_taken::<WriteMessage>();
    is_taken::<PostMessage>();
    is_taken::<PatchMessage>();
    is_taken::<EditMessage>();
    is_taken::<MessageRef>();
    is_taken::<LikeMessage>();
    is_taken::<SetTyping>();
    is_taken::<ChatRef>();
}

#[test]
fn a_mark_comes_back_as_it_came() {
    for mark in ["1769860800000", "1.5", "\"2026-01-31T12:00:00Z\""] {
        let read: ClientTimestamp = serde_json::from_str(mark).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), mark);
    }
    assert!(serde_json::from_str::<ClientTimestamp>("{}").is_err());
}
