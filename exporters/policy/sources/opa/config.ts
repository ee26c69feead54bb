/** An item of `policy.opa` in plumbline.yaml. */
import { z } from 'zod';

const text = z.string().trim().min(1);

const word = text.regex(/^(labels|input)(\.("[^"]+"|[^."]+))+$/, {
  error: 'expected labels.NAME or input.NAME.NAME; a name with a dot stands in quotes: labels."acme.io/team"',
});
const words = (what: string, ...byDefault: readonly string[]) =>
  z
    .array(word)
    .max(10)
    .default([...byDefault])
    .describe(
      `Where ${what} stands: labels of the OPA's configuration, paths of a decision's input; the first that has a text.`,
    );

const ownerSchema = z.strictObject({
  team: words('the team', 'labels.team', 'input.team'),
  service: words('the service', 'labels.service', 'input.service', 'labels.app'),
  environment: words('the environment', 'labels.environment', 'labels.env', 'input.environment'),
  namespace: words('the Kubernetes namespace', 'labels.namespace', 'input.request.namespace', 'input.namespace'),
  repository: words('the repository', 'labels.repository', 'input.repository'),
});

const decisionSchema = z.strictObject({
  // Not `path`: that is a file's, made absolute.
  decision: text.describe('Paths of decisions, without a slash in front; * is any text.'),
  key: text
    .regex(/^[^."]+(\.[^."]+)*$/, 'expected names with dots between them, such as response.allowed')
    .optional()
    .describe('The part of an object result that is the verdict.'),
  means: z
    .enum(['allow', 'deny', 'nothing'])
    .default('allow')
    .describe('What true, or a set that is not empty, means; nothing where it is no verdict.'),
});

const filesSchema = z.strictObject({
  path: text.describe(
    'A file, a folder or a glob: console logs (.jsonl, .ndjson, .log) and uploads that were kept (.json), gzipped or not; relative to this file.',
  ),
  every: z.int().min(1).default(60).describe('Seconds between two looks at the files.'),
  settle: z
    .int()
    .min(0)
    .default(60)
    .describe('A file of uploads, or a gzipped one, is read when it has not changed for so many seconds.'),
});

export const opaSchema = z.strictObject({
  name: text
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'expected lower case letters, digits and hyphens')
    .default('opa')
    .describe("Names the source, and the address that OPA's services.NAME.url is: /ingest/policy/NAME."),
  files: z.array(filesSchema).default([]).describe('Console logs, and uploads that something else has kept.'),
  owner: ownerSchema.prefault({}).describe('Whose a decision is, before the ownership rules.'),
  decisions: z
    .array(decisionSchema)
    .max(100)
    .default([])
    .describe(
      'Which results are verdicts, the first that matches; others by their shape: true and false, allow or allowed in an object, what is called deny or violation.',
    ),
  max_paths: z
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .describe('So many paths have a name of their own in metrics; later ones are "other".'),
  remember_days: z
    .int()
    .min(1)
    .max(90)
    .default(3)
    .describe('For how many days a decision is known again when it comes twice; 11 bytes a decision.'),
  silent_after: z
    .int()
    .min(600)
    .default(1800)
    .describe('Seconds after which an OPA that sends nothing is silent; above its reporting.max_delay_seconds.'),
  queue_mib: z
    .int()
    .min(8)
    .default(256)
    .describe('MiB of posts, as they come, that may wait on the disk; above, posts are answered with 429.'),
});

export type OpaConfig = z.infer<typeof opaSchema>;
export type OpaFilesConfig = OpaConfig['files'][number];

/** The parts of a path of words: `input.a."b.c"` is ['input', 'a', 'b.c']. */
export const partsOf = (path: string): string[] =>
  [...path.matchAll(/"([^"]+)"|([^."]+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

/** A JSON pointer (RFC 6901). */
export const pointerOf = (parts: readonly string[]): string =>
  parts.map(part => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
