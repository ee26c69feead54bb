/**
 * Remote Write 1.0 (prometheus.io/docs/specs/prw/remote_write_spec): WriteRequest { TimeSeries timeseries = 1 },
 * TimeSeries { Label labels = 1; Sample samples = 2 }, Label { string name = 1; string value = 2 },
 * Sample { double value = 1; int64 timestamp = 2 }; labels sorted by name, samples by time in milliseconds.
 */
import type { Labels } from './labels.ts';

export interface RemoteSeries {
  readonly name: string;
  readonly labels: Labels;
  /** Milliseconds since the epoch, ascending. */
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/** A series as it stands in a request: its encoded labels, shared by all requests it is cut into, and samples. */
export interface Part {
  readonly labels: Buffer;
  readonly times: readonly number[];
  readonly values: readonly number[];
}

export interface RequestLimits {
  readonly maxSamples?: number;
  /** Before compression. */
  readonly maxBytes?: number;
}

/** Packs series into requests, each series' samples together as far as the limits allow. */
export async function* packRequests(
  series: Iterable<RemoteSeries> | AsyncIterable<RemoteSeries>,
  { maxSamples = 5_000, maxBytes = 1_000_000 }: RequestLimits = {},
): AsyncGenerator<readonly Part[]> {
  let parts: Part[] = [];
  let samples = 0;
  let bytes = 0;
  for await (const { name, labels: pairs, times, values } of series) {
    const labels = encodeLabels(name, pairs);
    for (let first = 0; first < times.length; ) {
      const overhead = labels.length + 10;
      const room = Math.min(maxSamples - samples, Math.floor((maxBytes - bytes - overhead) / sampleBytes));
      if (room <= 0 && samples > 0) {
        yield parts;
        [parts, samples, bytes] = [[], 0, 0];
        continue;
      }
      const end = Math.min(times.length, first + Math.max(room, 1));
      parts.push({ labels, times: times.slice(first, end), values: values.slice(first, end) });
      samples += end - first;
      bytes += overhead + (end - first) * sampleBytes;
      first = end;
    }
  }
  if (samples > 0) yield parts;
}

/** Encoded Label fields, sorted, without empty values, which are no labels. */
export function encodeLabels(name: string, labels: Labels): Buffer {
  const pairs = [['__name__', name] as const, ...labels].filter(([, value]) => value !== '');
  pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Buffer.concat(
    pairs.map(pair =>
      message(labelsField, Buffer.concat(pair.map((text, index) => message(0x0a + index * 8, Buffer.from(text))))),
    ),
  );
}

/** The pairs of encoded labels, the metric's name as `__name__`. */
export function decodeLabels(labels: Buffer): Labels {
  return fields(labels).map(({ bytes }) => {
    const [name, value] = fields(bytes).map(field => field.bytes.toString('utf8'));
    return [name ?? '', value ?? ''] as const;
  });
}

export function encodeRequest(parts: readonly Part[]): Buffer {
  const sizes = parts.map(part => part.labels.length + part.times.reduce((sum, time) => sum + 2 + sampleSize(time), 0));
  const buffer = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + 1 + varintSize(size) + size, 0));
  let at = 0;
  parts.forEach(({ labels, times, values }, index) => {
    at = writeVarint(buffer, sizes[index] ?? 0, buffer.writeUInt8(0x0a, at));
    at += labels.copy(buffer, at);
    times.forEach((time, sample) => {
      at = buffer.writeUInt8(samplesField, at);
      at = buffer.writeUInt8(sampleSize(time), at);
      at = buffer.writeDoubleLE(values[sample] ?? Number.NaN, buffer.writeUInt8(0x09, at));
      at = writeVarint(buffer, time, buffer.writeUInt8(0x10, at));
    });
  });
  return buffer;
}

export function decodeRequest(request: Buffer): readonly Part[] {
  return fields(request).map(({ bytes }) => {
    const inner = fields(bytes);
    const labels = Buffer.concat(
      inner.filter(field => field.tag === labelsField).map(field => message(labelsField, field.bytes)),
    );
    const samples = inner.filter(field => field.tag === samplesField);
    return {
      labels,
      values: samples.map(field => field.bytes.readDoubleLE(1)),
      times: samples.map(field => readVarint(field.bytes, 10)[0]),
    };
  });
}

export const countSamples = (parts: readonly Part[]) => parts.reduce((sum, part) => sum + part.times.length, 0);

const labelsField = 0x0a;
const samplesField = 0x12;
/** A sample's most bytes between the years 1970 and 2500: tag, length, value, timestamp. */
const sampleBytes = 18;
const sampleSize = (time: number) => 10 + varintSize(time);

/** A length-delimited field; its tag has one byte. */
export function message(tag: number, content: Buffer): Buffer {
  const head = Buffer.alloc(1 + varintSize(content.length));
  writeVarint(head, content.length, head.writeUInt8(tag, 0));
  return Buffer.concat([head, content]);
}

/** Length-delimited fields only, which is all that requests, series and labels consist of. */
function fields(buffer: Buffer): { readonly tag: number; readonly bytes: Buffer }[] {
  const found: { tag: number; bytes: Buffer }[] = [];
  for (let at = 0; at < buffer.length; ) {
    const tag = buffer.readUInt8(at);
    const [length, start] = readVarint(buffer, at + 1);
    if (start + length > buffer.length) throw new RangeError('a field ends after its message');
    found.push({ tag, bytes: buffer.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}

// A varint of 7-bit groups. Times are safe integers; those before 1970 take ten bytes as 64-bit two's complement.
function varintSize(value: number): number {
  if (value < 0) return 10;
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size += 1;
  return size;
}

function writeVarint(buffer: Buffer, value: number, start: number): number {
  let at = start;
  if (value < 0) {
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest >= 128n; rest >>= 7n) at = buffer.writeUInt8(Number(rest & 127n) | 128, at);
    return buffer.writeUInt8(Number(rest), at);
  }
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) at = buffer.writeUInt8((rest % 128) | 128, at);
  return buffer.writeUInt8(rest, at);
}

function readVarint(buffer: Buffer, start: number): readonly [value: number, end: number] {
  let value = 0n;
  for (let at = start, shift = 0n; ; at += 1, shift += 7n) {
    const byte = buffer.readUInt8(at);
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return [Number(BigInt.asIntN(64, value)), at + 1];
  }
}
