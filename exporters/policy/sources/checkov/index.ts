/**
 * Checkov's reports: what `checkov -o json` and `-o sarif` write. One framework is an object, several are a list, nothing
 * found to check is bare counts. A finding is (check, resource) in the repository, wherever its file is moved to.
 */
import { breather } from '../../../core/breathe.ts';
import { scopeOfPlace } from '../../../findings/place.ts';
import type { ExceptionList, Report } from '../../../findings/report.ts';
import { isObject, type JsonObject, listOf, objectOf, readJson, wordOf } from '../../../formats/json.ts';
import { isSarif } from '../../../formats/sarif/index.ts';
import { digestOf, emptyOutput, faulty, ownerOf, rejection, wholeReport, withRejected } from '../../look.ts';
import type { ReadContext, Reading, ReportKind } from '../../reading.ts';
import { readSarifReport } from '../sarif/index.ts';
import { exceptionsOf } from '../sarif/suppressions.ts';
import { readPart } from './part.ts';

export const checkov: ReportKind = {
  kind: 'checkov',
  accepts: name => /\.(json|sarif)$/i.test(name),
  recognises: json => (partsOf(json).some(isCheckov) ? 'repository' : undefined),
  read: async (bytes, context) => {
    const read = readJson(bytes);
    if ('fault' in read) return read.fault === 'empty' ? emptyOutput('checkov', bytes, context) : faulty(read.fault);
    if (isSarif(read.value)) return readSarifReport(read.value, bytes, context);
    const parts = partsOf(read.value);
    if (!parts.some(isCheckov)) return faulty('not_checkov');
    return readParts(parts, bytes, context);
  },
};

const partsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const isCheckov = (part: unknown): part is JsonObject =>
  isObject(part) &&
  (('check_type' in part && 'results' in part) ||
    isBare(part) ||
    (typeof part.check_type === 'string' && 'summary' in part));
/** What it writes when it found nothing that it could check. */
const isBare = (part: JsonObject): boolean => 'passed' in part && 'failed' in part && 'checkov_version' in part;

/** Dependencies' vulnerabilities and licences: no policy of this platform's. */
const isSupplyChain = (checkType: string): boolean => checkType.startsWith('sca_');

async function readParts(parts: readonly unknown[], bytes: Buffer, context: ReadContext): Promise<Reading> {
  const scope = scopeOfPlace(context.place);
  if (scope === undefined) return faulty('missing_scope');
  const at = context.at.toISOString();
  const owner = ownerOf(context);
  const breathe = breather();
  const common = { engine: 'checkov', scope, owner, evaluatedAt: at } as const;
  const reports: Report[] = [];
  const exceptions: ExceptionList[] = [];
  const rejections: Reading['rejections'][number][] = [];
  let records = 0;
  for (const [index, part] of parts.entries()) {
    if (!isCheckov(part)) {
      rejections.push(rejection(context, { line: index + 1, reason: 'not_a_part' }));
      continue;
    }
    const checkType = wordOf(part.check_type, 100) ?? '';
    if (checkType === '') {
      // A look at an empty folder mends nothing.
      reports.push(
        wholeReport(context, { engine: 'checkov', bytes, scope, evaluatedAt: at, partial: 'nothing_checked' }),
      );
    } else if (isSupplyChain(checkType)) {
      const findings = listOf(objectOf(part.results).failed_checks).length;
      rejections.push(
        rejection(context, { reason: 'not_policy', field: 'check_type', value: `${checkType}: ${findings}` }),
      );
    } else {
      const read = await readPart(part, { scope, checkType, context, breathe });
      records += read.records;
      rejections.push(...read.rejections);
      const reason = read.parsingErrors > 0 ? 'parsing_errors' : read.isCut ? 'results_missing' : undefined;
      const report: Report = {
        ...common,
        ...(reason === undefined ? { completeness: 'complete' } : { completeness: 'partial', reason }),
        ...{ parts: [checkType], results: read.results, counts: read.counts, digest: digestOf(bytes, at, checkType) },
      };
      reports.push(withRejected(report, read.rejections.length));
      if (read.hasSkips)
        exceptions.push(exceptionsOf(read.results, { engine: 'checkov', scope, readAt: at, part: checkType }));
    }
  }
  return { told: { reports, exceptions }, records, rejections };
}
