/** The page about the golden path: what is not measured is neither a pass nor a failure, and names come with checks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindWords } from '../../dashboards/scorecard/words.ts';
import { scorecardDashboard } from '../../dashboards/scorecard.ts';
import { teamDashboard } from '../../dashboards/team.ts';
import { subjectKinds } from '../../exporters/core/subjects.ts';
import { exprsOf, labelled, proved } from './proved.ts';

const page = scorecardDashboard();
const queriesOf = (panel: string, of = page) => exprsOf(of, panel, { team: '.*', service: '.*', check: '.*' });

const check = (service: string, of: string, state: string, values = '1x3') => ({
  series: `platform_checks${labelled({ team: 'web', service, check: of, state })}`,
  values,
});
const info = (id: string, level: string, required = 'no') => ({
  series: `platform_check_info${labelled({ check: id, title: `The ${id}`, level, required, exporter: 'catalog' })}`,
  values: '1x3',
});
const services = {
  series: `platform_services${labelled({ team: 'web', coverage: 'partial' })}`,
  values: '2x3',
};

test('kinds in the shadow are called what domains call them', () => {
  assert.deepEqual(Object.keys(kindWords).sort(), [...subjectKinds].sort());
});

test('a cell tells fail, not measured, exempt and pass apart, of the level that asks, and of services with a name', async t => {
  const [cells = ''] = queriesOf('Silver: services and checks');
  await proved(
    t,
    [
      ...[info('runbook', 'silver'), info('owner', 'bronze')],
      ...[check('cart', 'runbook', 'fail'), check('cart', 'owner', 'pass'), check('shop', 'runbook', 'not_measured')],
      ...[
        check('mail', 'runbook', 'exempt'),
        check('news', 'runbook', 'pass'),
        check('other', 'runbook', 'fail', '7x3'),
      ],
    ],
    [
      {
        expr: cells,
        at: '2h',
        finds: Object.entries({ cart: 0, shop: 1, mail: 2, news: 3 }).map(([service, code]) => [
          labelled({ check: 'runbook', service }),
          code,
        ]),
      },
    ],
  );
  const [panel] = (page.panels ?? []).filter(each => each.title === 'Silver: services and checks');
  const text = JSON.stringify(panel);
  assert.match(text, /"0":\{"color":"#D55E00","index":0,"text":"fail"\}/);
  assert.match(text, /"1":\{"color":"#CCCCCC","index":1,"text":"\?"\}/);
  assert.match(text, /scorecard_checks\}\?service=\$\{__data\.fields\.Service:percentencode\}&check=\$\{__field\.name/);
});

test('what fails is counted of required checks alone, is 0 where all pass, and absent without services', async t => {
  const [required = ''] = queriesOf('Required, failing');
  const [missing = ''] = queriesOf('Not measured');
  const checks = [info('owner', 'bronze', 'yes'), info('runbook', 'silver'), check('cart', 'runbook', 'fail')];
  await proved(
    t,
    [services, ...checks, check('cart', 'owner', 'fail')],
    [{ expr: required, at: '2h', finds: [['{}', 1]] }],
  );
  await proved(
    t,
    [services, ...checks, check('cart', 'owner', 'not_measured')],
    [
      { expr: required, at: '2h', finds: [['{}', 0]] },
      { expr: missing, at: '2h', finds: [['{}', 1]] },
    ],
  );
  await proved(t, [{ series: 'other', values: '1x3' }], [{ expr: required, at: '2h', finds: [] }]);
});

test('conformance that nobody can tell is no number', async t => {
  const [conformance = '', , , fail = ''] = queriesOf('Services, the furthest behind first');
  const [failing = '', unknown = ''] = queriesOf('Services, the furthest behind first').slice(1);
  const of = (service: string) => labelled({ service, team: 'web' });
  await proved(
    t,
    [
      { series: `platform_conformance_ratio${of('cart')}`, values: '0.5x3' },
      ...[check('cart', 'owner', 'pass'), check('cart', 'sbom', 'fail'), check('mute', 'owner', 'not_measured')],
    ],
    [
      { expr: conformance, at: '2h', finds: [[of('cart'), 0.5]] },
      ...[
        { expr: failing, at: '2h', finds: [[of('cart'), 1] as const, [of('mute'), 0] as const] },
        { expr: unknown, at: '2h', finds: [[of('mute'), 1] as const, [of('cart'), 0] as const] },
        { expr: fail, at: '2h', finds: [[of('cart'), 0] as const, [of('mute'), 0] as const] },
      ],
    ],
  );
});

test('what fails has the names of its check, and how long it has failed; a renamed check has its new name', async t => {
  const [since = '', lost = ''] = queriesOf('What fails, and since when');
  const failed = { check: 'owner', service: 'cart', team: 'web' };
  const old = { ...info('owner', 'bronze', 'yes'), values: '1 1 _ stale' };
  const renamed = {
    series: `platform_check_info${labelled({ check: 'owner', title: 'Owned', level: 'gold', required: 'yes', exporter: 'catalog' })}`,
    values: '_ _ _ 1x3',
  };
  const named = labelled({
    check: 'owner',
    level: 'gold',
    required: 'yes',
    service: 'cart',
    team: 'web',
    title: 'Owned',
  });
  await proved(
    t,
    [
      ...[old, renamed],
      { series: `platform_check_failing_since_timestamp_seconds${labelled(failed)}`, values: '3600x5' },
      { series: `platform_required_check_lost${labelled(failed)}`, values: '1x5' },
    ],
    [
      { expr: since, at: '4h', finds: [[named, 3 * 3600]] },
      { expr: lost, at: '4h', finds: [[named, 1]] },
    ],
  );
});

test("a team's drift is told against 30 days before, and only where both are known", async t => {
  const [drift = ''] = queriesOf('Since 30 days', teamDashboard()).slice(-1);
  assert.match(drift, /offset 30d/);
  const [, since = ''] = queriesOf('Teams');
  const of = (team: string) => `platform_team_conformance_ratio{team="${team}"}`;
  await proved(
    t,
    [
      { series: of('web'), values: '0.9x24 _x700 0.7x24' },
      { series: of('young'), values: '_x724 0.7x24' },
    ],
    [{ expr: `round(${since}, 0.001)`, at: '740h', finds: [['{team="web"}', -0.2]] }],
  );
});
