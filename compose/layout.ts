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
  if (secrets !== undefined) for (const named of secretFiles(text)) await copySecret(named, secrets, folder);
  for (const named of urlFiles(text)) {
    const path = resolve(folder, named);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, webhookUrl, { flag: 'wx', mode: 0o600 }).catch(error => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  return configFile;
}

/** Anew at each start, as it may have changed; one outside of the folder stays where it is. */
async function copySecret(named: string, from: string, folder: string): Promise<void> {
  const path = resolve(folder, named);
  if (!path.startsWith(`${resolve(folder)}${sep}`)) return;
  const value = await readFile(resolve(from, named)).catch(() => undefined);
  if (value === undefined) return;
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  await writeFile(path, value, { mode: 0o600 });
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
