//! The tables of this crate.

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use db::{DbJson, DbTime, DbUuid};

    invites (id) {
        id -> DbUuid,
        sender_id -> DbUuid,
        receiver_id -> DbUuid,
        game -> Text,
        options -> DbJson,
        client_id -> Nullable<Text>,
        origin -> Text,
        origin_match_id -> Nullable<DbUuid>,
        status -> Text,
        created_at -> DbTime,
        expires_at -> DbTime,
        answered_at -> Nullable<DbTime>,
        match_id -> Nullable<DbUuid>,
    }
}
