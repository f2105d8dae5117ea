DROP TABLE match_reservations;

CREATE TABLE matches (
    id BLOB NOT NULL PRIMARY KEY,
    game TEXT NOT NULL,
    mode TEXT NOT NULL,
    options TEXT NOT NULL,
    -- Secret until the match has ended.
    seed INTEGER NOT NULL,
    rated INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('live', 'finished', 'canceled')),
    -- The node that runs the match; null if none does.
    owner BLOB,
    -- Grows with each change of owner, so that writes of earlier owners fail.
    epoch INTEGER NOT NULL,
    -- The invite that the match came from.
    invite_id BLOB UNIQUE,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER,
    reason TEXT,
    winner INTEGER CHECK (winner IN (0, 1)),
    score_first INTEGER NOT NULL,
    score_second INTEGER NOT NULL,
    ticks INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    -- The points in their order.
    timeline TEXT
) STRICT;
CREATE INDEX matches_live ON matches (id) WHERE status = 'live';

CREATE TABLE match_seats (
    match_id BLOB NOT NULL REFERENCES matches (id) ON DELETE CASCADE,
    seat INTEGER NOT NULL CHECK (seat IN (0, 1)),
    -- Null for the computer and for a second player at the same keyboard.
    user_id BLOB,
    -- The name of a player without an account.
    name TEXT,
    -- The settings of the computer.
    computer TEXT,
    -- The user in the other seat.
    opponent_id BLOB,
    game TEXT NOT NULL,
    mode TEXT NOT NULL,
    rated INTEGER NOT NULL,
    -- Null until the match is finished.
    result TEXT CHECK (result IN ('won', 'lost', 'drawn')),
    reason TEXT,
    score INTEGER NOT NULL,
    opponent_score INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    longest_rally INTEGER NOT NULL,
    ended_at INTEGER,
    PRIMARY KEY (match_id, seat)
) STRICT, WITHOUT ROWID;
CREATE INDEX match_seats_by_user ON match_seats (user_id, ended_at DESC, match_id DESC) WHERE user_id IS NOT NULL;
CREATE INDEX match_seats_by_game ON match_seats (user_id, game, ended_at DESC, match_id DESC) WHERE user_id IS NOT NULL;

-- What users are engaged in: at most one thing each.
CREATE TABLE engagements (
    user_id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('queue', 'match', 'solo')),
    -- The match; null in the queue.
    match_id BLOB,
    game TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX engagements_by_match ON engagements (match_id) WHERE match_id IS NOT NULL;

CREATE TABLE queue_tickets (
    user_id BLOB NOT NULL PRIMARY KEY,
    game TEXT NOT NULL,
    -- A bit for each accepted value of each option.
    wants INTEGER NOT NULL,
    rating REAL NOT NULL,
    deviation REAL NOT NULL,
    joined_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- The last opponent, who is avoided.
    avoid BLOB,
    node BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX queue_tickets_by_game ON queue_tickets (game, joined_at);
CREATE INDEX queue_tickets_expiry ON queue_tickets (expires_at);

-- The last saved state of each live match. Overwritten in place.
CREATE TABLE match_heads (
    match_id BLOB NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL,
    tick INTEGER NOT NULL,
    snapshot BLOB NOT NULL,
    -- The record since the last chunk.
    tail BLOB NOT NULL,
    -- How many chunks precede the tail.
    chunks INTEGER NOT NULL,
    -- Phase, clocks and budgets; empty at the beginning.
    lifecycle TEXT NOT NULL,
    -- The points so far.
    points TEXT NOT NULL,
    -- The last input of each seat.
    seq_first INTEGER NOT NULL,
    seq_second INTEGER NOT NULL,
    saved_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE match_chunks (
    match_id BLOB NOT NULL,
    n INTEGER NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (match_id, n)
) STRICT;

CREATE TABLE replays (
    match_id BLOB NOT NULL PRIMARY KEY,
    record BLOB NOT NULL
) STRICT;

CREATE TABLE ratings (
    user_id BLOB NOT NULL,
    game TEXT NOT NULL,
    season TEXT NOT NULL,
    rating REAL NOT NULL,
    deviation REAL NOT NULL,
    volatility REAL NOT NULL,
    -- The rounded rating, by which boards are ordered.
    points INTEGER NOT NULL,
    games INTEGER NOT NULL,
    rankable INTEGER NOT NULL,
    peak INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, game, season)
) STRICT, WITHOUT ROWID;
CREATE INDEX ratings_board ON ratings (game, season, points DESC, user_id) WHERE rankable;

-- How many rankable users have these points, and how many have points in this span of 64.
CREATE TABLE rating_points (
    game TEXT NOT NULL,
    season TEXT NOT NULL,
    points INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (game, season, points)
) STRICT, WITHOUT ROWID;
CREATE TABLE rating_spans (
    game TEXT NOT NULL,
    season TEXT NOT NULL,
    span INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (game, season, span)
) STRICT, WITHOUT ROWID;

CREATE TABLE rating_changes (
    match_id BLOB NOT NULL,
    seat INTEGER NOT NULL CHECK (seat IN (0, 1)),
    user_id BLOB NOT NULL,
    game TEXT NOT NULL,
    season TEXT NOT NULL,
    before REAL NOT NULL,
    rating REAL NOT NULL,
    deviation REAL NOT NULL,
    volatility REAL NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (match_id, seat)
) STRICT, WITHOUT ROWID;
CREATE INDEX rating_changes_by_user ON rating_changes (user_id, game, season, at);

CREATE TABLE player_stats (
    user_id BLOB NOT NULL,
    game TEXT NOT NULL,
    won INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    drawn INTEGER NOT NULL,
    -- By forfeit or resignation of the opponent, and of the user.
    won_early INTEGER NOT NULL,
    lost_early INTEGER NOT NULL,
    -- Victories in a row, or defeats as a negative number.
    streak INTEGER NOT NULL,
    best_streak INTEGER NOT NULL,
    points_for INTEGER NOT NULL,
    points_against INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    longest_rally INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, game)
) STRICT, WITHOUT ROWID;

CREATE TABLE rivals (
    user_id BLOB NOT NULL,
    opponent_id BLOB NOT NULL,
    game TEXT NOT NULL,
    won INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    drawn INTEGER NOT NULL,
    margin INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, opponent_id, game)
) STRICT, WITHOUT ROWID;
CREATE INDEX rivals_by_margin ON rivals (user_id, game, margin);
CREATE INDEX rivals_by_opponent ON rivals (opponent_id);

CREATE TABLE rating_days (
    user_id BLOB NOT NULL,
    game TEXT NOT NULL,
    season TEXT NOT NULL,
    -- Days since 1970.
    day INTEGER NOT NULL,
    close INTEGER NOT NULL,
    low INTEGER NOT NULL,
    high INTEGER NOT NULL,
    PRIMARY KEY (user_id, game, season, day)
) STRICT, WITHOUT ROWID;

-- All-time totals, spread over several rows that are summed when they are read.
CREATE TABLE site_totals (
    shard INTEGER NOT NULL PRIMARY KEY,
    matches INTEGER NOT NULL,
    points INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE conduct (
    user_id BLOB NOT NULL PRIMARY KEY,
    strikes TEXT NOT NULL,
    barred_until INTEGER
) STRICT, WITHOUT ROWID;

-- The state of the computer's adaptive level.
CREATE TABLE practice_levels (
    user_id BLOB NOT NULL,
    game TEXT NOT NULL,
    state INTEGER NOT NULL,
    PRIMARY KEY (user_id, game)
) STRICT, WITHOUT ROWID;
