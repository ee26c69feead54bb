/** Findings, their counts and limits against values that are worked out by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  distinctVulnerabilities,
  exceptions,
  exploitedFindings,
  findings,
  findingsByAge,
  findingsOpened,
  findingsReopened,
  findingsResolved,
  likelyExploitedFindings,
  nextExceptionExpiry,
  oldestFinding,
  organisationDistinctVulnerabilities,
  organisationVulnerablePackages,
  slaFindings,
  slaLimit,
  slaNextDue,
  vulnerabilityOccurrences,
  vulnerablePackages,
} from '../../exporters/supply-chain/metrics.ts';
import { day, found, look, openBooks, owner, production, seconds } from './metric-books.ts';

const staging = owner('acme/shop', 'staging');
const inStaging = { scope: 'image:shop@staging', owner: staging } as const;
const idOf = (policy: string, resource: string) =>
  `(SELECT finding FROM findings WHERE policy = '${policy}' AND resource = 'image:${resource}')`;

const fix = (
  books: Awaited<ReturnType<typeof openBooks>>,
  policy: string,
  resource: string,
  has: boolean | null,
  at: string,
) =>
  books.ledger.write(async tx => {
    await tx.run(
      `INSERT INTO finding_fixes VALUES (${idOf(policy, resource)}, 'image:shop@production', ${has}, '', '${at}', '${at}')`,
    );
    tx.touch('finding_fixes');
  });

test('findings are told by whose they are, what is known of them, and how they stand in each place', async () => {
  const books = await openBooks();
  await books.tell(
    day(10),
    {
      kev_entries: [{ vulnerability: 'CVE-1', is_ransomware: true, holds: true }],
      vulnerability_aliases: [
        { alias: 'CVE-1', vulnerability: 'GHSA-1' },
        { alias: 'GHSA-1', vulnerability: 'GHSA-1' },
      ],
    },
    {
      reports: [
        look(day(10), ['fail GHSA-1 shop|pkg:npm/a', 'fail CVE-2 shop|pkg:npm/a', 'excepted CVE-2 shop|pkg:npm/b']),
        look(day(10), [found('fail GHSA-1 shop|pkg:npm/a', { owner: staging })], inStaging),
        look(day(10), [found('fail aws-key shop|app.env', { severity: 'critical' })], { engine: 'secret' }),
      ],
    },
  );
  await fix(books, 'GHSA-1', 'shop|pkg:npm/a', true, day(12));
  await fix(books, 'CVE-2', 'shop|pkg:npm/a', null, day(12));
  assert.deepEqual(await books.lines(findings, day(11)), [
    'sales shop production secret critical none no open = 1',
    'sales shop production vulnerability high none no excepted = 1',
    'sales shop production vulnerability high none no open = 1',
    'sales shop production vulnerability high none yes open = 1',
    'sales shop staging vulnerability high none yes open = 1',
  ]);
  assert.deepEqual(await books.lines(findings, day(13)), [
    'sales shop production secret critical none no open = 1',
    'sales shop production vulnerability high available yes open = 1',
    'sales shop production vulnerability high none no excepted = 1',
    'sales shop production vulnerability high unknown no open = 1',
    'sales shop staging vulnerability high none yes open = 1',
  ]);
  assert.deepEqual(await books.lines(exploitedFindings, day(13)), [
    'sales production high open yes = 1',
    'sales staging high open yes = 1',
  ]);
  assert.deepEqual(await books.lines(findingsByAge, day(40)), [
    'sales secret critical 30-90d = 1',
    'sales vulnerability high 30-90d = 3',
  ]);
  assert.deepEqual(await books.lines(oldestFinding, day(40)), [
    `sales secret critical = ${seconds(day(10))}`,
    `sales vulnerability high = ${seconds(day(10))}`,
  ]);
  await books.close();
});

test('occurrences, packages and distinct vulnerabilities are three numbers', async () => {
  const books = await openBooks();
  const pay = { owner: owner('acme/pay', 'production') };
  await books.tell(
    day(10),
    {},
    {
      reports: [
        look(day(10), ['fail CVE-1 shop|pkg:npm/a', 'fail CVE-2 shop|pkg:npm/a', 'fail CVE-1 cart|pkg:npm/a']),
        look(day(10), [found('fail CVE-1 pay|pkg:npm/a', pay), found('fail CVE-1 pay|pkg:npm/b', pay)], {
          ...{ scope: 'image:pay@production', owner: pay.owner },
        }),
      ],
    },
  );
  const at = day(11);
  assert.deepEqual(await books.lines(vulnerabilityOccurrences, at), ['ops production = 2', 'sales production = 3']);
  assert.deepEqual(await books.lines(vulnerablePackages, at), [
    ...['ops all = 2', 'ops production = 2', 'sales all = 1', 'sales production = 1'],
  ]);
  assert.deepEqual(await books.lines(distinctVulnerabilities, at), [
    ...['ops all = 1', 'ops production = 1', 'sales all = 2', 'sales production = 2'],
  ]);
  assert.deepEqual(await books.lines(organisationVulnerablePackages, at), ['all = 2', 'production = 2']);
  assert.deepEqual(await books.lines(organisationDistinctVulnerabilities, at), ['all = 2', 'production = 2']);
  await books.close();
});

test('a limit is by severity, shorter from when a vulnerability is known to be exploited, and told to the second', async () => {
  const books = await openBooks({ config: { sla: { high: 30, exploited: 3 }, due_days: 7 } });
  await books.tell(
    day(10),
    {},
    {
      reports: [
        look(day(10), [
          'fail CVE-1 shop|a',
          'fail CVE-9 shop|a',
          found('fail CVE-3 shop|a', { severity: 'unknown' }),
          found('fail CVE-4 shop|a', { severity: 'critical' }),
        ]),
      ],
    },
  );
  await books.tell(day(20), { kev_entries: [{ vulnerability: 'CVE-9', is_ransomware: false, holds: true }] });
  const at = async (instant: string) =>
    (await books.lines(slaFindings, instant)).map(line => line.replace('sales shop production vulnerability ', ''));
  assert.deepEqual(await at(day(10)), [
    'critical no open due = 1',
    'high no open within = 2',
    'unknown no open none = 1',
  ]);
  assert.deepEqual(await at(day(16.99)), [
    'critical no open due = 1',
    'high no open within = 2',
    'unknown no open none = 1',
  ]);
  assert.deepEqual(await at(day(17)), [
    'critical no open breached = 1',
    'high no open within = 2',
    'unknown no open none = 1',
  ]);
  assert.deepEqual(await at(day(20)), [
    'critical no open breached = 1',
    'high no open within = 1',
    'high yes open due = 1',
    'unknown no open none = 1',
  ]);
  assert.deepEqual(await at(day(23)), [
    'critical no open breached = 1',
    'high no open within = 1',
    'high yes open breached = 1',
    'unknown no open none = 1',
  ]);
  assert.deepEqual(await books.lines(slaNextDue, day(20)), [`sales high = ${seconds(day(23))}`]);
  assert.deepEqual(await books.lines(slaNextDue, day(23)), [`sales high = ${seconds(day(40))}`]);
  assert.deepEqual(
    (await books.lines(slaLimit, day(1))).filter(line => line.startsWith('high')),
    ['high no = 2592000', 'high yes = 259200'],
  );
  await books.close();
});

test('a breached finding that is not scanned any more stays breached, as unknown', async () => {
  const books = await openBooks();
  const critical = found('fail CVE-4 shop|a', { severity: 'critical' });
  await books.tell(day(10), {}, { reports: [look(day(10), [critical])] }, 2);
  assert.deepEqual(await books.lines(slaFindings, day(18)), [
    'sales shop production vulnerability critical no unknown breached = 1',
  ]);
  await books.close();
});

test('where the clock runs from a fix, it waits for one', async () => {
  const books = await openBooks({ config: { sla: { high: 30, clock: 'fix_available' } } });
  await books.tell(day(10), {}, { reports: [look(day(10), ['fail CVE-1 shop|a'])] });
  const status = async (instant: string) =>
    (await books.lines(slaFindings, instant)).map(line => line.split(' ').slice(-3).join(' '));
  await fix(books, 'CVE-1', 'shop|a', true, day(50));
  assert.deepEqual(await status(day(49)), ['waiting = 1']);
  assert.deepEqual(await status(day(50)), ['within = 1']);
  assert.deepEqual(await status(day(75)), ['due = 1']);
  assert.deepEqual(await status(day(80)), ['breached = 1']);
  await books.close();
});

test('events are counted once, by reason where they end', async () => {
  const books = await openBooks();
  for (const report of [
    look(day(10), ['fail CVE-1 shop|a', 'fail CVE-2 shop|a']),
    look(day(11), ['fail CVE-2 shop|a', 'pass CVE-1 shop|a']),
    look(day(12), ['fail CVE-1 shop|a']),
  ])
    await books.tell(report.evaluatedAt, {}, { reports: [report] });
  assert.deepEqual(await books.lines(findingsOpened, day(13)), ['sales production vulnerability high = 2']);
  assert.deepEqual(await books.lines(findingsReopened, day(13)), ['sales production vulnerability high = 1']);
  assert.deepEqual(await books.lines(findingsResolved, day(13)), [
    'sales production vulnerability high fixed = 1',
    'sales production vulnerability high gone = 1',
  ]);
  await books.close();
});

test('a high EPSS score counts from when it was told, under any id of the vulnerability', async () => {
  const books = await openBooks();
  await books.tell(
    day(10),
    { vulnerability_aliases: [{ alias: 'CVE-1', vulnerability: 'GHSA-1' }] },
    { reports: [look(day(10), ['fail GHSA-1 shop|a'])] },
  );
  await books.tell(day(11), {
    epss_scores: [{ vulnerability: 'CVE-1', score: 0.1, percentile: 0.9, day: '2026-01-11' }],
  });
  assert.deepEqual(await books.lines(likelyExploitedFindings, day(10.5)), []);
  assert.deepEqual(await books.lines(likelyExploitedFindings, day(11)), ['sales production high = 1']);
  await books.ledger.write(async tx => tx.run('UPDATE epss_scores SET score = 0.09'));
  await books.tell(day(12), {});
  assert.deepEqual(await books.lines(likelyExploitedFindings, day(11.5)), ['sales production high = 1']);
  assert.deepEqual(await books.lines(likelyExploitedFindings, day(12)), []);
  await books.close();
});

test('exceptions of all scanners are told by status, and until when', async () => {
  const books = await openBooks();
  const exception = { policy: 'CVE-1', resource: 'image:shop|a', owner: production } as const;
  await books.tell(
    day(10),
    {},
    {
      exceptions: [
        {
          ...{ engine: 'vulnerability', scope: 'image:shop@production', readAt: day(10) },
          exceptions: [
            { ...exception, exception: 'a', expiresAt: day(40), approvedBy: 'ada' },
            { ...exception, exception: 'b' },
          ],
        },
      ],
    },
  );
  assert.deepEqual(await books.lines(exceptions, day(11)), [
    'sales vulnerability active yes = 1',
    'sales vulnerability permanent no = 1',
  ]);
  assert.deepEqual(await books.lines(nextExceptionExpiry, day(11)), [`sales = ${seconds(day(40))}`]);
  assert.deepEqual(await books.lines(exceptions, day(40)), [
    'sales vulnerability expired yes = 1',
    'sales vulnerability permanent no = 1',
  ]);
  await books.close();
});
