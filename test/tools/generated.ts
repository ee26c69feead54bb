/**
 * What is generated and committed: dashboards, rules, routes, references, the configuration's schema, golden pages.
 * `npm run check` generates all of it anew and fails on a difference; `npm run generate` writes it.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { renderAlerts } from '../../alerts/index.ts';
import { alertsReference } from '../../alerts/reference.ts';
import { routesReference } from '../../alerts/routes/page.ts';
import { differencesPage } from '../../alerts/slo/import/differences.ts';
import { renderDashboards } from '../../dashboards/render.ts';
import { renderConfigSchema } from '../../exporters/config.ts';
import { selfMetrics } from '../../exporters/core/metrics.ts';
import { costMetrics } from '../../exporters/cost/metrics.ts';
import { doraMetrics } from '../../exporters/dora/metrics.ts';
import { eventsJsonSchema, eventsReference } from '../../exporters/dora/sources/events/reference.ts';
import { experienceMetrics } from '../../exporters/experience/metrics.ts';
import { policyMetrics } from '../../exporters/policy/metrics.ts';
import { errorsReference, metricsReference } from '../../exporters/reference.ts';
import { scorecardMetrics } from '../../exporters/scorecard/metrics.ts';
import { checksReference } from '../../exporters/scorecard/reference.ts';
import { supplyChainMetrics } from '../../exporters/supply-chain/metrics.ts';
import { goldenAzureCostPage, goldenAzureExportsPage } from '../golden/azure.ts';
import { goldenCloudHealthPage } from '../golden/cloudhealth.ts';
import { goldenCostExplorerPage } from '../golden/cost-explorer.ts';
import { goldenCurPage } from '../golden/cur.ts';
import { goldenEventsLedger, goldenFourKeysLedger, goldenGitLabLedger } from '../golden/delivery-ledgers.ts';
import { goldenDeliveryReview } from '../golden/delivery-review.ts';
import { goldenDoraPage } from '../golden/dora.ts';
import { goldenGitLedger } from '../golden/dora-git.ts';
import { goldenDoraIncidents } from '../golden/dora-incidents.ts';
import { goldenDevlakePage, goldenDoraToolsPage } from '../golden/dora-tools.ts';
import { goldenExperiencePage } from '../golden/experience.ts';
import { goldenGitHubLedger } from '../golden/github.ts';
import { goldenInfracostPage, goldenReview } from '../golden/infracost.ts';
import { goldenKubernetesPage } from '../golden/kubernetes.ts';
import { goldenPage } from '../golden/page.ts';
import { goldenPolicyPage } from '../golden/policy.ts';
import { goldenAzurePolicy, goldenHcpTerraform } from '../golden/policy-apis.ts';
import { goldenGatekeeperTold } from '../golden/policy-gatekeeper.ts';
import { goldenKyvernoLedger, goldenPolicyReportTold } from '../golden/policy-kyverno.ts';
import { goldenOpaPage } from '../golden/policy-opa.ts';
import { goldenTold, toldReports } from '../golden/policy-told.ts';
import { goldenScorecardPage } from '../golden/scorecard.ts';
import { goldenSupplyChainPage } from '../golden/supply-chain.ts';
import { errorRooms } from './errors.ts';

const root = path.resolve(import.meta.dirname, '../..');
const folders = ['dashboards/json', 'alerts/generated'];

async function generate(into: string): Promise<void> {
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(into, file)), { recursive: true });
    writeFileSync(path.join(into, file), text);
  };
  await renderDashboards(path.join(into, 'dashboards/json'));
  await renderAlerts(path.join(into, 'alerts/generated'));
  write('alerts/ALERTS.md', alertsReference());
  write('alerts/ROUTES.md', routesReference());
  write('alerts/slo/import/DIFFERENCES.md', differencesPage());
  write('exporters/plumbline.schema.json', renderConfigSchema());
  write(
    'exporters/METRICS.md',
    metricsReference({
      Cost: costMetrics,
      Delivery: doraMetrics,
      Policy: policyMetrics,
      'Supply chain': supplyChainMetrics,
      Experience: experienceMetrics,
      'Golden path': scorecardMetrics,
      'Plumbline itself': selfMetrics,
    }),
  );
  write('exporters/scorecard/CHECKS.md', checksReference());
  write('exporters/dora/EVENTS.md', eventsReference());
  write('exporters/dora/events.schema.json', eventsJsonSchema());
  write('exporters/core/ERRORS.md', errorsReference(await errorRooms()));
  for (const format of ['text', 'openmetrics'] as const)
    write(`test/golden/cost.${format === 'text' ? 'prom' : 'openmetrics'}`, await goldenPage(format));
  write('test/golden/cost-aws-cur.prom', await goldenCurPage());
  write('test/golden/cost-cloudhealth.prom', await goldenCloudHealthPage());
  write('test/golden/cost-azure-cost.prom', await goldenAzureCostPage());
  write('test/golden/cost-azure-exports.prom', await goldenAzureExportsPage());
  write('test/golden/cost-cost-explorer.prom', await goldenCostExplorerPage('text'));
  write('test/golden/cost-kubernetes.prom', await goldenKubernetesPage());
  write('test/golden/cost-infracost.prom', await goldenInfracostPage('text'));
  write('test/golden/policy-opa.prom', await goldenOpaPage());
  write('test/golden/dora-git.txt', await goldenGitLedger());
  write('test/golden/dora-tools.prom', await goldenDoraToolsPage());
  write('test/golden/dora-devlake.prom', await goldenDevlakePage());
  write('test/golden/dora-gitlab.ledger', await goldenGitLabLedger());
  write('test/golden/dora-four-keys.ledger', await goldenFourKeysLedger());
  write('test/golden/dora-events.ledger', await goldenEventsLedger());
  write('test/golden/dora.prom', await goldenDoraPage('text'));
  write('test/golden/policy-policyreport.told', await goldenPolicyReportTold());
  write('test/golden/policy-kyverno.ledger', await goldenKyvernoLedger());
  write('test/golden/policy-azure-policy.ledger', await goldenAzurePolicy());
  write('test/golden/policy-hcp-terraform.ledger', await goldenHcpTerraform());
  write('test/golden/review.md', await goldenReview());
  write('test/golden/delivery-review.md', await goldenDeliveryReview());
  write('test/golden/dora-github.txt', await goldenGitHubLedger());
  write('test/golden/policy.prom', await goldenPolicyPage('text'));
  write('test/golden/experience.prom', await goldenExperiencePage());
  write('test/golden/supply-chain.prom', await goldenSupplyChainPage('text'));
  write('test/golden/scorecard.prom', await goldenScorecardPage());
  write('test/golden/policy-gatekeeper.told', await goldenGatekeeperTold());
  write('test/golden/dora-incidents.txt', await goldenDoraIncidents());
  for (const kind of Object.keys(toldReports)) write(`test/golden/policy-${kind}.told`, await goldenTold(kind));
}

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => statSync(path.join(folder, file)).isFile());

if (process.argv.includes('--write')) {
  for (const folder of folders) rmSync(path.join(root, folder), { recursive: true, force: true });
  await generate(root);
} else {
  const fresh = mkdtempSync(path.join(os.tmpdir(), 'plumbline-generated-'));
  try {
    await generate(fresh);
    const expected = filesUnder(fresh);
    const different = expected.filter(file => {
      const committed = path.join(root, file);
      return !existsSync(committed) || readFileSync(committed, 'utf8') !== readFileSync(path.join(fresh, file), 'utf8');
    });
    const leftOver = folders.flatMap(folder =>
      filesUnder(path.join(root, folder))
        .map(file => path.join(folder, file))
        .filter(file => !expected.includes(file)),
    );
    for (const file of different) process.stderr.write(`${file} is not what is generated\n`);
    for (const file of leftOver) process.stderr.write(`${file} is generated by nothing\n`);
    if (different.length + leftOver.length > 0) {
      process.stderr.write('run "npm run generate", look at the difference, and commit it\n');
      process.exitCode = 1;
    } else process.stdout.write(`${expected.length} generated files are what they should be\n`);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
