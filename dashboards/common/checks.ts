import { linksToCheckOfCell, linksToCheckOfService, linksToChecksOfService } from '../lib/links.ts';
import { matrix, type Panel } from '../lib/panels.ts';
import { labelledBy, type Matchers, type Query } from '../lib/promql.ts';
import { cellsOfLevel, cellTexts, info } from '../scorecard/scope.ts';
import { levelWords, requiredWords } from '../scorecard/words.ts';

type Of = Matchers<'team' | 'service' | 'check'>;

/** Services by checks, of each level; all checks at once would be wider than a screen. */
export const servicesByChecks = (of: Of, height: number): readonly Panel[] => [
  ofLevel(of, 'bronze', { width: 24, height }),
  ofLevel(of, 'silver', { width: 24, height }),
  ofLevel(of, 'gold', { width: 24, height }),
];

const ofLevel = (
  of: Of,
  level: 'bronze' | 'silver' | 'gold',
  size: { readonly width: number; readonly height: number },
) =>
  matrix({
    title: `${levelWords[level]}: services and checks`,
    description:
      'What does each service lack of this level? Every check that it asks for; "?" is not measured, which is not a pass, and – is not asked of the service. A cell leads to the evidence and to the place where it is mended, a name to all that is known of the service. Services beyond the setting top_services are not named.',
    query: cellsOfLevel(of, level),
    rows: { label: 'service', title: 'Service', links: linksToChecksOfService, width: 165 },
    columns: 'check',
    thresholds: [],
    otherwise: 'unknown',
    texts: cellTexts,
    cellLinks: linksToCheckOfCell,
    whenEmpty: 'no check of this level, or no services',
    ...size,
  });

/** What fails, as columns of a table of `named` checks: each leads to what is to be mended. */
export const failingColumns = [
  { label: 'service', title: 'Service', links: linksToChecksOfService },
  { label: 'check', title: 'Check', links: linksToCheckOfService },
  { label: 'title', title: 'Asks for' },
  { label: 'level', title: 'Level', words: levelWords, width: 75 },
  { label: 'required', title: 'Required', words: requiredWords, width: 90 },
] as const;

/** With what each check is called and asks for. */
export const named = <Label extends string, Additive extends boolean>(query: Query<Label | 'check', Additive>) =>
  labelledBy(['check'], query, info, ['title', 'level', 'required'] as const);
