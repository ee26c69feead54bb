/** Bills of materials, scans and VEX that are attested or attached, read as if they had come alone, of the image. */
import type { Rejection } from '../../../core/rejections.ts';
import { followed, isLinked } from '../../bom-links.ts';
import type { Artifact, Attestation, Heard, VexStatement } from '../../document.ts';
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
  /** Someone is trusted: a word that silences or ends findings counts from them alone. */
  readonly isTrustAsked?: boolean;
  /** What came of its signature, where it is signed: it is not judged again. */
  readonly judged?: Awaited<ReturnType<Verifier['judge']>>;
}

/** A document of another kind than those is nothing: the attestation is known all the same. */
export async function documentsIn(
  bytes: Buffer,
  { artifact, context, read, judged, isTrustAsked = false }: Carrier,
): Promise<DocumentsRead> {
  const { verifier: _, ...common } = context;
  const reading = await read(bytes, judged ? { ...common, verifier: { judge: async () => judged } } : common);
  const { scans = [], sboms, vex = [], signatures = [] } = reading.heard;
  const isCounted = !isTrustAsked || judged?.attestation.standing === 'verified';
  const own = vex.flatMap(one => ofItsImage(one, artifact) ?? []);
  const left = [
    ...(!isCounted && scans.length + vex.length > 0 ? ['not_verified'] : []),
    ...(own.length < vex.length ? ['vex_of_another_image'] : []),
  ];
  const rejections = [...reading.rejections, ...left.map(reason => ({ reason }))].map(one => ({
    ...{ ...one, file: context.file },
  }));
  const fault = reading.fault === undefined || judged ? [] : [{ file: context.file, reason: reading.fault }];
  return {
    heard: {
      ...(isCounted && scans.length > 0 ? { scans: scans.map(scan => ({ ...scan, artifact })) } : {}),
      ...(sboms?.length ? { sboms: sboms.map(sbom => ({ ...sbom, artifact })) } : {}),
      ...(isCounted && own.length > 0 ? { vex: own } : {}),
    },
    records: reading.records,
    rejections: [...rejections, ...fault],
    claimed: judged ? [] : signatures.flatMap(({ attestations }) => attestations),
  };
}

/**
 * Whoever may push one image may attach a statement to it, and speaks of that image alone: of its packages, and of all of it;
 * not of a package wherever it is, nor of another image. Undefined where it is of another.
 */
function ofItsImage(statement: VexStatement, artifact: Artifact): VexStatement | undefined {
  const { artifact: said, bom, ...rest } = statement;
  // A link is followed into the image alone: by a package's URL, or to all of it.
  if (isLinked(statement)) return followed(statement, { artifact, ...(bom && { bom: { link: bom.link, ref: '' } }) });
  const isOther =
    said !== undefined &&
    said.name !== artifact.name &&
    !said.digests.some(digest => artifact.digests.includes(digest));
  const isOtherBuild =
    said !== undefined && said.digests.length > 0 && !said.digests.some(digest => artifact.digests.includes(digest));
  return isOther || isOtherBuild ? undefined : { ...rest, artifact };
}
