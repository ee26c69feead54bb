/**
 * Whether what runs is signed and attested, by asking its OCI registry: of each running digest all that the registry
 * holds about it is fetched, checked against its digest and judged. What the registry doesn't have isn't there: without
 * it nobody can say that an image is unsigned. Each image is asked for when it is new, and then every `refresh` hours.
 */
import pLimit from 'p-limit';
import { wildcard } from '../../../catalog/wildcard.ts';
import { keepRejections } from '../../../core/rejections.ts';
import type { Batch, PullSource, SourceContext } from '../../../core/source.ts';
import { type OciClient, type OciOptions, ociClient } from '../../../vendors/oci/client.ts';
import { hostOf } from '../../../vendors/oci/config.ts';
import { storeHeard } from '../../store.ts';
import { claimer } from '../../verification/claim.ts';
import type { Verifier } from '../../verification/verifier.ts';
import type { RegistryConfig } from './config.ts';
import { type ReadBytes, readAuto } from './documents.ts';
import { due, forgetOthers, type Known, named, noteLooks, running } from './due.ts';
import { isLimit, isOutage, isRefusal } from './faults.ts';
import { fileOf, type Looked, lookAt } from './look.ts';

export interface RegistryOptions extends Pick<OciOptions, 'sleep' | 'random' | 'retries'> {
  /** Without one all is claimed. */
  readonly verifier?: Verifier | undefined;
  readonly read?: ReadBytes;
  readonly store?: typeof storeHeard;
}

export const registryTables = new URL('./tables.sql', import.meta.url);

/** Images that are committed together. */
const imagesAtOnce = 16;
/** After so many images in a row that can't be had the registry is left alone until the next refresh. */
const [mostOutages, mostRefusals] = [3, 5];

export function registrySource(config: RegistryConfig, options: RegistryOptions = {}): PullSource {
  const { name, every, refresh } = config;
  const { verifier = claimer, read = readAuto, store = storeHeard, ...client } = options;
  const host = hostOf(config);
  const isOwn = config.repositories === undefined ? () => true : wildcard(config.repositories);
  const wantedOf = async ({ ledger }: Pick<SourceContext, 'ledger'>, oci: OciClient | undefined) => {
    const all = config.images
      ? oci === undefined
        ? []
        : await named(oci, host, config.images)
      : await ledger.read(reader => running(reader, host));
    return all.filter(({ repository }) => isOwn(repository));
  };
  return {
    kind: 'pull',
    name,
    everySeconds: every,
    plan: async ({ ledger, now }) => {
      const wanted = await wantedOf({ ledger }, undefined);
      const images =
        config.images?.length ??
        (await ledger.read(reader => due(reader, name, wanted, { at: now(), refreshHours: refresh }))).length;
      return {
        requests: images * requestsOfImage,
        text: `signatures and attestations of ${images} images in ${host}, about ${requestsOfImage} requests each, again after ${refresh} hours`,
      };
    },
    batches: async function* (context) {
      const oci = ociClient(config, {
        ...{ log: context.log, signal: context.signal, now: () => context.now().getTime() },
        ...client,
      });
      const at = context.now();
      const wanted = await wantedOf(context, oci);
      const asked = await context.ledger.read(reader => due(reader, name, wanted, { at, refreshHours: refresh }));
      const look = (image: Known) =>
        lookAt(image, {
          client: oci,
          verifier,
          at,
          documentsAt: image.firstAt,
          platform: config.platform,
          ...(config.documents ? { read } : {}),
        });
      const asking = askAll(asked, look, { config, context });
      let isFirst = true;
      for (;;) {
        const { done, value } = await asking.next();
        if (done) {
          if (isFirst)
            yield {
              cursor: {},
              write: async tx => {
                await forgetOthers(tx, name, wanted);
                return { records: 0, changed: 0, rejected: {} };
              },
            };
          if (value !== undefined) throw value;
          return;
        }
        const forgets = isFirst;
        isFirst = false;
        yield batchOf(config, value, at, async (tx, heard) => {
          if (forgets) await forgetOthers(tx, name, wanted);
          return store(tx, name, heard, { now: at, staleSeconds: Math.round(config.stale * 3600) });
        });
      }
    },
  };
}

const requestsOfImage = 6;

interface Asking {
  readonly config: RegistryConfig;
  readonly context: SourceContext;
}

type Answer = { readonly image: Known; readonly looked: Looked };

/** Slices of what was looked at; returns why it was broken off, or why nothing could be had. */
async function* askAll(
  images: readonly Known[],
  look: (image: Known) => Promise<Looked>,
  { config, context }: Asking,
): AsyncGenerator<readonly Answer[], unknown> {
  const limit = pLimit(config.concurrency);
  let [outages, refusals, answered, isOver] = [0, 0, 0, false];
  let fault: unknown;
  const ask = async (image: Known): Promise<Answer | undefined> => {
    if (isOver) return undefined;
    context.signal.throwIfAborted();
    try {
      const looked = await look(image);
      outages = 0;
      const isRefused = isRefusal(looked.error);
      refusals = isRefused ? refusals + 1 : 0;
      if (isRefused) fault ??= looked.error;
      else answered += 1;
      isOver ||= answered === 0 && refusals >= mostRefusals;
      return { image, looked };
    } catch (error) {
      if (!isLimit(error) && !isOutage(error)) throw error;
      fault ??= error;
      outages += 1;
      isOver ||= isLimit(error) || outages >= mostOutages;
      context.log.warn({ image: image.name, reason: String(error) }, 'image could not be looked at');
      // What was known of it stands until it is stale.
      return image.isNew && !isLimit(error) ? { image, looked: unreachable(image, context.now()) } : undefined;
    }
  };
  for (let start = 0; start < images.length && !isOver; start += imagesAtOnce) {
    const slice = images.slice(start, start + imagesAtOnce);
    const answers = await Promise.all(slice.map(image => limit(() => ask(image))));
    context.progress(Math.min(start + imagesAtOnce, images.length), images.length, 'images');
    yield answers.flatMap(each => each ?? []);
  }
  return isOver || answered === 0 ? fault : undefined;
}

const unreachable = ({ name, digest, tag }: Known, at: Date): Looked => ({
  look: {
    artifact: { kind: 'image', name, ...(tag === undefined ? {} : { tag }), digests: [digest] },
    ...{ at: at.toISOString(), seen: 'some', outcome: 'unknown', reason: 'unreachable', attestations: [], owner: '{}' },
  },
  ...{ heard: [], records: 0, rejections: [] },
});

function batchOf(
  { name }: RegistryConfig,
  answers: readonly Answer[],
  at: Date,
  store: (tx: Parameters<Batch['write']>[0], heard: Parameters<typeof storeHeard>[2]) => Promise<number>,
): Batch {
  const heard = [
    { signatures: answers.map(({ looked }) => looked.look) },
    ...answers.flatMap(({ looked }) => looked.heard),
  ];
  return {
    cursor: {},
    write: async tx => {
      const changed = await store(tx, heard);
      const looks = answers
        .filter(({ looked }) => looked.look.reason !== 'unreachable')
        .map(({ image, looked }) => ({ ...image, outcome: looked.look.outcome }));
      await noteLooks(tx, name, looks, at);
      const rejections = answers.flatMap(({ looked }) => looked.rejections);
      const read = answers.map(({ image }) => fileOf(image));
      return {
        records: answers.length + answers.reduce((sum, { looked }) => sum + looked.records, 0),
        changed,
        rejected: await keepRejections(tx, name, { read, rejections }, at),
      };
    },
  };
}
