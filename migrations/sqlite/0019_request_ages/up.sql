-- What is over is thrown away by its age.
CREATE INDEX ended_requests_age ON ended_requests (ended_at);
CREATE INDEX declined_requests_age ON declined_requests (declined_at);
