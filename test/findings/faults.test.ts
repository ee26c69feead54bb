import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultSentence, whyNotJson } from '../../exporters/findings/faults.ts';

test('what tools write beside JSON is named, with what to have them write', () => {
  const why = (text: string) => whyNotJson(Buffer.from(text));
  assert.equal(
    why('\uFEFF<?xml version="1.0"?>\n<testsuites tests="2"><testsuite name="a"/></testsuites>'),
    'junit_xml',
  );
  assert.equal(why('<testsuite name="conftest" tests="1">'), 'junit_xml');
  assert.equal(why('1..3\nnot ok 1 - a.yaml - main - no limits\n'), 'tap');
  assert.equal(why('TAP version 13\n'), 'tap');
  assert.equal(why('+---------+------+\n| RESULT  | FILE |\n'), 'table_for_people');
  assert.equal(why('<bom xmlns="http://cyclonedx.org/schema/bom/1.5"/>'), 'not_json');
  assert.equal(why('{"cut": '), 'not_json');
  assert.match(faultSentence('junit_xml'), /have the tool write JSON or SARIF \(junit_xml\)$/);
});
