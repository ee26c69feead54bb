/** The configuration of use: what is refused, and what features match. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { experienceSchema } from '../../../exporters/experience/config.ts';
import { featuresOf } from '../../../exporters/experience/usage/features.ts';
import { key } from './books.ts';

const problems = (config: object) =>
  (experienceSchema.safeParse(config).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

const privacy = { pseudonym_key: key };

test('portals need a key for pseudonyms, names of their own, and a token where they are asked', () => {
  assert.deepEqual(problems({ backstage: [{}], privacy }), []);
  assert.match(problems({ backstage: [{}] }).join(), /privacy.pseudonym_key: expected pseudonym_key_file/);
  assert.match(problems({ backstage: [{}, {}], privacy }).join(), /backstage.1.name: expected a name of its own/);
  assert.match(
    problems({ backstage: [{ url: 'https://b.example' }], privacy }).join(),
    /backstage.0.token: expected token/,
  );
  assert.match(problems({ backstage: [{ url: 'b.example' }], privacy }).join(), /expected the backend's address/);
  assert.match(problems({ backstage: [{ name: 'A b' }], privacy }).join(), /lower case letters, digits and hyphens/);
});

test('a feature is all that it names, a task that of its templates alone', () => {
  const { features } = experienceSchema.parse({
    privacy,
    features: [
      { feature: 'entity', plugins: ['Catalog'], routes: ['catalog:*'], actions: ['navigate'] },
      { feature: 'create', templates: ['node-*'], subjects: ['/create/*'] },
      { feature: 'ops', templates: ['template:ops/*'] },
      { feature: 'all', plugins: ['*'] },
    ],
  });
  const { of, subjectsOf } = featuresOf(features);
  const event = { action: 'navigate', plugin: 'catalog', route: 'catalog:entity', subjects: '', template: '' };
  assert.deepEqual(of(event), ['entity', 'all']);
  assert.deepEqual(of({ ...event, action: 'click' }), ['all']);
  assert.deepEqual(of({ ...event, route: '' }), ['all']);
  assert.deepEqual(of({ ...event, plugin: 'scaffolder', subjects: subjectsOf('/create/templates') }), [
    'create',
    'all',
  ]);
  assert.equal(subjectsOf('/elsewhere'), '');
  const task = { action: 'create', plugin: 'scaffolder', route: '', subjects: '' };
  assert.deepEqual(of({ ...task, template: 'template:default/node-service' }), ['create']);
  assert.deepEqual(of({ ...task, template: 'template:ops/node-service' }), ['ops']);
  assert.deepEqual(of({ ...task, template: 'template:default/site' }), []);
});
