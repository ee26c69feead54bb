/**
 * `npm run tools`: builds every pinned tool that is missing, one printed line a kit.
 * Exits 1 when one can't be had; 0 with `--optional`, whose tests then are skipped by name.
 */
import { findTool, type KitName, kits } from '../../compose/tools.ts';
import { buildTool } from './build.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);
const optional = process.argv.includes('--optional');
let failed = false;

for (const kit of Object.keys(kits) as KitName[]) {
  const { version, tools } = kits[kit];
  const found = await Promise.all(tools.map(tool => findTool(tool)));
  const missing = tools.find((_, index) => 'missing' in found[index]!);
  if (missing === undefined) {
    say(`${kit} ${version}: ${found.map(tool => ('path' in tool ? tool.path : '')).join(', ')}`);
    continue;
  }
  const started = Date.now();
  say(`${kit} ${version}: building from its Go module (the first time takes minutes)`);
  try {
    const { path } = await buildTool(missing);
    say(`${kit} ${version}: built in ${((Date.now() - started) / 1000).toFixed(0)} s: ${path}`);
  } catch (error) {
    failed = true;
    say(`${kit} ${version}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const chromium = await findTool('chromium');
say(`chromium: ${'path' in chromium ? `${chromium.path} ${chromium.version}` : chromium.missing}`);
if (failed && !optional) process.exitCode = 1;
