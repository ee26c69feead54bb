/** The look of the exporter's own pages: no external resource, light and dark, from 360 px on. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #f6f7f9; --card: #ffffff; --ink: #1b2330; --soft: #566072; --line: #dde2ea; --accent: #0b63c5;
  --good: #14733f; --good-paper: #e2f4e9; --bad: #b3261e; --bad-paper: #fdebe9; --wait: #7a5200; --wait-paper: #fdf1d6;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #10141b; --card: #181e28; --ink: #e6eaf1; --soft: #a2adbf; --line: #2b3442; --accent: #77b4ff;
    --good: #6fd698; --good-paper: #133222; --bad: #ff9d94; --bad-paper: #3c1a18; --wait: #f0c060; --wait-paper: #37290c;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
.demo { background: var(--wait-paper); color: var(--wait); text-align: center; margin: 0; padding: .55rem 1rem; font-weight: 600; border-bottom: 1px solid currentColor; }
.wide { max-width: 68rem; margin: 0 auto; padding: 0 1rem; }
header .wide { padding-top: 1.5rem; padding-bottom: .25rem; display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: baseline; justify-content: space-between; }
h1 { margin: 0; font-size: 1.6rem; letter-spacing: -.02em; }
h1 a { color: inherit; text-decoration: none; }
h1 svg { width: 1.25rem; height: 1.25rem; margin-right: .5rem; vertical-align: -.1rem; color: var(--accent); }
h2 { font-size: 1.1rem; margin: 1.6rem 0 .7rem; }
h2 .count { color: var(--soft); font-weight: 400; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; font-size: .95rem; }
.soft { color: var(--soft); }
.summary { margin: 0; }
time { white-space: nowrap; }
.search { position: sticky; top: 0; background: var(--paper); padding: .75rem 0 .25rem; z-index: 1; }
.search p { margin: .25rem 0 0; min-height: 1.3rem; }
.search label { display: block; font-size: .85rem; color: var(--soft); margin-bottom: .25rem; }
.search input { width: 100%; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .55rem .8rem; }
ul.cards { list-style: none; margin: 0; padding: 0; display: grid; gap: .6rem; }
ul.metrics { grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)); }
ul.sources { grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .8rem 1rem; min-width: 0; overflow-wrap: anywhere; }
.card h3 { margin: 0; font-size: 1rem; display: flex; flex-wrap: wrap; gap: .15rem .6rem; align-items: center; justify-content: space-between; }
.card p { margin: .3rem 0 0; }
.mono { font-family: var(--mono); font-size: .9em; }
.badge { font: 600 .78rem/1 system-ui, sans-serif; padding: .3rem .55rem; border-radius: 999px; white-space: nowrap; background: var(--line); }
.ok { color: var(--good); background: var(--good-paper); }
.failed { color: var(--bad); background: var(--bad-paper); }
.waiting { color: var(--wait); background: var(--wait-paper); }
.facts { display: grid; grid-template-columns: auto 1fr; gap: .1rem .9rem; margin: .55rem 0 0; font-size: .92rem; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; }
.error { color: var(--bad); background: var(--bad-paper); border-radius: 6px; padding: .45rem .6rem; font-size: .9rem; }
.labels { display: flex; flex-wrap: wrap; gap: .3rem; margin-top: .5rem; }
ul.labels { list-style: none; padding: 0; }
.labels span { font: .8rem/1.4 var(--mono); border: 1px solid var(--line); border-radius: 5px; padding: 0 .4rem; color: var(--soft); }
.numbers { font-variant-numeric: tabular-nums; font-size: .85rem; color: var(--soft); font-weight: 400; }
[hidden] { display: none !important; }
footer { color: var(--soft); font-size: .88rem; padding: 2rem 0; }
article { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .5rem 1.5rem 1.25rem; margin: 1rem 0 2rem; overflow-wrap: anywhere; }
article h1 { font-size: 1.4rem; margin: 1rem 0 .5rem; }
article h2 { margin: 1.5rem 0 .4rem; }
article pre { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; padding: .75rem; overflow-x: auto; overflow-wrap: normal; }
article code { font-family: var(--mono); font-size: .88em; }
article table { border-collapse: collapse; display: block; overflow-x: auto; }
article th, article td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; }
.page-title { font-size: 1.4rem; margin: .4rem 0 .3rem; overflow-wrap: anywhere; }
ul.names { grid-template-columns: repeat(auto-fill, minmax(min(100%, 14rem), 1fr)); margin-top: .9rem; }
.crumbs { margin: .8rem 0 0; font-size: .9rem; }
.toc { padding: .8rem 0 0; }
.part h3 { font-size: 1.2rem; margin: 2rem 0 .2rem; padding-top: .6rem; border-top: 2px solid var(--line); }
.part h4 { font-size: .92rem; font-weight: 600; margin: 0; color: var(--soft); }
.about { margin: 0 0 .7rem; font-size: .92rem; }
ul.tiles { list-style: none; margin: 0 0 .6rem; padding: 0; display: grid; gap: .6rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 15.5rem), 1fr)); }
.tile { font-size: .88rem; }
.tile .big { font-size: 1.6rem; line-height: 1.25; font-weight: 650; letter-spacing: -.01em; margin: .1rem 0 0; font-variant-numeric: tabular-nums; }
.tile .absent { font-size: 1.1rem; line-height: 1.8; font-weight: 500; font-style: italic; color: var(--soft); }
.ok-text { color: var(--good); }
.bad-text { color: var(--bad); }
.tile .badge { display: inline-block; white-space: normal; border-radius: .8rem; line-height: 1.2; }
.note { border-radius: 6px; padding: .45rem .6rem; font-size: .9rem; margin: .3rem 0; }
.part .error { margin: .3rem 0; }
.trend { width: 100%; height: 2.75rem; color: var(--accent); margin-top: .4rem; display: block; }
.card.scroll, .card.empty { margin: .6rem 0; }
.card.scroll { overflow-x: auto; overflow-wrap: normal; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
caption { text-align: left; font-weight: 600; padding-bottom: .35rem; color: var(--soft); }
.part th, .part td { text-align: left; padding: .35rem .9rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.part tbody tr:last-child > * { border-bottom: 0; }
.part thead th { color: var(--soft); font-weight: 600; font-size: .85rem; }
.part tbody th { font-weight: 500; overflow-wrap: anywhere; min-width: 8rem; }
.part .amount { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
ul.links { list-style: none; margin: .7rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.2rem; font-size: .95rem; }
@media print {
  :root { color-scheme: light; --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --accent: #000; --good: #14733f; --good-paper: #e2f4e9; --bad: #b3261e; --bad-paper: #fdebe9; --wait: #7a5200; --wait-paper: #fdf1d6; }
  nav, .crumbs, .search, ul.links, .more { display: none; }
  .wide { max-width: none; }
  .card { break-inside: avoid; }
  .card.scroll { overflow: visible; }
  h2, h3, h4 { break-after: avoid; }
}
`;
