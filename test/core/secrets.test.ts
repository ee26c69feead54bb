import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { describeError, PlumblineError } from '../../exporters/core/errors.ts';
import { maskSecrets, redactUrl, rememberSecrets } from '../../exporters/core/secrets.ts';

describe('secrets in a text', () => {
  const cases: readonly (readonly [text: string, masked: string])[] = [
    ['could not reach https://u:pw@host:8/p', 'could not reach https://***@host:8/p'],
    ['could not reach https://pw@host/p', 'could not reach https://***@host/p'],
    ['"https://u:p/w@host/p" is wrong', '"https://***@host/p" is wrong'],
    ['u:pw@host/p', '***@host/p'],
    ['url=u:pw@host', 'url=***@host'],
    ['GET /x?page=2&token=abc&X-Amz-Signature=a%2Fb&sig=1', 'GET /x?page=2&token=***&X-Amz-Signature=***&sig=***'],
    ['api_key=abc, apiKey=abc', 'api_key=***, apiKey=***'],
    ['api%5Fkey=abc', 'api%5Fkey=***'],
    ['AccountName=a;AccountKey=abc==;EndpointSuffix=c', 'AccountName=a;AccountKey=***;EndpointSuffix=c'],
    ['{"password": "abc", "user": "u"}', '{"password": "***", "user": "u"}'],
    ["host=h password='abc' user=u", "host=h password='***' user=u"],
    ['Authorization: Basic dTpw\nHost: h', 'Authorization: ***\nHost: h'],
    ['sent Bearer abc123def', 'sent Bearer ***'],
    ['GET /callback?code=500 code="500"', 'GET /callback?code=*** code="***"'],
    ['x{code="8a41bd29af31",token=~"abc"}', 'x{code="***",token=~"***"}'],
    ['x{} code="abc"', 'x{} code="***"'],
    ['{code=abc}', '{code=***}'],
  ];
  for (const [text, masked] of cases) test(`are masked: ${text}`, () => assert.equal(maskSecrets(text), masked));

  for (const text of [
    'https://host:8080/@scope/pkg?page=2',
    'wrote to a@b.c and /var/lib/plumbline/cost.duckdb:3:9',
    'registry.host/app:1.2@sha256:0a1b',
    'finops_daily_cost{team="a",service="b:c",author="x y"}',
    'sum(rate(x{code="500"}[5m])) / sum(rate(x{job="a", code=~"5..|429",code!="501"}[5m])',
    'grpc{code=~"PermissionDenied|Unknown", code=\'OK\'}',
    'Authorization is missing; a valid token is needed: Authorization',
    'Basic authentication failed',
    '2026-11-30T12:30:00Z arn:aws:s3:::bucket/key',
  ])
    test(`are not seen where there are none: ${text}`, () => assert.equal(maskSecrets(text), text));

  test('a line of JSON stays one', () => {
    const line = JSON.stringify({ msg: 'x', a: 'token=ab"c\\d', b: 'http://u:p"q@h', c: 'Cookie: a="b"\n', sig: 'q' });
    assert.deepEqual(Object.keys(JSON.parse(maskSecrets(line)) as object), ['msg', 'a', 'b', 'c', 'sig']);
  });

  test('that were remembered are masked however they are written; short ones are words', () => {
    rememberSecrets(['pa/ss "word"', 'short']);
    assert.equal(
      maskSecrets(`a pa/ss "word" b ${encodeURIComponent('pa/ss "word"')} c ${JSON.stringify('pa/ss "word"')} short`),
      'a *** b *** c "***" short',
    );
  });

  test('a long text takes no long time', () => {
    const text = `${'a:b,c=d('.repeat(50_000)} ${'x'.repeat(500_000)}`;
    assert.equal(maskSecrets(text).length, text.length);
  });
});

describe('a URL', () => {
  test('without a scheme keeps its host and path alone', () => {
    assert.equal(redactUrl('user:pw@host/write?a=b'), '***@host/write?a=***');
    assert.equal(redactUrl('https://u:p/w@host/x'), '***@host/x');
  });
});

describe('an error', () => {
  test('holds no secret in its sentence, its details or what is described of it', () => {
    const error = new PlumblineError('HTTP_FAILED', { method: 'GET', url: 'u:hunter2@h/x', reason: 'token=hunter2' });
    assert.doesNotMatch(`${error.message} ${error.stack} ${JSON.stringify(error)}`, /hunter2/);
    assert.equal(describeError(new Error('request to http://u:hunter2@h failed')), 'request to http://***@h failed');
  });
});
