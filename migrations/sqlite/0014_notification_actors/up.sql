-- Whose doing a notification tells of: it goes with a block, and loses their name with their account.
ALTER TABLE notifications ADD COLUMN actor_id BLOB;
UPDATE notifications SET actor_id = unhex(replace(coalesce(
    json_extract(data, '$.user.id'), json_extract(data, '$.sender.id'),
    json_extract(data, '$.sender_id')), '-', ''));
CREATE INDEX notifications_actor ON notifications (actor_id, user_id) WHERE actor_id IS NOT NULL;
