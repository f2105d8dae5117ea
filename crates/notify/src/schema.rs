//! The tables of this crate.

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};
    use db::{DbJson, DbTime, DbUuid};

    notifications (id) {
        id -> DbUuid,
        user_id -> DbUuid,
        key -> Text,
        action -> Text,
        data -> DbJson,
        subject -> Text,
        #[sql_name = "place"]
        seq -> BigInt,
        in_app -> Bool,
        by_mail -> Bool,
        delivery_id -> Nullable<DbUuid>,
        created_at -> DbTime,
        read_at -> Nullable<DbTime>,
        actor_id -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use db::{DbTime, DbUuid};

    settled_subjects (user_id, subject) {
        user_id -> DbUuid,
        subject -> Text,
        #[sql_name = "place"]
        up_to_seq -> BigInt,
        #[sql_name = "settled_at"]
        resolved_at -> DbTime,
    }
}

diesel::table! {
    use db::{DbJson, DbUuid};

    notification_preferences (user_id) {
        user_id -> DbUuid,
        preferences -> DbJson,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use db::{DbTime, DbUuid};

    notification_deliveries (id) {
        id -> DbUuid,
        user_id -> DbUuid,
        state -> Text,
        created_at -> DbTime,
        ended_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use db::{DbTime, DbUuid};

    delivery_attempts (delivery_id, number) {
        delivery_id -> DbUuid,
        number -> Integer,
        outcome -> Nullable<Text>,
        started_at -> DbTime,
        ended_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable};
    use db::{DbJson, DbTime, DbUuid};

    notification_broadcasts (id) {
        id -> DbUuid,
        author_id -> DbUuid,
        announcement -> DbJson,
        last_user_id -> Nullable<DbUuid>,
        #[sql_name = "told"]
        delivered -> BigInt,
        created_at -> DbTime,
        ended_at -> Nullable<DbTime>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(notifications, notification_deliveries);
