import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anchoredRe2 } from '../../alerts/lib/re2.ts';
import { amtoolFor, lay, temporary } from './routes/given.ts';

const patterns = [
  ...[
    '[[:alpha:]]+',
    '[^[:alpha:]]+',
    '[[:alnum:]_-]+',
    '[]a]+',
    '[^]a]+',
    '[a-]+',
    '[[a]+',
    '[\\w.]+',
    '[\\pL]+',
    '[^\\s]+',
  ],
  ...['\\pL+', '\\p{L}+', '\\PL+', '\\p{Greek}+', '\\p{^Greek}+', '\\x{73}hop', '\\x73hop', '\\163hop', '\\Qa.b\\E+'],
  ...[
    '(?i)SHOP',
    '(?i:SH)op',
    '((?i)SH)op',
    '(?U)s.*',
    '(?s).*',
    '(?i-s)SHOP',
    '(?P<t>shop)',
    '(?<t>shop)',
    'sh(o)p|x',
  ],
  ...[
    '^shop$',
    '\\Ashop\\z',
    'a{2}',
    'a{,2}',
    'a{',
    '{}',
    ']',
    '}',
    'a\\-b',
    'a\\_b',
    'a\\/b',
    '.*',
    '.+',
    '',
    'shop|',
    '\\S+',
    '\\bshop\\b',
  ],
  ...['a:b', 'a\\.b', 'é+', '(?i)É+', '[é-ü]+', '\\d+', '\\D+', '\\w+ ?\\w*', '[[:punct:]]+', '[[:space:]]*'],
];
const values = [
  'shop',
  'SHOP',
  'SHop',
  'aa',
  'a{',
  'a{,2}',
  '{}',
  ']',
  ']a]',
  '}',
  'a-b',
  'a_b',
  'a.b',
  'a/b',
  'a:b',
  'é',
  'É',
  'ü',
  'α',
  '12',
  'a b',
  'a\u00a0b',
  '[a',
  '!?',
];

/** As Go reads them: JavaScript alone says otherwise of the first ten, in silence. */
test('what patterns take is what Alertmanager takes', async t => {
  const amtool = await amtoolFor(t);
  if (amtool === undefined) return;
  const quoted = (text: unknown) => JSON.stringify(text);
  const value = (at: number) => ({ [`v${at}`]: values[at] ?? '' });
  // one route for each value and pattern, all of which are asked at once
  const routes = patterns.flatMap((pattern, index) =>
    values.map((_, at) => ({
      receiver: `${index}/${at}`,
      continue: true,
      matchers: [`v${at}=~"${pattern.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`],
    })),
  );
  const text = quoted({
    route: { receiver: 'none', routes },
    receivers: ['none', ...routes.map(each => each.receiver)].map(name => ({ name })),
  });
  const file = await lay(await temporary(t), { 'alertmanager.yml': text });
  const told = await amtool.receivers(file, Object.assign({}, ...values.map((_, at) => value(at))));
  const taken = new Set(told.split(','));
  for (const [index, pattern] of patterns.entries()) {
    const expression = anchoredRe2(pattern);
    for (const [at, each] of values.entries())
      assert.equal(expression.test(each), taken.has(`${index}/${at}`), `${quoted(pattern)} of ${quoted(each)}`);
  }
});

test('what Go has not, and what can’t be said, is refused', () => {
  for (const pattern of [
    '\\Qshop',
    '(?=a)',
    '(?!a)',
    '(?<=a)b',
    '(a)\\1',
    '(',
    ')',
    '[a',
    'a(?i)b',
    'a|(?i)b',
    '\\C',
    '[[:^alpha:]]',
    '[[:nope:]]',
    '\\y',
  ])
    assert.throws(() => anchoredRe2(pattern), SyntaxError, pattern);
});
