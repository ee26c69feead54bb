/** plumbline.yaml: the sections of every room, composed, loaded and checked. */
import path from 'node:path';
import { z } from 'zod';
import { alertsSchema } from '../alerts/settings.ts';
import { slosSchema } from '../alerts/slo/config.ts';
import { kubernetesSchema } from '../compose/kubernetes/config.ts';
import { catalogSchema, ownershipSchema } from './catalog/config.ts';
import type { Environment } from './config/environment.ts';
import { jsonSchemaOf, loadFile } from './config/load.ts';
import { withEnvironment } from './config/overrides.ts';
import { rootShape } from './config/schema.ts';
import { costSchema } from './cost/config.ts';
import { doraSchema } from './dora/config.ts';
import { experienceSchema } from './experience/config.ts';
import { policySchema } from './policy/config.ts';
import { scorecardSchema } from './scorecard/config.ts';
import { supplyChainSchema } from './supply-chain/config.ts';

/** Keys are snake_case. An exporter works where its section is there. */
export const configSchema = z
  .strictObject({
    ...rootShape,
    alerts: alertsSchema.prefault({}),
    slos: slosSchema.prefault({}),
    kubernetes: kubernetesSchema.prefault({}).describe('What `plumbline render kubernetes` needs to know.'),
    catalog: catalogSchema.prefault({}),
    ownership: ownershipSchema.prefault({}),
    cost: costSchema.optional(),
    dora: doraSchema.optional(),
    policy: policySchema.optional(),
    supply_chain: supplyChainSchema.optional(),
    experience: experienceSchema.optional(),
    scorecard: scorecardSchema.optional(),
  })
  .check(ctx => {
    const { ownership, cost } = ctx.value;
    const usages = [
      ...(cost?.usage ?? []).map(({ name }) => name),
      ...(cost?.kubernetes ?? []).map(({ cluster }) => cluster),
    ];
    for (const [index, split] of ownership.splits.entries())
      if (split.method === 'usage' && !usages.includes(split.usage))
        ctx.issues.push({
          code: 'custom',
          input: split.usage,
          path: ['ownership', 'splits', index, 'usage'],
          message: `expected a name of cost.usage or a cluster of cost.kubernetes${usages.length > 0 ? `: ${usages.join(', ')}` : ''}`,
        });
  })
  .check(ctx => {
    const { daily_writer, remote_write } = ctx.value;
    if (daily_writer !== 'remote_write' || remote_write.length > 0) return;
    const message = 'expected a target under remote_write beside it';
    ctx.issues.push({ code: 'custom', input: daily_writer, path: ['daily_writer'], message });
  });

export type ConfigValues = z.output<typeof configSchema>;

/** Checked values with defaults filled in, secrets read, and local paths absolute. */
export type Config = ConfigValues & {
  /** The file it was read from, absolute, and its folder. */
  readonly file: string;
  readonly directory: string;
};

/**
 * Reads and checks a configuration. Errors: CONFIG_MISSING, CONFIG_UNREADABLE, CONFIG_INVALID with one sentence for
 * every mistake, CONFIG_ENVIRONMENT_INVALID. PLUMBLINE_DATA_DIR and PLUMBLINE_HOST win over the file;
 * PLUMBLINE_REMOTE_WRITE_URL and PLUMBLINE_OTLP_ENDPOINT hold where it names no target of its own.
 */
export async function loadConfig(
  file: string,
  { env = process.env }: { readonly env?: Environment } = {},
): Promise<Config> {
  const absolute = path.resolve(file);
  const values = loadFile(file, configSchema, env);
  return { ...withEnvironment(values, env), file: absolute, directory: path.dirname(absolute) };
}

/** The text of plumbline.schema.json, from which editors complete plumbline.yaml. */
export function renderConfigSchema(): string {
  const { $schema, ...schema } = jsonSchemaOf(configSchema);
  const text = { $schema, title: 'Plumbline', description: 'The configuration plumbline.yaml.', ...schema };
  return `${JSON.stringify(text, null, 2)}\n`;
}
