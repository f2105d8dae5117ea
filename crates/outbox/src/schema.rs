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
    use db::{DbTime, DbUuid};

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
    use db::{DbTime, DbUuid};

    nodes (id) {
        id -> DbUuid,
        seen_at -> DbTime,
    }
}
