/** The errors of the dora exporter. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const errors = {
  EVENT_FILES_NOT_FOUND: {
    sentence: 'found no file of events (.jsonl, .ndjson) at {path}, which dora.event_files[].path names',
    remedy: 'correct the path, or make the folder that pipelines write to; what was read before is kept',
  },
  GIT_MISSING: {
    sentence: 'could not {what} {where}: there is no program git',
    remedy: 'install git 2.36 or later, or take the repository out of dora.git',
  },
  GIT_NOT_FOUND: {
    sentence: 'could not {what} {where}, where no git repository was found: {said}',
    remedy:
      'correct the path or the address; hosts answer so too where a private repository is asked for without rights',
  },
  GIT_REFUSED: {
    sentence: 'could not {what} {where}: access was refused: {said}',
    remedy: 'check token, credentials_file or ssh_key_file, and their right to read this repository',
    kind: 'remote',
  },
  GIT_UNREACHABLE: {
    sentence: 'could not {what} {where}: it could not be reached: {said}',
    remedy: 'check the address, the network, certificates and known hosts; the next refresh tries again',
    kind: 'remote',
  },
  GIT_TIMEOUT: {
    sentence: 'could not {what} {where} within {seconds} s',
    remedy: 'raise timeout for a large repository or a slow network; the next refresh tries again',
    kind: 'remote',
  },
  GIT_BROKEN: {
    sentence: 'could not {what} {where}: the repository is damaged: {said}',
    remedy: 'look at it with "git fsck"; what was read before is kept',
  },
  GIT_SHALLOW: {
    sentence: 'refused to read {where}: it is a shallow clone, whose history ends before its beginning',
    remedy: 'run "git fetch --unshallow" in it, or give its url: what is cloned here has all commits and no files',
  },
  GIT_EMPTY: {
    sentence: 'fetched {where}, and got no branch and no tag',
    remedy:
      'push to it where it is new, else check the address: a web page answers like this; what was read before is kept',
    kind: 'remote',
  },
  GIT_NOT_TRUSTED: {
    sentence: 'could not {what} {where}: git does not trust it, as it belongs to another user: {said}',
    remedy: 'name it in safe.directory of the git configuration of the user that runs this',
  },
  GIT_NO_BRANCH: {
    sentence: 'found no branch {branch} in {repository}, whose merges are to be deployments',
    remedy: 'correct branch in deployments of dora.git; its commits and tags were read',
  },
  GIT_TWICE: {
    sentence: 'found the repository {repository} at {where} and at {other}, under one name',
    remedy: 'take one of them out, or give each a source of its own with its own "repository"',
  },
  GIT_SOME_FAILED: {
    sentence: 'could not read {count} of {total} repositories, the first because: {first}',
    remedy: 'see the log for each of them; all others were read',
  },
  GIT_FAILED: {
    sentence: 'could not {what} {where}: {said}',
    remedy: 'see what git says; what was read before is kept',
  },
  PAGERDUTY_REFUSED: {
    sentence: 'the API key was refused by PagerDuty at {url} with {status}: {said}',
    remedy:
      'make a read-only REST API key (Integrations, API Access Keys) and put it into api_token_file; accounts of the EU region need region: eu; what was read before is kept',
    kind: 'remote',
  },
  PAGERDUTY_ANSWER: {
    sentence: 'could not understand what PagerDuty answered for {what}: {reason}',
    remedy: 'nothing was changed; check the address, and report it where it comes again',
    kind: 'remote',
  },
  PAGERDUTY_TOO_MANY: {
    sentence: 'there are more than {count} incidents between {since} and {until} in PagerDuty, which lists no more',
    remedy: 'narrow the source by service_ids, team_ids or urgencies, as several sources with a name each',
    kind: 'remote',
  },
  LINEARB_REFUSED: {
    sentence: 'the API token was refused by LinearB at {url} with {status}: {said}',
    remedy:
      'make an API token (Company Settings, API Tokens) and put it into api_key_file; measurements need a Business or Enterprise plan; what was read before is kept',
    kind: 'remote',
  },
  LINEARB_ANSWER: {
    sentence: 'could not understand what LinearB answered for {what}: {reason}',
    remedy: 'nothing was changed; check the address, and report it where it comes again',
    kind: 'remote',
  },
  SLEUTH_REFUSED: {
    sentence: 'the API key was refused by Sleuth at {url} with {status}: {said}',
    remedy:
      'take the API key of the organisation from its settings and put it into api_key_file; what was read before is kept',
    kind: 'remote',
  },
  SLEUTH_ERRORS: {
    sentence: 'got errors from Sleuth in its answer for {what}: {reason}',
    remedy:
      'check organisation, projects and teams in the configuration; where a field is unknown, Sleuth has changed its schema, which it says it may: report it; what was read before is kept',
    kind: 'remote',
  },
  SLEUTH_ANSWER: {
    sentence: 'could not understand what Sleuth answered for {what}: {reason}',
    remedy: 'nothing was changed; check the address, and report it where it comes again',
    kind: 'remote',
  },
  CORTEX_METRIC: {
    sentence: 'found no metric {key} in Eng Intelligence, which dora.cortex[].metrics.{metric} names; it has {known}',
    remedy: 'name one of its keys, or none to have it found by its name; deploys were read all the same',
    kind: 'remote',
  },
  JIRA_EMPTY: {
    sentence: 'no issue was listed by Jira for {jql}, of which {count} are known',
    remedy:
      'check that the account may still browse the projects, and jql; what is known is kept, and nothing is taken for deleted',
    kind: 'remote',
  },
  JIRA_ALERTS: {
    sentence: 'could not list the alerts of Jira Service Management operations: {reason}',
    remedy:
      'give alerts.cloud_id, check that the account may see the alerts, or take alerts out; issues are read all the same',
    kind: 'remote',
  },
  FOUR_KEYS_NOT_FOUND: {
    sentence: 'found no export of Four Keys at {path}',
    remedy: 'correct dora.four_keys.path: a file, a folder or a glob of CSV, JSON lines or Parquet',
    kind: 'usage',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
