/** EVENTS.md and the JSON Schema of what /push/dora/events takes, made from the schema that checks it. */
import { z } from 'zod';
import {
  commitEventSchema,
  deploymentEventSchema,
  eventSchema,
  incidentEventSchema,
  pipelineRunEventSchema,
  pullRequestEventSchema,
} from './schema.ts';

const jsonSchemaOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });

export const eventsJsonSchema = (): string =>
  `${JSON.stringify({ title: 'An event of delivery, as POST /push/dora/events takes it', ...jsonSchemaOf(eventSchema) }, null, 2)}\n`;

interface Property {
  readonly type?: string;
  readonly format?: string;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
  readonly items?: Property;
}

const kinds = [
  [
    'deployment',
    deploymentEventSchema,
    'A deployment. Its facts come as it goes on (queued, running, an end), or once when it has ended.',
  ],
  ['incident', incidentEventSchema, 'An incident: open, then resolved; or both at once.'],
  [
    'commit',
    commitEventSchema,
    'A commit, where no source reads its repository. A commit never changes: the first word of it stays.',
  ],
  ['pull_request', pullRequestEventSchema, 'A pull or merge request, where no source reads it.'],
  [
    'pipeline_run',
    pipelineRunEventSchema,
    'A run of a CI pipeline; each attempt is a run. An event tells all of it: what it leaves out is not kept.',
  ],
] as const;

const typeOf = ({ type, format, const: only, enum: several, items }: Property): string => {
  if (only !== undefined) return `\`${only}\``;
  if (several !== undefined) return several.map(one => `\`${one}\``).join(', ');
  if (format === 'date-time') return 'time';
  return type === 'array'
    ? `list of ${items?.type === 'object' ? 'objects' : 'texts'}`
    : type === 'string'
      ? 'text'
      : (type ?? '');
};

function table(schema: z.ZodType): string {
  const { properties = {}, required = [] } = jsonSchemaOf(schema) as {
    readonly properties?: Readonly<Record<string, Property>>;
    readonly required?: readonly string[];
  };
  const rows = Object.entries(properties).map(([name, property]) => {
    const fallback =
      property.default === undefined || property.default === '' ? '' : ` \`${String(property.default)}\` unless given.`;
    return `| \`${name}\` | ${typeOf(property)} | ${required.includes(name) ? 'yes' : ''} | ${property.description ?? ''}${fallback} |`;
  });
  return ['| field | what | needed | |', '|---|---|---|---|', ...rows].join('\n');
}

export const eventsReference = (): string => `# Events of delivery

<!-- Generated from exporters/dora/sources/events/schema.ts by npm run generate. -->

\`POST /push/dora/events\` takes deployments, incidents, commits, pull requests and pipeline runs of any system: one JSON object, a list of
them, or one a line (JSON lines), 10 MiB at most. Its JSON Schema is [events.schema.json](events.schema.json). The command
\`plumbline event\` posts one without curl:

\`\`\`sh
curl -H "Authorization: Bearer $TOKEN" -d '{"type":"deployment","id":"checkout-417","service":"checkout",
  "environment":"production","sha":"4ea55f395b3ca7195efd9b41132a5894ea277830","finished_at":"2026-11-30T12:00:00Z"}' \\
  https://plumbline.example.com/push/dora/events
plumbline event deployment --service checkout --environment production --sha "$GIT_SHA" --server https://plumbline.example.com --token-file token
plumbline event incident --id INC-12 --service checkout --status resolved --resolved now
\`\`\`

- **Once.** A thing is known by its \`id\`. The same event posted again changes nothing; another one of the same id tells more
  of it, and what it leaves out stays as it was. Of two that contradict each other the one with the later \`updated_at\` holds,
  whatever the order in which they come.
- **Whole.** A post is taken whole or not at all: 400 names each event and field that is wrong, unknown fields too.
- **By whom.** A token of role \`admin\` posts anything. A token of a team posts what the ownership rules give to that team;
  \`team\` is filled in. What belongs to another team is refused by name (403), and so is an id that another team has used.
- **Times** have an offset or \`Z\`. One that lies more than a day ahead is refused.

${kinds.map(([name, schema, text]) => `## ${name}\n\n${text}\n\n${table(schema)}\n`).join('\n')}`;
