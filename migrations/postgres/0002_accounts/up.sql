CREATE TABLE users (
    id uuid NOT NULL PRIMARY KEY,
    -- The name as chosen, and its key: what it is compared by, ignoring case as Unicode knows it.
    -- Keys sort by their bytes on both databases, so that a prefix is a range of an index.
    username text NOT NULL,
    username_key text COLLATE "C" NOT NULL UNIQUE,
    email text NOT NULL,
    email_key text COLLATE "C" NOT NULL UNIQUE,
    email_verified_at timestamptz,
    password_hash text NOT NULL,
    role text NOT NULL CHECK (role IN ('member', 'moderator', 'admin')),
    display_name text NOT NULL,
    -- The display name as it is searched.
    display_key text COLLATE "C" NOT NULL,
    bio text NOT NULL,
    theme text NOT NULL,
    language text NOT NULL,
    -- The name of the picture in the object store; it changes with the picture.
    avatar text,
    preferences jsonb NOT NULL,
    ai_settings jsonb NOT NULL,
    privacy jsonb NOT NULL,
    -- From the privacy settings, where a search can see it.
    searchable boolean NOT NULL DEFAULT true,
    email_codes boolean NOT NULL,
    suspended_at timestamptz,
    deleted_at timestamptz,
    created_at timestamptz NOT NULL,
    last_activity_at timestamptz NOT NULL
);
CREATE INDEX users_display_key ON users (display_key);

CREATE TABLE sessions (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    device text NOT NULL,
    address text NOT NULL,
    -- The network of the address: what counts as one place.
    place text NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    -- When the person last proved who they are; guards changes of security settings.
    proven_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX sessions_user ON sessions (user_id, last_used_at);

CREATE TABLE refresh_tokens (
    hash bytea NOT NULL PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    -- Set when it was exchanged; presented again later, it ends the session.
    spent_at timestamptz,
    expires_at timestamptz NOT NULL
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

-- Links in mails: for proving an address, changing it, and setting a new password.
CREATE TABLE mail_links (
    hash bytea NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose text NOT NULL CHECK (purpose IN ('verify_email', 'change_email', 'reset_password')),
    -- The address it was sent to: a link proves that one and no other.
    email text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX mail_links_user ON mail_links (user_id, purpose);

-- A login or step-up that waits for its second step.
CREATE TABLE login_challenges (
    hash bytea NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose text NOT NULL CHECK (purpose IN ('token', 'browser', 'step_up')),
    -- The session that steps up.
    session_id uuid REFERENCES sessions (id) ON DELETE CASCADE,
    code_hash bytea,
    code_sent_at timestamptz,
    resends integer NOT NULL,
    tries integer NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX login_challenges_user ON login_challenges (user_id);

-- Wrong passwords and codes, counted for whoever was meant, there or not, so that nothing shows who
-- is: in all (no place) and at one place.
CREATE TABLE sign_in_failures (
    subject bytea NOT NULL,
    place text NOT NULL,
    failures integer NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (subject, place)
);
CREATE INDEX sign_in_failures_age ON sign_in_failures (last_at);

CREATE TABLE authenticators (
    user_id uuid NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret bytea NOT NULL,
    enabled_at timestamptz,
    -- The newest time step that was accepted; no step counts twice.
    last_step bigint NOT NULL
);

CREATE TABLE recovery_codes (
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    hash bytea NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (user_id, hash)
);

CREATE TABLE socket_tickets (
    hash bytea NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);
CREATE INDEX socket_tickets_expiry ON socket_tickets (expires_at);

CREATE TABLE data_exports (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    state text NOT NULL CHECK (state IN ('preparing', 'ready', 'failed', 'expired')),
    size bigint,
    created_at timestamptz NOT NULL,
    ready_at timestamptz,
    expires_at timestamptz
);
CREATE INDEX data_exports_user ON data_exports (user_id, created_at);
-- One at a time.
CREATE UNIQUE INDEX data_exports_preparing ON data_exports (user_id) WHERE state = 'preparing';

-- What was done to accounts, by whom, for those who must answer for it.
CREATE TABLE account_audit (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL,
    actor_id uuid,
    action text NOT NULL,
    address text,
    detail jsonb NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX account_audit_user ON account_audit (user_id, at);
