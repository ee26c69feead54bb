/** Subject facts of an exporter of this process. */
import type { Runtime } from './runtime.ts';
import { checksByName, readSubjects, type SubjectReader, versionOf } from './subjects.ts';

/** Undefined where the exporter publishes none. */
export function subjectReaderOf({
  exporter,
  ledger,
  sources,
}: Pick<Runtime, 'exporter' | 'ledger' | 'sources'>): SubjectReader | undefined {
  const checks = checksByName(exporter);
  if (checks.size === 0) return undefined;
  const sourcesRead = (): readonly string[] | undefined => {
    const statuses = sources();
    const isUntried = exporter.sources.some(
      ({ name, kind }) => kind !== 'push' && statuses.find(({ source }) => source === name)?.lastRun === undefined,
    );
    return isUntried
      ? undefined
      : statuses.flatMap(({ source, lastSuccess }) => (lastSuccess === undefined ? [] : [source])).sort();
  };
  return {
    exporter: exporter.name,
    checks: async () =>
      [...checks.values()].map(check => ({
        ...{ check: check.check, help: check.help, everySeconds: check.everySeconds },
        ...{ version: versionOf(ledger, check), sourcesRead: sourcesRead() },
      })),
    read: async (name, instants, onRows) => {
      const check = checks.get(name);
      if (check === undefined) throw new RangeError(`${exporter.name} has no check ${name}`);
      await ledger.read(reader => readSubjects(reader, exporter.facts, check, instants, onRows));
    },
  };
}
