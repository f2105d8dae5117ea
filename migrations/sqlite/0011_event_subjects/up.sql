-- What an event is about, where its data has to be rewritten when that is changed or deleted.
ALTER TABLE stream_events ADD COLUMN subject BLOB;
UPDATE stream_events SET subject = unhex(replace(json_extract(data, '$.id'), '-', ''))
    WHERE name IN ('new_message', 'message_edited') AND stream LIKE 'chat:%';
CREATE INDEX stream_events_subject ON stream_events (subject) WHERE subject IS NOT NULL;
