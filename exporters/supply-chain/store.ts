/** The one way of what was heard into the ledger, and the life of findings that follows from scans and what runs. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Transaction } from '../core/ledger.ts';
import { stage } from '../core/stage.ts';
import { sqlTime } from '../core/time.ts';
import { instantOf, ownerOf } from '../findings/staged-values.ts';
import { findingFacts, storeStaged } from '../findings/store.ts';
import type { Artifact, Heard, Scan } from './document.ts';
import { type Mention, storeArtifacts } from './ledger/artifacts.ts';
import { storeLinks } from './ledger/bom-links.ts';
import { storeEndOfLife } from './ledger/end-of-life.ts';
import { storeEpss, storeKev } from './ledger/exploited.ts';
import { storePackageLicenses } from './ledger/package-licenses.ts';
import { mergedLists, runningEvents, stageRunning } from './ledger/running.ts';
import { storeSboms } from './ledger/sboms.ts';
import { freshScans, stageScans } from './ledger/scans.ts';
import { scheduled } from './ledger/schedule.ts';
import { storeScorecards } from './ledger/scorecards.ts';
import { storeSignatures } from './ledger/signatures.ts';
import { storeVex } from './ledger/vex.ts';
import { storeVulnerabilities } from './ledger/vulnerabilities.ts';

/** Tables whose rows count from when they came to be so, beside those of findings. */
export const supplyChainFacts: readonly string[] = [
  ...['artifact_scans', 'finding_fixes', 'artifact_sboms', 'vex_statements', 'attestations', 'signature_looks'],
  ...['running_images', 'running_looks', 'kev_entries', 'end_of_life_cycles', 'repository_scores'],
];

export interface StoreOptions {
  readonly now: Date;
  /** After so long without another scan or list what it told is unknown; absent: never. */
  readonly staleSeconds?: number;
}

const sql = (name: string) => readFileSync(new URL(`./${name}.sql`, import.meta.url), 'utf8');
const scansRound = sql('ledger/scans');
const runningRound = sql('ledger/running');
const touchedTables = sql('life/touched');
const expired = sql('life/expired');
const noneEnded = sql('life/none_ended');
const runs = sql('life/runs');
const reports = sql('life/reports');
const carried = sql('life/carried');
const fixes = sql('life/fixes');

/**
 * Stores what was heard; returns how many rows are new. What was told before changes nothing. What several documents tell
 * is applied in the order of time, whatever their order here. A time to come by our clock is now.
 */
export async function storeHeard(
  tx: Transaction,
  source: string,
  heard: readonly Heard[],
  { now, staleSeconds }: StoreOptions,
): Promise<number> {
  const before = await rowsOf(tx);
  const all = together(heard);
  await setVariables(tx, source, { now, ...(staleSeconds === undefined ? {} : { staleSeconds }) }, idsOf(all));
  const mentions = mentionsOf(heard, now);
  await storeOwners(tx, all, mentions);
  const keyOf = await storeArtifacts(tx, mentions);
  const fresh = await freshScans(tx, all.scans, keyOf);
  const linked = await storeLinks(tx, all, keyOf);
  const spoken = [...all.vex, ...linked.map(({ statement }) => statement)];
  const nameOf = await storeVulnerabilities(tx, [...vulnerabilityLists(fresh, spoken), ...all.aliases]);

  const scanEvents = fresh.map(({ artifact, scannedAt }) => ({
    at: instantOf(scannedAt, now),
    keys: [`name ${artifact.name}`],
  }));
  const rounds = scheduled([...scanEvents, ...runningEvents(all.running, now)]);
  await stageScans(tx, fresh, { keyOf, nameOf, rounds: rounds.slice(0, fresh.length), now });
  await stageRunning(tx, all.running, { keyOf, rounds: rounds.slice(fresh.length), now });
  await storeSboms(tx, all.sboms, keyOf, now);
  await storeVex(tx, { vex: all.vex, linked }, { keyOf, nameOf, now });
  await storeSignatures(tx, all.signatures, keyOf, now);
  await storeKev(tx, all.kev, now);
  await storeEndOfLife(tx, all.endOfLife, now);
  await storeScorecards(tx, all.scorecards, now);
  const scores = await storeEpss(tx, all.epss);
  const licensed = await storePackageLicenses(tx, all.packageLicenses, now);

  for (let round = 0; round <= Math.max(0, ...new Set(rounds)); round += 1) {
    await tx.run('SET VARIABLE heard_round = $round::BIGINT', { round });
    // Lists before scans: what began to run at the time of its scan runs.
    if (all.running.length > 0) await tx.run(runningRound);
    await knowsWhatRuns(tx);
    await tx.run(fresh.length > 0 ? scansRound : noneEnded);
    if (round === 0) await tx.run(expired);
    await live(tx, source, now);
  }
  const after = await rowsOf(tx);
  const changed = counted.filter((_, index) => after[index] !== before[index]);
  tx.touch(...changed, ...(changed.includes('artifact_scans') ? ['scan_results'] : []));
  return counted.reduce((sum, _, index) => sum + Math.max(0, after[index]! - before[index]!), scores + licensed);
}

/** Lets findings live on whose exceptions have expired since anything told of them. */
export async function settleExceptions(tx: Transaction, now: Date): Promise<void> {
  if (
    (await tx.scalar('SELECT EXISTS (FROM finding_exceptions WHERE expires_at <= $now::TIMESTAMP)', {
      now: sqlTime(now),
    })) !== true
  )
    return;
  await setVariables(tx, '', { now }, ['exceptions']);
  await tx.run('SET VARIABLE heard_round = 0::BIGINT');
  await tx.run(noneEnded);
  await tx.run(expired);
  await live(tx, 'exceptions', now);
}

/** What of findings differs by what this round told. */
async function live(tx: Transaction, source: string, now: Date): Promise<void> {
  const isTouched = await tx.scalar(
    'SELECT EXISTS (FROM touched_artifacts) OR EXISTS (FROM touched_places) OR EXISTS (FROM touched_scopes)',
  );
  if (isTouched === true) {
    await tx.run(runs);
    await tx.run(reports);
    await tx.run(carried);
    if ((await tx.scalar('SELECT EXISTS (FROM told_reports)')) === true) {
      await storeStaged(tx, source, { now });
      await tx.run(fixes);
    }
  }
  await tx.run('DELETE FROM touched_artifacts; DELETE FROM touched_places; DELETE FROM touched_scopes');
}

/** Once anything tells what runs, images are measured against that; those that were only scanned run no longer. */
async function knowsWhatRuns(tx: Transaction): Promise<void> {
  await tx.run(`INSERT INTO touched_scopes SELECT DISTINCT scope, getvariable('heard_now') FROM finding_listings
      WHERE getvariable('heard_runs_unknown') AND scope LIKE 'image:%' AND EXISTS (FROM running_looks);
    SET VARIABLE heard_runs_unknown = (SELECT NOT EXISTS (FROM running_looks))`);
}

async function setVariables(
  tx: Transaction,
  source: string,
  { now, staleSeconds }: StoreOptions,
  ids: readonly string[] = [],
): Promise<void> {
  await tx.run('SET VARIABLE heard_now = $now::TIMESTAMP', { now: sqlTime(now) });
  await tx.run('SET VARIABLE heard_source = $source', { source });
  await tx.run('SET VARIABLE heard_stale_seconds = $stale::BIGINT', { stale: staleSeconds ?? null });
  // Tells reports of one scope and time apart, which several calls make.
  const call = createHash('sha256')
    .update(JSON.stringify([now, [...new Set(ids)].sort()]))
    .digest('hex');
  await tx.run('SET VARIABLE heard_call = $call', { call });
  await tx.run('SET VARIABLE heard_merged_at = $now::TIMESTAMP', { now: sqlTime(now) });
  await tx.run(`SET VARIABLE heard_runs_unknown = (SELECT NOT EXISTS (FROM running_looks))`);
  await tx.run(touchedTables);
}

const together = (heard: readonly Heard[]) => ({
  scans: heard.flatMap(({ scans = [] }) => scans),
  sboms: heard.flatMap(({ sboms = [] }) => sboms),
  vex: heard.flatMap(({ vex = [] }) => vex),
  signatures: heard.flatMap(({ signatures = [] }) => signatures),
  running: mergedLists(heard.flatMap(({ running = [] }) => running)),
  kev: heard.flatMap(({ kev }) => kev ?? []),
  epss: heard.flatMap(({ epss }) => epss ?? []),
  aliases: heard.flatMap(({ aliases = [] }) => aliases),
  packageLicenses: heard.flatMap(({ packageLicenses = [] }) => packageLicenses),
  endOfLife: heard.flatMap(({ endOfLife }) => endOfLife ?? []),
  scorecards: heard.flatMap(({ scorecards = [] }) => scorecards),
});
type Together = ReturnType<typeof together>;

/** What tells this call's documents from others'. */
const idsOf = ({ scans, sboms, vex, running }: Together): readonly string[] => [
  ...[...scans, ...sboms].map(({ digest }) => digest),
  ...vex.map(({ id }) => id),
  ...running.map(({ place, at, images }) => JSON.stringify([place, at, images.length])),
];

function mentionsOf(heard: readonly Heard[], now: Date): readonly Mention[] {
  const { scans, sboms, vex, signatures, running } = together(heard);
  const mention = (artifact: Artifact, owner: string, at: string): Mention => ({
    ...{ artifact, owner: ownerOf(owner), at: instantOf(at, now) },
  });
  return [
    ...scans.map(({ artifact, owner, scannedAt }) => mention(artifact, owner, scannedAt)),
    ...sboms.map(({ artifact, owner, createdAt }) => mention(artifact, owner, createdAt)),
    ...signatures.map(({ artifact, owner, at }) => mention(artifact, owner, at)),
    ...running.flatMap(({ images, at }) => images.map(({ artifact, owner }) => mention(artifact, owner, at))),
    // What is said of all there are of a name is of no content.
    ...vex.flatMap(({ artifact, owner, at }) =>
      artifact && (artifact.digests.length > 0 || artifact.tag !== undefined) ? [mention(artifact, owner, at)] : [],
    ),
  ];
}

async function storeOwners(
  tx: Transaction,
  { vex, running, scorecards }: Together,
  mentions: readonly Mention[],
): Promise<void> {
  const owners = new Set([...mentions, ...vex, ...scorecards].map(({ owner }) => ownerOf(owner)));
  for (const { images } of running) owners.add(ownerOf(images[0]?.owner ?? ''));
  await stage(
    tx,
    'heard_owners',
    { owner: 'VARCHAR' },
    [...owners].map(owner => ({ owner })),
  );
  await tx.run(`INSERT INTO owner_keys
    SELECT (md5_number(owner) // 2)::HUGEINT, owner::JSON, getvariable('heard_now') FROM heard_owners
    WHERE (md5_number(owner) // 2)::HUGEINT NOT IN (SELECT owner_key FROM owner_keys)`);
}

const vulnerabilityLists = (scans: readonly Scan[], vex: Together['vex']): readonly (readonly string[])[] => [
  ...scans.flatMap(({ found }) =>
    found.flatMap(({ class: kind, id, aliases = [] }) => (kind === 'vulnerability' ? [[id, ...aliases]] : [])),
  ),
  ...vex.map(({ vulnerability, aliases = [] }) => [vulnerability, ...aliases]),
];

const counted = [...supplyChainFacts, ...findingFacts, 'artifacts', 'artifact_digests'];

async function rowsOf(tx: Transaction): Promise<readonly number[]> {
  const [row = {}] = await tx.all(`SELECT ${counted.map(table => `(SELECT count(*) FROM ${table})`).join(', ')}`);
  return Object.values(row).map(Number);
}
