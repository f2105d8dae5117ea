-- What is kept for a key is the result of what was done, written in the same transaction; whole
-- answers, as they were kept before, are forgotten.
DELETE FROM idempotency_keys;
ALTER TABLE idempotency_keys DROP COLUMN status;
