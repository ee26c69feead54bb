import { deploymentMarks } from './events.ts';
import { dashboard } from './lib/dashboard.ts';
import type { DashboardJson } from './lib/json.ts';
import { components, linksToRunbooks, runbooks, supplyFindings, supplyImages } from './lib/links.ts';
import { answer } from './supply-chain/answer.ts';
import { counts } from './supply-chain/counts.ts';
import { coverage } from './supply-chain/coverage.ts';
import { exceptions } from './supply-chain/exceptions.ts';
import { gate, watches } from './supply-chain/gate.ts';
import { stay } from './supply-chain/life.ts';
import { movement } from './supply-chain/movement.ts';
import { remedy } from './supply-chain/remedy.ts';
import { signing } from './supply-chain/signing.ts';
import { severities, suppliedEnvironments, suppliedServices, supplyingTeams } from './variables.ts';

/** The organisation's supply chain: what runs, what is known to be in it, how bad, for how long, and whose it provably is. */
export const supplyChainDashboard = (): DashboardJson =>
  dashboard({
    uid: 'plumbline-supply-chain',
    title: 'Supply chain',
    description:
      'What runs, what is known to be in it, how bad that is and for how long, and whether it provably is ours. Teams stand in the order of their names, and are not ranked.',
    tags: ['supply-chain'],
    variables: [
      ...[supplyingTeams, suppliedServices, suppliedEnvironments, severities],
      ...[supplyFindings, supplyImages, components, runbooks],
    ],
    rows: [answer, movement, remedy, coverage, signing, gate, watches, stay, exceptions, counts],
    links: [linksToRunbooks()],
    annotations: deploymentMarks({ team: supplyingTeams }, { shown: 'none' }),
    from: 'now-90d',
  });
