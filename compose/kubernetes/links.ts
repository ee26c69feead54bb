/** Where links of the pages lead that are answered by Plumbline itself: runbooks, lists and explanations. */

/** By the path that a link begins with, the exporter that answers it. */
const answeredBy: readonly (readonly [path: string, exporter: string])[] = [
  ['/api/policy/', 'policy'],
  ['/api/supply-chain/', 'supply-chain'],
  ['/api/components', 'supply-chain'],
  ['/api/scorecard/', 'scorecard'],
  ['/explain', 'scorecard'],
];

interface Given {
  readonly exporters: readonly string[];
  readonly plumbline: string | undefined;
  readonly serviceOf: (exporter: string) => string;
}

export interface PageLinks {
  /** The address that a path is asked of. */
  readonly addressOf: (path: string) => string;
  /** What to know of it, a sentence. */
  readonly note: string;
}

export function pageLinks({ exporters, plumbline, serviceOf }: Given): PageLinks {
  const [first = ''] = exporters;
  const exporterOf = (path: string) => {
    const found = answeredBy.find(([begins]) => path.startsWith(begins))?.[1];
    // Runbooks are the same everywhere, and a list of an exporter that isn't there is nowhere.
    return found !== undefined && exporters.includes(found) ? found : first;
  };
  const served = answeredBy.filter(([, exporter]) => exporters.includes(exporter));
  const routes = [...served, ['/runbooks', first] as const].map(
    ([path, exporter]) => `${path} to plumbline-${exporter}`,
  );
  return plumbline === undefined
    ? {
        addressOf: path => serviceOf(exporterOf(path)),
        note: `links of the pages lead to the Services (${serviceOf(first)}), which only a browser with a way into the cluster reaches: --plumbline URL says where readers do`,
      }
    : {
        addressOf: () => plumbline.replace(/\/+$/, ''),
        note: `links of the pages lead to ${plumbline}; an Ingress or a route there has to send ${routes.join(', ')}`,
      };
}
