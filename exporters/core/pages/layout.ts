/** The frame of every page for people. */
import { type Html, html, trusted } from './html.ts';
import { style } from './style.ts';

export interface PageFrame {
  readonly title: string;
  readonly nonce: string;
  readonly demo: boolean;
  readonly body: Html;
  /** Plain JavaScript. */
  readonly script?: string;
}

const plumbBob =
  '<svg viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.5"><path d="M8 0v6M5 6h6l-3 9z" stroke-linejoin="round"/></svg>';
const icon = `data:image/svg+xml,${encodeURIComponent(plumbBob.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"').replace('currentColor', '#0b63c5'))}`;

export function layout({ title, nonce, demo, body, script }: PageFrame): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="${icon}">
<style nonce="${nonce}">${trusted(style)}</style>
</head>
<body>
${demo && html`<p class="demo" role="note">DEMO: every figure on this server is invented.</p>`}
<header><div class="wide">
<h1><a href="/">${trusted(plumbBob)}Plumbline</a></h1>
<nav aria-label="Pages"><a href="/teams">Teams</a><a href="/metrics">/metrics</a><a href="/runbooks">Runbooks</a><a href="/-/ready">Ready?</a></nav>
</div></header>
<main class="wide">${body}</main>
${script !== undefined && html`<script nonce="${nonce}">${trusted(script)}</script>`}
</body>
</html>
`.html;
}
