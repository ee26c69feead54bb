/** The source `four-keys`: what was sent to Four Keys, posted here, and what it has kept, read from its exports. */
import type { Source } from '../../../core/source.ts';
import type { FourKeysConfig } from './config.ts';
import { fourKeysExport } from './export.ts';
import { fourKeysWebhooks } from './webhooks.ts';

export const fourKeysSources = (config: FourKeysConfig): readonly Source[] => [
  fourKeysWebhooks(config),
  ...(config.path === undefined ? [] : [fourKeysExport({ ...config, path: config.path })]),
];
