CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY,
    -- The name as chosen, and its key: what it is compared by, ignoring case as Unicode knows it.
    -- Keys sort by their bytes on both databases, so that a prefix is a range of an index.
    username TEXT NOT NULL,
    username_key TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    email_verified_at INTEGER,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('member', 'moderator', 'admin')),
    display_name TEXT NOT NULL,
    -- The display name as it is searched.
    display_key TEXT NOT NULL,
    bio TEXT NOT NULL,
    theme TEXT NOT NULL,
    language TEXT NOT NULL,
    -- The name of the picture in the object store; it changes with the picture.
    avatar TEXT,
    preferences TEXT NOT NULL,
    ai_settings TEXT NOT NULL,
    privacy TEXT NOT NULL,
    -- From the privacy settings, where a search can see it.
    searchable INTEGER NOT NULL DEFAULT 1,
    email_codes INTEGER NOT NULL,
    suspended_at INTEGER,
    deleted_at INTEGER,
    created_at INTEGER NOT NULL,
    last_activity_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX users_display_key ON users (display_key);

CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    device TEXT NOT NULL,
    address TEXT NOT NULL,
    -- The network of the address: what counts as one place.
    place TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    -- When the person last proved who they are; guards changes of security settings.
    proven_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user_id, last_used_at);

CREATE TABLE refresh_tokens (
    hash BLOB NOT NULL PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    -- Set when it was exchanged; presented again later, it ends the session.
    spent_at INTEGER,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

-- Links in mails: for proving an address, changing it, and setting a new password.
CREATE TABLE mail_links (
    hash BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL CHECK (purpose IN ('verify_email', 'change_email', 'reset_password')),
    -- The address it was sent to: a link proves that one and no other.
    email TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_links_user ON mail_links (user_id, purpose);

-- A login or step-up that waits for its second step.
CREATE TABLE login_challenges (
    hash BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL CHECK (purpose IN ('token', 'browser', 'step_up')),
    -- The session that steps up.
    session_id BLOB REFERENCES sessions (id) ON DELETE CASCADE,
    code_hash BLOB,
    code_sent_at INTEGER,
    resends INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX login_challenges_user ON login_challenges (user_id);

-- Wrong passwords and codes, counted for whoever was meant, there or not, so that nothing shows who
-- is: in all (no place) and at one place.
CREATE TABLE sign_in_failures (
    subject BLOB NOT NULL,
    place TEXT NOT NULL,
    failures INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (subject, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_failures_age ON sign_in_failures (last_at);

CREATE TABLE authenticators (
    user_id BLOB NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret BLOB NOT NULL,
    enabled_at INTEGER,
    -- The newest time step that was accepted; no step counts twice.
    last_step INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE recovery_codes (
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    hash BLOB NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE socket_tickets (
    hash BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    session_id BLOB NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX socket_tickets_expiry ON socket_tickets (expires_at);

CREATE TABLE data_exports (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('preparing', 'ready', 'failed', 'expired')),
    size INTEGER,
    created_at INTEGER NOT NULL,
    ready_at INTEGER,
    expires_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX data_exports_user ON data_exports (user_id, created_at);
-- One at a time.
CREATE UNIQUE INDEX data_exports_preparing ON data_exports (user_id) WHERE state = 'preparing';

-- What was done to accounts, by whom, for those who must answer for it.
CREATE TABLE account_audit (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL,
    actor_id BLOB,
    action TEXT NOT NULL,
    address TEXT,
    detail TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX account_audit_user ON account_audit (user_id, at);
