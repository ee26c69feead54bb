/** Specifications of Sloth and Pyrra as SLOs. */
import { documentsOf, type SpecDocument } from './documents.ts';
import { defaultImportOptions, type Imported, type ImportOptions, merged, refused } from './imported.ts';
import { importPyrra, isPyrra } from './pyrra/index.ts';
import { importSloth, slothKind } from './sloth/index.ts';

export type { Imported, ImportOptions, Refusal, Remark } from './imported.ts';
export { defaultImportOptions } from './imported.ts';

export const importFormats = ['sloth', 'pyrra'] as const;
export type ImportFormat = (typeof importFormats)[number];

export interface SpecFile {
  readonly name: string;
  readonly text: string;
}

/** Reads files together, for a catalogue of windows holds for all; `format` refuses the documents of others. */
export function importSlos(
  files: readonly SpecFile[],
  options: ImportOptions = defaultImportOptions,
  format?: ImportFormat,
): Imported {
  const documents = files.flatMap(file => {
    const found = documentsOf(file.text, file.name);
    return found.length > 0 ? found : [{ origin: file.name, value: undefined, fault: 'it is empty' }];
  });
  const of = (wanted: ImportFormat) => documents.filter(document => formatOf(document) === wanted);
  const readable = (wanted: ImportFormat) => (format === undefined || format === wanted ? of(wanted) : []);
  const others = documents.filter(
    document => formatOf(document) === undefined || (format && formatOf(document) !== format),
  );
  return withoutDoubles(
    merged([
      importSloth(readable('sloth'), options),
      importPyrra(readable('pyrra'), options),
      ...others.map(document => refused(document.origin, document.fault ?? otherwise(document.value, format))),
    ]),
  );
}

function formatOf({ value }: SpecDocument): ImportFormat | undefined {
  if (slothKind(value) !== undefined) return 'sloth';
  return isPyrra(value) ? 'pyrra' : undefined;
}

function otherwise(value: unknown, format: ImportFormat | undefined): string {
  const { apiVersion, version, kind } = (typeof value === 'object' && value !== null ? value : {}) as Readonly<
    Record<string, unknown>
  >;
  const named = [apiVersion ?? version, kind].filter(each => each !== undefined).map(String);
  if (named[0] === 'openslo/v1') return 'it is OpenSLO v1, which needs no import: name it under slos.files';
  const what = named.length === 0 ? 'it has neither version nor apiVersion' : `it is "${named.join(' ')}"`;
  return `${what}, and ${format === undefined ? 'Sloth (prometheus/v1, sloth.slok.dev/v1, openslo/v1alpha) and Pyrra (pyrra.dev/v1alpha1) are read' : `--format asks for ${format}`}`;
}

/** Of two with one name, the first is kept. */
function withoutDoubles({ slos, remarks, refusals }: Imported): Imported {
  const seen = new Map<string, string>();
  const doubles: Imported['refusals'][number][] = [];
  const kept = slos.filter(slo => {
    const id = `${slo.service} ${slo.name} ${slo.objective}`;
    const first = seen.get(id);
    if (first !== undefined)
      doubles.push({
        origin: slo.origin,
        reason: `${first} has the SLO "${slo.name}" of the service "${slo.service}" with the objective ${slo.objective} already`,
      });
    else seen.set(id, slo.origin);
    return first === undefined;
  });
  return { slos: kept, remarks, refusals: [...refusals, ...doubles] };
}
