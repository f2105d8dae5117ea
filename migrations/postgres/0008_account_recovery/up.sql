-- The session that asked for a change of address; it stays when the new address counts.
ALTER TABLE mail_links ADD COLUMN session_id uuid;
-- Accounts that are removed unless their address is proven in time.
CREATE INDEX users_unproven ON users (created_at)
    WHERE email_verified_at IS NULL AND deleted_at IS NULL;
