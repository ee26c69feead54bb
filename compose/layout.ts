import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { isScalar, parseDocument, stringify, visit } from 'yaml';

/** The generated rules and routes. */
export const generatedAlerts = join(import.meta.dirname, '..', 'alerts', 'generated');

/** What prometheus.yml relabels our page to, wherever it is served: history that goes to that server has the same. */
export const stackLabels = { job: 'plumbline', instance: '127.0.0.1:9464' } as const;

/** `host:port` of what Prometheus scrapes and of where it sends alerts. */
export type Targets = { readonly plumbline: string; readonly alertmanager: string };

/**
 * Lays out a folder as compose mounts /etc/prometheus: the same prometheus.yml and rules, and target files of its own.
 * Returns the path of the configuration file.
 */
export async function layPrometheus(folder: string, targets: Targets, alerts = generatedAlerts): Promise<string> {
  const [rules, targetsFolder] = [join(folder, 'rules'), join(folder, 'targets')];
  await rm(rules, { recursive: true, force: true });
  await mkdir(rules, { recursive: true });
  await mkdir(targetsFolder, { recursive: true });
  for (const name of await ruleFiles(alerts)) await copyFile(join(alerts, name), join(rules, name));
  for (const [name, address] of Object.entries(targets)) {
    await writeFile(join(targetsFolder, `${name}.yml`), stringify([{ targets: [address] }]));
  }
  const configFile = join(folder, 'prometheus.yml');
  await copyFile(join(import.meta.dirname, 'prometheus', 'prometheus.yml'), configFile);
  return configFile;
}

/** The rules among the generated files, by the ending that prometheus.yml asks for; none before the first were generated. */
async function ruleFiles(alerts: string): Promise<string[]> {
  const names = await readdir(alerts).catch(() => []);
  return names.filter(name => name.endsWith('.rules.yml'));
}

/**
 * Lays out a folder as compose mounts /etc/alertmanager. Secrets that the configuration names relative to it are copied
 * from the folder `secrets` where they are there. A webhook file that is in neither is written with the address given, or
 * with one at which nothing listens. Returns the path of the configuration.
 */
export async function layAlertmanager(
  folder: string,
  webhookUrl = 'http://127.0.0.1:9/',
  alerts = generatedAlerts,
  secrets?: string,
): Promise<string> {
  const configFile = join(folder, 'alertmanager.yml');
  await mkdir(folder, { recursive: true });
  await copyFile(join(alerts, 'alertmanager.yml'), configFile);
  for (const name of (await readdir(alerts)).filter(each => each.endsWith('.tmpl')))
    await copyFile(join(alerts, name), join(folder, name));
  const text = await readFile(configFile, 'utf8');
  const place = (named: string) => within(folder, resolve(folder, named));
  if (secrets !== undefined) await copySecrets(text, secrets, place, 0o600);
  await makeWebhooks(text, webhookUrl, named => resolve(folder, named), 0o600);
  return configFile;
}

/**
 * The folder that compose mounts as `secrets` beside alertmanager.yml: of the files that this names there, those in `own`,
 * the folder of plumbline.yaml, and a webhook at which nothing listens where there is none. Returns those that no container
 * would find: they are named elsewhere, or are nowhere.
 */
export async function layReceiverSecrets(folder: string, alerts: string, own?: string): Promise<readonly string[]> {
  const text = await readFile(join(alerts, 'alertmanager.yml'), 'utf8');
  const place = (named: string) => {
    const [, name] = /^(?:\.\/)?secrets\/(.+)$/.exec(named) ?? [];
    return name === undefined ? undefined : within(folder, resolve(folder, name));
  };
  // The container's user is another than ours: files are for all to read.
  await mkdir(folder, { recursive: true, mode: 0o755 });
  if (own !== undefined) await copySecrets(text, own, place, 0o644);
  await makeWebhooks(text, 'http://127.0.0.1:9/', place, 0o644);
  const isThere = (named: string) => {
    const path = place(named);
    return path !== undefined && existsSync(path);
  };
  return secretFiles(text).filter(named => !isThere(named));
}

/** Where a file may be written; undefined outside of the folder. */
const within = (folder: string, path: string): string | undefined =>
  path.startsWith(`${resolve(folder)}${sep}`) ? path : undefined;

type Place = (named: string) => string | undefined;

/** Anew at each start, as they may have changed. One without a place stays where it is. */
async function copySecrets(text: string, from: string, place: Place, mode: number): Promise<void> {
  for (const named of secretFiles(text)) {
    const path = place(named);
    const value = path === undefined ? undefined : await readFile(resolve(from, named)).catch(() => undefined);
    if (path === undefined || value === undefined) continue;
    await mkdir(dirname(path), { recursive: true });
    await rm(path, { force: true });
    await writeFile(path, value, { mode });
  }
}

async function makeWebhooks(text: string, url: string, place: Place, mode: number): Promise<void> {
  for (const named of urlFiles(text)) {
    const path = place(named);
    if (path === undefined) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, url, { flag: 'wx', mode }).catch(error => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/** Every `url_file` of an Alertmanager configuration. */
export const urlFiles = (text: string): readonly string[] => filesBy(text, key => key === 'url_file');

/** Every file of a secret that one names: `api_url_file`, `routing_key_file`, `credentials_file` and the like. */
const secretFiles = (text: string): readonly string[] => filesBy(text, key => /_file$/.test(key));

function filesBy(text: string, isMeant: (key: string) => boolean): readonly string[] {
  const found = new Set<string>();
  visit(parseDocument(text), {
    Pair(_key, { key, value }) {
      if (isScalar(key) && isMeant(String(key.value)) && isScalar(value)) found.add(String(value.value));
    },
  });
  return [...found];
}
