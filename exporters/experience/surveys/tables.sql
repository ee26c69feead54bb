-- Surveys. Single answers hold no text, name, address or clock time, only pseudonyms and numbers, and go after
-- privacy.retention_days; what is released stays. Filled by store.ts and judge.ts.

-- A response as it stands. `trace` is the same where two surveys of the configuration read the same answers. `respondent` is NULL where no question tells people apart; `turn` orders several of one on one
-- day. `wave` is NULL outside of declared waves.
CREATE TABLE IF NOT EXISTS survey_responses (
  survey VARCHAR, source VARCHAR, response VARCHAR, trace VARCHAR, respondent VARCHAR, wave VARCHAR, submitted_on DATE, turn INTEGER,
  team VARCHAR, digest VARCHAR, learned_on DATE
);

-- What it answers to a question: the number, and which answer it is (`raw`, keyed), so that one that was edited is another
-- though the configuration gives both the same number. `item` is the tool's question, hashed.
CREATE TABLE IF NOT EXISTS survey_answers (
  survey VARCHAR, response VARCHAR, question VARCHAR, item VARCHAR, raw VARCHAR, value DOUBLE
);

-- When each source was last read, and by which definition of the survey (`shape`).
CREATE TABLE IF NOT EXISTS survey_readings (
  survey VARCHAR, source VARCHAR, is_partial BOOLEAN, shape VARCHAR, read_at TIMESTAMP
);

-- How many were asked, as tools say; of the wave that was the newest then.
CREATE TABLE IF NOT EXISTS survey_invited (survey VARCHAR, source VARCHAR, wave VARCHAR, invited BIGINT);

-- How many of the tool's questions each configured one is, and what is wrong with them. The team's and the respondent's
-- question are '(team)' and '(respondent)'.
CREATE TABLE IF NOT EXISTS survey_matches (
  survey VARCHAR, source VARCHAR, question VARCHAR, items INTEGER, problem VARCHAR
);

-- Choices of the team's question (the form's words, not a respondent's) that are no team of the catalog.
CREATE TABLE IF NOT EXISTS survey_unknown_teams (survey VARCHAR, source VARCHAR, choice VARCHAR);

-- Waves that anybody answered. `judged` tells what was looked at last: answers, configuration, sizes of teams. `held`
-- says why a change is not released. Once `is_sealed` its single answers are gone.
CREATE TABLE IF NOT EXISTS survey_waves (
  survey VARCHAR, wave VARCHAR, begins_on DATE, ends_on DATE, closes_at TIMESTAMP, judged VARCHAR, held VARCHAR,
  is_sealed BOOLEAN
);

-- What a release was made of: whose answers count in it. Goes with the answers; without it none can follow.
CREATE TABLE IF NOT EXISTS survey_released (
  survey VARCHAR, wave VARCHAR, release INTEGER, response VARCHAR, trace VARCHAR, person VARCHAR, team VARCHAR, question VARCHAR,
  item VARCHAR, raw VARCHAR, value DOUBLE
);

-- RESULTS. A release of a wave, frozen. `expires_at`: two cadences after it closed its numbers are absent.
CREATE TABLE IF NOT EXISTS survey_releases (
  survey VARCHAR, wave VARCHAR, release INTEGER, closes_at TIMESTAMP, due_at TIMESTAMP, expires_at TIMESTAMP,
  minimum_group INTEGER, dimensions INTEGER, suppressed_groups INTEGER, occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- Its published rows: of a question, of a dimension of SPACE, and of responses as such. `team` is '' for the organisation.
-- Values of nps are -100 to 100, of scale and dimension 0 to 1, of quick_check 0 to 10, all with 10 or 1 or 100 best.
CREATE TABLE IF NOT EXISTS survey_results (
  survey VARCHAR, wave VARCHAR, release INTEGER, team VARCHAR, kind VARCHAR, question VARCHAR, subject VARCHAR,
  n BIGINT, population BIGINT, value DOUBLE, low DOUBLE, high DOUBLE,
  promoters DOUBLE, passives DOUBLE, detractors DOUBLE,
  change DOUBLE, change_low DOUBLE, change_high DOUBLE, direction INTEGER,
  occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- What DORA has published, brought in at start (benchmark.ts).
CREATE TABLE IF NOT EXISTS survey_benchmarks (edition INTEGER, industry VARCHAR, metric VARCHAR, mean DOUBLE);
