/** Sends what the SDK's reader collects to an OTLP/HTTP endpoint, and tells what became of every point. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { describeError } from '../errors.ts';
import type { HttpResponse } from '../http-answer.ts';
import type { HttpClient } from '../http-client.ts';
import { type RefusalReason, reasonOf } from '../remote-write-refusal.ts';
import type { Point } from './points.ts';
import { countPoints, encodePoints, halves, type PointsOf, pointsOf, type Sender } from './request.ts';

/** Beside what a remote-write target may hold against samples: no answer, or one that is not about them. */
export type OtlpFailure = RefusalReason | 'unreachable';

export type OtlpEvent =
  | { readonly kind: 'delivered'; readonly points: readonly Point[] }
  | {
      readonly kind: 'failed';
      readonly reason: OtlpFailure;
      readonly points: number;
      readonly said: string;
      /** False where the endpoint took nothing of the same push before, and was not asked again. */
      readonly isTried: boolean;
    };

export interface OtlpExporterOptions {
  readonly url: string;
  readonly client: HttpClient;
  readonly sender: Sender;
  readonly compression: 'gzip' | 'none';
  readonly onEvent: (event: OtlpEvent) => void;
}

export interface OtlpExporter extends PushMetricExporter {
  /** A new push begins: an endpoint that did not answer is asked again. */
  readonly begin: () => void;
}

type Outcome = { readonly refused: RefusalReason; readonly said: string } | { readonly accepted: true };

// These answers are about the points: fewer of them may be taken.
const refusingStatus = new Set([400, 413, 422]);
/** How often a push looks for the points that an endpoint refuses, by sending a half of what it has refused. */
const mostHalves = 60;

export function createOtlpExporter(options: OtlpExporterOptions): OtlpExporter {
  const { url, client, sender, compression, onEvent } = options;
  let isDown = false;
  let halved = 0;

  const post = async (parts: readonly PointsOf[]): Promise<Outcome> => {
    const bytes = encodePoints(sender, parts);
    const body = compression === 'gzip' ? await promisify(gzip)(bytes, { level: 1 }) : bytes;
    const response = await client.request({
      url,
      method: 'POST',
      body,
      anyStatus: true,
      headers: {
        'content-type': 'application/x-protobuf',
        ...(compression === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
      },
    });
    const said = `${response.status} ${response.text().replace(/\s+/g, ' ').trim().slice(0, 300)}`.trim();
    if (response.status < 300) return partial(response) ?? { accepted: true };
    if (refusingStatus.has(response.status)) return { refused: reasonOf(response.status, said), said };
    throw new Error(said);
  };

  const fail = (parts: readonly PointsOf[], reason: OtlpFailure, said: string, isTried = true) =>
    onEvent({ kind: 'failed', reason, points: countPoints(parts), said, isTried });

  const deliver = async (parts: readonly PointsOf[]): Promise<void> => {
    const outcome = await post(parts);
    if ('accepted' in outcome) return onEvent({ kind: 'delivered', points: parts.flatMap(({ points }) => points) });
    // Of one that was taken in part nobody knows which part.
    if ('partial' in outcome || countPoints(parts) === 1 || halved >= mostHalves)
      return fail(parts, outcome.refused, outcome.said);
    halved += 1;
    for (const half of halves(parts)) await deliver(half);
  };

  const send = async (metrics: ResourceMetrics): Promise<void> => {
    const parts = pointsOf(metrics);
    if (isDown) return fail(parts, 'unreachable', 'it took nothing of this push before', false);
    try {
      await deliver(parts);
    } catch (error) {
      isDown = true;
      fail(parts, 'unreachable', describeError(error));
    }
  };

  return {
    begin: () => {
      isDown = false;
      halved = 0;
    },
    export: (metrics, done) => {
      send(metrics).then(
        () => done({ code: 0 }),
        (error: unknown) => done({ code: 1, error: error instanceof Error ? error : new Error(String(error)) }),
      );
    },
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
}

/** What an endpoint that answers 200 did not take after all (ExportMetricsPartialSuccess). */
function partial(response: HttpResponse): (Outcome & { readonly partial: true }) | undefined {
  // Prometheus answers 200 with an empty body; others may answer JSON.
  if (!(response.header('content-type') ?? '').includes('protobuf')) return undefined;
  const success = ProtobufMetricsSerializer.deserializeResponse(response.body)?.partialSuccess;
  const rejected = Number(success?.rejectedDataPoints ?? 0);
  if (rejected === 0) return undefined;
  const said = `${rejected} points refused: ${success?.errorMessage ?? ''}`.slice(0, 300);
  return { refused: reasonOf(200, said), said, partial: true };
}
