/** Every inhibition on a running Alertmanager: what it silences, and that one label that differs lets it be told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertFiles, routedAlerts } from '../../../alerts/index.ts';
import type { Matchers } from '../../../alerts/lib/routing.ts';
import { inhibitions } from '../../../alerts/routes/inhibitions.ts';
import { labelsFor } from '../../../alerts/routes/routed.ts';
import { startAlertmanager } from '../../tools/servers.ts';
import { requireTool } from '../../tools/tools.ts';
import { labelKey, lay, temporary } from './given.ts';
import { postAlerts } from './servers.ts';

type Labels = Readonly<Record<string, string>>;

const known = routedAlerts();

/** An alert as its rule makes it: what a matcher or a rule fixes, and a value for each other label. */
function labelsOf(name: string, more: Labels = {}): Labels {
  const alert = known.find(each => each.name === name);
  assert.ok(alert, name);
  return { ...labelsFor(alert, 'shop'), ...more };
}

const fixed = ({ alertname: _, ...matchers }: Matchers): Labels =>
  Object.fromEntries(
    Object.entries(matchers).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );

const namesIn = ({ alertname = [] }: Matchers): readonly string[] =>
  typeof alertname === 'object' && 'present' in alertname ? [] : [alertname].flat();

/** What tells one thing that fires from another, so that it silences its own alone. */
const apart: Readonly<Record<string, readonly string[]>> = {
  BudgetExceeded: ['team', 'budget', 'cost_basis', 'currency'],
  SloBudgetBurnFast: ['team', 'service', 'slo', 'objective'],
  SloBudgetExhausted: ['team', 'service', 'slo', 'objective'],
  PlumblineDown: [],
  SourceStale: [],
};

test('each inhibition silences what it names where its labels are equal, and nothing else', async t => {
  if (!(await requireTool(t, 'alertmanager'))) return;
  const files = alertFiles();
  const configFile = await lay(await temporary(t), {
    'alertmanager.yml': (files['alertmanager.yml'] ?? '').replaceAll(/group_wait: .*/g, 'group_wait: 9h'),
    'plumbline.tmpl': files['plumbline.tmpl'] ?? '',
  });
  const { url } = await startAlertmanager({ t, configFile });
  const states = async () => {
    const all = (await (await fetch(`${url}/api/v2/alerts`)).json()) as readonly {
      readonly labels: Labels;
      readonly status: { readonly state: string };
    }[];
    return new Map(all.map(({ labels, status }) => [labelKey(labels), status.state]));
  };
  let silenced = 0;
  for (const { name, source, target } of inhibitions) {
    const [cause] = namesIn(source);
    assert.ok(cause, name);
    const sourceLabels = labelsOf(cause, fixed(source));
    const targets = namesIn(target).map(each => labelsOf(each, fixed(target)));
    const others = targets.flatMap(labels =>
      (apart[cause] ?? assert.fail(cause)).map(label => ({ ...labels, [label]: 'another' })),
    );
    const stranger = { alertname: 'UntaggedCostHigh', severity: 'digest', team: sourceLabels.team ?? '' };
    // sources that differ by what names them, such as the exporter, silence nothing
    const otherSource = Object.keys(fixed(source)).map(label => ({ ...sourceLabels, [label]: 'another' }));
    const posted = async (alerts: readonly Labels[], endsAt?: string) =>
      postAlerts(
        url,
        alerts.map(labels => ({ labels, ...(endsAt === undefined ? {} : { endsAt }) })),
      );
    const expect = async (alerts: readonly Labels[], state: string, when: string) => {
      for (const end = Date.now() + 60_000; ; ) {
        const now = await states();
        const wrong = alerts.filter(labels => now.get(labelKey(labels)) !== state);
        if (wrong.length === 0) return;
        if (Date.now() > end) assert.fail(`${name}: ${when}, not ${state}: ${wrong.map(labelKey).join('; ')}`);
        await new Promise(resolve => setTimeout(resolve, 50));
      }
    };
    await posted([...targets, ...others, stranger, ...otherSource]);
    await expect([...targets, ...others, stranger], 'active', 'before its source fires');
    await posted([sourceLabels]);
    await expect(targets, 'suppressed', 'while its source fires');
    await expect([...others, stranger, sourceLabels], 'active', 'with a label that differs');
    silenced += targets.length;
    const past = new Date(Date.now() - 1000).toISOString();
    await postAlerts(url, [{ labels: sourceLabels, startsAt: past, endsAt: past }]);
    await expect(targets, 'active', 'once its source is over');
    await postAlerts(
      url,
      [...targets, ...others, stranger, ...otherSource].map(labels => ({ labels, startsAt: past, endsAt: past })),
    );
  }
  assert.ok(silenced >= 25, `${silenced} silenced`);
});
