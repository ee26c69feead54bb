/** Bills of materials, scans and VEX that are attested or attached, read as if they had come alone, of the image. */
import type { Rejection } from '../../../core/rejections.ts';
import type { Artifact, Attestation, Heard } from '../../document.ts';
import { auto, readDocument } from '../../raw-document.ts';
import type { ReadContext, Reading } from '../../reading.ts';
import type { Verifier } from '../../verification/verifier.ts';

export type ReadBytes = (bytes: Buffer, context: ReadContext) => Promise<Reading>;

export const readAuto: ReadBytes = (bytes, context) => readDocument(auto, bytes, context);

export interface DocumentsRead {
  readonly heard: Heard;
  readonly records: number;
  readonly rejections: readonly Rejection[];
  /** Of statements that nobody has signed: what they say is claimed. */
  readonly claimed: readonly Attestation[];
}

export interface Carrier {
  readonly artifact: Artifact;
  readonly context: ReadContext;
  readonly read: ReadBytes;
  /** What came of its signature, where it is signed: it is not judged again. */
  readonly judged?: Awaited<ReturnType<Verifier['judge']>>;
}

/** A document of another kind than those is nothing: the attestation is known all the same. */
export async function documentsIn(bytes: Buffer, { artifact, context, read, judged }: Carrier): Promise<DocumentsRead> {
  const { verifier: _, ...common } = context;
  const reading = await read(bytes, judged ? { ...common, verifier: { judge: async () => judged } } : common);
  const { scans, sboms, vex, signatures = [] } = reading.heard;
  const rejections = reading.rejections.map(rejection => ({ ...rejection, file: context.file }));
  const fault = reading.fault === undefined || judged ? [] : [{ file: context.file, reason: reading.fault }];
  return {
    heard: {
      ...(scans?.length ? { scans: scans.map(scan => ({ ...scan, artifact })) } : {}),
      ...(sboms?.length ? { sboms: sboms.map(sbom => ({ ...sbom, artifact })) } : {}),
      ...(vex?.length ? { vex } : {}),
    },
    records: reading.records,
    rejections: [...rejections, ...fault],
    claimed: judged ? [] : signatures.flatMap(({ attestations }) => attestations),
  };
}
