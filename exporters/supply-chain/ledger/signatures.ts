/** Looks at signatures and attestations into the ledger. */
import { readFileSync } from 'node:fs';
import type { Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import { instantOf, ledgerTime, optionalTime } from '../../findings/staged-values.ts';
import type { Artifact, SignatureLook } from '../document.ts';

const storeSql = readFileSync(new URL('./signatures.sql', import.meta.url), 'utf8');

export async function storeSignatures(
  tx: Transaction,
  looks: readonly SignatureLook[],
  keyOf: (artifact: Artifact) => string,
  now: Date,
): Promise<void> {
  if (looks.length === 0) return;
  await stage(
    tx,
    'heard_looks',
    {
      ...{ look: 'BIGINT', artifact: 'VARCHAR', seen: 'VARCHAR', outcome: 'VARCHAR', reason: 'VARCHAR' },
      occurred_at: 'TIMESTAMP',
    },
    looks.map(({ artifact, at, seen, outcome, reason = '' }, look) => ({
      ...{ look, artifact: keyOf(artifact), seen, outcome, reason, occurred_at: ledgerTime(instantOf(at, now)) },
    })),
  );
  await stage(
    tx,
    'heard_attestations',
    {
      ...{ look: 'BIGINT', id: 'VARCHAR', claim: 'VARCHAR', predicate_type: 'VARCHAR', standing: 'VARCHAR' },
      ...{ reason: 'VARCHAR', identity: 'VARCHAR', issuer: 'VARCHAR', builder: 'VARCHAR', build_type: 'VARCHAR' },
      ...{ source_uri: 'VARCHAR', slsa: 'VARCHAR', level: 'INTEGER', level_reason: 'VARCHAR', signed_at: 'TIMESTAMP' },
    },
    looks.flatMap(({ attestations }, look) =>
      attestations.map(
        ({ id, claim, predicateType, standing, reason = '', identity, issuer, signedAt, provenance }) => ({
          ...{ look, id, claim, predicate_type: predicateType, standing, reason, identity, issuer },
          ...{ builder: provenance?.builder ?? '', build_type: provenance?.buildType ?? '' },
          ...{ source_uri: provenance?.source ?? '', slsa: provenance?.slsa ?? '', level: provenance?.level ?? null },
          ...{ level_reason: provenance?.reason ?? '', signed_at: optionalTime(signedAt) },
        }),
      ),
    ),
  );
  await tx.run(storeSql);
  tx.touch('attestations', 'signature_looks');
}
