/** In-toto's own predicate of vulnerabilities. https://github.com/in-toto/attestation/blob/main/spec/predicates/vulns_02.md */
import { breather } from '../../core/breathe.ts';
import { evaluatedAt } from '../../findings/look.ts';
import type { Severity } from '../../findings/report.ts';
import { isObject, listOf, objectOf, wordOf } from '../../formats/json.ts';
import type { Artifact, Found } from '../document.ts';
import type { ReadContext, Reading } from '../reading.ts';
import { ownerOf } from './looks.ts';
import { sha256 } from './statement.ts';

/** It names no packages: a finding is of the subject, a package's version or all of an image. */
export async function vulnerabilityScan(
  predicate: unknown,
  artifact: Artifact,
  context: ReadContext,
): Promise<Pick<Reading, 'heard' | 'records' | 'rejections'>> {
  const { scanner, metadata } = objectOf(predicate);
  const { uri, version, db, result } = objectOf(scanner);
  const breathe = breather();
  const [, named = '', installed = ''] = /^(pkg:[^@?#]+)@([^?#]+)/.exec(artifact.name) ?? [];
  const packaged = { package: named, version: installed };
  const found: Found[] = [];
  let rejected = 0;
  for (const each of listOf(result)) {
    const id = isObject(each) ? wordOf(each.id, 200) : undefined;
    if (id === undefined) rejected += 1;
    else found.push(foundOf(id, objectOf(each).severity, packaged));
    if (breathe.due()) await breathe.now();
  }
  const scannedAt = evaluatedAt(wordOf(objectOf(metadata).scanFinishedOn), context);
  const databaseAt = wordOf(objectOf(db).lastUpdate);
  const scannerVersion = wordOf(version, 100);
  const names = JSON.stringify([artifact.digests, scannedAt, found.map(({ id, severity }) => [id, severity])]);
  return {
    heard: {
      scans: [
        {
          ...{ artifact, scanner: scannerName(wordOf(uri)), scannedAt, classes: ['vulnerability'], found },
          ...(scannerVersion === undefined ? {} : { scannerVersion }),
          ...(databaseAt === undefined || Number.isNaN(Date.parse(databaseAt))
            ? {}
            : { databaseAt: new Date(databaseAt).toISOString() }),
          ...(rejected === 0
            ? ({ completeness: 'complete' } as const)
            : ({ completeness: 'partial', reason: 'records_rejected' } as const)),
          ...{ digest: sha256(names), owner: ownerOf(artifact, context) },
        },
      ],
    },
    records: found.length + rejected,
    rejections:
      rejected === 0 ? [] : [{ file: context.file, reason: 'vulnerability_without_id', value: `${rejected}` }],
  };
}

function foundOf(id: string, severity: unknown, packaged: Pick<Found, 'package' | 'version'>): Found {
  const scores = listOf(severity).filter(isObject);
  const numbers = scores.flatMap(({ method, score }) => {
    const value = Number(score);
    return /cvss/i.test(String(method)) && value >= 0 && value <= 10 ? [value] : [];
  });
  const score = numbers.at(-1);
  const word = scores
    .map(each => wordOf(each.score, 50)?.toLowerCase())
    .find(each => each !== undefined && each in words);
  return {
    ...{ class: 'vulnerability', id, ...packaged, fix: 'unknown' },
    severity: word === undefined ? byScore(score) : words[word]!,
    originalSeverity: word ?? (score === undefined ? '' : String(score)),
    ...(score === undefined ? {} : { score }),
  };
}

const words: Readonly<Record<string, Severity>> = {
  ...{ critical: 'critical', high: 'high', medium: 'medium', moderate: 'medium', low: 'low' },
};

/** CVSS 3.1, section 5. */
const byScore = (score: number | undefined): Severity =>
  score === undefined ? 'unknown' : score >= 9 ? 'critical' : score >= 7 ? 'high' : score >= 4 ? 'medium' : 'low';

/** `pkg:github/aquasecurity/trivy@…` → trivy. */
const scannerName = (uri: string | undefined): string =>
  /([a-z0-9_.-]+?)(?:[@?#].*)?\/?$/i
    .exec(uri ?? '')?.[1]
    ?.toLowerCase()
    .replace(/[^a-z0-9]+/g, '_') ?? 'unknown';
