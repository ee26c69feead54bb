/** The gate over real reports, against a count of a few lines: blocked is what has something critical that can be mended. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gateSchema } from '../../exporters/supply-chain/gate/config.ts';
import { judgeReports } from '../../exporters/supply-chain/gate/report.ts';
import { documentKinds } from '../../exporters/supply-chain/kinds.ts';

const corpus = path.join(
  process.env.PLUMBLINE_CORPUS ?? path.resolve(import.meta.dirname, '../../../shared/data'),
  'supply-chain',
);
const rules = gateSchema.parse({ rules: [{ name: 'critical', severity: 'critical', fix_available: true }] }).rules;

interface Trivy {
  readonly Results?: readonly { readonly Vulnerabilities?: readonly Record<string, unknown>[] | null }[] | null;
}
interface Grype {
  readonly matches?: readonly {
    readonly vulnerability: { readonly severity?: string; readonly fix?: { readonly state?: string } };
  }[];
}

/** How many are critical and have a fix. */
const counts: Readonly<Record<string, (json: unknown) => number>> = {
  trivy: json =>
    (Array.isArray(json) ? json : ((json as Trivy).Results ?? []))
      .flatMap(
        (result: { Vulnerabilities?: readonly Record<string, unknown>[] | null }) => result.Vulnerabilities ?? [],
      )
      .filter(({ Severity, FixedVersion }: Record<string, unknown>) => Severity === 'CRITICAL' && Boolean(FixedVersion))
      .length,
  grype: json =>
    ((json as Grype).matches ?? []).filter(
      ({ vulnerability: { severity, fix } }) => severity === 'Critical' && fix?.state === 'fixed',
    ).length,
};

for (const [kind, count] of Object.entries(counts))
  test(`reports of ${kind} are blocked for what is critical and has a fix, and never pass unread`, async t => {
    const folder = path.join(corpus, kind);
    if (!existsSync(folder)) return t.skip(`supply-chain/${kind} is not in PLUMBLINE_CORPUS`);
    let blocked = 0;
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      const bytes = readFileSync(file);
      const { judged, faults } = await judgeReports([{ name: file, bytes, at: new Date('2026-11-01') }], {
        ...{ now: new Date('2026-11-02'), rules, place: { image: 'ghcr.io/acme/shop' } },
        ...{ sbomOptional: [], sbomStaleDays: 90 },
        // What else lies in the folder has its own kinds, and is none of the count's.
        kinds: documentKinds.filter(one => one.kind === kind),
      });
      assert.ok(judged.length + faults.length > 0, `${file} is judged or refused`);
      if (faults.some(({ records }) => records === undefined)) continue;
      const critical = count(JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, '')) ?? {});
      const isBlocked = judged.some(({ verdict }) => verdict === 'blocked');
      // What the report itself excepts is counted by the few lines above, and not by the gate.
      if (isBlocked) assert.ok(critical > 0, `${file} is blocked for nothing`);
      else assert.equal(critical, 0, `${file}: ${judged.map(({ verdict }) => verdict).join()}`);
      blocked += Number(isBlocked);
    }
    assert.ok(blocked > 0, 'one at least is blocked');
  });
