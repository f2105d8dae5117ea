//! The tables of this crate.

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use db::{DbJson, DbTime, DbUuid};

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
