/**
 * Base scores of CVSS vectors, for documents that give a vector alone: versions 3.0 and 3.1 (first.org/cvss/v3.1,
 * section 7.1) and 2 (first.org/cvss/v2/guide, section 3.2.1). Version 4 needs tables of its own: undefined.
 */

type Metrics = Readonly<Record<string, string>>;

export function scoreOfVector(vector: string): number | undefined {
  const text = vector.trim().replace(/^\((.*)\)$/, '$1');
  if (text.length > 500) return undefined;
  const [, version] = /^CVSS:(\d)\./.exec(text) ?? [];
  const metrics: Metrics = Object.fromEntries(text.split('/').map(each => each.split(':', 2) as [string, string]));
  const score = version === '3' ? score3(metrics) : version === undefined ? score2(metrics) : undefined;
  return score === undefined || Number.isNaN(score) ? undefined : score;
}

const of = (table: Readonly<Record<string, number>>, key: string | undefined): number =>
  key !== undefined && Object.hasOwn(table, key) ? table[key]! : Number.NaN;

function score3(metrics: Metrics): number {
  const isChanged = metrics.S === 'C';
  if (!isChanged && metrics.S !== 'U') return Number.NaN;
  const weights = { H: 0.56, L: 0.22, N: 0 };
  const left = (1 - of(weights, metrics.C)) * (1 - of(weights, metrics.I)) * (1 - of(weights, metrics.A));
  const base = 1 - left;
  const impact = isChanged ? 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15 : 6.42 * base;
  const exploitability =
    8.22 *
    of({ N: 0.85, A: 0.62, L: 0.55, P: 0.2 }, metrics.AV) *
    of({ L: 0.77, H: 0.44 }, metrics.AC) *
    of(isChanged ? { N: 0.85, L: 0.68, H: 0.5 } : { N: 0.85, L: 0.62, H: 0.27 }, metrics.PR) *
    of({ N: 0.85, R: 0.62 }, metrics.UI);
  if (Number.isNaN(impact + exploitability)) return Number.NaN;
  if (impact <= 0) return 0;
  return roundedUp(Math.min((isChanged ? 1.08 : 1) * (impact + exploitability), 10));
}

/** Up to a tenth, on integers, as appendix A has it. */
function roundedUp(value: number): number {
  const whole = Math.round(value * 100_000);
  return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10;
}

function score2(metrics: Metrics): number {
  const weights = { N: 0, P: 0.275, C: 0.66 };
  const left = (1 - of(weights, metrics.C)) * (1 - of(weights, metrics.I)) * (1 - of(weights, metrics.A));
  const impact = 10.41 * (1 - left);
  const exploitability =
    20 *
    of({ L: 0.395, A: 0.646, N: 1 }, metrics.AV) *
    of({ H: 0.35, M: 0.61, L: 0.71 }, metrics.AC) *
    of({ M: 0.45, S: 0.56, N: 0.704 }, metrics.Au);
  return Math.round((0.6 * impact + 0.4 * exploitability - 1.5) * (impact === 0 ? 0 : 1.176) * 10) / 10;
}
