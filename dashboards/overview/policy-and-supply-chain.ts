import { exceptions, services as policed, violations } from '../../exporters/policy/metrics.ts';
import {
  exploitedFindings,
  imagesByScan,
  imagesBySignature,
  runningImages,
  slaFindings,
} from '../../exporters/supply-chain/metrics.ts';
import { notListed, whereListed } from '../common/exploited.ts';
import { notLooked, shareLooked } from '../common/looked.ts';
import { linksToPage } from '../lib/links.ts';
import { stat } from '../lib/panels.ts';
import { dividedBy, earlier, latest, minus, not, oneOf, sum } from '../lib/promql.ts';
import { anyToActOn, moreThanBefore, noneAllowed, uncovered } from '../thresholds.ts';
import { first, moved, needs, needsPast, needsToo, ofPolicy, ofSupplyChain, open } from './scope.ts';

const noPolicy = 'no policy is looked at';
const violated = ofPolicy(sum(latest(violations, open)));
export const policy = [
  stat({
    title: 'Policy: open violations',
    description: 'What is violated right now? Each policy and resource once.',
    query: violated,
    whenEmpty: noPolicy,
    more: linksToPage('Open the page about policy', 'policy'),
    ...first,
  }),
  stat({
    title: 'Violations since 30 days',
    description: 'Do we drift? Open violations less those of 30 days before.',
    query: minus(violated, ofPolicy(sum(earlier(violations, '30d', open)), '30d')),
    thresholds: moreThanBefore,
    otherwise: 'good',
    whenEmpty: needsPast,
    ...moved,
  }),
  stat({
    title: 'In enforce mode',
    description: 'Which of them would be refused if they were deployed anew?',
    query: ofPolicy(sum(latest(violations, { ...open, enforcement: 'enforce' }))),
    thresholds: anyToActOn,
    otherwise: 'good',
    whenEmpty: noPolicy,
    ...needs,
  }),
  stat({
    title: 'Exceptions ending',
    description: 'Which exceptions are about to expire, or have and still hold back?',
    query: ofPolicy(sum(latest(exceptions, { status: oneOf('expiring', 'expired_applied') }))),
    thresholds: anyToActOn,
    otherwise: 'good',
    whenEmpty: noPolicy,
    ...needsToo,
  }),
  stat({
    title: 'Services covered',
    description: 'How many services of the catalog does any policy engine look at?',
    query: dividedBy(sum(latest(policed, { coverage: 'covered' })), sum(latest(policed))),
    thresholds: uncovered,
    otherwise: 'bad',
    whenEmpty: 'no catalog',
    ...needsToo,
  }),
];

const notScanned = 'nothing was scanned yet';
const breached = { state: oneOf('open', 'unknown'), status: 'breached' } as const;
const late = ofSupplyChain(sum(latest(slaFindings, breached)));
const shareOf = (metric: typeof imagesByScan | typeof imagesBySignature, status: string) =>
  shareLooked(
    sum(latest(metric, { status })),
    sum(latest(metric, { status: not('unknown') })),
    sum(latest(runningImages)),
  );
export const supplyChain = [
  stat({
    title: 'Supply chain: past limit',
    description: 'Which vulnerabilities and secrets should have been remedied by now?',
    query: late,
    thresholds: noneAllowed,
    otherwise: 'good',
    whenEmpty: notScanned,
    more: linksToPage('Open the page about the supply chain', 'supply-chain'),
    ...first,
  }),
  stat({
    title: 'Past limit since 30 days',
    description: 'Do we fall behind? What is past its limit less what was 30 days before.',
    query: minus(late, ofSupplyChain(sum(earlier(slaFindings, '30d', breached)), '30d')),
    thresholds: moreThanBefore,
    otherwise: 'good',
    whenEmpty: needsPast,
    ...moved,
  }),
  stat({
    title: 'Exploited',
    description: 'What do attackers use already? Open vulnerabilities that KEV lists.',
    query: whereListed(ofSupplyChain(sum(latest(exploitedFindings, open)))),
    thresholds: noneAllowed,
    otherwise: 'good',
    whenEmpty: notListed,
    ...needs,
  }),
  stat({
    title: 'Scanned in time',
    description: 'How much of what runs do we know? Images whose newest scan is whole and not too old.',
    query: shareOf(imagesByScan, 'fresh'),
    thresholds: uncovered,
    otherwise: 'bad',
    whenEmpty: 'nothing says what runs',
    ...needsToo,
  }),
  stat({
    title: 'Signature verified',
    description: 'How much of what runs is ours, provably?',
    query: shareOf(imagesBySignature, 'verified'),
    thresholds: uncovered,
    otherwise: 'bad',
    whenEmpty: notLooked,
    ...needsToo,
  }),
];
