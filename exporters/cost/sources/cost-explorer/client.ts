/**
 * Cost Explorer and Budgets through the AWS SDK, which finds credentials and signs (Signature Version 4). The SDK's own
 * retries are off: here every attempt is paid for and counted, and a test can do without the waits.
 */
import { BudgetsClient, DescribeBudgetsCommand, type DescribeBudgetsCommandOutput } from '@aws-sdk/client-budgets';
import {
  CostExplorerClient,
  GetAnomaliesCommand,
  type GetAnomaliesCommandInput,
  type GetAnomaliesCommandOutput,
  GetCostAndUsageCommand,
  type GetCostAndUsageCommandInput,
  type GetCostAndUsageCommandOutput,
  GetCostForecastCommand,
  type GetCostForecastCommandInput,
  type GetCostForecastCommandOutput,
} from '@aws-sdk/client-cost-explorer';
import { jitteredBackoff, sleep as realSleep, retryAfterMs, type Sleep } from '../../../core/backoff.ts';
import type { CostExplorerConfig } from './config.ts';
import { faultOf } from './faults.ts';
import type { Meter } from './meter.ts';

export interface AwsClient {
  readonly costAndUsage: (input: GetCostAndUsageCommandInput) => Promise<GetCostAndUsageCommandOutput>;
  readonly forecast: (input: GetCostForecastCommandInput) => Promise<GetCostForecastCommandOutput>;
  readonly anomalies: (input: GetAnomaliesCommandInput) => Promise<GetAnomaliesCommandOutput>;
  readonly budgets: (token: string | undefined) => Promise<DescribeBudgetsCommandOutput>;
  readonly close: () => void;
}

/** How requests are retried; tests take the waits out. */
export interface Patience {
  /** For one attempt, its body included; 60 s. */
  readonly timeoutMs?: number;
  /** Attempts after the first; 3. */
  readonly retries?: number;
  /** The longest wait before a retry; 60 s. */
  readonly maxDelayMs?: number;
  readonly sleep?: Sleep;
  readonly random?: () => number;
}

export interface ClientOptions extends Patience {
  readonly config: CostExplorerConfig;
  readonly meter: Meter;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/** Errors: AWS_CREDENTIALS, AWS_DENIED, AWS_THROTTLED, AWS_TIMEOUT, AWS_ANSWER_UNREADABLE, AWS_FAILED, COST_EXPLORER_OVER_CAP. */
export function createAwsClient(options: ClientOptions): AwsClient {
  const { config, meter, signal, now } = options;
  const { timeoutMs = 60_000, retries = 3, maxDelayMs = 60_000, sleep = realSleep, random = Math.random } = options;
  const { access_key_id: accessKeyId, secret_access_key: secretAccessKey, session_token: sessionToken } = config;
  const shared = {
    region: config.region,
    maxAttempts: 1,
    ...(config.profile === undefined ? {} : { profile: config.profile }),
    ...(accessKeyId !== undefined && secretAccessKey !== undefined
      ? { credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) } }
      : {}),
  };
  const at = (endpoint: string | undefined) => (endpoint === undefined ? {} : { endpoint });
  const explorer = new CostExplorerClient({ ...shared, ...at(config.endpoint) });
  const budgets = new BudgetsClient({ ...shared, ...at(config.budgets_endpoint ?? config.endpoint) });
  const secrets = [secretAccessKey, sessionToken].filter(secret => secret !== undefined);

  const ask = async <T>(
    action: string,
    send: (abort: { readonly abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T> => {
    for (let attempt = 0; ; attempt++) {
      signal.throwIfAborted();
      if (action.startsWith('ce:')) await meter.note(action);
      const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      try {
        return await send({ abortSignal });
      } catch (thrown) {
        signal.throwIfAborted();
        const fault = faultOf(thrown, { action, secrets, seconds: timeoutMs / 1000 });
        const asked = retryAfterMs(fault.retryAfter, now().getTime());
        if (!fault.isTransient || attempt >= retries || (asked ?? 0) > maxDelayMs) throw fault.error;
        // Cost Explorer lets few requests through a second, so a throttled one waits longer.
        const base = fault.kind === 'throttled' ? 2_000 : 500;
        await sleep(Math.max(asked ?? 0, jitteredBackoff(attempt, base, maxDelayMs, random)), signal);
      }
    }
  };

  return {
    costAndUsage: input => ask('ce:GetCostAndUsage', abort => explorer.send(new GetCostAndUsageCommand(input), abort)),
    forecast: input => ask('ce:GetCostForecast', abort => explorer.send(new GetCostForecastCommand(input), abort)),
    anomalies: input => ask('ce:GetAnomalies', abort => explorer.send(new GetAnomaliesCommand(input), abort)),
    budgets: token =>
      ask('budgets:ViewBudget', abort =>
        budgets.send(
          new DescribeBudgetsCommand({
            AccountId: config.billing_account,
            MaxResults: 100,
            ...(token === undefined ? {} : { NextToken: token }),
          }),
          abort,
        ),
      ),
    close: () => {
      explorer.destroy();
      budgets.destroy();
    },
  };
}
