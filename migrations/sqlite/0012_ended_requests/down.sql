DROP TABLE match_reservations;
DROP TABLE ended_requests;
