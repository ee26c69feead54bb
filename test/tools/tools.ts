import type { TestContext } from 'node:test';
import { type FoundTool, findTool, type ToolName } from '../../compose/tools.ts';

export { type FoundTool, findTool, type MissingTool, type ToolName } from '../../compose/tools.ts';
export { buildTool } from './build.ts';

/**
 * The tool for a test that needs it, or undefined after skipping that test with the reason by name:
 * `const promtool = await requireTool(t, 'promtool'); if (!promtool) return;`
 * It doesn't build: `npm test` has built what was missing before the first test runs.
 */
export async function requireTool(t: TestContext, name: ToolName): Promise<FoundTool | undefined> {
  const tool = await findTool(name);
  if (!('missing' in tool)) return tool;
  t.skip(tool.missing);
  return undefined;
}
