//! The tables of this crate.

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use db::{DbTime, DbUuid};

    groups (id) {
        id -> DbUuid,
        name -> Text,
        name_key -> Nullable<Text>,
        description -> Text,
        privacy -> Text,
        owner_id -> DbUuid,
        member_count -> BigInt,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use db::{DbTime, DbUuid};

    group_members (user_id, group_id) {
        user_id -> DbUuid,
        group_id -> DbUuid,
        role -> Text,
        joined_at -> DbTime,
    }
}

diesel::allow_tables_to_appear_in_same_query!(groups, group_members);
