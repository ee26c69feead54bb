/** What a page's queries make of hand-made series, on the real engine. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { fillVariables, panelQueries } from '../../dashboards/index.ts';
import type { DashboardJson } from '../../dashboards/lib/json.ts';
import { requireTool } from '../tools/tools.ts';

/** Proves with promtool what expressions find. */
export async function proved(
  t: TestContext,
  series: readonly { readonly series: string; readonly values: string }[],
  expected: readonly {
    readonly expr: string;
    readonly at: string;
    readonly finds: readonly (readonly [string, number])[];
  }[],
): Promise<void> {
  const promtool = await requireTool(t, 'promtool');
  if (!promtool) return;
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-page-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'queries.yaml');
  const promql_expr_test = expected.map(({ expr, at, finds }) => ({
    ...{ expr, eval_time: at, exp_samples: finds.map(([labels, value]) => ({ labels, value })) },
  }));
  const tests = [{ interval: '1h', input_series: series, promql_expr_test }];
  await writeFile(file, JSON.stringify({ rule_files: [], evaluation_interval: '1h', tests }));
  const { stdout } = await promisify(execFile)(promtool.path, ['test', 'rules', file]);
  assert.match(stdout, /SUCCESS/);
}

/** The queries of the panels of a title, in their order, with the page's variables filled in. */
export function exprsOf(
  page: DashboardJson,
  panel: string,
  values: Readonly<Record<string, string>>,
): readonly string[] {
  const found = panelQueries(page).filter(each => each.panel === panel);
  assert.ok(found.length > 0, `${page.title} has no panel "${panel}" with queries`);
  return found.map(({ expr }) => fillVariables(expr, values));
}

/** Labels as PromQL writes them. */
export const labelled = (labels: Readonly<Record<string, string>>): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}}`;
