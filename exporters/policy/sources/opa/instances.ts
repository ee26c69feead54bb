/**
 * The OPAs that send: what came of each run's decisions, and what its status says of itself. OPA can lose decisions without
 * a word (1.22 does, at its default upload limit, once one has an error), so what came is held against its own counter of
 * requests.
 */
import { ownerText } from '../../../catalog/keys.ts';
import type { Row, Transaction } from '../../../core/ledger.ts';
import { stage } from '../../../core/stage.ts';
import { fromSqlTime, sqlTime, utcDay } from '../../../core/time.ts';
import type { OpaConfig } from './config.ts';
import { objectOf } from './json.ts';
import { addMinutes, dropMinutes, exportMinutes, numberMinutes } from './minutes.ts';
import { resolveOwners } from './owners.ts';
import type { BundleStatus, OpaStatus } from './status.ts';
import type { StoreOptions } from './store-options.ts';
import { wordsOf } from './words.ts';

/** A row of opa_instances. */
interface Instance {
  readonly instance: string;
  team: string;
  service: string;
  environment: string;
  labels: string;
  version: string;
  received: number;
  errors: number;
  lastNumber: number;
  rawRequests: number | undefined;
  requests: number;
  receivedBase: number;
  settledRequests: number;
  settledReceived: number;
  drops: Readonly<Record<string, number>>;
  bundles: string;
  largestPost: number;
  state: string;
  seenAt: Date;
  keptAt: Date | undefined;
}

export interface ReceivedStatus {
  readonly status: OpaStatus;
  readonly at: Date;
  /** Whose token posted it. */
  readonly team?: string | undefined;
}

type Counts = Readonly<Record<string, string | number>>;

/** So many runs are followed at most: their ids are chosen by whoever posts. */
const mostInstances = 20_000;
const keepMs = 300_000;

/** Notes what came of each OPA, of the table opa_new. */
export async function noteDecisions(tx: Transaction, { config, now, sizes }: StoreOptions): Promise<void> {
  const rows = await tx.all(
    `SELECT labels, any_value(sent_by) AS sent_by, count(*) AS received,
       count(*) FILTER (outcome = 'error') AS errors, min(request) AS first, max(request) AS last,
       list(DISTINCT filename) AS files
     FROM opa_new WHERE labels IS NOT NULL GROUP BY labels LIMIT $most::BIGINT`,
    { most: mostInstances },
  );
  const told = rows.flatMap(row => {
    const labels = objectOf(row.labels);
    if (typeof labels.id !== 'string' || labels.id === '') return [];
    const team = typeof row.sent_by === 'string' ? row.sent_by : undefined;
    return [{ instance: labels.id.slice(0, 200), labels, team, row }];
  });
  const instances = await load(tx, config, told, now);
  const numbers: Counts[] = [];
  for (const { instance, labels, row } of told) {
    const one = instances.get(instance);
    if (!one) continue;
    const received = Number(row.received);
    const [first, last] = [Number(row.first ?? 0), Number(row.last ?? 0)];
    // Numbers begin with 1 at each start; those before the first that we saw were somebody else's to count.
    const since = one.received === 0 && first > 0 ? first - 1 : one.lastNumber;
    // An OPA that logs errors alone gives its requests no numbers.
    if (last > 0) numbers.push({ ...ownerOf(one), requests: Math.max(0, last - since), received });
    one.received += received;
    one.errors += Number(row.errors);
    one.lastNumber = Math.max(since, last);
    if (typeof labels.version === 'string') one.version = labels.version.slice(0, 50);
    one.seenAt = now;
    const files = Array.isArray(row.files) ? row.files.map(String) : [];
    one.largestPost = Math.max(one.largestPost, ...files.map(file => sizes?.get(file) ?? 0));
  }
  await addCounts(tx, numberMinutes, numbers, now);
  await keepStates(tx, [...instances.values()], config, now);
  await save(tx, [...instances.values()]);
}

/** Notes what OPAs say of themselves, in the order in which it came and after the decisions that came before. */
export async function noteStatuses(
  tx: Transaction,
  statuses: readonly ReceivedStatus[],
  { config, now }: StoreOptions,
): Promise<void> {
  const told = statuses.map(({ status: { instance, labels }, team }) => ({ instance, labels, team }));
  const instances = await load(tx, config, told, now);
  const exported: Counts[] = [];
  const dropped: Counts[] = [];
  const bundles: Counts[] = [];
  for (const { status, at } of statuses) {
    const one = instances.get(status.instance);
    if (!one) continue;
    exported.push(...settle(one, status));
    for (const [kind, count] of Object.entries(status.drops)) {
      const more = count - (one.drops[kind] ?? 0);
      if (more > 0) dropped.push({ ...ownerOf(one), kind, drops: more });
    }
    one.drops = { ...one.drops, ...status.drops };
    one.version = status.version;
    const isDue = one.keptAt === undefined || at.getTime() - one.keptAt.getTime() >= keepMs;
    const shown = JSON.stringify(
      status.bundles.map(({ bundle, revision, activatedAt }) => [bundle, revision, activatedAt]),
    );
    if (shown !== one.bundles || isDue)
      bundles.push(...status.bundles.map(bundle => bundleRow(one, bundle, config, at)));
    one.bundles = shown;
    await keepStates(tx, [one], config, at, status.state);
    one.seenAt = at;
  }
  await addCounts(tx, exportMinutes, exported, now);
  await addCounts(tx, dropMinutes, dropped, now);
  await insert(tx, 'opa_bundles', bundleColumns, bundles, now);
  await save(tx, [...instances.values()]);
}

/**
 * What was answered until the status before has come by the time that a status says the upload since then is well: what
 * hasn't is lost. What came since then too may hide as much for a while, but never adds up.
 */
function settle(one: Instance, { requests, state }: OpaStatus): Counts[] {
  if (requests === undefined) return [];
  if (one.rawRequests === undefined) {
    // What it did before we first heard of it is not held against it.
    one.rawRequests = requests;
    one.receivedBase = one.received;
    return [];
  }
  const until = one.requests;
  one.requests += requests >= one.rawRequests ? requests - one.rawRequests : requests;
  one.rawRequests = requests;
  if (state === 'failing') return [];
  const received = Math.max(one.settledReceived, Math.min(one.received - one.receivedBase, until));
  const counts = { requests: until - one.settledRequests, received: received - one.settledReceived };
  one.settledRequests = until;
  one.settledReceived = received;
  return counts.requests > 0 || counts.received > 0 ? [{ ...ownerOf(one), ...counts }] : [];
}

const ownerOf = ({ team, service, environment }: Instance) => ({ team, service, environment });

const bundleColumns = {
  ...{ instance: 'VARCHAR', team: 'VARCHAR', service: 'VARCHAR', environment: 'VARCHAR', bundle: 'VARCHAR' },
  ...{ revision: 'VARCHAR', activated_at: 'TIMESTAMP', requested_at: 'TIMESTAMP', silent_seconds: 'BIGINT' },
  occurred_at: 'TIMESTAMP',
};

const bundleRow = (
  one: Instance,
  { bundle, revision, activatedAt, requestedAt }: BundleStatus,
  config: OpaConfig,
  at: Date,
) => ({
  ...{ instance: one.instance, ...ownerOf(one), bundle, revision, silent_seconds: config.silent_after },
  activated_at: activatedAt ? sqlTime(activatedAt) : '',
  requested_at: requestedAt ? sqlTime(requestedAt) : '',
  occurred_at: sqlTime(at),
});

/** A row of opa_states where the state differs or five minutes have passed. */
async function keepStates(
  tx: Transaction,
  instances: readonly Instance[],
  { silent_after: silent }: OpaConfig,
  at: Date,
  state?: OpaStatus['state'],
): Promise<void> {
  const rows: Counts[] = [];
  for (const one of instances) {
    const now = state ?? one.state;
    if (now === one.state && one.keptAt && at.getTime() - one.keptAt.getTime() < keepMs) continue;
    one.state = now;
    one.keptAt = at;
    rows.push({
      instance: one.instance,
      ...ownerOf(one),
      state: now,
      silent_seconds: silent,
      occurred_at: sqlTime(at),
    });
  }
  await insert(
    tx,
    'opa_states',
    {
      ...{ instance: 'VARCHAR', team: 'VARCHAR', service: 'VARCHAR', environment: 'VARCHAR', state: 'VARCHAR' },
      ...{ silent_seconds: 'BIGINT', occurred_at: 'TIMESTAMP' },
    },
    rows,
    at,
  );
}

async function insert(
  tx: Transaction,
  table: string,
  columns: Readonly<Record<string, string>>,
  rows: readonly Counts[],
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  const texts = Object.fromEntries(Object.keys(columns).map(name => [name, 'VARCHAR']));
  await stage(tx, 'opa_rows', texts, rows);
  const casts = Object.entries(columns).map(([name, type]) => `nullif(${name}, '')::${type} AS ${name}`);
  await tx.run(`INSERT INTO ${table} BY NAME SELECT ${casts.join(', ')}, $now::TIMESTAMP AS learned_at FROM opa_rows`, {
    now: sqlTime(now),
  });
  await tx.run('DROP TABLE opa_rows');
  tx.touch(table);
}

async function addCounts(
  tx: Transaction,
  into: typeof exportMinutes,
  rows: readonly Counts[],
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  const { keys, values } = into;
  const types = Object.fromEntries([...keys.map(key => [key, 'VARCHAR']), ...values.map(value => [value, 'BIGINT'])]);
  await stage(tx, 'opa_rows', types, rows);
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE opa_counts AS
     SELECT ${keys.join(', ')}, ${values.map(value => `sum(${value})::BIGINT AS ${value}`).join(', ')},
       date_trunc('minute', $now::TIMESTAMP) AS minute
     FROM opa_rows GROUP BY ALL`,
    { now: sqlTime(now) },
  );
  await addMinutes(tx, into, 'opa_counts', now);
  await tx.run('DROP TABLE opa_rows; DROP TABLE opa_counts');
}

interface ToldInstance {
  readonly instance: string;
  readonly labels: Readonly<Record<string, unknown>>;
  readonly team: string | undefined;
}

/** The instances as they are known, new ones with the owner that their labels name. */
async function load(tx: Transaction, config: OpaConfig, told: readonly ToldInstance[], now: Date) {
  const ids = [...new Set(told.map(({ instance }) => instance))];
  const rows = await tx.all(
    `SELECT * FROM opa_instances WHERE list_contains(from_json($ids::JSON, '["VARCHAR"]'), instance)`,
    { ids: JSON.stringify(ids) },
  );
  const instances = new Map(rows.map(row => [String(row.instance), instanceOf(row)]));
  const fresh = new Map(told.filter(({ instance }) => !instances.has(instance)).map(one => [one.instance, one]));
  if (fresh.size === 0) return instances;
  const count = Number(await tx.scalar('SELECT count(*) FROM opa_instances'));
  const admitted = [...fresh.values()].slice(0, Math.max(0, mostInstances - count));
  const { attributesOf } = wordsOf(config.owner);
  const asked = admitted.map(({ instance, labels, team }) => ({
    spoken: instance,
    day: utcDay(now),
    text: ownerText({ ...attributesOf(labels), ...(team === undefined ? {} : { team }) }),
  }));
  await resolveOwners(tx, asked, now);
  const owners = new Map((await tx.all('SELECT * FROM opa_owners')).map(row => [String(row.spoken), row]));
  for (const { instance, labels } of admitted) {
    const owner = owners.get(instance);
    instances.set(instance, {
      ...{ instance, labels: JSON.stringify(labels).slice(0, 2000), version: '', state: 'no_status', bundles: '' },
      ...{ team: String(owner?.team), service: String(owner?.service), environment: String(owner?.environment) },
      ...{ received: 0, errors: 0, lastNumber: 0, rawRequests: undefined, requests: 0, receivedBase: 0 },
      ...{ settledRequests: 0, settledReceived: 0, drops: {}, largestPost: 0, seenAt: now, keptAt: undefined },
    });
  }
  return instances;
}

const instanceOf = (row: Row): Instance => ({
  ...{ instance: String(row.instance), labels: String(row.labels), version: String(row.version) },
  ...{ team: String(row.team), service: String(row.service), environment: String(row.environment) },
  ...{ received: Number(row.received), errors: Number(row.errors), lastNumber: Number(row.last_number) },
  rawRequests: row.raw_requests === null ? undefined : Number(row.raw_requests),
  ...{ requests: Number(row.requests), receivedBase: Number(row.received_base) },
  ...{ settledRequests: Number(row.settled_requests), settledReceived: Number(row.settled_received) },
  drops: objectOf(row.drops) as Readonly<Record<string, number>>,
  ...{ bundles: String(row.bundles), largestPost: Number(row.largest_post), state: String(row.state) },
  seenAt: fromSqlTime(String(row.seen_at)),
  keptAt: typeof row.kept_at === 'string' ? fromSqlTime(row.kept_at) : undefined,
});

async function save(tx: Transaction, instances: readonly Instance[]): Promise<void> {
  if (instances.length === 0) return;
  const rows = instances.map(one => ({
    ...{ instance: one.instance, labels: one.labels, ...ownerOf(one), version: one.version },
    ...{ received: one.received, errors: one.errors, last_number: one.lastNumber },
    ...{ raw_requests: one.rawRequests ?? null, requests: one.requests, received_base: one.receivedBase },
    ...{ settled_requests: one.settledRequests, settled_received: one.settledReceived },
    ...{ drops: JSON.stringify(one.drops), bundles: one.bundles, largest_post: one.largestPost, state: one.state },
    ...{ seen_at: sqlTime(one.seenAt), kept_at: one.keptAt ? sqlTime(one.keptAt) : null },
  }));
  await stage(tx, 'opa_saved', instanceColumns, rows);
  await tx.run('DELETE FROM opa_instances WHERE instance IN (SELECT instance FROM opa_saved)');
  await tx.run('INSERT INTO opa_instances BY NAME FROM opa_saved');
  await tx.run('DROP TABLE opa_saved');
  tx.touch('opa_instances');
}

const instanceColumns = {
  ...{ instance: 'VARCHAR', labels: 'VARCHAR', team: 'VARCHAR', service: 'VARCHAR', environment: 'VARCHAR' },
  ...{ version: 'VARCHAR', received: 'BIGINT', errors: 'BIGINT', last_number: 'BIGINT', raw_requests: 'BIGINT' },
  ...{ requests: 'BIGINT', received_base: 'BIGINT', settled_requests: 'BIGINT', settled_received: 'BIGINT' },
  ...{ drops: 'VARCHAR', bundles: 'VARCHAR', largest_post: 'BIGINT', state: 'VARCHAR', seen_at: 'TIMESTAMP' },
  kept_at: 'TIMESTAMP',
};
