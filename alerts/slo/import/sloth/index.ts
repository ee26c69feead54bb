/** Sloth's files: `prometheus/v1`, the Kubernetes resource, OpenSLO v1alpha, and catalogues of windows. */
import type { z } from 'zod';
import { readBy, type SpecDocument } from '../documents.ts';
import { attempt, type Imported, type ImportOptions, merged, nothing, refused } from '../imported.ts';
import { openSloSpec, openSlosOf } from './openslo.ts';
import { sloOf } from './slo.ts';
import { fileSpec, resourceSpec, type SlothSpec } from './spec.ts';
import { catalogueOf, type WindowsCatalogue, type WindowsSpec, windowsSpec } from './windows.ts';

type Kind = 'file' | 'resource' | 'openslo' | 'windows';

export function slothKind(value: unknown): Kind | undefined {
  const { version, apiVersion, kind } = (typeof value === 'object' ? value : {}) as Readonly<Record<string, unknown>>;
  if (typeof version === 'string' && version.startsWith('prometheus/')) return 'file';
  if (apiVersion === 'openslo/v1alpha') return 'openslo';
  if (typeof apiVersion !== 'string' || !apiVersion.startsWith('sloth.slok.dev/')) return undefined;
  return kind === 'AlertWindows' ? 'windows' : 'resource';
}

export function importSloth(documents: readonly SpecDocument[], options: ImportOptions): Imported {
  const windows: WindowsSpec[] = [];
  const faults: Imported[] = [];
  for (const document of documents.filter(each => slothKind(each.value) === 'windows')) {
    const read = readBy(windowsSpec, document.value);
    if (!read.ok) faults.push(refused(document.origin, read.reason));
    else {
      windows.push(read.value.spec);
      faults.push({ ...nothing, remarks: surplus(document.origin, read.unknown) });
    }
  }
  const catalogue = catalogueOf(windows);
  const rest = documents.filter(each => slothKind(each.value) !== 'windows');
  return merged([...faults, ...rest.map(document => importDocument(document, catalogue, options))]);
}

function importDocument(document: SpecDocument, catalogue: WindowsCatalogue, options: ImportOptions): Imported {
  switch (slothKind(document.value)) {
    case 'openslo':
      return reading(openSloSpec, document, spec =>
        attempt(document.origin, notes => openSlosOf(spec, options, notes)),
      );
    case 'resource':
      return reading(resourceSpec, document, ({ metadata, ...spec }) =>
        merged([
          {
            ...nothing,
            remarks: (['namespace', 'labels', 'annotations'] as const)
              .filter(key => metadata[key] != null)
              .map(key => ({
                origin: document.origin,
                kind: 'lost' as const,
                what: `metadata.${key}`,
                why: 'it is of the Kubernetes resource that rules would be written to, and rules are files here',
              })),
          },
          slosOf(spec, document.origin, catalogue, options),
        ]),
      );
    default:
      return reading(fileSpec, document, spec => slosOf(spec, document.origin, catalogue, options));
  }
}

function slosOf(spec: SlothSpec, origin: string, catalogue: WindowsCatalogue, options: ImportOptions): Imported {
  return merged(
    spec.slos.map(slo => attempt(`${origin}, ${slo.name}`, notes => [sloOf(spec, slo, catalogue, options, notes)])),
  );
}

function reading<T>(schema: z.ZodType<T>, document: SpecDocument, then: (value: T) => Imported): Imported {
  const read = readBy(schema, document.value);
  if (!read.ok) return refused(document.origin, read.reason);
  return merged([{ ...nothing, remarks: surplus(document.origin, read.unknown) }, then(read.value)]);
}

const surplus = (origin: string, unknown: readonly string[]) =>
  unknown.map(what => ({ origin, kind: 'lost' as const, what, why: 'Sloth knows no such key, and ignores it' }));
