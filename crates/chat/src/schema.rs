//! The tables of this crate.

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use db::{DbTime, DbUuid};

    chats (id) {
        id -> DbUuid,
        kind -> Text,
        key -> Text,
        title -> Text,
        last_seq -> BigInt,
        touched_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable};
    use db::{DbTime, DbUuid};

    chat_members (user_id, chat_id) {
        user_id -> DbUuid,
        chat_id -> DbUuid,
        peer_id -> Nullable<DbUuid>,
        opened -> Bool,
        last_read_seq -> BigInt,
        receipt_seq -> BigInt,
        cleared_seq -> BigInt,
        recall -> Bool,
        notified_seq -> BigInt,
        joined_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use db::{DbJson, DbTime, DbUuid};

    chat_messages (chat_id, seq) {
        chat_id -> DbUuid,
        seq -> BigInt,
        id -> DbUuid,
        sender -> DbUuid,
        content -> Text,
        client_id -> Nullable<Text>,
        reply_to -> Nullable<DbUuid>,
        mentions -> Nullable<DbJson>,
        like_count -> BigInt,
        sent_at -> DbTime,
        edited_at -> Nullable<DbTime>,
        deleted_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use db::DbUuid;

    chat_likes (message_id, user_id) {
        message_id -> DbUuid,
        user_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use db::{DbTime, DbUuid};

    chat_reports (id) {
        id -> DbUuid,
        message_id -> DbUuid,
        chat_id -> DbUuid,
        sender -> DbUuid,
        reporter -> DbUuid,
        reason -> Text,
        details -> Text,
        content -> Text,
        created_at -> DbTime,
    }
}

diesel::allow_tables_to_appear_in_same_query!(chats, chat_members, chat_messages, chat_likes);
