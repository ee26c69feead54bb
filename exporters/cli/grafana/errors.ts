/** The errors of pushing dashboards to a Grafana. */
import { defineErrors, type ErrorCatalog } from '../../core/errors.ts';

export const errors = {
  GRAFANA_TOKEN_MISSING: {
    sentence: 'there is no token for the Grafana at {url}',
    remedy: 'name a file that holds a service account’s token with --token-file, or set GRAFANA_TOKEN',
    kind: 'usage',
  },
  GRAFANA_TOKEN_UNREADABLE: {
    sentence: 'could not read the token file {file}: {reason}',
    remedy: 'name a file that holds a service account’s token and nothing else',
    kind: 'usage',
  },
  GRAFANA_UNAUTHORIZED: {
    sentence: 'the Grafana at {url} does not know the token (401: {said})',
    remedy: 'make a new token of the service account; it may have expired, or be of another Grafana',
    kind: 'remote',
    needsPerson: true,
  },
  GRAFANA_FORBIDDEN: {
    sentence: 'the Grafana at {url} does not let the token {doing} (403: {said})',
    remedy: 'give the service account the role Editor, or Edit on the folder',
    kind: 'remote',
    needsPerson: true,
  },
  GRAFANA_CHANGED: {
    sentence: '{what} was changed by someone else while it was pushed, and was left as it is (412: {said})',
    remedy: 'push again, and look at the difference first',
    kind: 'remote',
  },
  GRAFANA_NAME_TAKEN: {
    sentence: '{what} was not saved: another one of its folder has that name ({status}: {said})',
    remedy: 'rename or remove the other one, or name another folder with --folder',
    kind: 'remote',
    needsPerson: true,
  },
  GRAFANA_FOLDER_TAKEN: {
    sentence: 'the Grafana at {url} has {what}, or one of its uid, which the token is not shown ({status}: {said})',
    remedy: 'let the service account view and edit that folder, or name another with --folder',
    kind: 'remote',
    needsPerson: true,
  },
  GRAFANA_PROVISIONED: {
    sentence: '{what} comes from files of the Grafana at {url}, which lets nobody else save or remove it',
    remedy: 'change the files that it reads, set allowUiUpdates: true in their provider, or take them away',
    kind: 'remote',
    needsPerson: true,
  },
  GRAFANA_ANSWER: {
    sentence: 'the Grafana at {url} could not {doing}: {status} {said}',
    remedy: 'check that the address is that of Grafana itself, with the path it is served under',
    kind: 'remote',
  },
  GRAFANA_PUSH_INCOMPLETE: {
    sentence: '{count} of the dashboards could not be pushed:\n{problems}',
    remedy: 'see above; the others are pushed',
    kind: 'remote',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
