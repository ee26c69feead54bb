/**
 * `npm run bench [-- NAME …] [-- --json]`: measures, and says by how much a target was met or missed. Exits with 1 only
 * where a bench breaks. See README.md beside this file.
 */
import { parseArgs } from 'node:util';
import { decisions } from './decisions.ts';
import { history, leadTimes } from './history.ts';
import { ingest } from './ingest.ts';
import { loop } from './loop.ts';
import { type Bench, type Figure, machine, meets, table } from './report.ts';
import { rulesCost } from './rules.ts';
import { scrape } from './scrape.ts';
import { supplyChainFind } from './supply-chain-find.ts';
import { supplyChainRead } from './supply-chain-read.ts';
import { views } from './views.ts';

const benches: readonly Bench[] = [
  ingest,
  scrape,
  loop,
  views,
  history,
  leadTimes,
  decisions,
  supplyChainRead,
  supplyChainFind,
  rulesCost,
];

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});
const unknown = names.filter(name => !benches.some(bench => bench.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `there is no bench ${unknown.join(', ')}; expected one of ${benches.map(bench => bench.name).join(', ')}\n`,
  );
  process.exit(2);
}

const out = (text: string) => void (options.json || process.stdout.write(text));
const before = machine();
out(
  `${before.cpu}, ${before.cores} cores, ${before.memoryGiB} GiB, load ${before.load}; ${before.platform}; ` +
    `Node ${before.node}, DuckDB ${before.duckdb}\n`,
);
const results: { readonly bench: string; readonly figures: readonly Figure[]; readonly error?: string }[] = [];
for (const bench of benches.filter(({ name }) => names.length === 0 || names.includes(name))) {
  out(`\n${bench.name}: ${bench.about}\n`);
  try {
    const figures = await bench.run(progress => void process.stderr.write(`    ${progress}\n`));
    results.push({ bench: bench.name, figures });
    out(table(figures));
  } catch (error) {
    process.exitCode = 1;
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    results.push({ bench: bench.name, figures: [], error: reason });
    process.stderr.write(`${bench.name} broke: ${reason}\n`);
  }
}
if (options.json) {
  const shown = results.map(result => ({
    ...result,
    figures: result.figures.map(figure => ({ ...figure, pass: meets(figure) })),
  }));
  process.stdout.write(`${JSON.stringify({ machine: before, results: shown }, undefined, 2)}\n`);
}
