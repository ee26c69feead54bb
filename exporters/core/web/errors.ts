/** The errors of the web configuration file. */
import { defineErrors, type ErrorCatalog } from '../errors.ts';

export const errors = {
  WEB_CONFIG_UNREADABLE: {
    sentence: 'could not read {what} {file}: {reason}',
    remedy: 'check that it is there and that this user may read it',
    kind: 'usage',
  },
  WEB_CONFIG_INVALID: {
    sentence: 'the web configuration file {file} has mistakes:\n{problems}',
    remedy:
      'correct them; https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md has the format',
    kind: 'usage',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
