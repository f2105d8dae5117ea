DROP TABLE practice_levels;
DROP TABLE conduct;
DROP TABLE site_totals;
DROP TABLE rating_days;
DROP TABLE rivals;
DROP TABLE player_stats;
DROP TABLE rating_changes;
DROP TABLE rating_spans;
DROP TABLE rating_points;
DROP TABLE ratings;
DROP TABLE replays;
DROP TABLE match_chunks;
DROP TABLE match_heads;
DROP TABLE queue_tickets;
DROP TABLE engagements;
DROP TABLE match_seats;
DROP TABLE matches;
CREATE TABLE match_reservations (
    user_id uuid NOT NULL PRIMARY KEY,
    match_id uuid NOT NULL,
    ends_at timestamptz NOT NULL
);
