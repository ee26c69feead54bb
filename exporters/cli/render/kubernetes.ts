/** `plumbline render kubernetes`: the manifests, and on stderr what has to be known besides. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { kubernetesFiles } from '../../../compose/kubernetes/manifests.ts';
import { PlumblineError } from '../../config/errors.ts';
import { loadConfig } from '../../config.ts';
import { configuredExporters, exporterNames } from '../../registry.ts';
import { print, say } from '../output.ts';
import { teamsOf } from '../teams.ts';

interface Options {
  readonly config: string;
  readonly out: string;
  readonly plumbline?: string;
}

export async function kubernetes({ config: file, out, plumbline }: Options): Promise<void> {
  const { config, ofServices } = await teamsOf(await loadConfig(file));
  if (config === undefined) throw new PlumblineError('CONFIG_MISSING', { file });
  const exporters = configuredExporters(config);
  if (exporters.length === 0)
    throw new PlumblineError('NOTHING_CONFIGURED', { file: config.file, known: exporterNames.join(', ') });
  const { files, secrets, notes } = await kubernetesFiles({
    config,
    exporters,
    known: exporterNames,
    teams: ofServices,
    plumbline,
  });
  const folder = path.resolve(out);
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  for (const note of notes) say(`plumbline: ${note}`);
  for (const { name, files: from, variables, literals } of secrets)
    say(
      `plumbline: make the Secret ${name} with ${[...from.keys(), ...variables.keys(), ...(literals?.keys() ?? [])].join(', ')}; NOTES.md has the command`,
    );
  await print(
    Object.keys(files)
      .map(name => `${path.join(folder, name)}\n`)
      .join(''),
  );
}
