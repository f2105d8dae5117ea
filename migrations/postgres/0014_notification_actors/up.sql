-- Whose doing a notification tells of: it goes with a block, and loses their name with their account.
ALTER TABLE notifications ADD COLUMN actor_id uuid;
UPDATE notifications SET actor_id = coalesce(
    data #>> '{user,id}', data #>> '{sender,id}', data #>> '{sender_id}')::uuid;
CREATE INDEX notifications_actor ON notifications (actor_id, user_id) WHERE actor_id IS NOT NULL;
