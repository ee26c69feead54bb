import { row } from '../lib/dashboard.ts';
import { cost, delivery } from './cost-and-delivery.ts';
import { experience, goldenPath } from './experience-and-golden-path.ts';
import { policy, supplyChain } from './policy-and-supply-chain.ts';
import { itself, slos } from './slos-and-itself.ts';

/** One line per domain: how it stands, how it moved within a month, and what of it needs someone. */
export const answer = row(
  'Where do we stand, what moved, and what needs someone?',
  ...[...cost, ...delivery, ...policy, ...supplyChain, ...experience, ...goldenPath, ...slos, ...itself],
);
