/** The property that holds it together: what a scrape served at t is what history computes for t. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Row } from '../../exporters/core/ledger.ts';
import { scorecardMetrics } from '../../exporters/scorecard/metrics.ts';
import { day, evaluate } from './books.ts';
import { booksOf, days, names, randomSaid } from './life.ts';

for (const seed of [1, 2])
  test(`what a scrape served at t is what history computes for t (seed ${seed})`, { timeout: 300_000 }, async () => {
    const books = await booksOf(randomSaid(seed));
    const served = new Map<string, Row[]>();
    const instants: Date[] = [];
    for (let at = 6; at < days; at += 3) {
      await books.on(at);
      if (at % 4 === 0)
        await books.runtime.accept('facts', {
          body: Buffer.from(
            JSON.stringify({ check: 'load', service: names[at % 5], state: at % 8 === 0 ? 'fail' : 'pass' }),
          ),
          headers: {},
          principal: { name: 'ci', role: 'admin' },
        });
      instants.push(day(at));
      for (const metric of scorecardMetrics)
        served.set(`${metric.name} ${at}`, await evaluate(books.ledger, books.exporter, metric, [day(at)]));
    }
    let compared = 0;
    for (const metric of scorecardMetrics) {
      const rows = await evaluate(books.ledger, books.exporter, metric, instants, { target: 'prom' });
      for (const instant of instants) {
        const at = Math.round((instant.getTime() - day(0).getTime()) / 864e5);
        const ts = instant.toISOString().replace('T', ' ').slice(0, 19);
        const then = rows.filter(row => row.ts === ts);
        assert.deepEqual(then, served.get(`${metric.name} ${at}`), `${metric.name} on day ${at}`);
        compared += then.length;
      }
    }
    assert.ok(compared > 1_000, `only ${compared} values were compared`);
    await books.close();
  });
