/** Alerts on who signed what runs. What nothing has looked at is unknown, and neither unsigned nor unverified. */
import { andOn, compare, earlier, eventsWithin, latest, oneOf, or, sum, sumBy } from '../dashboards/lib/promql.ts';
import { imagesBySignature, signatureVerified, signerChanges } from '../exporters/supply-chain/metrics.ts';
import * as cases from './cases/supply-chain-signing.ts';
import { defineAlert, defineGroup } from './lib/alert.ts';
import { inEnvironments } from './lib/environments.ts';
import { count, label, text } from './lib/text.ts';
import type { Settings } from './settings.ts';

const by = ['team', 'environment'] as const;

/** The alerts of `supply-chain-signing.rules.yml`. */
export function signingAlerts({ alerts }: Settings) {
  const environment = inEnvironments(alerts.signed_environments);

  const unsignedImageRunning = defineAlert({
    name: 'UnsignedImageRunning',
    severity: 'ticket',
    expr: compare(sumBy(by, latest(imagesBySignature, { environment, status: 'unsigned' })), '>', 0),
    for: '1h',
    summary: text`${count} images of team ${label('team')} in ${label('environment')} are not signed`,
    description: text`${count} images that team ${label('team')} runs in ${label('environment')} have no signature: their registry was asked for all it has, or cosign looked for one, and found none. Nothing says who built them.`,
    value: text`${count} images`,
    page: 'supply-chain',
    cases: cases.unsignedImageRunning(alerts.signed_environments),
  });

  const of = (status: string) =>
    compare(sumBy([...by, 'status'], latest(imagesBySignature, { environment, status })), '>', 0);
  // Where nobody is trusted by the configuration, everything is a claim.
  const checks = compare(sum(latest(imagesBySignature, { status: oneOf('verified', 'failed') })), '>', 0);
  const unverifiedImageRunning = defineAlert({
    name: 'UnverifiedImageRunning',
    severity: 'ticket',
    expr: or(of('failed'), andOn([], of('claimed'), checks)),
    for: '1h',
    summary: text`The signatures of ${count} images of team ${label('team')} in ${label('environment')} are not verified: ${label('status')}`,
    description: text`${count} images that team ${label('team')} runs in ${label('environment')} have signatures that are ${label('status')}: failed was checked and does not hold, or is by nobody who is trusted; claimed was read, and nobody has checked it.`,
    value: text`${count} images`,
    page: 'supply-chain',
    cases: cases.unverifiedImageRunning(alerts.signed_environments),
  });

  // On the first day all changes that ever were are heard of.
  const verifiedBefore = compare(sumBy(['team'], earlier(signatureVerified, '7d')), '>', 0);
  const signerChanged = defineAlert({
    name: 'SignerChanged',
    severity: 'ticket',
    expr: compare(sumBy(by, andOn(['team'], eventsWithin(signerChanges, '7d', {}, '7d'), verifiedBefore)), '>', 0),
    for: '15m',
    summary: text`${count} images of team ${label('team')} in ${label('environment')} are signed by someone else than before`,
    description: text`Within 7 days ${count} contents of images of team ${label('team')} in ${label('environment')} came whose verified signature is by none of those who had signed the content before. Each of them is trusted by the configuration, and the change may be meant.`,
    value: text`${count} images within 7 days`,
    page: 'supply-chain',
    cases: cases.signerChanged(),
  });

  return defineGroup('supply-chain-signing', [unsignedImageRunning, unverifiedImageRunning, signerChanged], {
    testedEvery: '1h',
  });
}
