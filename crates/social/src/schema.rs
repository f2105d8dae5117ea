//! The tables of this crate.

diesel::table! {
    use db::{DbTime, DbUuid};

    friendships (user_id, friend_id) {
        user_id -> DbUuid,
        friend_id -> DbUuid,
        since -> DbTime,
    }
}

diesel::table! {
    use db::{DbTime, DbUuid};

    friend_requests (id) {
        id -> DbUuid,
        sender_id -> DbUuid,
        receiver_id -> DbUuid,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use db::{DbTime, DbUuid};

    ended_requests (id) {
        id -> DbUuid,
        sender_id -> DbUuid,
        receiver_id -> DbUuid,
        outcome -> Text,
        ended_at -> DbTime,
    }
}

diesel::table! {
    use db::{DbTime, DbUuid};

    declined_requests (sender_id, receiver_id) {
        sender_id -> DbUuid,
        receiver_id -> DbUuid,
        declined_at -> DbTime,
    }
}

diesel::table! {
    use db::{DbTime, DbUuid};

    blocks (blocker_id, blocked_id) {
        blocker_id -> DbUuid,
        blocked_id -> DbUuid,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use db::DbUuid;

    chosen_statuses (user_id) {
        user_id -> DbUuid,
        status -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(friendships, friend_requests, chosen_statuses);
