CREATE TABLE tournaments (
    id BLOB NOT NULL PRIMARY KEY,
    organizer_id BLOB NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    game TEXT NOT NULL,
    options TEXT NOT NULL,
    format TEXT NOT NULL,
    visibility TEXT NOT NULL CHECK (visibility IN ('private', 'friends', 'public')),
    status TEXT NOT NULL,
    capacity INTEGER NOT NULL,
    settings TEXT NOT NULL,
    starts_at INTEGER,
    check_in_at INTEGER,
    -- The current round; 0 before the first one.
    round INTEGER NOT NULL,
    -- When what is open in the round is judged.
    round_deadline INTEGER,
    paused_at INTEGER,
    -- What a random draw is made from. Secret until the start.
    draw_seed INTEGER NOT NULL,
    -- Grows with each change.
    revision INTEGER NOT NULL,
    entrant_count INTEGER NOT NULL,
    waiting_count INTEGER NOT NULL,
    -- The number of the entrant who registered last.
    last_number INTEGER NOT NULL,
    -- When the next job looks after the tournament.
    due_at INTEGER,
    -- The number of the winner.
    winner INTEGER,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER
) STRICT;
CREATE INDEX tournaments_by_age ON tournaments (created_at, id);
CREATE INDEX tournaments_by_organizer ON tournaments (organizer_id, created_at);
CREATE INDEX tournaments_by_due_time ON tournaments (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE tournament_organizers (
    tournament_id BLOB NOT NULL REFERENCES tournaments (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL,
    PRIMARY KEY (tournament_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tournament_organizers_by_user ON tournament_organizers (user_id);

CREATE TABLE tournament_invitations (
    tournament_id BLOB NOT NULL REFERENCES tournaments (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL,
    sender_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tournament_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tournament_invitations_by_user ON tournament_invitations (user_id);
CREATE INDEX tournament_invitations_by_sender ON tournament_invitations (sender_id);

CREATE TABLE entrants (
    tournament_id BLOB NOT NULL REFERENCES tournaments (id) ON DELETE CASCADE,
    -- By the order of registration, from 1.
    number INTEGER NOT NULL,
    -- Null for a local player.
    user_id BLOB,
    -- The user at whose keyboard a local player plays.
    host_id BLOB,
    alias TEXT NOT NULL,
    -- By which aliases are compared.
    alias_key TEXT NOT NULL,
    status TEXT NOT NULL,
    seed INTEGER,
    rating INTEGER,
    -- Whether the rating is supported by few matches only.
    provisional INTEGER NOT NULL,
    -- Whether the entrant has checked in; in Swiss, whether it is to be paired.
    present INTEGER NOT NULL,
    first_round INTEGER NOT NULL,
    -- The round of Swiss for which the entrant asked for a bye.
    requested_bye INTEGER,
    place INTEGER,
    registered_at INTEGER NOT NULL,
    PRIMARY KEY (tournament_id, number),
    UNIQUE (tournament_id, alias_key),
    UNIQUE (tournament_id, user_id),
    CHECK ((user_id IS NULL) <> (host_id IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX entrants_by_user ON entrants (user_id, tournament_id) WHERE user_id IS NOT NULL;
CREATE INDEX entrants_by_host ON entrants (host_id, tournament_id) WHERE host_id IS NOT NULL;

CREATE TABLE tournament_slots (
    tournament_id BLOB NOT NULL REFERENCES tournaments (id) ON DELETE CASCADE,
    bracket TEXT NOT NULL,
    round INTEGER NOT NULL,
    position INTEGER NOT NULL,
    -- Where the entrants come from.
    source_a TEXT NOT NULL,
    source_b TEXT NOT NULL,
    entrant_a INTEGER,
    entrant_b INTEGER,
    -- The slots and sides that winner and loser go to.
    winner_to TEXT,
    loser_to TEXT,
    status TEXT NOT NULL,
    winner TEXT CHECK (winner IN ('a', 'b')),
    score_a INTEGER,
    score_b INTEGER,
    how TEXT,
    due_at INTEGER,
    ended_at INTEGER,
    match_id BLOB UNIQUE,
    disputed_by INTEGER,
    dispute_until INTEGER,
    PRIMARY KEY (tournament_id, bracket, round, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE tournament_audit (
    tournament_id BLOB NOT NULL REFERENCES tournaments (id) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    at INTEGER NOT NULL,
    -- Null if it happened by itself.
    actor_id BLOB,
    act TEXT NOT NULL,
    slot TEXT,
    before TEXT,
    after TEXT,
    reason TEXT NOT NULL,
    PRIMARY KEY (tournament_id, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX tournament_audit_by_actor ON tournament_audit (actor_id) WHERE actor_id IS NOT NULL;

ALTER TABLE player_stats ADD COLUMN tournaments INTEGER NOT NULL DEFAULT 0;
ALTER TABLE player_stats ADD COLUMN tournament_wins INTEGER NOT NULL DEFAULT 0;
