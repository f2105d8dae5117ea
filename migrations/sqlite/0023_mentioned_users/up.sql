-- Whether somebody mentioned the account before its e-mail address was verified: then stored events
-- hold its name.
ALTER TABLE users ADD COLUMN is_mentioned INTEGER NOT NULL DEFAULT 0;
