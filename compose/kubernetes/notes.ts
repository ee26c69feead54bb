/** NOTES.md beside the manifests: the Secrets that have to be there, and what the cluster's own servers need. */
import type { Config } from '../../exporters/config.ts';
import type { NeededSecret } from './needed-secret.ts';
import { tokenVariable } from './scorecard.ts';
import type { Replacement } from './web.ts';

export function notesPage(
  { kubernetes, remote_write, daily_writer, server }: Config,
  secrets: readonly NeededSecret[],
  notes: readonly string[],
): string {
  const { namespace } = kubernetes;
  const writes = remote_write.length > 0 && daily_writer !== 'page';
  return `# Plumbline in Kubernetes

Made by \`plumbline render kubernetes\`. Secrets are made by you; none stands in these files:

\`\`\`sh
kubectl create namespace ${namespace}
${secrets.some(({ variables }) => variables.has(tokenVariable)) ? `export ${tokenVariable}="$(openssl rand -hex 24)"   # by it the scorecard asks the others\n` : ''}${secrets.map(secret => secretCommand(secret, namespace)).join('\n')}
kubectl apply --server-side -k .
\`\`\`

(\`--server-side\`: a dashboard is too large for the annotation that the other way leaves.)

## What the cluster’s own servers need

- **Prometheus** selects monitors and rules by label and namespace: \`serviceMonitorSelector\`, \`ruleSelector\` and their namespace selectors. \`kubernetes.labels\` puts labels on ours.
- **Prometheus** needs ${writes ? '`enableRemoteWriteReceiver: true`, ' : ''}\`tsdb: {outOfOrderTimeWindow: 400d}\` and \`retention: 400d\` for bills that restate; \`plumbline check --prometheus URL\` says what is missing.
- **Alertmanager** selects our routes by \`alertmanagerConfigSelector\` and its namespace selector. It gives an AlertmanagerConfig only alerts whose label \`namespace\` is that of the AlertmanagerConfig, unless its \`alertmanagerConfigMatcherStrategy\` is \`{type: None}\`. The rules here put \`namespace: ${namespace}\` on each alert, so both work; rules that you load in another way lack it, and then only \`None\` does. What ours has taken goes on to your own routes, too.
- **Grafana**’s sidecar takes ConfigMaps labelled \`grafana_dashboard: "1"\`, of this namespace where \`sidecar.dashboards.searchNamespace\` says so (\`ALL\`); \`folderAnnotation: grafana_folder\` puts them into a folder.
${server.web_config_file === undefined ? '' : webNote(kubernetes)}- The NetworkPolicies let \`${kubernetes.monitoring_namespace}\` scrape. What speaks to another port than those in your configuration needs an egress rule of its own, and so does a DNS that doesn’t answer from pods of \`kube-system\`: a node-local cache, OpenShift’s.
${notes.length === 0 ? '' : `\n## What to know\n\n${notes.map(note => `- ${note}`).join('\n')}\n`}`;
}

const webNote = ({ web }: Config['kubernetes']): string =>
  `- **The web configuration file** and what it names come from the Secret \`${web.secret}\`${web.tls_secret === undefined ? '' : `, the certificate and its key from \`${web.tls_secret}\``}; what changes there is read anew, without a restart, once the kubelet has brought it. \`${web.client_secret}\` has what Prometheus and the scorecard connect with: \`ca.crt\`, the authorities of the certificate (one that signed itself is its own), and where they are asked for, a user with the password whose hash is in the file, and a client certificate. The operator reads it in this namespace.
`;

function secretCommand(
  { name, files, variables, literals, replacements = [] }: NeededSecret,
  namespace: string,
): string {
  // Its paths are other ones in a pod: what is piped in is the first file.
  const [piped] = replacements.length > 0 ? [...files.keys()] : [];
  const given = [
    ...[...files].map(([key, file]) => `--from-file=${quoted(`${key}=${key === piped ? '/dev/stdin' : file}`)}`),
    ...[...variables].map(([variable]) => `--from-literal=${variable}="$${variable}"`),
    ...[...(literals ?? [])].map(([key, variable]) => `--from-literal=${key}="$${variable}"`),
  ];
  const from = piped === undefined ? '' : `${sedCommand(replacements, files.get(piped)!)} | `;
  return [`${from}kubectl create secret generic ${name} --namespace ${namespace}`, ...given].join(' \\\n  ');
}

const sedCommand = (replacements: readonly Replacement[], file: string): string =>
  [
    'sed',
    ...replacements.map(({ from, to }) => `-e ${quoted(`s|${from.replace(/[\\.*^$[\]|]/g, '\\$&')}|${to}|g`)}`),
    quoted(file),
  ].join(' ');

const quoted = (text: string): string => (/^[\w./=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
