-- What a round told of, and when: artifacts by their scans, names in places by what runs, scopes by other words.
CREATE OR REPLACE TEMP TABLE touched_artifacts (artifact VARCHAR, told_at TIMESTAMP);
CREATE OR REPLACE TEMP TABLE touched_places (name VARCHAR, place VARCHAR, told_at TIMESTAMP);
CREATE OR REPLACE TEMP TABLE touched_scopes (scope VARCHAR, told_at TIMESTAMP);
