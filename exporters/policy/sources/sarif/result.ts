/** A result of SARIF as one of ours. */
import { createHash } from 'node:crypto';
import type { Place } from '../../../findings/place.ts';
import type { Enforcement, Outcome, Result, Severity } from '../../../findings/report.ts';
import type { SarifResult } from '../../../formats/sarif/index.ts';
import type { Instance } from '../../identity.ts';
import { severityOf, severityOfScore } from '../../severity.ts';
import { subjectOf } from '../../subject.ts';
import type { Dialect } from './dialect.ts';

export interface Where {
  readonly scope: string;
  readonly part: string;
  readonly owner: string;
  readonly place: Place;
}

export function instanceOf(result: SarifResult, dialect: Dialect, { scope, part, owner, place }: Where): Instance {
  const { path = '', line, message, title, url } = result;
  const own = dialect.read?.(result);
  const outcome = own?.outcome ?? outcomeOf(result);
  // What is said of a suppressed result is why.
  const said = outcome === 'excepted' ? result.suppression?.justification : message;
  const originalSeverity = result.securitySeverity ?? result.severity ?? result.level;
  return {
    result: {
      policy: own?.policy ?? result.rule,
      ...(title === undefined ? {} : { title }),
      resource: `${scope}/${own?.resource ?? identityOf(result)}`,
      part,
      outcome,
      severity: own?.severity ?? severityIn(result),
      originalSeverity,
      enforcement: own?.enforcement ?? enforcementOf(result, place.enforcement),
      owner,
      ...(said === undefined ? {} : { message: said }),
      ...(path === '' ? {} : { location: line === undefined ? path : `${path}:${line}` }),
      ...(url === undefined ? {} : { url }),
    } satisfies Result,
    place: placeOf(result),
  };
}

/** What the tool says is one is one; else what reads differently, or stands on another line, is another one. */
function placeOf({ fingerprint, path = '', snippet, line }: SarifResult): string {
  if (fingerprint !== undefined) return path;
  return snippet === undefined ? `${path}:${line ?? ''}` : `${path} ${hashOf(snippet)}`;
}

function identityOf({ fingerprint, path = '', logical, snippet, message }: SarifResult): string {
  if (fingerprint !== undefined) return fingerprint;
  const inside = logical ?? (snippet === undefined ? subjectOf(message) : hashOf(snippet));
  return inside === '' || path === '' ? path + inside : `${path}#${inside}`;
}

/** Of what it reads, whatever its indentation. */
const hashOf = (snippet: string): string =>
  createHash('sha256').update(snippet.replace(/\s+/g, ' ').trim()).digest('hex').slice(0, 16);

function outcomeOf({ kind, suppression }: SarifResult): Outcome {
  if (kind === 'pass' || kind === 'informational') return 'pass';
  if (kind === 'notApplicable') return 'skip';
  // What someone must look at first, or what couldn't be decided, is neither violated nor well.
  if (kind === 'open' || kind === 'review') return 'error';
  return suppression === undefined ? 'fail' : 'excepted';
}

function severityIn({ securitySeverity, severity, level }: SarifResult): Severity {
  for (const said of [securitySeverity, severity]) {
    const known =
      said === undefined ? 'unknown' : /^[\d.]+$/.test(said) ? severityOfScore(Number(said)) : severityOf(said);
    if (known !== 'unknown') return known;
  }
  return severityOf(level);
}

/** What a tool only notes blocks nothing, whatever the pipeline does. */
const enforcementOf = ({ level }: SarifResult, enforcement: Enforcement = 'audit'): Enforcement =>
  level === 'note' || level === 'none' ? 'audit' : enforcement;
