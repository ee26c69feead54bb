-- Alerts of Dependabot as they were told of last, by the API or by a webhook: a scan tells of all of a repository, and what is
-- new of it is told alert by alert. `scope` is the list it was read from: `orgs/acme`; '' of a webhook alone. `found` as in
-- document.ts.
CREATE TABLE IF NOT EXISTS dependabot_alerts (
  source VARCHAR, scope VARCHAR, repository VARCHAR, number BIGINT, updated_at TIMESTAMP, found JSON
);
-- Repositories of which all alerts are known, or of which it is known that there are none to be had: `state` is listed or
-- disabled.
CREATE TABLE IF NOT EXISTS dependabot_repositories (source VARCHAR, repository VARCHAR, state VARCHAR);
-- Deliveries of webhooks: each counts once.
CREATE TABLE IF NOT EXISTS dependabot_deliveries (source VARCHAR, delivery VARCHAR, received_at TIMESTAMP);
