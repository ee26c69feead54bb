/**
 * What runs, as a document: for what no cluster is asked about. Four forms:
 *
 * - A list as JSON: rows in an array, or `{"place": …, "at": …, "images": [rows]}`, whose words hold for its rows. A row:
 *   `{"image": "ghcr.io/acme/cart:1.2@sha256:…", "place": "prod/shop", "environment": "production",
 *   "workload": "deployment/cart", "container": "cart", "replicas": 3, "service": "cart", "team": "shop",
 *   "started": "2026-11-20T08:00:00Z"}`. `image` alone must be there, and a place: `place`, else `cluster` and
 *   `namespace`, else `environment`, else what is set for the file or the post. `digest` may stand beside `image`.
 *   It is all that runs in each place that it names, unless it says `"lists": "changes"`.
 * - The same as CSV, with these names as its header.
 * - A deployments feed: JSON lines (also an array, or CSV) of rows with `at`, when it came to run so. What a line doesn't
 *   name runs on; what another line of the same place, workload and container named runs no longer; `replicas` 0 ends it.
 * - `kubectl get pods -A -o json`, also with namespaces (`kubectl get ns,pods -A -o json`) for their labels: all that
 *   runs in each namespace that it has something of. The cluster is what is set for the file or the post.
 */
import { listOf, objectOf, textOf } from '../../../formats/json.ts';
import { type DocumentKind, faulty, type RawDocument, type ReadContext, type Reading } from '../../reading.ts';
import { isKubernetes, readKubernetes } from './kubernetes.ts';
import { readRows } from './lists.ts';
import { csvRows, jsonLines, type Rows } from './rows.ts';

export const runningKind: DocumentKind = {
  kind: 'running',
  accepts: name => /\.(json|jsonl|ndjson|csv)(\.gz)?$/i.test(name),
  recognises: document => {
    if (document.json !== undefined) return isKubernetes(document.json) || isList(document.json);
    const head = textOf(document.bytes.subarray(0, headBytes)) ?? document.bytes.toString('latin1', 0, headBytes);
    const [line = ''] = head
      .replace(/^\uFEFF/, '')
      .trimStart()
      .split(/\r?\n/, 1);
    return line.startsWith('{') ? isLine(line) : isHeader(line);
  },
  read: readRunning,
};

/** Of a document, what is looked at to know whether it is one. */
const headBytes = 64 << 10;
const beside = ['place', 'environment', 'workload', 'replicas', 'service', 'namespace', 'cluster', 'team', 'at'];

const isRow = (value: unknown): boolean => {
  const row = objectOf(value);
  return typeof row.image === 'string' && beside.some(key => Object.hasOwn(row, key));
};

function isList(json: unknown): boolean {
  if (Array.isArray(json)) return isRow(json[0]);
  const { images } = objectOf(json);
  if (!Array.isArray(images)) return isRow(json);
  return ['place', 'environment', 'cluster'].some(key => typeof objectOf(json)[key] === 'string')
    ? images.length === 0 || typeof objectOf(images[0]).image === 'string'
    : images.length > 0 && isRow(images[0]);
}

function isLine(line: string): boolean {
  try {
    return isRow(JSON.parse(line));
  } catch {
    return false;
  }
}

function isHeader(line: string): boolean {
  const columns = line
    .toLowerCase()
    .split(/[,;\t|]/)
    .map(column => column.trim().replace(/^"|"$/g, ''));
  return columns.includes('image') && beside.some(key => columns.includes(key));
}

async function readRunning(document: RawDocument, context: ReadContext): Promise<Reading> {
  const { json } = document;
  if (json !== undefined && isKubernetes(json)) return readKubernetes(json, context);
  const rows = json === undefined ? await textRows(document.bytes) : jsonRows(json);
  return typeof rows === 'string' ? faulty(rows) : readRows(rows, context);
}

function jsonRows(json: unknown): Rows | string {
  if (Array.isArray(json)) return { rows: json.map((row, index) => ({ row, line: index + 1 })), broken: [] };
  const { images, ...head } = objectOf(json);
  if (Array.isArray(images))
    return { head, rows: listOf(images).map((row, index) => ({ row, line: index + 1 })), broken: [] };
  return typeof head.image === 'string' ? { rows: [{ row: head, line: 1 }], broken: [] } : 'not_running_list';
}

async function textRows(bytes: Buffer): Promise<Rows | string> {
  const text = textOf(bytes);
  if (text === undefined) return 'not_text';
  if (text.trim() === '') return 'empty';
  return text.trimStart().startsWith('{') ? jsonLines(text) : csvRows(Buffer.from(text));
}
