CREATE TABLE groups (
    id uuid NOT NULL PRIMARY KEY,
    name text NOT NULL,
    -- By which names are compared; null for groups that are not listed.
    name_key text UNIQUE,
    description text NOT NULL,
    privacy text NOT NULL CHECK (privacy IN ('public', 'private', 'invite_only')),
    owner_id uuid NOT NULL,
    member_count bigint NOT NULL,
    created_at timestamptz NOT NULL,
    CHECK ((privacy = 'invite_only') = (name_key IS NULL))
);
CREATE INDEX groups_by_age ON groups (created_at, id);
CREATE INDEX groups_by_owner ON groups (owner_id);

CREATE TABLE group_members (
    user_id uuid NOT NULL,
    group_id uuid NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('owner', 'moderator', 'member')),
    joined_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, group_id)
);
CREATE INDEX group_members_by_group ON group_members (group_id, role, joined_at);
