/** An item of `supply_chain.files` in plumbline.yaml. */
import { z } from 'zod';
import { findingClasses } from '../../document.ts';
import { kindNames } from '../../raw-document.ts';

const text = z.string().trim().min(1);

export const documentFilesSchema = z
  .strictObject({
    kind: z
      .enum(kindNames)
      .default('auto')
      .describe('What wrote the documents; auto takes what each of them is by its content.'),
    path: text.describe(
      'A file, a folder or a glob of documents, gzipped or not, relative to this file. {image}, {repository}, {cluster}, {service}, {team}, {environment} and {scope} in it take that part of a path for what is set below, as in scans/{repository}/*.json; {image} and {repository} may be several folders.',
    ),
    name: text
      .optional()
      .describe(
        'Names the source, by default KIND-files (document-files for auto); several need one each, and keep it.',
      ),
    every: z.int().min(1).default(300).describe('Seconds between two looks at the files.'),
    settle: z
      .int()
      .min(0)
      .default(60)
      .describe('A file is read when it has not changed for so many seconds, or between two looks.'),
    stale: z
      .number()
      .positive()
      .default(168)
      .describe('Hours after which what a scan or a list told is unknown unless a newer one tells of the same.'),
    classes: z
      .array(z.enum(findingClasses))
      .min(1)
      .optional()
      .describe(
        'What the scanner looks for, where its reports do not say: one of Trivy lists no secrets whether it found none or looked for none, and the last one that was mended would stay open.',
      ),
    scope: text.optional().describe('What is looked at as a whole, where the documents do not say it.'),
    image: text.optional().describe('The container image that was looked at, such as ghcr.io/acme/shop.'),
    repository: text.optional().describe('The repository that was looked at, such as acme/shop.'),
    cluster: text.optional().describe('The cluster that was looked at.'),
    service: text.optional(),
    team: text.optional(),
    environment: text.optional().describe('Where it runs, where nothing else says what runs.'),
  })
  .transform(item => ({ ...item, name: item.name ?? `${item.kind === 'auto' ? 'document' : item.kind}-files` }));

export type DocumentFilesConfig = z.infer<typeof documentFilesSchema>;
