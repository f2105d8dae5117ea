//! The tables of this crate.

diesel::table! {
    use diesel::sql_types::{Bool, Nullable, Text};
    use db::{DbJson, DbTime, DbUuid};

    users (id) {
        id -> DbUuid,
        username -> Text,
        username_key -> Text,
        email -> Text,
        email_key -> Text,
        email_verified_at -> Nullable<DbTime>,
        password_hash -> Text,
        role -> Text,
        display_name -> Text,
        display_key -> Text,
        bio -> Text,
        theme -> Text,
        language -> Text,
        avatar -> Nullable<Text>,
        preferences -> DbJson,
        ai_settings -> DbJson,
        privacy -> DbJson,
        searchable -> Bool,
        email_codes -> Bool,
        suspended_at -> Nullable<DbTime>,
        deleted_at -> Nullable<DbTime>,
        created_at -> DbTime,
        last_activity_at -> DbTime,
        words_of -> Nullable<Text>,
        indexed_names -> Nullable<Text>,
        is_mentioned -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use db::DbUuid;

    user_words (word, user_id) {
        word -> Text,
        user_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use db::{DbTime, DbUuid};

    sessions (id) {
        id -> DbUuid,
        user_id -> DbUuid,
        device -> Text,
        address -> Text,
        place -> Text,
        created_at -> DbTime,
        last_used_at -> DbTime,
        #[sql_name = "proven_at"]
        reauthenticated_at -> DbTime,
        expires_at -> DbTime,
        ended_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable};
    use db::{DbTime, DbUuid};

    refresh_tokens (hash) {
        hash -> Binary,
        session_id -> DbUuid,
        spent_at -> Nullable<DbTime>,
        expires_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use db::{DbTime, DbUuid};

    mail_links (hash) {
        hash -> Binary,
        user_id -> DbUuid,
        purpose -> Text,
        email -> Text,
        created_at -> DbTime,
        expires_at -> DbTime,
        used_at -> Nullable<DbTime>,
        session_id -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Nullable, Text};
    use db::{DbTime, DbUuid};

    login_challenges (hash) {
        hash -> Binary,
        user_id -> DbUuid,
        purpose -> Text,
        session_id -> Nullable<DbUuid>,
        code_hash -> Nullable<Binary>,
        code_sent_at -> Nullable<DbTime>,
        resends -> Integer,
        tries -> Integer,
        expires_at -> DbTime,
        used_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Text};
    use db::DbTime;

    sign_in_failures (subject, place) {
        subject -> Binary,
        place -> Text,
        failures -> Integer,
        last_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable};
    use db::{DbTime, DbUuid};

    authenticators (user_id) {
        user_id -> DbUuid,
        secret -> Binary,
        enabled_at -> Nullable<DbTime>,
        last_step -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable};
    use db::{DbTime, DbUuid};

    recovery_codes (user_id, hash) {
        user_id -> DbUuid,
        hash -> Binary,
        used_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::Binary;
    use db::{DbTime, DbUuid};

    socket_tickets (hash) {
        hash -> Binary,
        user_id -> DbUuid,
        session_id -> DbUuid,
        expires_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use db::{DbTime, DbUuid};

    data_exports (id) {
        id -> DbUuid,
        user_id -> DbUuid,
        state -> Text,
        size -> Nullable<BigInt>,
        created_at -> DbTime,
        ready_at -> Nullable<DbTime>,
        expires_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use db::{DbJson, DbTime, DbUuid};

    account_audit (id) {
        id -> DbUuid,
        user_id -> DbUuid,
        actor_id -> Nullable<DbUuid>,
        action -> Text,
        address -> Nullable<Text>,
        detail -> DbJson,
        at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::Binary;
    use db::DbTime;

    released_usernames (hash) {
        hash -> Binary,
        free_at -> DbTime,
    }
}

diesel::joinable!(user_words -> users (user_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::joinable!(mail_links -> users (user_id));
diesel::joinable!(login_challenges -> users (user_id));
diesel::joinable!(authenticators -> users (user_id));
diesel::joinable!(recovery_codes -> users (user_id));
diesel::joinable!(socket_tickets -> users (user_id));
diesel::joinable!(data_exports -> users (user_id));
diesel::allow_tables_to_appear_in_same_query!(
    users,
    user_words,
    sessions,
    refresh_tokens,
    mail_links,
    login_challenges,
    sign_in_failures,
    authenticators,
    recovery_codes,
    socket_tickets,
    data_exports,
    account_audit,
    released_usernames,
);

#[cfg(test)]
#[path = "schema_tests.rs"]
mod tests;
