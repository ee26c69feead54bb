/** `plumbline render backstage`: annotations for each entity, to a folder or into the files of the catalog. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { loadConfig } from '../../config.ts';
import { readOwnership } from '../../registry.ts';
import { type Annotated, annotationsOf } from '../backstage/annotations.ts';
import { saysTheSame, withAnnotations } from '../backstage/edit.ts';
import { PlumblineError } from '../backstage/errors.ts';
import { PlumblineError as CommandError } from '../errors.ts';
import { count, print, say } from '../output.ts';

export interface BackstageOptions {
  readonly config: string;
  readonly out?: string;
  readonly write?: boolean;
}

const ruleNote =
  'Backstage’s card of alerts shows rules that Grafana itself evaluates: import the rules of "render alerts" into Grafana for it';

/** Errors: COMMAND_USAGE, BACKSTAGE_NO_ENTITIES, BACKSTAGE_UNWRITTEN, those of readOwnership. */
export async function backstage({ config: file, out, write = false }: BackstageOptions): Promise<void> {
  if (out === undefined && !write)
    throw new CommandError('COMMAND_USAGE', {
      reason: 'expected --out, a folder, or --write, into the catalog’s files',
    });
  const config = await loadConfig(file);
  const { catalog } = await readOwnership(config);
  const all = annotationsOf(catalog, config.links.grafana);
  if (all.length === 0) throw new PlumblineError('BACKSTAGE_NO_ENTITIES', { file });
  if (out !== undefined) await toFolder(path.resolve(out), all);
  if (write) await intoFiles(config.directory, all);
  say(`plumbline: ${ruleNote}`);
  if (config.links.grafana === undefined)
    say('plumbline: set links.grafana for the annotation that embeds the team’s page');
}

const wantedOf = ({ entity: { kind, namespace, name }, annotations }: Annotated) => ({
  ...{ kind, namespace, name, annotations },
});

async function toFolder(folder: string, all: readonly Annotated[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const written: string[] = [];
  const put = async (name: string, text: string) => {
    await writeFile(path.join(folder, name), text);
    written.push(path.join(folder, name));
  };
  const index = Object.fromEntries(all.map(({ entity, annotations }) => [entity.ref, annotations]));
  await put('annotations.json', `${JSON.stringify(index, undefined, 2)}\n`);
  for (const { entity, annotations } of all) {
    const { kind, namespace, name } = entity;
    const metadata = { name, ...(namespace === 'default' ? {} : { namespace }), annotations };
    const text = stringify({ apiVersion: 'backstage.io/v1alpha1', kind, metadata }, { lineWidth: 0 });
    await put(`${entity.ref.replace(/[^a-z0-9._-]+/g, '-')}.yaml`, text);
  }
  await print(written.map(name => `${name}\n`).join(''));
}

async function intoFiles(directory: string, all: readonly Annotated[]): Promise<void> {
  const files = Map.groupBy(
    all.filter(({ entity }) => entity.api === undefined),
    ({ entity }) => entity.file,
  );
  let changed = 0;
  const refused: Error[] = [];
  for (const [file, entities] of files) {
    const absolute = path.resolve(directory, file);
    const before = await readFile(absolute, 'utf8');
    const wanted = entities.map(wantedOf);
    const edit = edited(file, before, wanted);
    if (edit instanceof Error) {
      refused.push(edit);
      continue;
    }
    const { text, kept } = edit;
    for (const { entity, annotation, value } of kept)
      say(`plumbline: ${file}: ${annotation} of ${entity} stays as it is: ${value}`);
    if (text === before) continue;
    await writeFile(absolute, text);
    changed += 1;
    await print(`${absolute}\n`);
  }
  const told = all.filter(({ entity }) => entity.api !== undefined).length;
  if (told > 0)
    say(`plumbline: ${count(told, 'entity', 'entities')} of Backstage servers stand in no file here; see --out`);
  if (changed === 0 && refused.length === 0) say('plumbline: nothing was to change');
  const last = refused.pop();
  for (const { message } of refused) say(`plumbline: ${message}`);
  if (last !== undefined) throw last;
}

/** Of a file that can't be annotated the error; the others are annotated all the same. */
function edited(file: string, before: string, wanted: ReturnType<typeof wantedOf>[]) {
  try {
    const edit = withAnnotations(before, wanted);
    if (edit.text === before || saysTheSame(before, edit.text, wanted)) return edit;
    return new PlumblineError('BACKSTAGE_UNWRITTEN', { file, reason: 'it would read otherwise' });
  } catch (error) {
    return new PlumblineError('BACKSTAGE_UNWRITTEN', { file, reason: (error as Error).message }, error);
  }
}
