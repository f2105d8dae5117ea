DROP TABLE match_reservations;

CREATE TABLE matches (
    id uuid NOT NULL PRIMARY KEY,
    game text NOT NULL,
    mode text NOT NULL,
    options jsonb NOT NULL,
    -- Secret until the match has ended.
    seed bigint NOT NULL,
    rated boolean NOT NULL,
    status text NOT NULL CHECK (status IN ('live', 'finished', 'canceled')),
    -- The node that runs the match; null if none does.
    owner uuid,
    -- Grows with each change of owner, so that writes of earlier owners fail.
    epoch bigint NOT NULL,
    -- The invite that the match came from.
    invite_id uuid UNIQUE,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    ended_at timestamptz,
    reason text,
    winner integer CHECK (winner IN (0, 1)),
    score_first integer NOT NULL,
    score_second integer NOT NULL,
    ticks bigint NOT NULL,
    duration_ms bigint NOT NULL,
    -- The points in their order.
    timeline jsonb
) WITH (fillfactor = 90);
CREATE INDEX matches_live ON matches (id) WHERE status = 'live';

CREATE TABLE match_seats (
    match_id uuid NOT NULL REFERENCES matches (id) ON DELETE CASCADE,
    seat integer NOT NULL CHECK (seat IN (0, 1)),
    -- Null for the computer and for a second player at the same keyboard.
    user_id uuid,
    -- The name of a player without an account.
    name text,
    -- The settings of the computer.
    computer jsonb,
    -- The user in the other seat.
    opponent_id uuid,
    game text NOT NULL,
    mode text NOT NULL,
    rated boolean NOT NULL,
    -- Null until the match is finished.
    result text CHECK (result IN ('won', 'lost', 'drawn')),
    reason text,
    score integer NOT NULL,
    opponent_score integer NOT NULL,
    duration_ms bigint NOT NULL,
    longest_rally integer NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (match_id, seat)
);
CREATE INDEX match_seats_by_user ON match_seats (user_id, ended_at DESC, match_id DESC) WHERE user_id IS NOT NULL;
CREATE INDEX match_seats_by_game ON match_seats (user_id, game, ended_at DESC, match_id DESC) WHERE user_id IS NOT NULL;

-- What users are engaged in: at most one thing each.
CREATE TABLE engagements (
    user_id uuid NOT NULL PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('queue', 'match', 'solo')),
    -- The match; null in the queue.
    match_id uuid,
    game text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX engagements_by_match ON engagements (match_id) WHERE match_id IS NOT NULL;

CREATE TABLE queue_tickets (
    user_id uuid NOT NULL PRIMARY KEY,
    game text NOT NULL,
    -- A bit for each accepted value of each option.
    wants bigint NOT NULL,
    rating double precision NOT NULL,
    deviation double precision NOT NULL,
    joined_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    -- The last opponent, who is avoided.
    avoid uuid,
    node uuid
);
CREATE INDEX queue_tickets_by_game ON queue_tickets (game, joined_at);
CREATE INDEX queue_tickets_expiry ON queue_tickets (expires_at);

-- The last saved state of each live match. Overwritten in place.
CREATE TABLE match_heads (
    match_id uuid NOT NULL PRIMARY KEY,
    epoch bigint NOT NULL,
    tick bigint NOT NULL,
    snapshot bytea NOT NULL,
    -- The record since the last chunk.
    tail bytea NOT NULL,
    -- How many chunks precede the tail.
    chunks bigint NOT NULL,
    -- Phase, clocks and budgets; empty at the beginning.
    lifecycle text NOT NULL,
    -- The points so far.
    points text NOT NULL,
    -- The last input of each seat.
    seq_first bigint NOT NULL,
    seq_second bigint NOT NULL,
    saved_at timestamptz NOT NULL
) WITH (fillfactor = 60);

CREATE TABLE match_chunks (
    match_id uuid NOT NULL,
    n bigint NOT NULL,
    record bytea NOT NULL,
    PRIMARY KEY (match_id, n)
);

CREATE TABLE replays (
    match_id uuid NOT NULL PRIMARY KEY,
    record bytea NOT NULL
);

CREATE TABLE ratings (
    user_id uuid NOT NULL,
    game text NOT NULL,
    season text NOT NULL,
    rating double precision NOT NULL,
    deviation double precision NOT NULL,
    volatility double precision NOT NULL,
    -- The rounded rating, by which boards are ordered.
    points integer NOT NULL,
    games integer NOT NULL,
    rankable boolean NOT NULL,
    peak integer NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, game, season)
) WITH (fillfactor = 90);
CREATE INDEX ratings_board ON ratings (game, season, points DESC, user_id) WHERE rankable;

-- How many rankable users have these points, and how many have points in this span of 64.
CREATE TABLE rating_points (
    game text NOT NULL,
    season text NOT NULL,
    points integer NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (game, season, points)
) WITH (fillfactor = 60);
CREATE TABLE rating_spans (
    game text NOT NULL,
    season text NOT NULL,
    span integer NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (game, season, span)
) WITH (fillfactor = 60);

CREATE TABLE rating_changes (
    match_id uuid NOT NULL,
    seat integer NOT NULL CHECK (seat IN (0, 1)),
    user_id uuid NOT NULL,
    game text NOT NULL,
    season text NOT NULL,
    before double precision NOT NULL,
    rating double precision NOT NULL,
    deviation double precision NOT NULL,
    volatility double precision NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (match_id, seat)
);
CREATE INDEX rating_changes_by_user ON rating_changes (user_id, game, season, at);

CREATE TABLE player_stats (
    user_id uuid NOT NULL,
    game text NOT NULL,
    won bigint NOT NULL,
    lost bigint NOT NULL,
    drawn bigint NOT NULL,
    -- By forfeit or resignation of the opponent, and of the user.
    won_early bigint NOT NULL,
    lost_early bigint NOT NULL,
    -- Victories in a row, or defeats as a negative number.
    streak bigint NOT NULL,
    best_streak bigint NOT NULL,
    points_for bigint NOT NULL,
    points_against bigint NOT NULL,
    duration_ms bigint NOT NULL,
    longest_rally integer NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, game)
) WITH (fillfactor = 90);

CREATE TABLE rivals (
    user_id uuid NOT NULL,
    opponent_id uuid NOT NULL,
    game text NOT NULL,
    won bigint NOT NULL,
    lost bigint NOT NULL,
    drawn bigint NOT NULL,
    margin bigint NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, opponent_id, game)
) WITH (fillfactor = 90);
CREATE INDEX rivals_by_margin ON rivals (user_id, game, margin);
CREATE INDEX rivals_by_opponent ON rivals (opponent_id);

CREATE TABLE rating_days (
    user_id uuid NOT NULL,
    game text NOT NULL,
    season text NOT NULL,
    -- Days since 1970.
    day integer NOT NULL,
    close integer NOT NULL,
    low integer NOT NULL,
    high integer NOT NULL,
    PRIMARY KEY (user_id, game, season, day)
);

-- All-time totals, spread over several rows that are summed when they are read.
CREATE TABLE site_totals (
    shard integer NOT NULL PRIMARY KEY,
    matches bigint NOT NULL,
    points bigint NOT NULL,
    duration_ms bigint NOT NULL
) WITH (fillfactor = 60);

CREATE TABLE conduct (
    user_id uuid NOT NULL PRIMARY KEY,
    strikes text NOT NULL,
    barred_until timestamptz
);

-- The state of the computer's adaptive level.
CREATE TABLE practice_levels (
    user_id uuid NOT NULL,
    game text NOT NULL,
    state bigint NOT NULL,
    PRIMARY KEY (user_id, game)
);
