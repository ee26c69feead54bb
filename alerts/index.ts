/**
 * The alerts, and the files that are made of them. There are no recording rules: they have no past, so what is shown over
 * time is a metric view, and every alert reads its metrics as they are.
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
import { alertmanagerFile } from './routes.ts';
import { type AlertsInput, defaultSettings, type Settings, settingsOf } from './settings.ts';
import { supplyChainAlerts } from './supply-chain.ts';
import { supplyChainCoverageAlerts } from './supply-chain-coverage.ts';
import { signingAlerts } from './supply-chain-signing.ts';

export { type Alert, type AlertGroup, runbookFile, withoutComparison } from './lib/alert.ts';
export { type AlertsConfig, type AlertsInput, alertsSchema, type Settings, settingsOf } from './settings.ts';

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
  plumblineAlerts(settings),
];

/** Every alert, with the thresholds of the settings. Throws where two share a name. */
export const alertsWith = (settings: Settings): readonly Alert[] => alertsOf(alertGroups(settings));

/** Every alert, with the default thresholds. */
export const allAlerts: readonly Alert[] = alertsWith(defaultSettings);

/**
 * The generated files' texts by name: `<group>.rules.yml` for Prometheus, `<group>.test.yml` for
 * `promtool test rules`, and `alertmanager.yml`. Prometheus' `rule_files` has to name `*.rules.yml` alone.
 */
export function alertFiles(input: AlertsInput = {}): Readonly<Record<string, string>> {
  const settings = settingsOf(input);
  const groups = alertGroups(settings);
  alertsOf(groups);
  const values = [
    ...groups.map(group => [`${group.name}.rules.yml`, ruleFile(group, settings)] as const),
    ...groups.map(group => [`${group.name}.test.yml`, testFile(group, settings)] as const),
    ['alertmanager.yml', alertmanagerFile(settings)] as const,
  ];
  return Object.fromEntries(values.map(([name, value]) => [name, toYaml(value, generatedComment)]));
}

/** Writes the generated files to a folder, made where it is missing; returns their paths. */
export async function renderAlerts(outDir: string, input: AlertsInput = {}): Promise<readonly string[]> {
  await mkdir(outDir, { recursive: true });
  const files = Object.entries(alertFiles(input)).map(([name, text]) => [path.join(outDir, name), text] as const);
  await Promise.all(files.map(([file, text]) => writeFile(file, text)));
  return files.map(([file]) => file);
}
