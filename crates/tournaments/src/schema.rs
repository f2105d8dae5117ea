//! The tables of this crate.

diesel::table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};
    use db::{DbJson, DbTime, DbUuid};

    tournaments (id) {
        id -> DbUuid,
        organizer_id -> DbUuid,
        name -> Text,
        description -> Text,
        game -> Text,
        options -> DbJson,
        format -> Text,
        visibility -> Text,
        status -> Text,
        capacity -> Integer,
        settings -> DbJson,
        starts_at -> Nullable<DbTime>,
        check_in_at -> Nullable<DbTime>,
        round -> Integer,
        round_deadline -> Nullable<DbTime>,
        paused_at -> Nullable<DbTime>,
        draw_seed -> BigInt,
        revision -> BigInt,
        entrant_count -> Integer,
        waiting_count -> Integer,
        last_number -> Integer,
        due_at -> Nullable<DbTime>,
        winner -> Nullable<Integer>,
        created_at -> DbTime,
        started_at -> Nullable<DbTime>,
        ended_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use db::DbUuid;

    tournament_organizers (tournament_id, user_id) {
        tournament_id -> DbUuid,
        user_id -> DbUuid,
    }
}

diesel::table! {
    use db::{DbTime, DbUuid};

    tournament_invitations (tournament_id, user_id) {
        tournament_id -> DbUuid,
        user_id -> DbUuid,
        sender_id -> DbUuid,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Integer, Nullable, Text};
    use db::{DbTime, DbUuid};

    entrants (tournament_id, number) {
        tournament_id -> DbUuid,
        number -> Integer,
        user_id -> Nullable<DbUuid>,
        host_id -> Nullable<DbUuid>,
        alias -> Text,
        alias_key -> Text,
        status -> Text,
        seed -> Nullable<Integer>,
        rating -> Nullable<Integer>,
        provisional -> Bool,
        present -> Bool,
        first_round -> Integer,
        requested_bye -> Nullable<Integer>,
        place -> Nullable<Integer>,
        registered_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use db::{DbTime, DbUuid};

    tournament_slots (tournament_id, bracket, round, position) {
        tournament_id -> DbUuid,
        bracket -> Text,
        round -> Integer,
        position -> Integer,
        source_a -> Text,
        source_b -> Text,
        entrant_a -> Nullable<Integer>,
        entrant_b -> Nullable<Integer>,
        winner_to -> Nullable<Text>,
        loser_to -> Nullable<Text>,
        status -> Text,
        winner -> Nullable<Text>,
        score_a -> Nullable<Integer>,
        score_b -> Nullable<Integer>,
        how -> Nullable<Text>,
        due_at -> Nullable<DbTime>,
        ended_at -> Nullable<DbTime>,
        match_id -> Nullable<DbUuid>,
        disputed_by -> Nullable<Integer>,
        dispute_until -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use db::{DbJson, DbTime, DbUuid};

    tournament_audit (tournament_id, n) {
        tournament_id -> DbUuid,
        n -> Integer,
        at -> DbTime,
        actor_id -> Nullable<DbUuid>,
        act -> Text,
        slot -> Nullable<Text>,
        before -> Nullable<DbJson>,
        after -> Nullable<DbJson>,
        reason -> Text,
    }
}

diesel::joinable!(entrants -> tournaments (tournament_id));
diesel::allow_tables_to_appear_in_same_query!(
    tournaments,
    tournament_organizers,
    tournament_invitations,
    entrants,
    tournament_slots,
);
