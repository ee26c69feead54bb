/** The exporters that a configuration asks for. A new exporter is a line in `builders`. */
import { slosOf } from '../alerts/slo/slos.ts';
import { readCatalog } from './catalog/backstage.ts';
import { type AnswerOptions, answersOf, type BackstageAnswer } from './catalog/backstage-answers.ts';
import { buildCatalog, type Catalog } from './catalog/catalog.ts';
import { buildOwnership, type Ownership } from './catalog/ownership.ts';
import { PlumblineError } from './config/errors.ts';
import type { Config } from './config.ts';
import { describeError } from './core/errors.ts';
import type { Exporter } from './core/exporter.ts';
import type { SubjectReader } from './core/subjects.ts';
import { costExporter } from './cost/index.ts';
import { doraExporter } from './dora/index.ts';
import { experienceExporter } from './experience/index.ts';
import { policyExporter } from './policy/index.ts';
import { type ScorecardConfig, scorecardSchema } from './scorecard/config.ts';
import { type ScorecardOptions, scorecardExporter } from './scorecard/index.ts';
import { supplyChainExporter } from './supply-chain/index.ts';

export interface BuildOptions {
  readonly now?: () => Date;
  /** A UTC day: a change of ownership holds from then on, and not from today. */
  readonly reassignFrom?: string;
  /** Who owns what; read by the configuration unless given. */
  readonly ownership?: Ownership;
  /** As it is now, at each reading; read by the configuration unless given. */
  readonly catalog?: () => Catalog;
  /** What exporters of this process say of subjects, once they are open; nothing unless given. */
  readonly subjects?: () => readonly SubjectReader[];
}

/** Undefined where the configuration has no section for it. */
type Builder = (config: Config, ownership: Ownership, options: BuildOptions) => Exporter | undefined;

const builders: Readonly<Record<string, Builder>> = {
  cost: (config, ownership, options) => config.cost && costExporter(config.cost, ownership, options),
  dora: (config, ownership, options) => config.dora && doraExporter(config.dora, ownership, options),
  policy: (config, ownership, options) => config.policy && policyExporter(config.policy, ownership, options),
  'supply-chain': (config, ownership, options) =>
    config.supply_chain && supplyChainExporter(config.supply_chain, ownership, options),
  experience: (config, ownership, options) =>
    config.experience && experienceExporter(config.experience, ownership, options),
  // The last: a command that refreshes all once reads the others before it.
  scorecard: buildScorecard,
};

const domains = ['cost', 'dora', 'policy', 'supply_chain', 'experience'] as const;

/** It asks nothing more of whoever has a catalog and something to hold against it; `enabled: false` leaves it out. */
function buildScorecard(config: Config, _: Ownership, options: BuildOptions): Exporter | undefined {
  const configured = domains.filter(name => config[name] !== undefined);
  const section = scorecardOf(config);
  if (section === undefined) return undefined;
  return scorecardExporter(section, {
    ...options,
    catalog: options.catalog ?? (() => buildCatalog([])),
    subjects: options.subjects ?? (() => []),
    ...slosKnown(config),
    receivers: config.alerts.receivers.map(({ team }) => team),
    exporters: configured.map(name => name.replaceAll('_', '-')),
  });
}

/** Undefined where there is none to be. */
function scorecardOf({ scorecard, catalog: { files, backstage }, ...config }: Config): ScorecardConfig | undefined {
  const isDue = files.length + backstage.length > 0 && domains.some(name => config[name] !== undefined);
  const section = scorecard ?? (isDue ? scorecardSchema.parse({}) : undefined);
  return section?.enabled ? section : undefined;
}

/** The exporters that a configuration asks for, by name. */
export const configuredExporters = (config: Config): readonly string[] => [
  ...domains.filter(name => config[name] !== undefined).map(name => name.replaceAll('_', '-')),
  ...(scorecardOf(config) === undefined ? [] : ['scorecard']),
];

/** A document that can't be read keeps no exporter from starting: `plumbline slo` and `check` say what is wrong with it. */
function slosKnown({ slos, directory }: Config): Pick<ScorecardOptions, 'slos' | 'sloProblem'> {
  try {
    const found = slosOf(slos, { platform: '', teams: new Map() }, directory);
    return { slos: found.map(({ service, name }) => ({ service, name })) };
  } catch (error) {
    return { slos: [], sloProblem: describeError(error) };
  }
}

export const exporterNames: readonly string[] = Object.keys(builders);

/** Of plumbline.yaml, whose keys are snake_case. */
const sectionOf = (exporter: string) => exporter.replaceAll('-', '_');

export interface OwnershipRead {
  readonly catalog: Catalog;
  readonly ownership: Ownership;
  /** What each server of catalog.backstage has told. */
  readonly answers: readonly BackstageAnswer[];
}

/**
 * Who owns what, by the catalog's files, by Backstage servers and the rules. Errors: CATALOG_NO_FILES, and where a server
 * has never answered CATALOG_BACKSTAGE_REFUSED and CATALOG_BACKSTAGE_FAILED.
 */
export async function readOwnership(
  config: Pick<Config, 'catalog' | 'ownership' | 'directory' | 'data_dir'>,
  options: Omit<AnswerOptions, 'dataDir'> = {},
): Promise<OwnershipRead> {
  const { files, backstage } = config.catalog;
  const answers = await answersOf(backstage, { ...options, dataDir: config.data_dir });
  const catalog = await readCatalog({ files, directory: config.directory, answers });
  return { catalog, ownership: buildOwnership(catalog, config.ownership), answers };
}

/**
 * The configured exporters, or those of them that `only` names. Errors: those of readOwnership, EXPORTER_UNKNOWN,
 * EXPORTER_NOT_CONFIGURED, NOTHING_CONFIGURED.
 */
export async function buildExporters(
  config: Config,
  only: readonly string[] = [],
  options: BuildOptions = {},
): Promise<Exporter[]> {
  for (const name of only)
    if (builders[name] === undefined)
      throw new PlumblineError('EXPORTER_UNKNOWN', { name, known: exporterNames.join(', ') });
  const read = options.ownership === undefined ? await readOwnership(config) : undefined;
  const ownership = options.ownership ?? read!.ownership;
  const given: BuildOptions = { ...options, catalog: options.catalog ?? (() => read?.catalog ?? buildCatalog([])) };
  const exporters = exporterNames
    .filter(name => only.length === 0 || only.includes(name))
    .flatMap(name => {
      const exporter = builders[name]!(config, ownership, given);
      if (exporter !== undefined) return [exporter];
      if (only.length === 0) return [];
      throw new PlumblineError('EXPORTER_NOT_CONFIGURED', { file: config.file, name: sectionOf(name) });
    });
  if (exporters.length === 0)
    throw new PlumblineError('NOTHING_CONFIGURED', {
      file: config.file,
      known: exporterNames.map(sectionOf).join(', '),
    });
  return exporters;
}
