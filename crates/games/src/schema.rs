//! The tables of this crate.

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};
    use db::{DbJson, DbTime, DbUuid};

    matches (id) {
        id -> DbUuid,
        game -> Text,
        mode -> Text,
        options -> DbJson,
        seed -> BigInt,
        rated -> Bool,
        status -> Text,
        owner -> Nullable<DbUuid>,
        epoch -> BigInt,
        invite_id -> Nullable<DbUuid>,
        created_at -> DbTime,
        started_at -> Nullable<DbTime>,
        ended_at -> Nullable<DbTime>,
        reason -> Nullable<Text>,
        winner -> Nullable<Integer>,
        score_first -> Integer,
        score_second -> Integer,
        ticks -> BigInt,
        duration_ms -> BigInt,
        timeline -> Nullable<DbJson>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};
    use db::{DbJson, DbTime, DbUuid};

    match_seats (match_id, seat) {
        match_id -> DbUuid,
        seat -> Integer,
        user_id -> Nullable<DbUuid>,
        name -> Nullable<Text>,
        computer -> Nullable<DbJson>,
        opponent_id -> Nullable<DbUuid>,
        game -> Text,
        mode -> Text,
        rated -> Bool,
        result -> Nullable<Text>,
        reason -> Nullable<Text>,
        score -> Integer,
        opponent_score -> Integer,
        duration_ms -> BigInt,
        longest_rally -> Integer,
        ended_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use db::{DbTime, DbUuid};

    engagements (user_id) {
        user_id -> DbUuid,
        kind -> Text,
        match_id -> Nullable<DbUuid>,
        game -> Text,
        created_at -> DbTime,
        queued_at -> Nullable<DbTime>,
        wants -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Double, Nullable, Text};
    use db::{DbTime, DbUuid};

    queue_tickets (user_id) {
        user_id -> DbUuid,
        game -> Text,
        wants -> BigInt,
        rating -> Double,
        deviation -> Double,
        joined_at -> DbTime,
        expires_at -> DbTime,
        avoid -> Nullable<DbUuid>,
        node -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Text};
    use db::{DbTime, DbUuid};

    match_heads (match_id) {
        match_id -> DbUuid,
        epoch -> BigInt,
        tick -> BigInt,
        snapshot -> Binary,
        tail -> Binary,
        chunks -> BigInt,
        lifecycle -> Text,
        points -> Text,
        seq_first -> BigInt,
        seq_second -> BigInt,
        saved_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary};
    use db::DbUuid;

    match_chunks (match_id, n) {
        match_id -> DbUuid,
        n -> BigInt,
        record -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::Binary;
    use db::DbUuid;

    replays (match_id) {
        match_id -> DbUuid,
        record -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Double, Integer, Text};
    use db::{DbTime, DbUuid};

    ratings (user_id, game, season) {
        user_id -> DbUuid,
        game -> Text,
        season -> Text,
        rating -> Double,
        deviation -> Double,
        volatility -> Double,
        points -> Integer,
        games -> Integer,
        rankable -> Bool,
        peak -> Integer,
        last_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer, Text};

    rating_points (game, season, points) {
        game -> Text,
        season -> Text,
        points -> Integer,
        n -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer, Text};

    rating_spans (game, season, span) {
        game -> Text,
        season -> Text,
        span -> Integer,
        n -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Double, Integer, Text};
    use db::{DbTime, DbUuid};

    rating_changes (match_id, seat) {
        match_id -> DbUuid,
        seat -> Integer,
        user_id -> DbUuid,
        game -> Text,
        season -> Text,
        before -> Double,
        rating -> Double,
        deviation -> Double,
        volatility -> Double,
        at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer, Text};
    use db::{DbTime, DbUuid};

    player_stats (user_id, game) {
        user_id -> DbUuid,
        game -> Text,
        won -> BigInt,
        lost -> BigInt,
        drawn -> BigInt,
        won_early -> BigInt,
        lost_early -> BigInt,
        streak -> BigInt,
        best_streak -> BigInt,
        points_for -> BigInt,
        points_against -> BigInt,
        duration_ms -> BigInt,
        longest_rally -> Integer,
        last_at -> DbTime,
        tournaments -> BigInt,
        tournament_wins -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use db::{DbTime, DbUuid};

    rivals (user_id, opponent_id, game) {
        user_id -> DbUuid,
        opponent_id -> DbUuid,
        game -> Text,
        won -> BigInt,
        lost -> BigInt,
        drawn -> BigInt,
        margin -> BigInt,
        last_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Text};
    use db::DbUuid;

    rating_days (user_id, game, season, day) {
        user_id -> DbUuid,
        game -> Text,
        season -> Text,
        day -> Integer,
        close -> Integer,
        low -> Integer,
        high -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer};

    site_totals (shard) {
        shard -> Integer,
        matches -> BigInt,
        points -> BigInt,
        duration_ms -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use db::{DbTime, DbUuid};

    conduct (user_id) {
        user_id -> DbUuid,
        strikes -> Text,
        barred_until -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use db::DbUuid;

    practice_levels (user_id, game) {
        user_id -> DbUuid,
        game -> Text,
        state -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    matches,
    match_seats,
    match_heads,
    rating_changes,
    replays,
    engagements,
    queue_tickets,
    conduct
);
