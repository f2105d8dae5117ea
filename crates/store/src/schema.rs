//! The tables of this crate.

diesel::table! {
    streams (name) {
        name -> Text,
        seq -> BigInt,
        epoch -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::types::{DbTime, DbUuid};

    stream_events (stream, seq) {
        stream -> Text,
        seq -> BigInt,
        name -> Text,
        data -> Text,
        author -> Nullable<DbUuid>,
        at -> DbTime,
        subject -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use crate::types::{DbTime, DbUuid};

    nodes (id) {
        id -> DbUuid,
        seen_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::types::{DbJson, DbTime, DbUuid};

    jobs (id) {
        id -> DbUuid,
        kind -> Text,
        payload -> DbJson,
        unique_key -> Nullable<Text>,
        run_at -> DbTime,
        attempts -> Integer,
        lease -> Nullable<DbUuid>,
        leased_until -> Nullable<DbTime>,
        last_error -> Nullable<Text>,
        failed_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Nullable, Text};
    use crate::types::DbTime;

    idempotency_keys (scope, key) {
        scope -> Text,
        key -> Text,
        request_hash -> Binary,
        answer -> Nullable<Binary>,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::types::{DbJson, DbTime, DbUuid};

    pending_renames (user_id) {
        user_id -> DbUuid,
        former -> Nullable<Text>,
        fields -> DbJson,
        noted_at -> Nullable<DbTime>,
    }
}
