/**
 * Azure Policy by the Azure Resource Manager: of each subscription the newest state of every resource under every
 * assignment, the summary that its completeness is checked by, exemptions, and whether assignments are enforced.
 */
import { createHash } from 'node:crypto';
import { ownerText } from '../../../catalog/keys.ts';
import { breather } from '../../../core/breathe.ts';
import { keepRejections, type Rejection } from '../../../core/rejections.ts';
import type { Batch, PullSource, SourceContext } from '../../../core/source.ts';
import type { Report, Told } from '../../../findings/report.ts';
import { storeTold } from '../../../findings/store.ts';
import { type ArmClient, type ArmOptions, armClient } from '../../../vendors/azure/arm.ts';
import { PlumblineError } from '../../errors.ts';
import { assignmentsOf, statePages, subscriptionsOf, summaryOf, titleOf, type Window } from './ask.ts';
import type { AzurePolicyConfig } from './config.ts';
import { readDenials } from './denials.ts';
import { readExemptions } from './exemptions.ts';
import { type GatherOptions, gatherer } from './gather.ts';
import { knownOf } from './known.ts';
import { hasLost, readRow, type StateRow } from './row.ts';
import { readSummary } from './summary.ts';
import { engine, provider, scopeOf } from './terms.ts';

export interface AzurePolicyOptions
  extends Pick<ArmOptions, 'sleep' | 'random' | 'environment' | 'retries'>,
    Pick<GatherOptions, 'reads'> {}

interface Cursor {
  /** When each subscription was last read: the one that has waited longest comes first. */
  readonly readAt: Readonly<Record<string, string>>;
  /** Up to when the requests that were refused in each subscription are known. */
  readonly deniedTo?: Readonly<Record<string, string>>;
}

/** What one subscription may have and another has not: the others are read all the same. */
const ownFaults: Readonly<Record<string, string>> = {
  AZURE_FORBIDDEN: 'forbidden',
  HTTP_STATUS: 'refused',
  AZURE_POLICY_ANSWER: 'bad_answer',
  HTTP_NOT_JSON: 'bad_answer',
};

export function azurePolicySource(config: AzurePolicyConfig, options: AzurePolicyOptions = {}): PullSource {
  const { name, every } = config;
  const { reads, ...client } = options;
  const titles = new Map<string, string | undefined>();
  return {
    kind: 'pull',
    name,
    everySeconds: every,
    plan: async () => ({
      requests: Math.max(1, config.subscriptions.length) * 4,
      text: `policy states of ${config.subscriptions.length === 0 ? 'each subscription' : `${config.subscriptions.length} subscriptions`}, about 1,000 rows a request, with assignments, exemptions and a summary, every ${every} s`,
    }),
    batches: async function* (context, before) {
      const arm = armClient({
        credentials: config.credentials,
        timeoutMs: config.timeout * 1000,
        log: context.log,
        signal: context.signal,
        now: () => context.now().getTime(),
        ...client,
      });
      const { readAt = {}, deniedTo = {} } = (before ?? {}) as Partial<Cursor>;
      const all = await subscriptionsOf(arm, config);
      const cursor = new Map(Object.entries(readAt).filter(([id]) => all.includes(id)));
      const denied = new Map(Object.entries(deniedTo).filter(([id]) => all.includes(id)));
      const order = all.toSorted((a, b) => ((cursor.get(a) ?? '') < (cursor.get(b) ?? '') ? -1 : 1));
      let failed: unknown;
      for (const [index, subscription] of order.entries()) {
        context.progress(index, order.length, 'subscriptions');
        const deniedSince = denied.get(subscription);
        const look = {
          arm,
          config,
          context,
          subscription,
          at: context.now(),
          titles,
          deniedSince,
          ...(reads ? { reads } : {}),
        };
        const read = await readSubscription(look).catch((error: unknown): Read => {
          const reason = error instanceof PlumblineError ? ownFaults[error.code] : undefined;
          if (reason === undefined) throw error;
          context.log.warn({ subscription, reason: String(error) }, 'subscription could not be read');
          return { told: { reports: [failedReport(look, reason)] }, records: 0, rejections: [], failed: error };
        });
        failed ??= read.failed;
        cursor.set(subscription, look.at.toISOString());
        if (read.told.blocks !== undefined) denied.set(subscription, look.at.toISOString());
        const reached = { readAt: Object.fromEntries(cursor), deniedTo: Object.fromEntries(denied) };
        yield batchOf(config, look, reached, read);
      }
      if (failed !== undefined) throw failed;
    },
  };
}

interface Look extends Pick<GatherOptions, 'reads'> {
  readonly arm: ArmClient;
  readonly config: AzurePolicyConfig;
  readonly context: SourceContext;
  readonly subscription: string;
  readonly at: Date;
  readonly titles: Map<string, string | undefined>;
  readonly deniedSince: string | undefined;
}

interface Read {
  readonly told: Told;
  readonly records: number;
  readonly rejections: readonly Rejection[];
  /** Why all of it, or what stands beside the states, could not be read. */
  readonly failed?: unknown;
}

const fileOf = (subscription: string) => `subscription ${subscription}`;

const batchOf = ({ name, stale }: AzurePolicyConfig, look: Look, cursor: Cursor, read: Read): Batch => ({
  cursor,
  write: async tx => {
    const { told, records, rejections } = read;
    const changed = await storeTold(tx, name, told, { now: look.at, staleSeconds: Math.round(stale * 3600) });
    const kept = { read: [fileOf(look.subscription)], rejections };
    return { records, changed, rejected: await keepRejections(tx, name, kept, look.at) };
  },
});

async function readSubscription(look: Look): Promise<Read> {
  const { arm, config, context, subscription, at, titles } = look;
  const scope = scopeOf(subscription);
  const window: Window = { from: new Date(at.getTime() - config.window_hours * 3600_000), to: at };
  const known = await knownOf(context.ledger, scope);
  const assignments = await assignmentsOf(arm, subscription);
  const breathe = breather();
  const rejections: Rejection[] = [];
  const definitions = new Map<string, string>();
  const policyOfPart = new Map<string, string>();
  const gathered = gatherer({
    isEnforced: assignment => assignments.get(assignment)?.isEnforced ?? true,
    titleOf: policy => titles.get(policy),
    isKnown: known.has,
    ...(look.reads ? { reads: look.reads } : {}),
    ...(config.environment === undefined ? {} : { attributes: { environment: config.environment } }),
  });
  let records = 0;
  const add = (row: StateRow) => {
    if (row.definition !== '') definitions.set(row.policy, row.definition);
    policyOfPart.set(row.part, row.policy);
    gathered.add({ ...row, subscription });
  };
  for await (const page of statePages(arm, subscription, window)) {
    const rows: StateRow[] = [];
    for (const row of page) {
      if (breathe.due()) await breathe.now();
      records += 1;
      const { state, fault } = readRow(row);
      if (fault !== undefined) rejections.push({ file: fileOf(subscription), line: records, ...fault });
      if (state !== undefined) rows.push(state);
    }
    if (config.titles)
      for (const { policy, definition } of rows)
        if (definition !== '' && !titles.has(policy)) titles.set(policy, await titleOf(arm, definition));
    for (const row of rows) add(row);
  }
  const { results, counts, policies } = gathered.done();
  const summary = await summaryOf(arm, subscription, window).catch((error: unknown) => {
    if (!(error instanceof PlumblineError && ['HTTP_STATUS', 'AZURE_FORBIDDEN'].includes(error.code))) throw error;
    context.log.warn({ subscription, reason: error.message }, 'list is not checked by its summary');
    return undefined;
  });
  const totals = (readSummary(summary ?? {}) ?? []).flatMap(({ policy, part, resources }) => {
    const violations = resources.get('fail') ?? 0;
    return violations === 0 ? [] : [{ policy, part, violations }];
  });
  const evaluatedAt = at.toISOString();
  const report: Report = {
    ...{ engine, scope, owner: scopeOwner(look), evaluatedAt, results, counts, totals },
    ...(hasLost(rejections) ? { completeness: 'partial', reason: 'records_rejected' } : { completeness: 'complete' }),
    policies: known.evaluated(policies.keys(), assignment => assignments.has(assignment)),
    digest: digestOf([subscription, evaluatedAt]),
  };
  let failed: unknown;
  // Whoever may read states may not read all that stands beside them, and the states are told all the same.
  const beside = async <Answer>(wanted: boolean, ask: () => Promise<Answer>): Promise<Answer | undefined> => {
    if (!wanted) return undefined;
    return ask().catch((error: unknown) => {
      if (!(error instanceof PlumblineError && ownFaults[error.code] !== undefined)) throw error;
      context.log.warn(
        { subscription, reason: error.message },
        'policy states are read without what stands beside them',
      );
      failed ??= error;
      return undefined;
    });
  };
  const exemptions = await beside(config.exemptions, () =>
    readExemptions(arm, { subscription, readAt: evaluatedAt, assignments, results, policyOfPart }),
  );
  const modes = [...policies].map(([policy, enforcement]) => {
    const title = titles.get(policy);
    return { policy, enforcement, ...(title === undefined ? {} : { title }) };
  });
  const deniedFrom = look.deniedSince === undefined ? window.from : new Date(look.deniedSince);
  const blocks = await beside(config.denials, () => readDenials(arm, subscription, { from: deniedFrom, to: at }));
  const told = {
    ...(blocks === undefined ? {} : { blocks }),
    reports: [report],
    exceptions: exemptions === undefined ? [] : [exemptions],
    policies: [{ engine, scope, readAt: evaluatedAt, policies: modes }],
  };
  return { told, records, rejections, failed };
}

const scopeOwner = ({ subscription, config: { environment } }: Look): string =>
  ownerText({ provider, sub_account: subscription, ...(environment === undefined ? {} : { environment }) });

function failedReport(look: Look, reason: string): Report {
  const evaluatedAt = look.at.toISOString();
  return {
    ...{ engine, scope: scopeOf(look.subscription), owner: scopeOwner(look), evaluatedAt },
    ...{ completeness: 'failed', reason, results: [], digest: digestOf([look.subscription, evaluatedAt, reason]) },
  };
}

const digestOf = (words: readonly string[]): string => createHash('sha256').update(words.join('\n')).digest('hex');
