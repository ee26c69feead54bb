/** Scores of vectors against those that NVD publishes beside them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scoreOfVector } from '../../exporters/formats/cvss.ts';

test('base scores as they are published', () => {
  const published: Readonly<Record<string, number>> = {
    // CVE-2021-44228, CVE-2019-1549, CVE-2017-16137, CVE-2014-0160, CVE-2015-8252 of FIRST's examples.
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H': 10,
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N': 5.3,
    'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:L': 3.7,
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N': 7.5,
    'CVSS:3.0/AV:L/AC:L/PR:H/UI:N/S:C/C:L/I:L/A:L': 5.7,
    'CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N': 6.4,
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N': 0,
    'AV:N/AC:L/Au:N/C:P/I:P/A:P': 7.5,
    '(AV:N/AC:M/Au:N/C:N/I:P/A:N)': 4.3,
    'AV:L/AC:L/Au:N/C:C/I:C/A:C': 7.2,
    'AV:N/AC:L/Au:N/C:N/I:N/A:N': 0,
  };
  for (const [vector, score] of Object.entries(published)) assert.equal(scoreOfVector(vector), score, vector);
});

test('what is no vector, lacks a metric or is of version 4 has no score', () => {
  const none = [
    '',
    'CVSS:3.1/AV:N',
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:constructor',
    'AV:N/AC:L',
    'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:L/SC:N/SI:N/SA:N',
    'x'.repeat(1000),
  ];
  for (const vector of none) assert.equal(scoreOfVector(vector), undefined, vector);
});
