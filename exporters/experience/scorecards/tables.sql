-- The tables of scorecards. A version holds from `occurred_at`, `learned_at` is when we knew. All times are UTC.

-- How far an entity has come in a scorecard. `rank` is 0 below the first level, `ranks` how many levels there are; not
-- `holds` where it has left the scorecard. `owner_key` is the md5 of canonical attributes (catalog/tables.sql).
CREATE TABLE IF NOT EXISTS scorecard_standings (
  source VARCHAR, scorecard VARCHAR, entity VARCHAR, score DECIMAL(18, 6), most_score DECIMAL(18, 6), level VARCHAR,
  rank INTEGER, ranks INTEGER, owner_key HUGEINT, holds BOOLEAN, occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- What a level of a scorecard is called; not `holds` where there is none of this rank any more.
CREATE TABLE IF NOT EXISTS scorecard_levels (
  source VARCHAR, scorecard VARCHAR, rank INTEGER, level VARCHAR, holds BOOLEAN, occurred_at TIMESTAMP,
  learned_at TIMESTAMP
);

-- When any entity of a scorecard was evaluated last; `occurred_at` is that, and now at most.
CREATE TABLE IF NOT EXISTS scorecard_evaluations (
  source VARCHAR, scorecard VARCHAR, occurred_at TIMESTAMP, learned_at TIMESTAMP
);

CREATE TABLE IF NOT EXISTS scorecard_settings (name VARCHAR, value DOUBLE);
