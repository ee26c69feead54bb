/**
 * The two formats that Prometheus scrapes: text 0.0.4 and OpenMetrics 1.0.
 * Sample lines are rendered in SQL (the macros below); a page only puts headers between them.
 */
import type { Metric } from './metric.ts';
import type { RenderedFamily } from './snapshot-types.ts';

export type Format = 'text' | 'openmetrics';

interface Choice {
  readonly format: Format;
  readonly version: '0.0.4' | '1.0.0' | '0.0.1';
}

interface MediaRange {
  readonly type: string;
  readonly version: string | undefined;
  readonly q: number;
  readonly index: number;
}

// In the order in which they are preferred where the client leaves the choice to us.
const offers = [
  { format: 'text', version: '0.0.4', type: 'text/plain' },
  { format: 'openmetrics', version: '1.0.0', type: 'application/openmetrics-text' },
  { format: 'openmetrics', version: '0.0.1', type: 'application/openmetrics-text' },
] as const;

/** The format for an Accept header by its q values; text where nothing that we have is acceptable. */
export const negotiate = (accept: string | undefined): Format => choose(accept).format;

/** The Content-Type of a page; OpenMetrics says 1.0.0 unless the Accept header preferred 0.0.1. */
export function contentTypeOf(format: Format, accept?: string): string {
  if (format === 'text') return 'text/plain; version=0.0.4; charset=utf-8';
  const { version } = choose(accept);
  return `application/openmetrics-text; version=${version === '0.0.1' ? version : '1.0.0'}; charset=utf-8`;
}

function choose(accept: string | undefined): Choice {
  const ranges = (accept ?? '').split(',').flatMap(mediaRange);
  const ranked = offers.flatMap((offer, preference) => {
    // RFC 9110, 12.5.1: the most specific range that matches gives the quality.
    const [best] = ranges
      .map(range => ({ ...range, specificity: specificity(range, offer) }))
      .filter(range => range.specificity > 0)
      .sort((a, b) => b.specificity - a.specificity || b.q - a.q || a.index - b.index);
    return best && best.q > 0 ? [{ offer, preference, ...best }] : [];
  });
  ranked.sort(
    (a, b) =>
      b.q - a.q ||
      Number(b.specificity > 2) - Number(a.specificity > 2) ||
      (a.specificity > 2 && b.specificity > 2 ? a.index - b.index : 0) ||
      a.preference - b.preference,
  );
  return ranked[0]?.offer ?? offers[0];
}

/** 0: does not match; 1: any type; 2: the type's half; 3: the type; 4: the type and its version. */
function specificity(range: MediaRange, offer: (typeof offers)[number]): number {
  if (range.version !== undefined && range.version !== offer.version) return 0;
  if (range.type === offer.type) return range.version === undefined ? 3 : 4;
  if (range.type === `${offer.type.split('/')[0]}/*`) return 2;
  return range.type === '*/*' ? 1 : 0;
}

function mediaRange(text: string, index: number): MediaRange[] {
  const [type = '', ...parameters] = text.split(';').map(part => part.trim().toLowerCase());
  if (!type) return [];
  const values = new Map(
    parameters.map(parameter => {
      const [key = '', value = ''] = parameter.split('=', 2);
      return [key.trim(), value.trim().replace(/^"(.*)"$/, '$1')];
    }),
  );
  const q = Number(values.get('q') ?? 1);
  return [{ type, version: values.get('version'), q: Number.isFinite(q) ? Math.min(Math.max(q, 0), 1) : 0, index }];
}

/**
 * A page's bytes in order; the families' own buffers are not copied. `self` is a text 0.0.4 page to append (the
 * process's own metrics), translated where the page is OpenMetrics. Families without series are left out.
 */
export function page(families: readonly RenderedFamily[], format: Format, self?: string): Buffer[] {
  const parts = families
    .filter(family => family.text.length > 0)
    .flatMap(family => [
      Buffer.from(header(family, format)),
      format === 'openmetrics' ? (family.openMetrics ?? family.text) : family.text,
    ]);
  return [...parts, tail(format, self)];
}

/** What follows the families: the process's own metrics, and the end mark that OpenMetrics asks for. */
export function tail(format: Format, self = ''): Buffer {
  return Buffer.from(format === 'openmetrics' ? `${toOpenMetrics(self)}# EOF\n` : self);
}

function header({ metric, name, type, help }: RenderedFamily, format: Format): string {
  if (format === 'text') return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
  const base = type === 'counter' ? name.replace(/_total$/, '') : name;
  const unit = unitOf(base, metric);
  return [
    `# HELP ${base} ${escapeOpenMetricsHelp(help)}\n`,
    `# TYPE ${base} ${type}\n`,
    unit ? `# UNIT ${base} ${unit}\n` : '',
  ].join('');
}

/** OpenMetrics allows a UNIT only where the name ends in it. */
function unitOf(base: string, metric: Metric): string | undefined {
  const unit = metric.unit === 'timestamp_seconds' || base.endsWith('_timestamp_seconds') ? 'seconds' : metric.unit;
  return ['seconds', 'bytes', 'ratio', 'days'].includes(unit) && base.endsWith(`_${unit}`) ? unit : undefined;
}

const escapeHelp = (help: string) => help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
const escapeOpenMetricsHelp = (help: string) => escapeHelp(help).replaceAll('"', '\\"');

/**
 * Translates a text 0.0.4 page, as prom-client prints it, to OpenMetrics lines without the end mark. prom-client's own
 * OpenMetrics mode isn't used: it renames the counters of its registry for ever.
 */
export function toOpenMetrics(text: string): string {
  const lines = text.split('\n');
  const counters = new Set(lines.flatMap(line => /^# TYPE (\S+)_total counter$/.exec(line)?.slice(1) ?? []));
  const translate = (line: string) => {
    const [, keyword = '', name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/s.exec(line) ?? [];
    if (!keyword) return line.replace(/ Nan$/, ' NaN');
    const base = name.replace(/_total$/, '');
    const shown = counters.has(base) && name !== base ? base : name;
    return `# ${keyword} ${shown} ${keyword === 'HELP' ? rest.replaceAll('"', '\\"') : rest}`;
  };
  return lines
    .filter(line => line !== '')
    .map(line => `${translate(line)}\n`)
    .join('');
}

/**
 * Macros for rendering sample lines in DuckDB, to be run once on a connection:
 * - `escape_label(v)`: a label value between its quotes; backslash first, else it would escape the other escapes.
 * - `needs_escape(v)`: whether `escape_label` would change anything.
 * - `sample_value(v)`: a DOUBLE in its shortest form that reads back as the same double.
 */
export const sqlMacros = String.raw`
CREATE OR REPLACE TEMP MACRO escape_label(v) AS
  replace(replace(replace(v, '\', '\\'), chr(10), '\n'), '"', '\"');
CREATE OR REPLACE TEMP MACRO needs_escape(v) AS regexp_matches(v, '["\\\n]');
CREATE OR REPLACE TEMP MACRO sample_value(v) AS CASE
  WHEN isnan(v::DOUBLE) THEN 'NaN'
  WHEN isinf(v::DOUBLE) THEN CASE WHEN v > 0 THEN '+Inf' ELSE '-Inf' END
  WHEN abs(v::DOUBLE) < 1e15 AND v::DOUBLE = trunc(v::DOUBLE) THEN v::BIGINT::VARCHAR
  ELSE v::DOUBLE::VARCHAR END;
`;

/**
 * The SQL expression of a sample's label text, such as `{team="a",service="b"}`, over columns of the labels' names.
 * Empty and NULL values are left out, as an empty label is no label; without any label it is the empty string.
 * `last` is one more pair as an SQL expression, such as `'le="0.5"'`. Names are those of `defineMetric`.
 */
export function labelText(labels: readonly string[], last?: string): string {
  if (labels.length === 0) return last === undefined ? `''` : `'{' || ${last} || '}'`;
  const text = (value: (label: string) => string) => {
    const pairs = labels.map(
      label => `CASE WHEN "${label}" <> '' THEN '${label}="' || ${value(`"${label}"`)} || '"' END`,
    );
    return `coalesce('{' || nullif(concat_ws(',', ${[...pairs, ...(last === undefined ? [] : [last])].join(', ')}), '') || '}', '')`;
  };
  // One look at a whole row costs half of three replacements in each of its labels, and few rows need any.
  const values = labels.map(label => `"${label}"`).join(', ');
  return `CASE WHEN needs_escape(concat(${values})) THEN ${text(label => `escape_label(${label})`)} ELSE ${text(label => label)} END`;
}
