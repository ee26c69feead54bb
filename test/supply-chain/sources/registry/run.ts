/** The registry's source over a ledger in which images run, and what it told in short. */
import { createHash } from 'node:crypto';
import type { Heard } from '../../../../exporters/supply-chain/document.ts';
import { registrySchema } from '../../../../exporters/supply-chain/sources/registry/config.ts';
import { type RegistryOptions, registrySource } from '../../../../exporters/supply-chain/sources/registry/index.ts';
import type { Ending } from '../../../core/local-server.ts';
import { type SourceRun, sourceRun } from '../source-run.ts';

export const begin = '2026-11-20T10:00:00Z';

/** `NAME@DIGEST` each; REPLICAS behind a space where it isn't one. */
export async function runs(run: SourceRun, ...images: readonly string[]): Promise<void> {
  const rows = images.map(image => {
    const [reference = '', replicas = '1'] = image.split(' ');
    const [name = '', digest = ''] = reference.split('@');
    const at = run.clock.now.toISOString().replace('T', ' ').replace('Z', '');
    return `('prod/shop', 'deployment/x', '', '${digest}', '${name}', NULL, '${digest}', ${replicas}, NULL, 'test', '${at}', '${at}')`;
  });
  await run.ledger.write(async tx => tx.run(`INSERT INTO running_images VALUES ${rows.join(', ')}`));
}

export const registryRun = (t: Ending, config: object, options: RegistryOptions = {}): Promise<SourceRun> =>
  sourceRun(
    t,
    store =>
      registrySource(registrySchema.parse(config), {
        sleep: async () => undefined,
        random: () => 0,
        retries: 2,
        store,
        ...options,
      }),
    begin,
  );

export const heardOf = (run: SourceRun): readonly Heard[] => run.told().flatMap(({ heard }) => heard);

/** `NAME SEEN OUTCOME REASON: CLAIM/PREDICATE STANDING REASON, …`, sorted; of a predicate its last words. */
export const looksOf = (heard: readonly Heard[]): readonly string[] =>
  heard
    .flatMap(({ signatures = [] }) => signatures)
    .map(({ artifact, seen, outcome, reason, attestations }) =>
      [
        `${artifact.name.slice(artifact.name.indexOf('/') + 1)} ${seen} ${outcome} ${reason ?? '-'}:`,
        attestations
          .map(each =>
            [
              each.claim,
              each.predicateType.split('/').slice(-2).join('/') || '-',
              each.standing,
              each.reason ?? '-',
            ].join(' '),
          )
          .toSorted()
          .join(', '),
      ].join(' '),
    )
    .toSorted();

export const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
