//! The tables of this crate.

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
        noted_at -> DbTime,
    }
}
