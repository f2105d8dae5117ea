// Searches for people by name.

import { onAbort } from '../abort.js';
import * as api from '../api.js';
import { avatar, fill, h, page } from '../dom.js';
import { errorMessage, plural } from '../format.js';
import { profileUrl } from '../person-row.js';
import { replaceAddress } from '../router.js';

const DEBOUNCE = 250;
const PAGE_SIZE = 20;

export default async function view({ query, signal }) {
  const term = query.get('search') ?? '';
  const input = h('input', { type: 'search', id: 'search', name: 'search', value: term, maxlength: 100, autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', 'aria-describedby': 'search-status' });
  const status = h('p.hint', { id: 'search-status', role: 'status' });
  const list = h('ul.people');
  const more = h('button', { type: 'button', hidden: true }, 'Show more');
  const search = createSearch({ input, status, list, more, signal });
  const form = h('form', { role: 'search', 'aria-label': 'People' },
    h('div.field', {}, h('label', { for: 'search' }, 'Name'), input), status);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    search();
  });
  await search();
  return page('People', h('div.card', {}, form, list, h('div.actions', {}, more)));
}

/** Searches while the user types; a newer search aborts the current one. */
function createSearch({ input, status, list, more, signal }) {
  let current = new AbortController();
  let timer = null;
  const search = async (offset = 0) => {
    clearTimeout(timer);
    current.abort();
    current = new AbortController();
    const term = input.value.trim();
    if (!signal.aborted) replaceAddress(term ? `/people?search=${encodeURIComponent(term)}` : '/people');
    more.hidden = true;
    if (!offset) fill(list);
    if (!term) return fill(status, 'Type the beginning of a name or of any word in it.');
    return show(await fetchPage(term, offset, AbortSignal.any([current.signal, signal])), offset);
  };
  const show = (response, offset) => {
    if (!response) return;
    if (response.error) return void fill(status, response.error);
    list.append(...response.data.map(row));
    fill(status, response.meta.total ? `${plural(response.meta.total, 'person', 'people')} found.` : 'No one found.');
    more.hidden = !response.meta.next;
    more.onclick = async () => {
      await search(offset + PAGE_SIZE);
      list.children[offset + PAGE_SIZE]?.querySelector('a').focus();
    };
  };
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(search, DEBOUNCE);
  });
  onAbort(signal, () => clearTimeout(timer));
  return () => search();
}

async function fetchPage(term, offset, signal) {
  try {
    return await api.get(`/users/?search=${encodeURIComponent(term)}&limit=${PAGE_SIZE}&offset=${offset}`, { signal });
  } catch (error) {
    return signal.aborted ? null : { error: errorMessage(error) };
  }
}

function row(user) {
  return h('li', {}, h('a', { href: profileUrl(user.username) },
    avatar(user, 44), h('span', {}, h('strong', {}, user.display_name), h('span.hint', {}, `@${user.username}`))));
}
