/** Estimates of pull requests against the bill, by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ledger } from '../../exporters/core/ledger.ts';
import { allocate } from '../../exporters/cost/allocate.ts';
import { actualChange, estimateAccuracy, estimateAttribution, estimatedChange } from '../../exporters/cost/metrics.ts';
import { readDocument } from '../../exporters/cost/sources/infracost/document.ts';
import { storeEstimates } from '../../exporters/cost/sources/infracost/store.ts';
import { addKey, linesAt, openBooks, own, post } from './books.ts';
import { infracostJson, type Run } from './infracost-run.ts';

const day = (offset: number) => new Date(Date.UTC(2026, 8, 1 + offset)).toISOString().slice(0, 10);

interface Story {
  /** Usage of the service per day from day 0 on. */
  readonly usage: readonly number[];
  readonly runs: readonly Run[];
  readonly currency?: string;
}

/** A service `checkout` of payments; every estimate of acme/checkout is of it, unless its path says otherwise. */
async function booksOf(story: Story): Promise<Ledger> {
  const ledger = await openBooks();
  await ledger.write(async tx => {
    await tx.run(
      "INSERT INTO cost_settings VALUES ('top_environments', 20), ('top_services', 100), ('estimated_days', 3), ('estimate_pull_requests', 3)",
    );
    await addKey(tx, { id: 1, currency: story.currency ?? 'USD' });
    await addKey(tx, { id: 2, category: 'Tax' });
    await own(tx, { key: 1, team: 'payments' });
    await own(tx, { key: 2, team: 'payments' });
    await post(tx, [
      ...story.usage.map((amount, offset) => ({ key: 1, day: day(offset), amount: String(amount) })),
      // A tax is no usage, whenever it comes.
      { key: 2, day: day(20), amount: '1000' },
    ]);
    await allocate(tx, new Date('2026-11-23T10:00:00Z'));
    for (const run of story.runs) {
      const document = readDocument(infracostJson(run), ['main']);
      assert.ok(typeof document === 'object');
      await storeEstimates(tx, 'infracost', document.estimates, new Date(run.at));
    }
    for (const project of ['infra', 'infra/dev'])
      await tx.run("INSERT INTO estimate_services VALUES ('acme/checkout', $project, 'payments', 'checkout')", {
        project,
      });
  });
  return ledger;
}

const flat = (before: number, after: number, change: number, days = 60) =>
  Array.from({ length: days }, (_, offset) => (offset < change ? before : after));

const opened = (pullRequest: string, offset: number, diff: string | null, path = 'infra'): Run => ({
  ...{ pullRequest, base: 'main', commit: `head-${pullRequest}`, at: `${day(offset)}T09:00:00Z` },
  projects: [{ path, monthly: '500', past: '400', diff }],
});
const merged = (pullRequest: string, offset: number): Run => ({
  ...{ branch: 'main', commit: `merge-${pullRequest}`, at: `${day(offset)}T15:00:00Z` },
  ...{ message: `Change it (#${pullRequest})`, command: 'breakdown' },
  projects: [{ path: 'infra', monthly: '500', past: '0', diff: '500' }],
});

const stateAt = async (ledger: Ledger, instant: string) =>
  (await linesAt(ledger, estimateAttribution, instant))
    .filter(line => line.endsWith(' 1'))
    .map(line => line.replace('payments checkout acme/checkout ', '').replace(/ 1$/, ''));

test('an estimate is pending until days 3 to 17 after the merge are billed, then attributed', async () => {
  const ledger = await booksOf({ usage: flat(10, 12, 20), runs: [opened('7', 18, '60'), merged('7', 20)] });
  assert.deepEqual(await stateAt(ledger, `${day(18)} 08:59`), []);
  assert.deepEqual(await stateAt(ledger, `${day(18)} 09:00`), ['7 pending']);
  assert.deepEqual(await stateAt(ledger, `${day(40)} 23:59`), ['7 pending']);
  assert.deepEqual(await linesAt(ledger, actualChange, `${day(40)} 23:59`), []);
  assert.deepEqual(await stateAt(ledger, `${day(41)} 00:00`), ['7 attributed'], 'day 17 and three days more are over');
  assert.deepEqual(await linesAt(ledger, estimatedChange, `${day(41)} 00:00`), [
    'payments checkout acme/checkout infra 7 USD 60',
  ]);
  // 2 a day are 2 * 730 / 24 a month.
  assert.deepEqual(await linesAt(ledger, actualChange, `${day(41)} 00:00`), [
    `payments checkout acme/checkout 7 USD ${(2 * 365) / 12}`,
  ]);
  assert.deepEqual(await linesAt(ledger, estimateAccuracy, `${day(41)} 00:00`), [
    `payments checkout USD ${1 - ((2 * 365) / 12 - 60) / ((2 * 365) / 12)}`,
  ]);
  assert.deepEqual(await linesAt(ledger, estimateAccuracy, `${day(111)} 00:00`), [], 'it is of the last 90 days');
  await ledger.close();
});

test('the days of the change itself and the days outside of both windows count nothing', async () => {
  const usage = flat(10, 12, 20).map((amount, offset) =>
    (offset >= 6 && offset <= 19) || (offset >= 23 && offset <= 37) ? amount : 5000,
  );
  const ledger = await booksOf({ usage, runs: [opened('7', 18, '60'), merged('7', 20)] });
  const [line] = await linesAt(ledger, actualChange, `${day(41)} 00:00`);
  assert.equal(line, `payments checkout acme/checkout 7 USD ${(2 * 365) / 12}`);
  await ledger.close();
});

test('a week with its own shape is no change: every weekday weighs the same before and after', async () => {
  const usage = Array.from({ length: 60 }, (_, offset) => (offset % 7 < 2 ? 40 : 100));
  const ledger = await booksOf({ usage, runs: [opened('7', 18, '60'), merged('7', 20)] });
  assert.deepEqual(await linesAt(ledger, actualChange, `${day(41)} 00:00`), [
    'payments checkout acme/checkout 7 USD 0',
  ]);
  assert.deepEqual(await linesAt(ledger, estimateAccuracy, `${day(41)} 00:00`), ['payments checkout USD 0']);
  await ledger.close();
});

test('pull requests of a service that are merged within 17 days of one another are unattributable', async () => {
  const usage = flat(10, 12, 20, 80);
  const apart = async (days: number, diff: string | null = '60') => {
    const runs = [opened('7', 18, '60'), merged('7', 20), opened('8', 19, diff), merged('8', 20 + days)];
    const ledger = await booksOf({ usage, runs });
    const states = await stateAt(ledger, `${day(62)} 00:00`);
    await ledger.close();
    return states;
  };
  assert.deepEqual(await apart(17), ['7 unattributable', '8 unattributable']);
  assert.deepEqual(await apart(18), ['7 attributed', '8 attributed']);
  assert.deepEqual(await apart(1, '0'), ['7 attributed'], 'one that changes no cost overlaps with nothing');
  assert.deepEqual(await apart(1, null), ['7 unattributable', '8 unattributable'], 'one of unknown cost does');
});

test('what is not known is not attributed: estimate, currency, the bill before the merge', async () => {
  const runs = [opened('7', 18, '60'), merged('7', 20)];
  const states = async (story: Story, instant = `${day(45)} 00:00`) => {
    const ledger = await booksOf(story);
    const told = await stateAt(ledger, instant);
    await ledger.close();
    return told;
  };
  const usage = flat(10, 12, 20);
  assert.deepEqual(await states({ usage, runs, currency: 'EUR' }), ['7 unattributable']);
  assert.deepEqual(await states({ usage: flat(10, 12, 3), runs: [opened('7', 1, '60'), merged('7', 3)] }), [
    '7 unattributable',
  ]);
  assert.deepEqual(await states({ usage: usage.slice(0, 30), runs }), ['7 pending'], 'the bill has come to day 9 only');
  const elsewhere = [opened('7', 18, '60', 'other'), merged('7', 20)];
  assert.deepEqual(await states({ usage, runs: elsewhere }), ['unowned unassigned acme/checkout 7 unattributable']);
});

test('what only knows its total is held against the default branch of its time, and the newest run counts', async () => {
  const breakdown = (run: Run, monthly: string): Run => ({
    ...run,
    command: 'breakdown',
    projects: [{ path: 'infra', monthly, past: '0', diff: monthly }],
  });
  const ledger = await booksOf({
    usage: flat(10, 12, 20),
    runs: [
      breakdown({ ...merged('6', 1), message: 'a push' }, '400'),
      breakdown(opened('7', 18, null), '440'),
      breakdown({ ...opened('7', 19, null), commit: 'head-7b' }, '460.5'),
      breakdown(merged('7', 20), '460.5'),
    ],
  });
  assert.deepEqual(await linesAt(ledger, estimatedChange, `${day(18)} 12:00`), [
    'payments checkout acme/checkout infra 7 USD 40',
  ]);
  assert.deepEqual(await linesAt(ledger, estimatedChange, `${day(20)} 00:00`), [
    'payments checkout acme/checkout infra 7 USD 60.5',
  ]);
  await ledger.close();
});

test('a commit that reaches the default branch as it was estimated is merged; only the newest are shown', async () => {
  const forwarded = { ...opened('1', 1, '1'), commit: 'same' };
  const runs = [
    forwarded,
    { ...forwarded, branch: 'main', base: '', pullRequest: '', at: `${day(2)}T00:00:00Z`, message: 'as it was' },
    ...[3, 4, 5].map(number => opened(String(number), number, '5')),
  ].map(({ base, pullRequest, ...run }) => ({
    ...run,
    ...(base ? { base } : {}),
    ...(pullRequest ? { pullRequest } : {}),
  }));
  const ledger = await booksOf({ usage: flat(10, 10, 20), runs });
  assert.deepEqual(await stateAt(ledger, `${day(3)} 08:00`), ['1 pending']);
  assert.deepEqual(await stateAt(ledger, `${day(6)} 00:00`), ['3 pending', '4 pending', '5 pending']);
  const merges = await ledger.read(reader =>
    reader.scalar("SELECT count(*) FROM cost_estimates WHERE commit_sha = 'same' AND on_default_branch"),
  );
  assert.equal(merges, '1');
  await ledger.close();
});
