import { incidentDuration, incidentInfo, incidentStart } from '../../exporters/dora/metrics.ts';
import { linksToTeam } from '../lib/links.ts';
import { type Panel, table } from '../lib/panels.ts';
import {
  age,
  compare,
  joinOn,
  type LabelValue,
  latest,
  type Matchers,
  maxBy,
  type Query,
  topk,
} from '../lib/promql.ts';

const identity = ['team', 'source', 'incident'] as const;
type InfoLabel = (typeof incidentInfo.labels)[number];

type Of = Matchers<InfoLabel> & { readonly team: LabelValue };

/** Of the incidents as they are now what is told of each, by labels of theirs. */
function ofEach<const By extends InfoLabel>(
  by: readonly By[],
  of: Of,
  told: (of: Pick<Of, 'team'>) => Query<(typeof identity)[number]>,
): Query<By, false> {
  // As it was goes on being read for a day after it has changed, at 0.
  const now = compare(maxBy([...new Set([...identity, ...by])], latest(incidentInfo, of)), '>', 0);
  return maxBy(by, joinOn(identity, now, '*', told({ team: of.team })));
}

const duration = (of: Pick<Of, 'team'>) => maxBy(identity, latest(incidentDuration, of));
const began = (of: Pick<Of, 'team'>) => age(maxBy(identity, latest(incidentStart, of)));

const ofTeam = ['incident', 'source', 'service', 'status', 'deployment', 'version', 'reason', 'confidence'] as const;
const open = ['incident', 'service', 'team', 'deployment', 'version', 'reason'] as const;

/** How an incident is linked to its deployment, or why not. */
const reasonWords = {
  names_deployment: 'it names it',
  names_commit: 'it names a commit',
  service_and_time: 'service and time',
  project_and_time: 'project and time',
} as const;

/** A team's incidents one by one, the newest first. */
export const incidentsTable = (of: Of): Panel =>
  table({
    title: 'Incidents with their deployment',
    description:
      'Which deployment is each incident of, how is that known, and how sure is it (1 is certain)? "none" has the reason why it is of none. The newest that are open or began in the last 90 days, 20 unless configured; "plumbline explain deployment" tells all of one.',
    columns: [
      { label: 'incident', title: 'Incident' },
      { label: 'source', title: 'Source', width: 100 },
      { label: 'service', title: 'Service' },
      { label: 'status', title: 'Status', width: 85 },
      { label: 'deployment', title: 'Deployment' },
      { label: 'version', title: 'Version', width: 80 },
      { label: 'reason', title: 'Linked by', words: reasonWords, width: 135 },
      { label: 'confidence', title: 'Sure', width: 60 },
    ],
    values: [
      { title: 'Began ago', query: ofEach(ofTeam, of, began), unit: 'seconds' },
      { title: 'Open for', query: ofEach(ofTeam, of, duration), unit: 'seconds' },
    ],
    first: 'least',
    compact: true,
    whenEmpty: 'no incidents',
    width: 24,
    height: 9,
  });

/** What is open in the whole organisation, by age. */
export const openIncidentsTable = (of: Of): Panel =>
  table({
    title: 'Open incidents',
    description:
      'Which incidents are still open, and which deployment is each of? The hundred that have been open longest, of the newest 20 of each team.',
    columns: [
      { label: 'incident', title: 'Incident' },
      { label: 'service', title: 'Service' },
      { label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) },
      { label: 'deployment', title: 'Deployment' },
      { label: 'version', title: 'Version', width: 80 },
      { label: 'reason', title: 'Linked by', words: reasonWords, width: 135 },
    ],
    values: [
      {
        title: 'Open for',
        query: topk(100, ofEach(open, { ...of, status: 'open' }, duration)),
        unit: 'seconds',
      },
    ],
    whenEmpty: 'nothing is open',
    width: 24,
    height: 8,
  });
