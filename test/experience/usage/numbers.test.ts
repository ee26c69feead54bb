/** Numbers of usage held against independent computations over what was told. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import * as m from '../../../exporters/experience/usage/metrics.ts';
import type { TemplateTask, UsageEvent } from '../../../exporters/experience/usage/told.ts';
import { evaluate } from '../../core/as-of.ts';
import { openUsage, peopleOf, used } from './books.ts';
import { randomUse } from './life.ts';

const teams = { red: 14, blue: 11, green: 9 };
const ownership = peopleOf(teams, { shop: 'red', pay: 'blue' });

/** What was told as tables of its own: told_events (distinct), told_tasks (each as it was told last). */
async function lived(seed: number) {
  const books = await openUsage({ ownership, k: 3, now: '2026-01-05T11:00:00Z' });
  const events = new Map<string, UsageEvent>();
  const tasks = new Map<string, TemplateTask>();
  const pieces = randomUse(seed, { pieces: 16, stepDays: 5, teams });
  for (const { at, ...told } of pieces) {
    await books.tell(told, new Date(at.getTime() + 1_000).toISOString());
    for (const event of told.events) events.set(event.id, event);
    for (const task of told.tasks) tasks.set(task.id, task);
  }
  const end = new Date(pieces.at(-1)!.at.getTime() + 3_600_000);
  const sql = async (query: string) =>
    books.ledger.read(async reader => {
      await reader.run(
        `CREATE OR REPLACE TEMP TABLE told_events AS SELECT row.* FROM (SELECT unnest(from_json($events::JSON,
           '[{"occurredAt":"TIMESTAMP","action":"VARCHAR","plugin":"VARCHAR","subject":"VARCHAR","entity":"VARCHAR","results":"INTEGER","user":"VARCHAR"}]')) AS row)`,
        {
          events: JSON.stringify([...events.values()].map(e => ({ ...e, occurredAt: e.occurredAt.replace('Z', '') }))),
        },
      );
      await reader.run(
        `CREATE OR REPLACE TEMP TABLE told_tasks AS SELECT row.* FROM (SELECT unnest(from_json($tasks::JSON,
           '[{"template":"VARCHAR","status":"VARCHAR","createdAt":"TIMESTAMP","endedAt":"TIMESTAMP","user":"VARCHAR"}]')) AS row)`,
        {
          tasks: JSON.stringify(
            [...tasks.values()].map(t => ({
              ...t,
              createdAt: t.createdAt.replace('Z', ''),
              ...(t.endedAt === undefined ? {} : { endedAt: t.endedAt.replace('Z', '') }),
            })),
          ),
        },
      );
      return reader.all(query);
    });
  return { books, sql, end };
}

const numbers = (rows: readonly object[]) =>
  rows.map(row =>
    Object.values(row)
      .map(value => (Number.isFinite(Number(value)) && value !== '' ? Number(Number(value).toFixed(6)) : value))
      .join(' '),
  );

test('counters are what was told, each event once', async () => {
  const { books, sql, end } = await lived(3);
  const feature = `CASE WHEN plugin LIKE 'catalog%' THEN 'catalog' WHEN plugin = 'techdocs' THEN 'docs'
    WHEN subject LIKE '/create/%node-service%' THEN 'new-service' ELSE '' END`;
  const told = async (metric: (typeof m.usageMetrics)[number]) =>
    (await books.lines(metric, end.toISOString())).map(line => line.replace('= ', ''));
  assert.deepEqual(
    await told(m.usageEvents),
    numbers(await sql(`SELECT action, ${feature} AS f, count(*) FROM told_events GROUP BY ALL ORDER BY ALL`)),
  );
  assert.deepEqual(
    await told(m.undeclaredEvents),
    numbers(await sql(`SELECT plugin, count(*) FROM told_events WHERE ${feature} = '' GROUP BY ALL ORDER BY ALL`)),
  );
  assert.deepEqual(
    await told(m.searches),
    numbers(
      await sql(`SELECT CASE WHEN results IS NULL THEN 'unknown' WHEN results > 0 THEN 'found' ELSE 'none' END AS r, count(*)
        FROM told_events WHERE action = 'search' GROUP BY ALL ORDER BY ALL`),
    ),
  );
  assert.deepEqual(
    await told(m.documentationViews),
    numbers(
      await sql(`SELECT if(entity LIKE '%shop', 'red', 'blue') AS team, entity[19:] AS service, count(*)
        FROM told_events WHERE action = 'view' GROUP BY ALL ORDER BY ALL`),
    ),
  );
  await books.close();
});

test('tasks by outcome, their success and how long they took', async () => {
  const { books, sql, end } = await lived(4);
  const at = end.toISOString();
  const recent = `FROM (SELECT *, regexp_replace(template, 'template:(default/)?', '') AS t FROM told_tasks)
    WHERE createdAt > TIMESTAMP '${at.replace('Z', '')}' - INTERVAL 30 DAY`;
  const of30 = async (metric: (typeof m.usageMetrics)[number]) =>
    numbers(
      (await evaluate(books.ledger, books.exporter, metric, { instants: [end] }))
        .filter(row => row.window === '30d')
        .map(({ ts: _, window: __, ...row }) => row),
    );
  assert.deepEqual(
    await of30(m.templateTasks),
    numbers(await sql(`SELECT t, status, count(*) ${recent} GROUP BY ALL ORDER BY ALL`)),
  );
  const ended = `${recent} AND status IN ('completed', 'failed')`;
  const success = `avg((status = 'completed')::INTEGER)`;
  assert.deepEqual(
    await of30(m.templateSuccess),
    numbers(await sql(`SELECT t, ${success} ${ended} GROUP BY t HAVING count(*) >= 3 ORDER BY ALL`)),
  );
  assert.deepEqual(await of30(m.organisationTemplateSuccess), numbers(await sql(`SELECT ${success} ${ended}`)));
  const completed = `${recent} AND status = 'completed'`;
  const durations = await sql(
    `SELECT t, 'p90', quantile_cont(epoch(endedAt - createdAt), 0.9) ${completed} GROUP BY t HAVING count(*) >= 3 ORDER BY ALL`,
  );
  assert.ok(durations.length > 0);
  assert.deepEqual(
    (await of30(m.templateDuration)).filter(line => line.includes('p90')),
    numbers(durations),
  );
  await books.close();
});

test('people of features, retention and teams over four weeks', async () => {
  const { books, sql, end } = await lived(5);
  const [release] = await books.rows(
    `SELECT period_end::VARCHAR AS last FROM usage_results WHERE "window" = '28d' AND measure = 'release' ORDER BY period_end DESC LIMIT 1`,
  );
  const last = `DATE '${release?.last}'`;
  // All that was learned by the release, a day after the period: what came later waits or is published anew.
  const cutoff = await books.rows(
    `SELECT max(cutoff)::VARCHAR AS cutoff FROM usage_results WHERE period_end = ${last}`,
  );
  const use = `(
    SELECT "user" AS person, occurredAt AS used_at, CASE WHEN plugin LIKE 'catalog%' THEN 'catalog' WHEN plugin = 'techdocs' THEN 'docs' END AS f
    FROM told_events WHERE "user" IS NOT NULL
    UNION ALL
    SELECT "user", createdAt, NULL FROM told_tasks) AS uses`;
  const within = (from: string, to: string) => `used_at >= ${last} - ${from} AND used_at < ${last} - ${to}`;
  const people = await sql(
    `SELECT f, count(DISTINCT person) FROM ${use} WHERE ${within('28', '0')} AND f IS NOT NULL GROUP BY f ORDER BY f`,
  );
  const of28 = async (metric: (typeof m.usageMetrics)[number]) =>
    numbers(
      (await evaluate(books.ledger, books.exporter, metric, { instants: [end] }))
        .filter(
          row =>
            row.window === '28d' && (row.feature === undefined || ['catalog', 'docs'].includes(String(row.feature))),
        )
        .map(({ ts: _, window: __, ...row }) => row),
    );
  assert.ok(cutoff.length === 1);
  assert.deepEqual(await of28(m.featureActiveUsers), numbers(people));
  assert.deepEqual(
    await of28(m.featureRetention),
    numbers(
      await sql(`SELECT f, avg((EXISTS (SELECT 1 FROM ${use.replace('AS uses', 'AS n')} WHERE n.person = b.person AND n.f = b.f AND ${within('28', '0')}))::INTEGER)
        FROM (SELECT DISTINCT person, f FROM ${use} WHERE ${within('56', '28')} AND f IS NOT NULL) AS b GROUP BY f ORDER BY f`),
    ),
  );
  const team = `regexp_extract(person, '^user:default/p[0-9]+-(.*)$', 1)`;
  assert.deepEqual(
    await of28(m.activeTeams),
    numbers(await sql(`SELECT count(DISTINCT ${team}) FROM ${use} WHERE ${within('28', '0')} AND ${team} <> ''`)),
  );
  await books.close();
});

/** Of four weeks from 2026-02-02 and the four after: who began, and after how many hours they succeeded. */
const cohort = [1, 2, 3, 30, 50, 900, undefined, undefined, undefined] as const;

test('the median time to the first success counts those who had none as censored', async () => {
  const books = await openUsage({ ownership: peopleOf({ red: 30 }), now: '2026-01-01T00:00:00Z' });
  const [epoch] = await books.rows(
    `SELECT (DATE '1970-01-05' + ((DATE '2026-02-20' - DATE '1970-01-05') // 28)::INTEGER * 28)::VARCHAR AS day`,
  );
  const begin = Date.parse(`${epoch?.day}T10:00:00Z`);
  const iso = (hours: number) => new Date(begin + hours * 3_600_000).toISOString();
  const events = cohort.map((_, index) =>
    used(`p${index + 1}-red`, iso(0), { subject: '/create/default/node-service', plugin: 'scaffolder' }),
  );
  const tasks = cohort.flatMap((hours, index): TemplateTask[] => {
    const task = {
      template: 'template:default/node-service',
      user: `user:default/p${index + 1}-red`,
      createdAt: iso(0.5),
    };
    const failed: TemplateTask = { ...task, id: `f${index}`, status: 'failed', endedAt: iso(0.6) };
    return hours === undefined
      ? [failed]
      : [failed, { ...task, id: `c${index}`, status: 'completed', endedAt: iso(hours) }];
  });
  // Long before: not of the cohort.
  const earlier = used('p20-red', iso(-24 * 40), { subject: '/create/default/node-service', plugin: 'scaffolder' });
  await books.tell({ events: [earlier] }, iso(-24 * 40 + 1));
  await books.tell(
    { events, tasks: tasks.filter(({ endedAt }) => Date.parse(endedAt!) <= begin + 60 * 3_600_000) },
    iso(60),
  );
  await books.tell({ tasks, events: [used('p1-red', iso(24 * 40))] }, iso(24 * 40));
  const after = iso(24 * 57);
  await books.derive(after);
  // 900 hours are in the period after the four weeks that the cohort began in, and count.
  assert.deepEqual(await books.lines(m.goldenPathUsers, after), ['new-service = 9']);
  assert.deepEqual(await books.lines(m.firstSuccess, after), [`new-service = ${50 * 3600}`]);
  assert.deepEqual(await books.lines(m.goldenPathSuccess, after), [`new-service = ${6 / 9}`]);
  await books.close();
});

test('ten restarts between and within batches change nothing', async t => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'plumbline-usage-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const pieces = randomUse(9, { pieces: 10, stepDays: 5, teams });
  const live = async (restarts: boolean) => {
    const options = { ownership, k: 3, path: path.join(folder, `${restarts}.duckdb`) };
    let last = '2026-01-05T11:00:00Z';
    let books = await openUsage({ ...options, now: last });
    for (const { at, ...told } of pieces) {
      const now = new Date(at.getTime() + 1_000).toISOString();
      if (restarts) {
        // A batch that fails leaves nothing, and is told again after the restart.
        await assert.rejects(
          books.ledger.write(async tx => {
            await tx.run('DELETE FROM usage_days');
            throw new Error('killed');
          }),
        );
        await books.close();
        books = await openUsage({ ...options, now: last });
      }
      last = now;
      await books.tell(told, now);
      if (restarts) await books.tell(told, now);
    }
    const end = new Date(pieces.at(-1)!.at.getTime() + 3_600_000).toISOString();
    const lines: string[] = [];
    for (const metric of m.usageMetrics)
      lines.push(...(await books.lines(metric, end)).map(line => `${metric.name} ${line}`));
    await books.close();
    return lines;
  };
  const once = await live(false);
  assert.ok(once.length > 50);
  assert.deepEqual(await live(true), once);
});
