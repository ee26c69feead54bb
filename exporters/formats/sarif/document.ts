/**
 * SARIF 2.1.0 (OASIS, docs.oasis-open.org/sarif/sarif/v2.1.0), as scanners write it. Reads what is there and refuses
 * results one by one; knows nothing of what they are used for.
 */
import { type Breather, breather } from '../../core/breathe.ts';
import { isObject, type JsonFault, type JsonObject, listOf, objectOf, readJson, wordOf } from '../json.ts';
import { pathsOf } from './paths.ts';
import { readResult, type SarifResult } from './result.ts';
import { rulesOf } from './rules.ts';

export interface SarifRun {
  /** The driver's name as the tool writes it. */
  readonly tool: string;
  /** What the run is of several of one tool: automationDetails.id without the part that is this run's own. */
  readonly category: string;
  /** Of versionControlProvenance. */
  readonly repository: string | undefined;
  /** The run's own property bag. */
  readonly properties: JsonObject;
  /** When it ended, as ISO 8601, where it says so. */
  readonly endedAt: string | undefined;
  /** False where there is no list at all: the tool could not even begin, or only tells of its rules (3.14.23). */
  readonly hasResults: boolean;
  /** False where an invocation says that it failed. */
  readonly isSuccessful: boolean;
  /** An error that the tool tells of itself: it may have missed results. */
  readonly hasErrors: boolean;
  /** Baseline `absent` is left out: it is not there any more. */
  readonly results: readonly SarifResult[];
  /** Results in the document, read or not. */
  readonly records: number;
  readonly rejections: readonly SarifRejection[];
}

export interface SarifRejection {
  /** The result's place in its run, from 1. */
  readonly line: number;
  readonly reason: 'not_a_result' | 'missing_rule';
  readonly field?: string;
  readonly value?: string;
}

export type SarifFault = JsonFault | 'not_sarif' | 'unknown_version';

/** Never throws for what is in the bytes. */
export async function readSarif(bytes: Buffer): Promise<readonly SarifRun[] | SarifFault> {
  const read = readJson(bytes);
  return 'fault' in read ? read.fault : readSarifValue(read.value);
}

export const isSarif = (value: unknown): value is JsonObject =>
  isObject(value) && 'runs' in value && ('version' in value || '$schema' in value);

export async function readSarifValue(value: unknown): Promise<readonly SarifRun[] | SarifFault> {
  if (!isSarif(value)) return 'not_sarif';
  if (!/^2\.1\.\d/.test(String(value.version ?? '2.1.0'))) return 'unknown_version';
  const breathe = breather();
  const runs: SarifRun[] = [];
  for (const run of listOf(value.runs)) if (isObject(run)) runs.push(await readRun(run, breathe));
  return runs;
}

async function readRun(run: JsonObject, breathe: Breather): Promise<SarifRun> {
  const driver = objectOf(objectOf(run.tool).driver);
  const rules = rulesOf(run);
  const paths = pathsOf(run);
  const results: SarifResult[] = [];
  const rejections: SarifRejection[] = [];
  const listed = listOf(run.results);
  for (const [index, item] of listed.entries()) {
    if (breathe.due()) await breathe.now();
    if (!isObject(item))
      rejections.push({ line: index + 1, reason: 'not_a_result', value: JSON.stringify(item).slice(0, 200) });
    else if (item.baselineState === 'absent') continue;
    else {
      const result = readResult(item, rules, paths);
      if (result === undefined) rejections.push({ line: index + 1, reason: 'missing_rule', field: 'ruleId' });
      else results.push(result);
    }
  }
  const invocations = listOf(run.invocations).map(objectOf);
  const notifications = invocations.flatMap(({ toolExecutionNotifications: told }) => listOf(told).map(objectOf));
  return {
    tool: wordOf(driver.name, 200) ?? '',
    category: categoryOf(wordOf(objectOf(run.automationDetails).id, 300) ?? ''),
    repository: wordOf(objectOf(listOf(run.versionControlProvenance)[0]).repositoryUri),
    properties: objectOf(run.properties),
    endedAt: invocations
      .flatMap(one => wordOf(one.endTimeUtc) ?? wordOf(one.startTimeUtc) ?? [])
      .sort()
      .at(-1),
    hasResults: Array.isArray(run.results),
    isSuccessful: !invocations.some(({ executionSuccessful }) => executionSuccessful === false),
    hasErrors: notifications.some(({ level }) => level === 'error'),
    results,
    records: listed.length,
    rejections,
  };
}

/** `nightly/linux/2026-11-26` is a run of `nightly/linux`; without a slash it is the run's own name (3.17.3). */
const categoryOf = (id: string): string => (id.includes('/') ? id.slice(0, id.lastIndexOf('/')) : '');
