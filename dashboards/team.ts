import { budgetsTable } from './common/budgets.ts';
import { vendorBudgetsTable } from './common/vendor-budgets.ts';
import { budgetMarks, deploymentMarks, incidentMarks, restatementMarks } from './events.ts';
import { dashboard, row } from './lib/dashboard.ts';
import type { DashboardJson } from './lib/json.ts';
import { checksList, explain, findings, supplyFindings, supplyImages, teamPage } from './lib/links.ts';
import { answer } from './team/answer.ts';
import { delivery, deliveryDetails } from './team/delivery.ts';
import { efficiency, looksBack } from './team/details.ts';
import { experience } from './team/experience.ts';
import { experienceDetails } from './team/experience-details.ts';
import { goldenPath } from './team/golden-path.ts';
import { goldenPathDetails } from './team/golden-path-details.ts';
import { breakdown, moved } from './team/movement.ts';
import { policy } from './team/policy.ts';
import { policyDetails } from './team/policy-details.ts';
import { budgets } from './team/scope.ts';
import { slos } from './team/slos.ts';
import { supplyChain } from './team/supply-chain.ts';
import { supplyChainDetails } from './team/supply-chain-details.ts';
import { costBasis, currency, environments, servicesOfTeam, team } from './variables.ts';

/** One team's page; each domain adds rows. */
export const teamDashboard = (): DashboardJson =>
  dashboard({
    uid: teamPage,
    title: 'Team',
    description:
      'One team: what it spends, where that goes and why it moved, whether its budgets last; how it delivers, and what breaks; what of it violates policy; what its images have, and whether they are its own; what it says of the platform, where that may be told, and what it uses; whether its promises are kept, and its services on the golden path.',
    tags: ['team'],
    variables: [
      ...[currency, costBasis, team, servicesOfTeam, environments],
      ...[findings, supplyFindings, supplyImages, checksList, explain],
    ],
    rows: [
      ...[answer, delivery, policy, supplyChain, experience, slos, goldenPath, moved, breakdown],
      row(
        'Do budgets last?',
        budgetsTable(budgets, { height: 6 }),
        vendorBudgetsTable({ team }, { title: 'Budgets with AWS and Azure', height: 6 }),
      ),
      ...[deliveryDetails, policyDetails, supplyChainDetails, experienceDetails, goldenPathDetails],
      ...[efficiency, looksBack],
    ],
    annotations: [
      ...deploymentMarks({ team }, { shown: 'failures' }),
      incidentMarks({ team }, { shown: false }),
      restatementMarks({ shown: true }),
      budgetMarks({ team, currency }, { shown: true }),
    ],
    from: 'now-90d',
  });
