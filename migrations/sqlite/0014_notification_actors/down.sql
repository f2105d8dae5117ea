DROP INDEX notifications_actor;
ALTER TABLE notifications DROP COLUMN actor_id;
