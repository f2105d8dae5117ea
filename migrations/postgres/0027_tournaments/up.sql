CREATE TABLE tournaments (
    id uuid NOT NULL PRIMARY KEY,
    organizer_id uuid NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    game text NOT NULL,
    options jsonb NOT NULL,
    format text NOT NULL,
    visibility text NOT NULL CHECK (visibility IN ('private', 'friends', 'public')),
    status text NOT NULL,
    capacity integer NOT NULL,
    settings jsonb NOT NULL,
    starts_at timestamptz,
    check_in_at timestamptz,
    -- The current round; 0 before the first one.
    round integer NOT NULL,
    -- When what is open in the round is judged.
    round_deadline timestamptz,
    paused_at timestamptz,
    -- What a random draw is made from. Secret until the start.
    draw_seed bigint NOT NULL,
    -- Grows with each change.
    revision bigint NOT NULL,
    entrant_count integer NOT NULL,
    waiting_count integer NOT NULL,
    -- The number of the entrant who registered last.
    last_number integer NOT NULL,
    -- When the next job looks after the tournament.
    due_at timestamptz,
    -- The number of the winner.
    winner integer,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    ended_at timestamptz
);
CREATE INDEX tournaments_by_age ON tournaments (created_at, id);
CREATE INDEX tournaments_by_organizer ON tournaments (organizer_id, created_at);
CREATE INDEX tournaments_by_due_time ON tournaments (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE tournament_organizers (
    tournament_id uuid NOT NULL REFERENCES tournaments (id) ON DELETE CASCADE,
    user_id uuid NOT NULL,
    PRIMARY KEY (tournament_id, user_id)
);
CREATE INDEX tournament_organizers_by_user ON tournament_organizers (user_id);

CREATE TABLE tournament_invitations (
    tournament_id uuid NOT NULL REFERENCES tournaments (id) ON DELETE CASCADE,
    user_id uuid NOT NULL,
    sender_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tournament_id, user_id)
);
CREATE INDEX tournament_invitations_by_user ON tournament_invitations (user_id);
CREATE INDEX tournament_invitations_by_sender ON tournament_invitations (sender_id);

CREATE TABLE entrants (
    tournament_id uuid NOT NULL REFERENCES tournaments (id) ON DELETE CASCADE,
    -- By the order of registration, from 1.
    number integer NOT NULL,
    -- Null for a local player.
    user_id uuid,
    -- The user at whose keyboard a local player plays.
    host_id uuid,
    alias text NOT NULL,
    -- By which aliases are compared.
    alias_key text NOT NULL,
    status text NOT NULL,
    seed integer,
    rating integer,
    -- Whether the rating is supported by few matches only.
    provisional boolean NOT NULL,
    -- Whether the entrant has checked in; in Swiss, whether it is to be paired.
    present boolean NOT NULL,
    first_round integer NOT NULL,
    -- The round of Swiss for which the entrant asked for a bye.
    requested_bye integer,
    place integer,
    registered_at timestamptz NOT NULL,
    PRIMARY KEY (tournament_id, number),
    UNIQUE (tournament_id, alias_key),
    UNIQUE (tournament_id, user_id),
    CHECK ((user_id IS NULL) <> (host_id IS NULL))
);
CREATE INDEX entrants_by_user ON entrants (user_id, tournament_id) WHERE user_id IS NOT NULL;
CREATE INDEX entrants_by_host ON entrants (host_id, tournament_id) WHERE host_id IS NOT NULL;

CREATE TABLE tournament_slots (
    tournament_id uuid NOT NULL REFERENCES tournaments (id) ON DELETE CASCADE,
    bracket text NOT NULL,
    round integer NOT NULL,
    position integer NOT NULL,
    -- Where the entrants come from.
    source_a text NOT NULL,
    source_b text NOT NULL,
    entrant_a integer,
    entrant_b integer,
    -- The slots and sides that winner and loser go to.
    winner_to text,
    loser_to text,
    status text NOT NULL,
    winner text CHECK (winner IN ('a', 'b')),
    score_a integer,
    score_b integer,
    how text,
    due_at timestamptz,
    ended_at timestamptz,
    match_id uuid UNIQUE,
    disputed_by integer,
    dispute_until timestamptz,
    PRIMARY KEY (tournament_id, bracket, round, position)
);

CREATE TABLE tournament_audit (
    tournament_id uuid NOT NULL REFERENCES tournaments (id) ON DELETE CASCADE,
    n integer NOT NULL,
    at timestamptz NOT NULL,
    -- Null if it happened by itself.
    actor_id uuid,
    act text NOT NULL,
    slot text,
    before jsonb,
    after jsonb,
    reason text NOT NULL,
    PRIMARY KEY (tournament_id, n)
);
CREATE INDEX tournament_audit_by_actor ON tournament_audit (actor_id) WHERE actor_id IS NOT NULL;

ALTER TABLE player_stats ADD COLUMN tournaments bigint NOT NULL DEFAULT 0;
ALTER TABLE player_stats ADD COLUMN tournament_wins bigint NOT NULL DEFAULT 0;
