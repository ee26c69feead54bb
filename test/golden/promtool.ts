/** What promtool's linter says of a page. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { TestContext } from 'node:test';
import { requireTool } from '../tools/tools.ts';

export async function assertPromtoolIsContent(t: TestContext, page: string): Promise<void> {
  const promtool = await requireTool(t, 'promtool');
  if (!promtool) return;
  const { status, stdout, stderr } = spawnSync(promtool.path, ['check', 'metrics'], { input: page, encoding: 'utf8' });
  assert.deepEqual([status, stdout, stderr], [0, '', '']);
}
