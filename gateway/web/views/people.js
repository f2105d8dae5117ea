// Looking people up by name.

import * as api from '../api.js';
import { avatar, fill, h, page } from '../dom.js';
import { rename } from '../router.js';
import { explain, plural } from '../words.js';

const PAUSE = 250;
const ROWS = 20;

export default async function view({ query, signal }) {
  const wanted = query.get('search') ?? '';
  const input = h('input', { type: 'search', id: 'search', name: 'search', value: wanted, maxlength: 100, autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', 'aria-describedby': 'found' });
  const said = h('p.hint', { id: 'found', role: 'status' });
  const list = h('ul.people');
  const more = h('button', { type: 'button', hidden: true }, 'Show more');
  const search = searching({ input, said, list, more, signal });
  const form = h('form', { role: 'search', 'aria-label': 'People' },
    h('div.field', {}, h('label', { for: 'search' }, 'Name'), input), said);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    search();
  });
  await search();
  return page('People', h('div.card', {}, form, list, h('div.actions', {}, more)));
}

/** Searches while somebody types, one question at a time: the newest wins. */
function searching({ input, said, list, more, signal }) {
  let current = new AbortController();
  let timer = null;
  const ask = async (offset = 0) => {
    clearTimeout(timer);
    current.abort();
    current = new AbortController();
    const term = input.value.trim();
    if (!signal.aborted) rename(term ? `/people?search=${encodeURIComponent(term)}` : '/people');
    more.hidden = true;
    if (!offset) fill(list);
    if (!term) return fill(said, 'Type the beginning of a name, or of a word in it.');
    return show(await found(term, offset, AbortSignal.any([current.signal, signal])), offset);
  };
  const show = (answer, offset) => {
    if (!answer) return;
    if (answer.problem) return void fill(said, answer.problem);
    list.append(...answer.data.map(row));
    fill(said, answer.meta.total ? `${plural(answer.meta.total, 'person', 'people')} found.` : 'Nobody found.');
    more.hidden = !answer.meta.next;
    more.onclick = async () => {
      await ask(offset + ROWS);
      list.children[offset + ROWS]?.querySelector('a').focus();
    };
  };
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  signal.addEventListener('abort', () => clearTimeout(timer));
  return () => ask();
}

async function found(term, offset, signal) {
  try {
    return await api.get(`/users/?search=${encodeURIComponent(term)}&limit=${ROWS}&offset=${offset}`, { signal });
  } catch (error) {
    return signal.aborted ? null : { problem: explain(error) };
  }
}

function row(person) {
  return h('li', {}, h('a', { href: `/people/${encodeURIComponent(person.username)}` },
    avatar(person, 44), h('span', {}, h('strong', {}, person.display_name), h('span.hint', {}, `@${person.username}`))));
}
