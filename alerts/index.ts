/**
 * The alerts, and the files that are made of them. Nothing but SLOs has recording rules: they have no past of their own, so
 * what is shown over time is a metric view, and every alert reads its metrics as they are.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { costAlerts } from './cost.ts';
import { costCommitmentAlerts } from './cost-commitments.ts';
import { currencyAlerts } from './cost-currency.ts';
import { costForecastAlerts } from './cost-forecast.ts';
import { costVendorAlerts } from './cost-vendors.ts';
import { deliveryAlerts } from './delivery.ts';
import { surveyAlerts } from './experience.ts';
import { roadmapAlerts } from './experience-roadmap.ts';
import { usageAlerts } from './experience-usage.ts';
import { type Alert, type AlertGroup, alertsOf } from './lib/alert.ts';
import { generatedComment, ruleFile, testFile } from './lib/rules.ts';
import { toYaml } from './lib/yaml.ts';
import { plumblineAlerts } from './plumbline.ts';
import { policyAlerts } from './policy.ts';
import { policyCoverageAlerts } from './policy-coverage.ts';
import { opaAlerts } from './policy-opa.ts';
import { anySloAlerts, distinct, type RoutedAlert, routedIn, routedOf } from './routes/routed.ts';
import { messageTemplates } from './routes/templates.ts';
import { alertmanagerFile, templateFile } from './routes.ts';
import { scorecardAlerts } from './scorecard.ts';
import { type AlertsInput, defaultSettings, type Settings, settingsOf } from './settings.ts';
import { type Compiled, compileSlo } from './slo/compile.ts';
import type { SlosConfig } from './slo/config.ts';
import { sloFiles } from './slo/files.ts';
import { serverOf } from './slo/short.ts';
import { slosOf } from './slo/slos.ts';
import { supplyChainAlerts } from './supply-chain.ts';
import { supplyChainCoverageAlerts } from './supply-chain-coverage.ts';
import { signingAlerts } from './supply-chain-signing.ts';

export { type Alert, type AlertGroup, runbookFile, withoutComparison } from './lib/alert.ts';
export { type AlertsConfig, type AlertsInput, alertsSchema, type Settings, settingsOf } from './settings.ts';

/** Whom each service belongs to. */
export type TeamsOfServices = ReadonlyMap<string, string>;

/** Every group of alerts, one rule file each. */
export const alertGroups = (settings: Settings): readonly AlertGroup[] => [
  costAlerts(settings),
  costCommitmentAlerts(settings),
  costForecastAlerts(settings),
  costVendorAlerts(settings),
  currencyAlerts(settings),
  deliveryAlerts(settings),
  policyAlerts(settings),
  policyCoverageAlerts(settings),
  opaAlerts(settings),
  supplyChainAlerts(settings),
  supplyChainCoverageAlerts(settings),
  signingAlerts(settings),
  surveyAlerts(settings),
  usageAlerts(settings),
  roadmapAlerts(settings),
  scorecardAlerts(settings),
  plumblineAlerts(settings),
];

/** Every alert, with the thresholds of the settings. Throws where two share a name. */
export const alertsWith = (settings: Settings): readonly Alert[] => alertsOf(alertGroups(settings));

/** Every alert, with the default thresholds. */
export const allAlerts: readonly Alert[] = alertsWith(defaultSettings);

/**
 * The generated files' texts by name: `<group>.rules.yml` for Prometheus, `<group>.test.yml` for
 * `promtool test rules`, `slo-<service>-<name>.rules.yml` of each SLO, `alertmanager.yml`, and the words of its messages.
 * Prometheus' `rule_files` has to name `*.rules.yml` alone. `teams`: of services, by the catalog. Errors: SLO_REFUSED,
 * SLO_DUPLICATE, SLO_FILE.
 */
export function alertFiles(
  input: AlertsInput = {},
  teams: TeamsOfServices = new Map(),
): Readonly<Record<string, string>> {
  const settings = settingsOf(input);
  const groups = alertGroups(settings);
  alertsOf(groups);
  const slos = sloValues(input, settings, teams);
  const values = [
    ...groups.map(group => [`${group.name}.rules.yml`, ruleFile(group, settings)] as const),
    ...groups.map(group => [`${group.name}.test.yml`, testFile(group, settings)] as const),
    ...slos,
    ['alertmanager.yml', alertmanagerFile(settings, routed(groups, slos, settings))] as const,
  ];
  const texts = values.map(([name, value]) => [name, toYaml(value, generatedComment)]);
  return { ...Object.fromEntries(texts), [templateFile]: messageTemplates() };
}

/** Every alert of every rule file, and those that an SLO may have, as routes see them. */
export function routedAlerts(input: AlertsInput = {}, teams: TeamsOfServices = new Map()): readonly RoutedAlert[] {
  const settings = settingsOf(input);
  return routed(alertGroups(settings), sloValues(input, settings, teams), settings);
}

type Values = readonly (readonly [name: string, value: object])[];

function routed(groups: readonly AlertGroup[], slos: Values, settings: Settings): readonly RoutedAlert[] {
  const rules = slos.filter(([name]) => name.endsWith('.rules.yml'));
  return distinct([
    ...routedOf(groups, settings),
    ...rules.flatMap(([name, value]) => routedIn(name, value)),
    ...anySloAlerts,
  ]);
}

/** The SLOs of a configuration with their rules, as values. Errors: SLO_REFUSED, SLO_FILE. */
export function compiledSlos(input: AlertsInput, teams: TeamsOfServices = new Map()): readonly Compiled[] {
  const settings = settingsOf(input);
  if (input.slos === undefined) return [];
  const options = { server: serverOf(input.slos), settings };
  return slosIn({ ...input, slos: input.slos }, settings, teams).map(slo => compileSlo(slo, options));
}

const slosIn = (
  { slos, directory = '.' }: AlertsInput & { readonly slos: SlosConfig },
  settings: Settings,
  teams: TeamsOfServices,
) => slosOf(slos, { platform: settings.alerts.platform_team, teams }, directory);

function sloValues(input: AlertsInput, settings: Settings, teams: TeamsOfServices): Values {
  const { slos } = input;
  if (slos === undefined) return [];
  const found = slosIn({ ...input, slos }, settings, teams);
  return sloFiles(found, { server: serverOf(slos), settings }).flatMap(({ name, rules, test }) => [
    [`${name}.rules.yml`, rules] as const,
    ...(test === undefined ? [] : [[`${name}.test.yml`, test] as const]),
  ]);
}

/** Writes the generated files to a folder, made where it is missing; returns their paths. */
export async function renderAlerts(
  outDir: string,
  input: AlertsInput = {},
  teams: TeamsOfServices = new Map(),
): Promise<readonly string[]> {
  await mkdir(outDir, { recursive: true });
  const files = Object.entries(alertFiles(input, teams)).map(
    ([name, text]) => [path.join(outDir, name), text] as const,
  );
  await Promise.all(files.map(([file, text]) => writeFile(file, text)));
  return files.map(([file]) => file);
}
