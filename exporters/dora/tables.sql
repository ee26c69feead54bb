-- The dora exporter's ledger: what was committed, reviewed, run, deployed and broken, and what follows from it.
-- All times are UTC, naive. Absent text is ''. `repository` is a slug such as acme/checkout (catalog/repository.ts).
--
-- FACTS. Sources write them through facts.ts alone. A table of statements keeps a row for each distinct thing that a
-- source has said; the one with the newest `updated_at` (the source's own clock), then the newest `learned_at`, holds.
-- So what is posted twice, late or out of order makes the same ledger.

-- One row a commit; commits never change. `parents` are shas separated by blanks, first parent first. `reverts` and
-- `picked_from` are the shas that the message names ("This reverts commit …", "(cherry picked from commit …)");
-- `pull_request` is the number that the message names, NULL where it names none. `trailers` are lines of `Key: value`.
-- A date is NULL where the commit has none that can be read. `node` numbers commits in the order of their arrival.
-- A partial one is known by a push alone: its one parent is what stood before it in the push, both dates are one. It
-- gives way to the commit as its repository has it.
CREATE SEQUENCE IF NOT EXISTS commit_nodes;
CREATE TABLE IF NOT EXISTS commits (
  repository VARCHAR, sha VARCHAR, parents VARCHAR, authored_at TIMESTAMP, committed_at TIMESTAMP,
  author_name VARCHAR, author_email VARCHAR, subject VARCHAR, reverts VARCHAR, picked_from VARCHAR,
  pull_request BIGINT, trailers VARCHAR, learned_at TIMESTAMP, node BIGINT DEFAULT nextval('commit_nodes'),
  is_partial BOOLEAN DEFAULT false
);

-- Which services of `dora.services` with paths a commit touches; a commit that touches none of them has a row with ''.
CREATE TABLE IF NOT EXISTS commit_services (repository VARCHAR, sha VARCHAR, service VARCHAR, learned_at TIMESTAMP);

-- Where the refs of a git repository stood when it was read last: what they reach is in `commits`.
CREATE TABLE IF NOT EXISTS git_refs (source VARCHAR, repository VARCHAR, ref VARCHAR, sha VARCHAR);

-- By which rules its commits' services and its deployments were read.
CREATE TABLE IF NOT EXISTS git_repositories (source VARCHAR, repository VARCHAR, services VARCHAR, deployments VARCHAR);

-- Statements. `sha` is the commit (tags are peeled).
CREATE TABLE IF NOT EXISTS tags (
  repository VARCHAR, tag VARCHAR, sha VARCHAR, tagged_at TIMESTAMP, updated_at TIMESTAMP, learned_at TIMESTAMP
);

-- Statements. (source, deployment) is one deployment; a re-run is another one. `environment` as its system calls it;
-- `service` and `team` are words of the source's own, '' where it has none; `task` is the workflow, job or pipeline that
-- deploys. `changed_production` is NULL where nobody says whether a failed one did. `is_planned` is NULL where nobody
-- says; `incident` names the incident that it was made for, `rolls_back_to` a version or sha that it returns to.
CREATE TABLE IF NOT EXISTS deployments (
  source VARCHAR, deployment VARCHAR, repository VARCHAR, environment VARCHAR, sha VARCHAR, ref VARCHAR,
  version VARCHAR, service VARCHAR, team VARCHAR, task VARCHAR, actor VARCHAR, labels VARCHAR[], url VARCHAR,
  changed_production BOOLEAN, is_planned BOOLEAN, incident VARCHAR, rolls_back_to VARCHAR,
  created_at TIMESTAMP, updated_at TIMESTAMP, learned_at TIMESTAMP
);

-- A set: every status that a deployment has had. `status` is queued, running, success, failure, cancelled or inactive.
CREATE TABLE IF NOT EXISTS deployment_statuses (
  source VARCHAR, deployment VARCHAR, status VARCHAR, occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- A set: the commits of a deployment that brings several repositories, its own among them.
CREATE TABLE IF NOT EXISTS deployment_commits (
  source VARCHAR, deployment VARCHAR, repository VARCHAR, sha VARCHAR, learned_at TIMESTAMP
);

-- Statements. `state` is open, merged or closed. `first_commit_at` is the author date of its first commit, NULL where it
-- isn't known; `reverts` is the number of the pull request that it reverts.
CREATE TABLE IF NOT EXISTS pull_requests (
  source VARCHAR, repository VARCHAR, number BIGINT, title VARCHAR, author VARCHAR, is_bot BOOLEAN, state VARCHAR,
  base VARCHAR, head VARCHAR, head_sha VARCHAR, merge_sha VARCHAR, reverts BIGINT, labels VARCHAR[], url VARCHAR,
  first_commit_at TIMESTAMP, created_at TIMESTAMP, ready_at TIMESTAMP, first_review_at TIMESTAMP,
  approved_at TIMESTAMP, merged_at TIMESTAMP, closed_at TIMESTAMP, updated_at TIMESTAMP, learned_at TIMESTAMP
);
-- A set: the commits of a pull request as it was, before a squash or a rebase.
CREATE TABLE IF NOT EXISTS pull_request_commits (
  repository VARCHAR, number BIGINT, sha VARCHAR, authored_at TIMESTAMP, committed_at TIMESTAMP, learned_at TIMESTAMP
);

-- Statements. A run of a CI pipeline (GitHub workflow, GitLab pipeline); each attempt is a run. `status` as above.
CREATE TABLE IF NOT EXISTS pipeline_runs (
  source VARCHAR, run VARCHAR, repository VARCHAR, pipeline VARCHAR, branch VARCHAR, event VARCHAR, sha VARCHAR,
  attempt INTEGER, status VARCHAR, url VARCHAR, queued_at TIMESTAMP, started_at TIMESTAMP, finished_at TIMESTAMP,
  updated_at TIMESTAMP, learned_at TIMESTAMP
);

-- Statements. `status` is open, resolved or cancelled (no incident after all); `is_deleted` where it is gone.
-- `service`, `team`, `environment` are words of the source's own; `deployment` and `root_cause_sha` where the incident
-- itself names what caused it.
CREATE TABLE IF NOT EXISTS incidents (
  source VARCHAR, incident VARCHAR, title VARCHAR, service VARCHAR, team VARCHAR, repository VARCHAR,
  environment VARCHAR, severity VARCHAR, status VARCHAR, is_deleted BOOLEAN, deployment VARCHAR,
  root_cause_sha VARCHAR, labels VARCHAR[], url VARCHAR, started_at TIMESTAMP, resolved_at TIMESTAMP,
  updated_at TIMESTAMP, learned_at TIMESTAMP
);

-- Statements of other tools: what they computed. `metric` is change_lead_time, deployments, change_fail_ratio,
-- recovery_time or rework_ratio; seconds, a count or a ratio. `statistic` is p50, p75, p90, mean, or '' for counts and
-- ratios. The period is [period_start, period_end). `team` and `service` are the tool's own words, both '' for all.
CREATE TABLE IF NOT EXISTS external_metrics (
  source VARCHAR, tool VARCHAR, metric VARCHAR, statistic VARCHAR, team VARCHAR, service VARCHAR,
  period_start TIMESTAMP, period_end TIMESTAMP, value DOUBLE, updated_at TIMESTAMP, learned_at TIMESTAMP
);

-- What Datadog says of each of its DORA deployments, the newest alone: `external_metrics` of `datadog` follow from it.
-- `change_failure` is NULL where Datadog hasn't judged; `lead_time` is the mean of its commits', in seconds.
CREATE TABLE IF NOT EXISTS datadog_deployments (
  source VARCHAR, deployment VARCHAR, service VARCHAR, team VARCHAR, environment VARCHAR,
  started_at TIMESTAMP, finished_at TIMESTAMP, change_failure BOOLEAN, recovery DOUBLE, lead_time DOUBLE, commits BIGINT,
  learned_at TIMESTAMP
);
CREATE OR REPLACE VIEW external_statements AS SELECT *, period_end AS occurred_at FROM external_metrics;
-- The owner that the words of other tools stand for, by its key in `owners`.
CREATE TABLE IF NOT EXISTS external_words (team VARCHAR, service VARCHAR, owner_key HUGEINT);

-- What events have said of deployments, pull requests and incidents, each as it came: a part of the thing, as JSON. The
-- statement that holds is made anew from all of them (completed.ts), as one that was made before says no longer which of
-- its values were said when. `part` numbers them in the order of their arrival.
CREATE SEQUENCE IF NOT EXISTS told_parts_order;
CREATE TABLE IF NOT EXISTS told_parts (
  source VARCHAR, kind VARCHAR, thing VARCHAR, said VARCHAR, part BIGINT DEFAULT nextval('told_parts_order')
);

-- Webhooks that have been received, by the sender's own id of the delivery.
CREATE TABLE IF NOT EXISTS webhook_deliveries (source VARCHAR, delivery VARCHAR, received_at TIMESTAMP);

-- Sources whose first reading of the past is under way: nothing is derived from a repository of theirs until it is done.
CREATE TABLE IF NOT EXISTS backfills (source VARCHAR, repository VARCHAR);

-- Repositories whose facts have changed since they were derived from; '*' stands for all (configuration, ownership).
CREATE TABLE IF NOT EXISTS repositories_to_derive (repository VARCHAR);

-- Which deployments of them are to be derived anew, as SOURCE:ID; '*' stands for all of a repository.
CREATE TABLE IF NOT EXISTS deployments_to_derive (repository VARCHAR, deployment VARCHAR);

-- Incidents of which something new was said since they were derived from.
CREATE TABLE IF NOT EXISTS incidents_to_derive (source VARCHAR, incident VARCHAR);

-- What DORA has published (formats/dora-benchmark), replaced where this program brings another edition. `upper_bound` is
-- of seconds or a ratio, with `is_closed` its own value is below it too; NULL is no bound.
CREATE TABLE IF NOT EXISTS quick_check_answers (
  metric VARCHAR, answer INTEGER, upper_bound DOUBLE, is_closed BOOLEAN
);
CREATE TABLE IF NOT EXISTS performance_bands (
  year INTEGER, metric VARCHAR, band VARCHAR, position INTEGER, upper_bound DOUBLE, is_closed BOOLEAN
);
CREATE TABLE IF NOT EXISTS quick_check_benchmarks (edition INTEGER, industry VARCHAR, metric VARCHAR, mean DOUBLE);
-- Runs of pipelines of which something new was said since they were counted.
CREATE TABLE IF NOT EXISTS runs_to_count (source VARCHAR, run VARCHAR);

-- Settings that views and derivations read, as configured.
CREATE TABLE IF NOT EXISTS dora_settings (name VARCHAR, value DOUBLE);

-- DERIVED, each by one function that derive.ts calls, in this order. Rows are added where what follows from the facts
-- differs from what was derived before, never updated: `occurred_at` is when it came to be so, `learned_at` when we knew.

-- Deployments to production that have finished, one row a deployment and service; a newer row (learned_at) of the same
-- two takes its place, but counters read the first. Deployments of one version to several regions are one, named by the
-- first; `finished_at` is the end of the first region that succeeded, else of the last that failed. `outcome` is
-- success, failure or cancelled; '' where it turned out to be none after all. `environment` is the name in
-- `dora.production`. `deployment` is SOURCE:ID.
CREATE TABLE IF NOT EXISTS production_deployments (
  deployment VARCHAR, service VARCHAR, team VARCHAR, environment VARCHAR, repository VARCHAR, sha VARCHAR,
  version VARCHAR, ref VARCHAR, labels VARCHAR[], task VARCHAR, url VARCHAR, outcome VARCHAR,
  changed_production BOOLEAN, is_planned BOOLEAN, incident VARCHAR, rolls_back_to VARCHAR,
  started_at TIMESTAMP, finished_at TIMESTAMP, occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- The attempts that a deployment of a service is made of, one a region; what is there now, replaced where it changes.
CREATE TABLE IF NOT EXISTS deployment_parts (
  deployment VARCHAR, service VARCHAR, part VARCHAR, region VARCHAR, outcome VARCHAR, started_at TIMESTAMP,
  finished_at TIMESTAMP, learned_at TIMESTAMP
);

-- When what a deployment brings had reached the first, half and all of its production's regions, with it or with one
-- after it; only `all` where there is one. A newer row of the same three takes its place.
CREATE TABLE IF NOT EXISTS rollouts (
  deployment VARCHAR, service VARCHAR, reach VARCHAR, reached_at TIMESTAMP, occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- What a successful deployment brought: commits that reached this service and environment with it and never before.
-- `clock_at` is where the lead time starts: the commit's own author date, a squash's pull request's first commit.
-- `excluded` is why it has no lead time: merge, deployed_before, bot, no_date, after_deployment; '' where it has one. A
-- row with holds=false takes back the one before it (a deployment in between has come to be known). occurred_at is
-- finished_at; learned_at rises with every row of a change, so the newest is never in doubt.
CREATE TABLE IF NOT EXISTS deployed_changes (
  deployment VARCHAR, service VARCHAR, team VARCHAR, environment VARCHAR, repository VARCHAR, sha VARCHAR,
  clock_at TIMESTAMP, committed_at TIMESTAMP, excluded VARCHAR, holds BOOLEAN,
  occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- Lead times as the histogram counts them: each change once for a service, environment and reach, as it was first known,
-- never taken back. Seconds from either clock; negative where the date lies. occurred_at is when it was reached.
CREATE TABLE IF NOT EXISTS counted_changes (
  service VARCHAR, team VARCHAR, environment VARCHAR, repository VARCHAR, sha VARCHAR, reach VARCHAR,
  authored BIGINT, committed BIGINT, occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- How the changes of a deployment were found. `basis` is range (previous..sha), first (nothing was deployed before: no
-- lead times), unknown_commit (its sha, or the previous one's, isn't in the history read), capped (too long a gap) or
-- no_sha. `commits` is all of the range, as git rev-list --count counts it (`merges` with --merges), whatever paths a
-- service has; of a first deployment all of its history; 0 where the range isn't known.
CREATE TABLE IF NOT EXISTS deployment_ranges (
  deployment VARCHAR, service VARCHAR, repository VARCHAR, environment VARCHAR, basis VARCHAR, previous VARCHAR,
  previous_sha VARCHAR, sha VARCHAR, commits BIGINT, merges BIGINT, holds BOOLEAN,
  occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- How the changes of a repository were derived last: by which rules, and when.
CREATE TABLE IF NOT EXISTS changes_derived (repository VARCHAR, rules VARCHAR, learned_at TIMESTAMP);

-- Pull requests that reached production, with their stages in seconds (NULL where a stage isn't known): coding (first
-- commit to created or ready), review (to the last approval or merge), merge (approval to merge), deploy (merge to the
-- deployment's end). occurred_at is the deployment's end.
CREATE TABLE IF NOT EXISTS deployed_pull_requests (
  deployment VARCHAR, service VARCHAR, team VARCHAR, environment VARCHAR, repository VARCHAR, number BIGINT,
  coding BIGINT, review BIGINT, merge BIGINT, deploy BIGINT, total BIGINT, excluded VARCHAR, holds BOOLEAN,
  occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- What is said of a deployment. `verdict` is failed, recovered, rework, withdrawn, rollback, failed_before_change,
-- broken (it changed production and failed, and nothing has followed it yet) or not_counted (the definitions that are
-- configured leave it out of what the failures are divided by);
-- `reason` the rule (rollback, revert, hotfix, failed_deployment, incident, …), `confidence` 0..1, `cause` the deployment
-- or incident it rests on, `seconds` the recovery time of recovered. The newest row of a (deployment, service, verdict)
-- holds or not.
CREATE TABLE IF NOT EXISTS verdicts (
  deployment VARCHAR, service VARCHAR, team VARCHAR, environment VARCHAR, verdict VARCHAR, reason VARCHAR,
  confidence DOUBLE, cause VARCHAR, seconds BIGINT, finished_at TIMESTAMP, holds BOOLEAN,
  occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- Incidents with what they were linked to: `deployment` is '' where none matched, `reason` says why or why not. The
-- newest row of a (source, incident) holds; `status` as in incidents, deleted among them. occurred_at is started_at for
-- the first row and resolved_at for the one that resolves.
CREATE TABLE IF NOT EXISTS incident_links (
  source VARCHAR, incident VARCHAR, service VARCHAR, team VARCHAR, environment VARCHAR, status VARCHAR,
  deployment VARCHAR, reason VARCHAR, confidence DOUBLE, started_at TIMESTAMP, resolved_at TIMESTAMP,
  occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- Runs of CI pipelines when they were first known to have finished, one row a run, never changed. `seconds` is NULL where
-- nobody says when it started. occurred_at is when it finished.
CREATE TABLE IF NOT EXISTS finished_pipeline_runs (
  source VARCHAR, run VARCHAR, repository VARCHAR, team VARCHAR, service VARCHAR, pipeline VARCHAR, outcome VARCHAR,
  seconds BIGINT, occurred_at TIMESTAMP, learned_at TIMESTAMP
);
