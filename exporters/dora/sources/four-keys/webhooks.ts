/**
 * What was posted to Four Keys' event handler, at POST /push/dora/four-keys: told apart by its headers, held to the same
 * signatures and tokens. Messages of Pub/Sub are taken too, as Cloud Build sends them and Four Keys' own topics carry them.
 */
import { PlumblineError } from '../../../core/errors.ts';
import { keepRejections } from '../../../core/rejections.ts';
import type { BatchCounts, PushSource } from '../../../core/source.ts';
import { isNewDelivery } from '../../marks.ts';
import { refuseTeams } from '../../refuse-teams.ts';
import type { FourKeysConfig } from './config.ts';
import { deliveryOf, envelopeOf, eventOf, type FourKeysEvent, type Headers, systemOf } from './event.ts';
import { readFact } from './facts.ts';
import { rulesOf } from './rules.ts';
import { storeReadings } from './store.ts';
import { isVerified } from './verify.ts';

export function fourKeysWebhooks(config: FourKeysConfig): PushSource {
  const { name: source } = config;
  const rules = rulesOf(config);
  const hasSecret = config.secret !== undefined || config.pagerduty_secret !== undefined;
  return {
    kind: 'push',
    name: source,
    everySeconds: config.every,
    ...(hasSecret
      ? {
          verify: (body, headers, query) =>
            isVerified(config, body, headers, query)
              ? ({ name: `the secret of ${source}`, role: 'admin' } as const)
              : undefined,
        }
      : {}),
    accept: async (context, { body, headers, principal }) => {
      refuseTeams(principal, source);
      const event = posted(body, headers, source);
      const delivery = deliveryOf(body);
      return {
        cursor: { delivery },
        write: async tx => {
          const now = context.now();
          const nothing: BatchCounts = { records: 1, changed: 0, rejected: {} };
          if (!(await isNewDelivery(tx, source, delivery, now))) return nothing;
          const reading = readFact(event, rules);
          const changed = await storeReadings(tx, source, [reading], now);
          if (reading.rejection === undefined) return { ...nothing, changed };
          const file = `${event.system} ${event.type || 'event'} ${delivery.slice(0, 16)}`;
          const rejections = [{ file, ...reading.rejection }];
          return { ...nothing, changed, rejected: await keepRejections(tx, source, { read: [file], rejections }, now) };
        },
      };
    },
  };
}

/** Errors: PUSH_INVALID where it is no JSON, or its headers name none of the seven systems. */
function posted(body: Buffer, headers: Headers, source: string): FourKeysEvent {
  const invalid = (reason: string, cause?: unknown) => new PlumblineError('PUSH_INVALID', { source, reason }, cause);
  const parse = (text: string) => {
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      throw invalid(`the body is not JSON: ${(error as Error).message}`, error);
    }
  };
  const said = parse(body.toString('utf8'));
  const message = envelopeOf(said);
  const system =
    message === undefined
      ? systemOf(headers)
      : message.isCloudBuild
        ? 'cloud_build'
        : // What Argo CD posts to its topic has no headers of its own.
          (systemOf(message.headers) ?? systemOf(headers) ?? 'argocd');
  if (system === undefined)
    throw invalid(
      'its headers name none of github, gitlab, tekton, circleci, pagerduty, cloud-build and argocd; the last two are told by their User-Agent',
    );
  return message === undefined ? eventOf(system, headers, said) : eventOf(system, message.headers, parse(message.body));
}
