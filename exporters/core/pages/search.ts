/** The landing page's script: hides what does not hold every word that is searched for. Plain text, for a nonce. */
export const searchScript = `
'use strict';
const input = document.querySelector('#search');
const said = document.querySelector('#found');
const items = [...document.querySelectorAll('[data-search]')];
const sections = [...document.querySelectorAll('section[data-section]')];
const filter = () => {
  const words = input.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let shown = 0;
  for (const item of items) {
    item.hidden = !words.every(word => item.dataset.search.includes(word));
    if (!item.hidden) shown += 1;
  }
  for (const section of sections) {
    const own = [...section.querySelectorAll('[data-search]')];
    section.hidden = words.length > 0 && own.every(item => item.hidden);
  }
  said.textContent = words.length === 0 ? '' : shown === 0 ? 'Nothing matches.' : shown + ' of ' + items.length + ' shown.';
  const address = new URL(location.href);
  if (input.value) address.searchParams.set('q', input.value);
  else address.searchParams.delete('q');
  history.replaceState(null, '', address);
};
input.addEventListener('input', filter);
addEventListener('keydown', event => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || document.activeElement === input) return;
  event.preventDefault();
  input.focus();
});
input.value = new URL(location.href).searchParams.get('q') ?? '';
if (input.value) filter();
`;
