/** The life of a vulnerability follows from scans and what runs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { events, found, hour, image, openBooks, repository, running, runs, scan, states } from './books.ts';

test('a finding is open while any running digest has it: a clean newer build resolves nothing until the old one is gone', async () => {
  const books = await openBooks();
  await books.hear(
    { running: [running(1, ['shop@1:1.0'])], scans: [scan('shop@1', 2, ['CVE-1 a', 'CVE-2 b'])] },
    hour(3),
  );
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop open', 'CVE-2 image:shop@eu/shop open']);
  // A rebuild under another tag, not running: nothing changes.
  await books.hear({ scans: [scan('shop@2:1.1', 4, ['CVE-2 b'])] }, hour(4));
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop open', 'CVE-2 image:shop@eu/shop open']);
  await books.hear({ running: [running(5, ['shop@1:1.0', 'shop@2:1.1'])] }, hour(5));
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop open', 'CVE-2 image:shop@eu/shop open']);
  await books.hear({ running: [running(6, ['shop@2:1.1'])] }, hour(6));
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop resolved fixed', 'CVE-2 image:shop@eu/shop open']);
  assert.deepEqual(await events(books), ['CVE-1 opened  2', 'CVE-2 opened  2', 'CVE-1 resolved fixed 6']);
  // It is one finding over the rebuild and the tag.
  assert.deepEqual(await books.lines("SELECT count(*), max(episode) FROM finding_states WHERE policy = 'CVE-2'"), [
    '2 1',
  ]);
  await books.close();
});

test('an image that runs and is not scanned makes its findings unknown, never fixed', async () => {
  const books = await openBooks();
  await books.hear({ running: [running(1, ['shop@1'])], scans: [scan('shop@1', 2, ['CVE-1 a'])] }, hour(3));
  await books.hear({ running: [running(4, ['shop@2'])] }, hour(4));
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop unknown not_evaluated']);
  await books.hear({ scans: [scan('shop@2', 5, [], { completeness: 'failed', reason: 'timeout' })] }, hour(5));
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop unknown not_evaluated']);
  await books.hear({ scans: [scan('shop@2', 6, [])] }, hour(6));
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop resolved fixed']);
  await books.close();
});

test('an image that runs no more takes its findings with it: they are gone and not fixed, and reopened when it is back', async () => {
  const books = await openBooks();
  await books.hear({ running: [running(1, ['shop@1', 'pay@9'])], scans: [scan('shop@1', 2, ['CVE-1 a'])] }, hour(3));
  await books.hear({ running: [running(4, ['pay@9'])] }, hour(4));
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop resolved gone']);
  // The deployment of what is scanned already opens at the deployment's time, not at that of its scan.
  await books.hear({ running: [running(9, ['shop@1'])] }, hour(9));
  assert.deepEqual(await events(books), ['CVE-1 opened  2', 'CVE-1 resolved gone 4', 'CVE-1 reopened  9']);
  await books.close();
});

test('the deployment of a digest that was scanned before opens findings when it began to run', async () => {
  const books = await openBooks();
  await books.hear({ running: [running(1, ['pay@9'])], scans: [scan('shop@1', 2, ['CVE-1 a'])] }, hour(3));
  assert.deepEqual(await states(books), []);
  const started = { ...running(8, []).images, artifact: image('shop@1'), workload: 'shop', container: 'app' };
  await books.hear(
    { running: [{ ...running(8, ['pay@9']), images: [{ ...started, replicas: 2, owner: '{}', startedAt: hour(7) }] }] },
    hour(8),
  );
  assert.deepEqual(await events(books), ['CVE-1 opened  7']);
  await books.close();
});

test('what has taken a slot since the last look ended what was there when it began, and no sooner than that was seen', async () => {
  const books = await openBooks();
  const rollout = (at: number, tag: string, began: number) => [running(at, [runs(tag, { startedAt: hour(began) })])];
  await books.hear({ running: rollout(1, 'shop@1:1.0', 1) }, hour(1));
  await books.hear({ running: rollout(25, 'shop@2:2.0', 7) }, hour(25));
  // A start that is the workload's own: it was not there at the look before.
  await books.hear({ running: rollout(49, 'shop@3:3.0', 2) }, hour(49));
  const ends = await books.lines(`
    SELECT tag, date_diff('hour', TIMESTAMP '2026-02-10', min(occurred_at)) AS ended FROM running_images
    WHERE replicas = 0 GROUP BY ALL ORDER BY ended`);
  assert.deepEqual(ends, ['1.0 7', '2.0 25']);
  await books.close();
});

test('a new vulnerability in an old image is opened when the scanner knows it; a fix is known since it was named', async () => {
  const books = await openBooks();
  await books.hear({ running: [running(1, ['shop@1'])], scans: [scan('shop@1', 2, ['CVE-1 a'])] }, hour(3));
  await books.hear({ scans: [scan('shop@1', 26, ['CVE-1 a', 'CVE-2 a'])] }, hour(26));
  const fixed = found('CVE-1 a', { fix: 'fixed', fixedVersions: ['1.1'] });
  await books.hear({ scans: [scan('shop@1', 50, [fixed, 'CVE-2 a'])] }, hour(50));
  assert.deepEqual(await events(books), ['CVE-1 opened  2', 'CVE-2 opened  26']);
  assert.deepEqual(
    await books.lines(
      `SELECT policy, has_fix, fixed_version, x.occurred_at FROM finding_fixes AS x JOIN findings USING (finding)`,
    ),
    ['CVE-1 true 1.1 2026-02-12 02:00:00'],
  );
  assert.deepEqual(await books.lines(`SELECT DISTINCT message FROM findings ORDER BY 1`), [
    'a 1.0',
    'a 1.0, fixed in 1.1',
  ]);
  await books.close();
});

test('whether there is a fix is unknown where no scanner says, and who cannot say takes nothing back', async () => {
  const books = await openBooks();
  const silent = found('CVE-1 a', { fix: 'unknown' });
  const fixes = () => books.lines('SELECT has_fix, hour(occurred_at) FROM finding_fixes ORDER BY occurred_at');
  await books.hear({ running: [running(1, ['shop@1'])], scans: [scan('shop@1', 2, [silent, 'CVE-2 a'])] }, hour(3));
  assert.deepEqual(await fixes(), [' 2']);
  await books.hear({ scans: [scan('shop@1', 4, [found('CVE-1 a', { fix: 'not_fixed' })])] }, hour(4));
  assert.deepEqual(await fixes(), [' 2', 'false 4']);
  await books.hear({ scans: [scan('shop@1', 5, [found('CVE-1 a', { fix: 'fixed', fixedVersions: ['2'] })])] }, hour(5));
  await books.hear({ scans: [scan('shop@1', 6, [silent])] }, hour(6));
  assert.deepEqual(await fixes(), [' 2', 'false 4', 'true 5']);
  await books.close();
});

test('of two scanners of one image a finding is open while either has it', async () => {
  const books = await openBooks();
  const grype = { scanner: 'grype' };
  await books.hear({ running: [running(1, ['shop@1'])], scans: [scan('shop@1', 2, ['CVE-1 a'])] }, hour(3));
  await books.hear({ scans: [scan('shop@1', 4, ['CVE-1 a', 'CVE-2 a'], grype)] }, hour(4));
  await books.hear({ scans: [scan('shop@1', 5, [])] }, hour(5));
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop open', 'CVE-2 image:shop@eu/shop open']);
  await books.hear({ scans: [scan('shop@1', 6, ['CVE-2 a'], grype)] }, hour(6));
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop resolved fixed', 'CVE-2 image:shop@eu/shop open']);
  await books.close();
});

test('what a partial scan does not list is unknown; a failed one says nothing; a stale one is as if it were not there', async () => {
  const books = await openBooks();
  const day = 86_400;
  await books.hear(
    { running: [running(1, ['shop@1'])], scans: [scan('shop@1', 2, ['CVE-1 a', 'CVE-2 b'])] },
    hour(3),
    day,
  );
  await books.hear({ scans: [scan('shop@1', 4, [], { completeness: 'failed', reason: 'crash' })] }, hour(4), day);
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop open', 'CVE-2 image:shop@eu/shop open']);
  await books.hear(
    { scans: [scan('shop@1', 5, ['CVE-2 b'], { completeness: 'partial', reason: 'unreadable_layer' })] },
    hour(5),
    day,
  );
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop unknown partial', 'CVE-2 image:shop@eu/shop open']);
  // Its look is fresh until the scan is stale.
  assert.deepEqual(
    await books.lines(`SELECT max_by(occurred_at + to_seconds(stale_seconds), occurred_at) FROM finding_reports`),
    ['2026-02-11 05:00:00'],
  );
  // Another digest beside it, whose scan is fresh: what only the stale one had is unknown.
  await books.hear(
    { scans: [scan('shop@2', 40, ['CVE-3 c'])], running: [running(40, ['shop@1', 'shop@2'])] },
    hour(40),
    day,
  );
  assert.deepEqual(await states(books), [
    'CVE-1 image:shop@eu/shop unknown not_evaluated',
    'CVE-2 image:shop@eu/shop unknown not_evaluated',
    'CVE-3 image:shop@eu/shop open',
  ]);
  await books.close();
});

test('places have findings of their own, with the owner of what runs there', async () => {
  const books = await openBooks();
  await books.hear(
    {
      running: [running(1, ['shop@1']), running(1, ['shop@2'], { place: 'us/shop' })],
      scans: [scan('shop@1', 2, ['CVE-1 a']), scan('shop@2', 2, [])],
    },
    hour(3),
  );
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop open']);
  await books.hear({ running: [running(4, ['shop@1'], { place: 'us/shop' })] }, hour(4));
  await books.hear({ running: [running(5, ['shop@2'])] }, hour(5));
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop resolved fixed', 'CVE-1 image:shop@us/shop open']);
  assert.deepEqual(await books.lines('SELECT DISTINCT team FROM finding_events'), ['shop']);
  await books.close();
});

test('a feed of changes: what takes the place of another in a workload ends it, what it does not name runs on', async () => {
  const books = await openBooks();
  const changes = { lists: 'changes', place: 'production' } as const;
  await books.hear(
    {
      running: [running(1, ['shop@1', 'pay@9'], changes)],
      scans: [scan('shop@1', 2, ['CVE-1 a']), scan('pay@9', 2, ['CVE-1 a']), scan('shop@2', 2, [])],
    },
    hour(3),
  );
  await books.hear({ running: [running(4, ['shop@2'], changes)] }, hour(4));
  assert.deepEqual(await states(books), [
    'CVE-1 image:pay@production open',
    'CVE-1 image:shop@production resolved fixed',
  ]);
  await books.close();
});

test('where nothing tells what runs, the newest build of each environment does; a repository is what its newest scan found', async () => {
  const books = await openBooks();
  const production = { owner: '{"environment":"production","image":"ghcr.io/acme/shop"}' };
  await books.hear(
    { scans: [scan('shop@1', 2, ['CVE-1 a'], production), scan(repository('acme/shop'), 2, ['CVE-9 a'])] },
    hour(3),
  );
  assert.deepEqual(await states(books), ['CVE-1 image:shop@production open', 'CVE-9 repository:acme/shop open']);
  await books.hear({ scans: [scan('shop@2', 4, [], production), scan('shop@1', 5, ['CVE-1 a'], production)] }, hour(5));
  await books.hear({ scans: [scan(repository('acme/shop'), 6, [])] }, hour(6));
  assert.deepEqual(await states(books), [
    'CVE-1 image:shop@production resolved fixed',
    'CVE-9 repository:acme/shop resolved fixed',
  ]);
  // Once something tells what runs, that is what counts: this one was fixed where nothing told.
  await books.hear({ running: [running(7, ['shop@1'])] }, hour(7));
  assert.deepEqual(await states(books), [
    'CVE-1 image:shop@eu/shop open',
    'CVE-1 image:shop@production resolved fixed',
    'CVE-9 repository:acme/shop resolved fixed',
  ]);
  await books.close();
});

test('what was found before anything told what runs lives on where it runs', async () => {
  const books = await openBooks();
  const lives = () =>
    books.lines(`SELECT s.policy, replace(scope, 'ghcr.io/acme/', ''), hour(opened_at), hour(first_seen_at), episode
      FROM finding_states AS s
      QUALIFY state = 'open'
        AND row_number() OVER (PARTITION BY finding, scope ORDER BY s.occurred_at DESC, s.learned_at DESC) = 1
      ORDER BY ALL`);
  await books.hear({ scans: [scan('shop@1', 2, ['CVE-1 a', 'CVE-2 b']), scan('pay@9', 2, ['CVE-3 c'])] }, hour(3));
  await books.hear({ running: [running(5, ['shop@1']), running(5, ['shop@1'], { place: 'us/shop' })] }, hour(6));
  assert.deepEqual(await states(books), [
    ...['CVE-1 image:shop resolved moved', 'CVE-1 image:shop@eu/shop open', 'CVE-1 image:shop@us/shop open'],
    ...['CVE-2 image:shop resolved moved', 'CVE-2 image:shop@eu/shop open', 'CVE-2 image:shop@us/shop open'],
    'CVE-3 image:pay resolved gone',
  ]);
  const told = ['CVE-1 opened  2', 'CVE-2 opened  2', 'CVE-3 opened  2', 'CVE-3 resolved gone 6'];
  assert.deepEqual(await events(books), told);
  const moved = ['CVE-1 image:shop@eu/shop 2 2 1', 'CVE-1 image:shop@us/shop 2 2 1'];
  assert.deepEqual((await lives()).slice(0, 2), moved);
  assert.deepEqual(await books.lines("SELECT count(*) FROM finding_states WHERE scope LIKE '%@eu/shop'"), ['2']);
  // Another cluster tells later that this one runs: it was seen before.
  await books.hear({ running: [running(8, ['pay@9'], { place: 'eu/pay' })] }, hour(8));
  assert.deepEqual((await events(books)).slice(4), ['CVE-3 reopened  8']);
  assert.deepEqual((await lives()).slice(4), ['CVE-3 image:pay@eu/pay 8 2 2']);
  await books.hear({ scans: [scan('shop@1', 9, ['CVE-2 b'])] }, hour(9));
  assert.deepEqual((await events(books)).slice(5), ['CVE-1 resolved fixed 9', 'CVE-1 resolved fixed 9']);
  await books.close();
});

test('parts of a repository are scanned one by one, and a scan of all of it replaces them', async () => {
  const books = await openBooks();
  const of = repository('acme/shop');
  await books.hear(
    { scans: [scan(of, 2, ['CVE-1 a'], { part: 'web/package.json' }), scan(of, 2, ['CVE-2 b'], { part: 'go.mod' })] },
    hour(3),
  );
  await books.hear({ scans: [scan(of, 4, [], { part: 'web/package.json' })] }, hour(4));
  assert.deepEqual(await states(books), [
    'CVE-1 repository:acme/shop resolved fixed',
    'CVE-2 repository:acme/shop open',
  ]);
  await books.hear({ scans: [scan(of, 5, [])] }, hour(5));
  assert.deepEqual(await states(books), [
    'CVE-1 repository:acme/shop resolved fixed',
    'CVE-2 repository:acme/shop resolved fixed',
  ]);
  await books.close();
});

test("an alert's API knows since when and until when, also at the first reading", async () => {
  const books = await openBooks();
  const of = repository('acme/shop');
  const alerts = (hours: number, closed: boolean) =>
    scan(of, hours, [
      found('CVE-1 a', { firstSeenAt: '2026-01-02T00:00:00Z', ...(closed ? { fixedAt: hour(20) } : {}) }),
      found('CVE-2 b', { firstSeenAt: '2026-01-05T00:00:00Z', fixedAt: '2026-01-08T00:00:00Z' }),
    ]);
  await books.hear({ scans: [alerts(2, false)] }, hour(3));
  const told = 'SELECT policy, event, reason, occurred_at, seconds FROM finding_events ORDER BY occurred_at';
  const first = [
    'CVE-1 opened  2026-01-02 00:00:00 ',
    'CVE-2 opened  2026-01-05 00:00:00 ',
    'CVE-2 resolved fixed 2026-01-08 00:00:00 259200',
  ];
  assert.deepEqual(
    (await books.lines(told)).map(line => line.replace('null', '')),
    first,
  );
  assert.deepEqual(await states(books), [
    'CVE-1 repository:acme/shop open',
    'CVE-2 repository:acme/shop resolved fixed',
  ]);
  await books.hear({ scans: [alerts(24, true)] }, hour(24));
  assert.deepEqual(
    (await books.lines(told)).slice(3).map(line => line.replace(/\d+$/, '')),
    ['CVE-1 resolved fixed 2026-02-10 20:00:00 '],
  );
  await books.close();
});

test('secrets and licences live beside vulnerabilities, and a scan that looked for other things says nothing of them', async () => {
  const books = await openBooks();
  const of = repository('acme/shop');
  const secret = found('aws-access-key .env', { class: 'secret', package: '.env', version: '' });
  await books.hear({ scans: [scan(of, 2, ['CVE-1 a', secret], { classes: ['vulnerability', 'secret'] })] }, hour(3));
  await books.hear({ scans: [scan(of, 4, [])] }, hour(4));
  assert.deepEqual(await states(books), [
    'CVE-1 repository:acme/shop resolved fixed',
    'aws-access-key repository:acme/shop open',
  ]);
  assert.deepEqual(await books.lines(`SELECT engine, resource FROM findings WHERE engine = 'secret'`), [
    'secret repository:acme/shop|.env',
  ]);
  await books.close();
});

test('an image that runs by its tag alone is what was scanned by that tag; a scan by tag is of what runs by it', async () => {
  const books = await openBooks();
  await books.hear({ running: [running(1, ['shop:1.0', 'pay@7:2.0'])] }, hour(1));
  await books.hear({ scans: [scan('shop@1:1.0', 2, ['CVE-1 a']), scan('pay:2.0', 2, ['CVE-2 a'])] }, hour(3));
  assert.deepEqual(await states(books), ['CVE-1 image:shop@eu/shop open', 'CVE-2 image:pay@eu/shop open']);
  await books.close();
});
