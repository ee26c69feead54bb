/** What the domains publish: each check is a query that their ledgers answer, and none says anything of nothing. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pino } from 'pino';
import { loadConfig } from '../../exporters/config.ts';
import { openLedger } from '../../exporters/core/ledger.ts';
import { checksByName, readSubjects, type SubjectRow } from '../../exporters/core/subjects.ts';
import { buildExporters } from '../../exporters/registry.ts';
import { builtIn, catalogChecks } from '../../exporters/scorecard/checks.ts';

const sections = ['cost', 'dora', 'policy', 'supply_chain', 'experience'];

test('every domain answers each of its checks, and every check of the golden path is told by one', async t => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-domains-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const file = path.join(dir, 'plumbline.yaml');
  writeFileSync(file, sections.map(name => `${name}: {}\n`).join(''));
  const exporters = await buildExporters(await loadConfig(file, { env: {} }));
  assert.ok(!exporters.some(({ name }) => name === 'scorecard'), 'there is no golden path without a catalog');
  const published: string[] = [
    ...catalogChecks.map(check => `catalog/${check}`),
    ...['slos/defined', 'prometheus/slo-budget'],
  ];
  const now = new Date('2026-10-23T07:00:00Z');
  for (const exporter of exporters) {
    const ledger = await openLedger({ path: ':memory:', tables: exporter.tables });
    const log = pino({ level: 'silent' });
    await ledger.write(async tx => exporter.prepare?.(tx, { now: () => now, log }));
    for (const check of checksByName(exporter).values()) {
      published.push(`${exporter.name}/${check.check}`);
      const rows: SubjectRow[] = [];
      const instants = [new Date(now.getTime() - 864e5), now];
      await ledger.read(reader => readSubjects(reader, exporter.facts, check, instants, some => rows.push(...some)));
      assert.deepEqual(rows, [], `${exporter.name}/${check.check}`);
      const tables = await ledger.read(reader => reader.all('SELECT table_name FROM duckdb_tables()'));
      const known = tables.map(({ table_name: name }) => name);
      assert.deepEqual(
        check.reads.filter(table => !known.includes(table)),
        [],
        `${check.check} reads what there is not`,
      );
    }
    await ledger.close();
  }
  assert.deepEqual(
    builtIn.map(({ facts }) => facts).filter(facts => !published.includes(facts)),
    [],
  );
  assert.ok(builtIn.length >= 14);
});

test('the golden path is there with a catalog and a domain, with the checks that something tells, unless it is left out', async t => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-domains-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(
    path.join(dir, 'catalog.yaml'),
    'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: cart }\nspec: {}\n',
  );
  const build = async (text: string) => {
    const file = path.join(dir, 'plumbline.yaml');
    writeFileSync(file, `catalog: { files: [catalog.yaml] }\n${text}`);
    return (await buildExporters(await loadConfig(file, { env: {} }))).map(({ name }) => name);
  };
  assert.deepEqual(await build('dora: {}\n'), ['dora', 'scorecard']);
  assert.deepEqual(await build('dora: {}\nscorecard: { enabled: false }\n'), ['dora']);
  assert.deepEqual(await build('scorecard: {}\n'), ['scorecard']);
  await assert.rejects(build('scorecard: { checks: [{ id: new }] }\n'), {
    code: 'CONFIG_INVALID',
    message: /expected exactly one of facts, annotation, query, told/,
  });
  await assert.rejects(
    build('scorecard: { exemptions: [{ check: nothing, team: x, reason: y, until: 2026-01-01 }] }\n'),
    { code: 'CONFIG_INVALID', message: /expected the id of a check/ },
  );
});
