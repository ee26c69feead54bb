/** The reference pages that are generated from definitions, so that page and program cannot differ. */
import type { ErrorCatalog } from './core/errors.ts';
import { type Metric, twinNames } from './core/metric.ts';

const kinds: Readonly<Record<Metric['kind'], string>> = {
  state: 'state (gauge)',
  count: 'count (counter)',
  histogram: 'histogram',
  daily: 'daily (a sample a UTC day, with twins)',
};

/** Markdown of every metric family, grouped by the title given. */
export function metricsReference(groups: Readonly<Record<string, readonly Metric[]>>): string {
  const sections = Object.entries(groups).map(
    ([title, metrics]) =>
      `## ${title}\n\n${metrics
        .map(metric => {
          const twins =
            metric.kind === 'daily'
              ? `- Twins: \`${twinNames(metric).latest}\`, \`${twinNames(metric).timestamp}\`\n`
              : '';
          const buckets = metric.buckets ? `- Buckets: ${metric.buckets.join(', ')}\n` : '';
          const level = metric.level ? `- Level: ${metric.level}\n` : '';
          return `### ${metric.name}\n\n${metric.help}\n\n- Kind: ${kinds[metric.kind]}\n- Unit: ${metric.unit}\n- Labels: ${
            metric.labels.map(label => `\`${label}\``).join(', ') || 'none'
          }\n- ${metric.additive ? 'Additive: a sum over any label means something' : 'Not additive: never sum or average it'}\n${level}${buckets}${twins}- Series: ${metric.maxSeries} at most\n`;
        })
        .join('\n')}`,
  );
  return `# Metrics\n\nGenerated from the definitions; do not edit.\n\n${sections.join('\n')}`;
}

/** Markdown of every error, by room. */
export function errorsReference(rooms: Readonly<Record<string, ErrorCatalog>>): string {
  const sections = Object.entries(rooms).map(([room, errors]) => {
    const rows = Object.entries(errors).map(
      ([code, { sentence, remedy }]) => `### ${code}\n\n${sentence}\n\nWhat to do: ${remedy}.\n`,
    );
    return `## ${room}\n\n${rows.join('\n')}`;
  });
  return `# Errors\n\nGenerated from each room's \`errors.ts\`; do not edit. Words in braces are filled in.\n\n${sections.join('\n')}`;
}
