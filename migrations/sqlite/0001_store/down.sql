DROP TABLE idempotency_keys;
DROP TABLE jobs;
DROP TABLE nodes;
DROP TABLE stream_events;
DROP TABLE streams;
