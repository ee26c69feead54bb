/** The text of `supply_chain:` in a new plumbline.yaml, and of rules that say whose images are. */
import type { DocumentLook, DocumentPlace } from './documents.ts';
import { comment, quoted } from './yaml.ts';

export interface ProposedDocuments extends Omit<DocumentLook, 'places' | 'images'> {
  readonly places: readonly ProposedPlace[];
  /** With the Component of the catalog that is called as the last part of the image's name. */
  readonly images: readonly { readonly image: string; readonly service: string | undefined }[];
}

export interface ProposedPlace extends DocumentPlace {
  /** As written in the file. */
  readonly where: string;
}

const mostImages = 30;

export function imageRuleLines({ images }: ProposedDocuments): string[] {
  const known = images.filter(({ service }) => service !== undefined);
  const others = images.filter(({ service }) => service === undefined);
  const further = others.length - mostImages;
  return [
    ...(known.length === 0 ? [] : ['    # Components that are called as an image is.']),
    ...known.map(
      ({ image, service = '' }) =>
        `    - { name: ${quoted(`image ${image}`)}, image: ${quoted(image)}, service: ${quoted(service)} }`,
    ),
    ...(others.length === 0 ? [] : ['    # Images that nothing gives to anyone yet; a * is any text.']),
    ...others
      .slice(0, mostImages)
      .map(({ image }) => comment(`    # - { name: ${quoted(`image ${image}`)}, image: ${quoted(image)}, team: … }`)),
    ...(further > 0 ? [`    # and ${further} more`] : []),
  ];
}

export function supplyChainLines({ places, tellsRunning, tellsExploited }: ProposedDocuments): string[] {
  return [
    'supply_chain:',
    '  # Scans, bills of materials, VEX, signatures: what each document is, its content says. Where it does not say what it',
    '  # is about, image and repository do, or a part of the path, as in scans/{repository}/*.json.',
    '  files:',
    ...places.flatMap(({ where, files, kinds, repository }, index) => [
      `    # ${files === 1 ? '1 file' : `${files} files`}: ${kinds.join(', ')}`,
      `    - path: ${quoted(where)}`,
      ...(places.length > 1 ? [`      name: documents-${index + 1}`] : []),
      ...(repository === undefined
        ? []
        : [
            '      # Where a document does not say it; guessed by the name of the folder, so correct it.',
            `      repository: ${quoted(repository)}`,
          ]),
    ]),
    ...(tellsRunning
      ? []
      : [
          '  # Nothing that was read says what runs, so that the newest content of each image is taken for it. A cluster says it,',
          '  # or a file among the above that is a list, such as [{"image": "ghcr.io/acme/shop@sha256:…", "environment": "production"}].',
          '  # kubernetes:',
          '  #   - { cluster: prod-eu, environment: production }',
        ]),
    ...(tellsExploited
      ? []
      : ['  # Vulnerabilities that are known to be exploited, from where CISA publishes them.', '  # kev: {}']),
    '  # How many days a finding may stay open, what may be deployed, packages to watch, and whose signatures count, in',
    '  # sla, gate, watch and verification. Pipelines post to /ingest/supply-chain/auto.',
    '',
  ];
}
