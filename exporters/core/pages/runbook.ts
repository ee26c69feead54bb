/** Runbooks: Markdown files shown as pages. HTML in them is shown as text, and links lead to the web or this server only. */
import { Marked } from 'marked';
import { escapeHtml, html, trusted } from './html.ts';
import { layout } from './layout.ts';

const markdown = new Marked({
  renderer: {
    html: ({ text }) => escapeHtml(text),
    image: ({ text }) => escapeHtml(text),
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens);
      return /^(https?:|#|\/(?!\/)|[\w.-]+(?:\.md)?(?:#|$))/i.test(href)
        ? `<a href="${escapeHtml(href.replace(/\.md(?=#|$)/, ''))}" rel="noreferrer">${text}</a>`
        : text;
    },
  },
});

export interface RunbookPage {
  readonly name: string;
  readonly text: string;
  readonly nonce: string;
  readonly demo: boolean;
}

export function runbookPage({ name, text, nonce, demo }: RunbookPage): string {
  const article = markdown.parse(text, { async: false });
  return layout({
    title: `${name}: Plumbline runbook`,
    nonce,
    demo,
    body: html`<article>${trusted(article)}</article>`,
  });
}

/** The list of all runbooks. */
export function runbookList({
  names,
  nonce,
  demo,
}: {
  readonly names: readonly string[];
  readonly nonce: string;
  readonly demo: boolean;
}): string {
  const body = html`<h2>Runbooks</h2>
<ul class="cards">${names.map(name => html`<li class="card"><a href="/runbooks/${name}">${name}</a></li>`)}</ul>
${names.length === 0 && html`<p class="soft">There is none.</p>`}`;
  return layout({ title: 'Plumbline runbooks', nonce, demo, body });
}
