DROP INDEX stream_events_subject;
ALTER TABLE stream_events DROP COLUMN subject;
