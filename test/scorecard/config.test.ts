/** What the `scorecard:` section refuses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scorecardSchema } from '../../exporters/scorecard/config.ts';

const faults = (exemption: object): readonly string[] =>
  (scorecardSchema.safeParse({ exemptions: [exemption] }).error?.issues ?? []).map(({ path }) => path.join('.'));

test('an exemption names a check and whom, and has an end that is not before its beginning', () => {
  const whole = { check: 'runbook', service: 'cart', reason: 'none yet', from: '2026-10-01', until: '2026-10-01' };
  const { until, ...endless } = whole;
  const { service, ...ofNobody } = whole;
  assert.deepEqual(faults(whole), []);
  assert.deepEqual(faults(endless), ['exemptions.0.until'], until);
  assert.deepEqual(faults(ofNobody), ['exemptions.0.service'], service);
  assert.deepEqual(faults({ ...whole, until: '2026-09-30' }), ['exemptions.0.until']);
  assert.deepEqual(faults({ ...whole, check: 'run-book' }), ['exemptions.0.check']);
});
