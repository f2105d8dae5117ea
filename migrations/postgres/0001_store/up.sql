-- Each stream is one order of events; its row is locked while an event is added, so that two
-- writers can never take the same number.
CREATE TABLE streams (
    name text NOT NULL PRIMARY KEY,
    seq bigint NOT NULL,
    epoch bigint NOT NULL
);

CREATE TABLE stream_events (
    stream text NOT NULL,
    seq bigint NOT NULL,
    name text NOT NULL,
    data text NOT NULL,
    -- Who caused it, where somebody who blocks them must not hear of it.
    author uuid,
    at timestamptz NOT NULL,
    PRIMARY KEY (stream, seq)
);
CREATE INDEX stream_events_at ON stream_events (at);

-- The heartbeat of each running node: what a dead one may have stored without telling the others
-- is published again from its last sign of life on.
CREATE TABLE nodes (
    id uuid NOT NULL PRIMARY KEY,
    seen_at timestamptz NOT NULL
);

CREATE TABLE jobs (
    id uuid NOT NULL PRIMARY KEY,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    unique_key text UNIQUE,
    run_at timestamptz NOT NULL,
    attempts integer NOT NULL,
    lease uuid,
    leased_until timestamptz,
    last_error text,
    failed_at timestamptz
);
CREATE INDEX jobs_due ON jobs (run_at) WHERE failed_at IS NULL;

CREATE TABLE idempotency_keys (
    scope text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status integer,
    answer bytea,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);
