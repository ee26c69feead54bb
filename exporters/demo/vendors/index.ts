/**
 * The APIs that the demo company's vendors would have, on a loopback port: AWS Cost Explorer and Budgets, Azure Cost
 * Management and Policy, HCP Terraform, OpenCost, LinearB, Cortex, Backstage's scaffolder and GitHub's projects. They
 * answer from the same charges and deployments as the files, so that their numbers agree. Any credentials will do.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { dayMs } from '../chance.ts';
import { monthOf } from '../policy/story.ts';
import { awsAnswer } from './aws.ts';
import { azureAnswer } from './azure.ts';
import { azurePolicyAnswer } from './azure-policy.ts';
import { backstageAnswer } from './backstage.ts';
import { cortexAnswer } from './cortex.ts';
import { githubProjectsAnswer } from './github-projects.ts';
import { linearbAnswer } from './linearb.ts';
import { openCostAnswer } from './opencost.ts';
import { terraformAnswer } from './terraform.ts';
import type { Vendor, VendorRequest } from './vendor.ts';

export interface DemoVendors {
  readonly url: string;
  /** Answers as on the morning of another day, or as of now again. */
  readonly tellAsOf: (morning?: Date) => void;
  /** Tells the story around another day than the first of this month. */
  readonly tellAround: (story: Date) => void;
  readonly stop: () => Promise<void>;
}

const vendors: readonly Vendor[] = [
  ...[
    awsAnswer,
    azureAnswer,
    azurePolicyAnswer,
    openCostAnswer,
    linearbAnswer,
    terraformAnswer,
    backstageAnswer,
    cortexAnswer,
    githubProjectsAnswer,
  ],
];

/** Listens on a free port of 127.0.0.1. */
export async function startVendors(now: () => Date = () => new Date()): Promise<DemoVendors> {
  let told: Date | undefined;
  let around: Date | undefined;
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const until = new Date(Math.floor((told ?? now()).getTime() / dayMs) * dayMs);
      const asked: VendorRequest = {
        method: request.method ?? 'GET',
        url: new URL(request.url ?? '/', 'http://127.0.0.1'),
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        until,
        story: around ?? monthOf(until),
      };
      const { status, body } = answerOf(asked);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tellAsOf: morning => {
      told = morning;
    },
    tellAround: story => {
      around = story;
    },
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answerOf(request: VendorRequest): { readonly status: number; readonly body: unknown } {
  try {
    for (const vendor of vendors) {
      const answer = vendor(request);
      if (answer !== undefined) return answer;
    }
    return { status: 404, body: { message: `the demo's vendors have nothing at ${request.url.pathname}` } };
  } catch (error) {
    return { status: 400, body: { message: String(error) } };
  }
}
