-- As scans.sql makes it, where nothing was scanned.
CREATE OR REPLACE TEMP TABLE ended_now (
  artifact VARCHAR, part VARCHAR, scanner VARCHAR, class VARCHAR, vulnerability VARCHAR, package VARCHAR,
  severity VARCHAR, original_severity VARCHAR, title VARCHAR, url VARCHAR, location VARCHAR, first_seen_at TIMESTAMP,
  ended_at TIMESTAMP
);
