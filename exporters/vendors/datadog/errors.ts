/** The errors of the Datadog client. */
import { defineErrors, type ErrorCatalog } from '../../core/errors.ts';

export const errors = {
  DATADOG_REFUSED: {
    sentence: 'the keys were refused by Datadog at {url} with {status}: {said}',
    remedy:
      'check the site, the API key, and that the application key may read what is asked for (incident_read, dora_metrics_read); what was read before is kept',
    kind: 'remote',
  },
  DATADOG_ANSWER: {
    sentence: 'could not understand what Datadog answered for {what}: {reason}',
    remedy: 'nothing was changed; check the site, and report it where it comes again',
    kind: 'remote',
  },
  DATADOG_TOO_MANY: {
    sentence: 'there are more than {count} {what} between {from} and {to} in Datadog, which lists no more',
    remedy: 'narrow the source by dora.query, as several sources with a name each',
    kind: 'remote',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
