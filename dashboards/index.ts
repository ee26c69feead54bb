/** Every page, by its file's name. To add one: its file, and a line here. */
import { costDashboard } from './cost.ts';
import { costReviewDashboard } from './cost-review.ts';
import { deliveryDashboard } from './delivery.ts';
import { experienceDashboard } from './experience.ts';
import type { DashboardJson } from './lib/json.ts';
import { overviewDashboard } from './overview.ts';
import { plumblineDashboard } from './plumbline.ts';
import { policyDashboard } from './policy.ts';
import { roadmapDashboard } from './roadmap.ts';
import { scorecardDashboard } from './scorecard.ts';
import { sloDashboard } from './slo.ts';
import { sloDetailDashboard } from './slo-detail.ts';
import { supplyChainDashboard } from './supply-chain.ts';
import { teamDashboard } from './team.ts';

export { fillVariables, type PanelQuery, panelQueries, panelsOf } from './lib/queries.ts';

interface Page {
  readonly name: string;
  readonly build: () => DashboardJson;
}

export const allDashboards: readonly Page[] = [
  { name: 'overview', build: overviewDashboard },
  { name: 'cost', build: costDashboard },
  { name: 'cost-review', build: costReviewDashboard },
  { name: 'delivery', build: deliveryDashboard },
  { name: 'policy', build: policyDashboard },
  { name: 'supply-chain', build: supplyChainDashboard },
  { name: 'experience', build: experienceDashboard },
  { name: 'roadmap', build: roadmapDashboard },
  { name: 'scorecard', build: scorecardDashboard },
  { name: 'slo', build: sloDashboard },
  { name: 'slo-detail', build: sloDetailDashboard },
  { name: 'team', build: teamDashboard },
  { name: 'plumbline', build: plumblineDashboard },
];
