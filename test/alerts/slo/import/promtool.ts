/** Runs promtool on rules and tests of a folder made for it. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { toYaml } from '../../../../alerts/lib/yaml.ts';

const run = promisify(execFile);

/** Empty where all is as expected, else what promtool has said. */
export async function promtoolSays(
  t: TestContext,
  promtool: string,
  rules: Readonly<Record<string, unknown>>,
  test: {
    readonly evaluation_interval: string;
    readonly group_eval_order?: readonly string[];
    readonly tests: readonly unknown[];
  },
): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'plumbline-slo-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const [name, value] of Object.entries(rules))
    await writeFile(path.join(folder, name), typeof value === 'string' ? value : toYaml(value, name));
  const file = path.join(folder, 'slo.test.yml');
  await writeFile(file, toYaml({ rule_files: Object.keys(rules), ...test }, 'test'));
  try {
    await run(promtool, ['test', 'rules', file], { maxBuffer: 1 << 26 });
    return '';
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    return `${stdout}\n${stderr}`;
  }
}
