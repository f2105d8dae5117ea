CREATE TABLE groups (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    -- By which names are compared; null for groups that are not listed.
    name_key TEXT UNIQUE,
    description TEXT NOT NULL,
    privacy TEXT NOT NULL CHECK (privacy IN ('public', 'private', 'invite_only')),
    owner_id BLOB NOT NULL,
    member_count INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    CHECK ((privacy = 'invite_only') = (name_key IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX groups_by_age ON groups (created_at, id);
CREATE INDEX groups_by_owner ON groups (owner_id);

CREATE TABLE group_members (
    user_id BLOB NOT NULL,
    group_id BLOB NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('owner', 'moderator', 'member')),
    joined_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, group_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_members_by_group ON group_members (group_id, role, joined_at);
