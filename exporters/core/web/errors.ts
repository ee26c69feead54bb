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
  WEB_BCRYPT_MISSING: {
    sentence: 'basic_auth_users needs the package bcryptjs, which is not installed',
    remedy: 'install it beside plumbline, or take basic_auth_users out of the web configuration file',
    kind: 'usage',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
