DROP INDEX declined_requests_age;
DROP INDEX ended_requests_age;
