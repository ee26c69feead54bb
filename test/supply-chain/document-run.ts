/** The supply-chain exporter over a ledger in memory, with documents of one kind that tests make: what was heard, as JSON. */
import type { TestContext } from 'node:test';
import { ownerText } from '../../exporters/catalog/keys.ts';
import { placeAttributes } from '../../exporters/findings/place.ts';
import { objectOf } from '../../exporters/formats/json.ts';
import { supplyChainSchema } from '../../exporters/supply-chain/config.ts';
import type { Heard } from '../../exporters/supply-chain/document.ts';
import { supplyChainExporter } from '../../exporters/supply-chain/index.ts';
import { type DocumentKind, faulty } from '../../exporters/supply-chain/reading.ts';
import { documentFilesSource } from '../../exporters/supply-chain/sources/files/index.ts';
import { documentPosts } from '../../exporters/supply-chain/sources/posts/index.ts';
import { exporterRun, type RunOptions as FindingsRunOptions } from '../findings/exporter-run.ts';

/** `{"heard": …}`; a scan without an owner is of the place. */
export const heardKind: DocumentKind = {
  kind: 'heard',
  accepts: name => name.endsWith('.json'),
  recognises: ({ json }) => objectOf(json).heard !== undefined,
  read: ({ json }, { place }) => {
    const { heard } = objectOf(json);
    if (heard === undefined) return faulty('not_heard');
    const { scans = [], ...rest } = heard as Heard;
    const owned = scans.map(scan => ({ ...scan, owner: scan.owner ?? ownerText(placeAttributes(place)) }));
    return { heard: { ...rest, scans: owned }, records: scans.length, rejections: [] };
  },
};

export interface RunOptions extends FindingsRunOptions {
  readonly kinds?: readonly DocumentKind[];
}

export const documentRun = (t: TestContext, { kinds = [heardKind], ...options }: RunOptions = {}) =>
  exporterRun(t, options, ({ files, ownership, now }) => {
    const config = supplyChainSchema.parse({ files });
    return {
      ...supplyChainExporter(config, ownership, { now }),
      sources: [
        ...config.files.map(item => documentFilesSource(item, { kinds })),
        ...documentPosts(config.posts, { ownership, kinds }),
      ],
    };
  });
