// The chat of the two players of a match.

import { h, uniqueId } from '../../dom.js';
import { playerIn } from '../../games/match-state.js';
import { showError } from '../../toasts.js';

const MAX_LENGTH = 500;
const SOLO_MODES = ['practice', 'local'];

/** The chat; null where nobody is there to talk to. */
export function matchChat(live, signal) {
  const { joined } = live.match.value;
  if (SOLO_MODES.includes(joined.mode)) return null;
  const id = uniqueId('match-chat');
  const list = h('ul');
  const scroller = h('div.match-messages', { role: 'log', 'aria-labelledby': id, tabindex: '0' }, list);
  const empty = h('li.hint', {}, joined.seat ? 'Say hello.' : 'No messages yet.');
  list.append(empty);
  let count = 0;
  live.match.subscribe((match) => {
    const added = match.messages.filter(({ number }) => number > count);
    if (!added.length) return;
    count = added.at(-1).number;
    empty.remove();
    list.append(...added.map(({ seat, content }) => h('li', { class: seat === joined.seat ? 'own' : null },
      h('strong', { dir: 'auto' }, `${playerIn(match, seat).name}: `), h('span', { dir: 'auto' }, content))));
    scroller.scrollTop = scroller.scrollHeight;
  }, signal);
  return h('section.card.match-chat', { 'aria-labelledby': id }, h('h2', { id }, 'Chat'), scroller, joined.seat && composer(live));
}

function composer(live) {
  const input = h('input', { type: 'text', name: 'match-message', 'aria-label': 'Message to your opponent', maxlength: MAX_LENGTH, autocomplete: 'off', placeholder: 'Message' });
  const form = h('form', { 'aria-label': 'Match chat' }, input, h('button', { type: 'submit' }, 'Send'));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const content = input.value.trim();
    if (!content) return;
    try {
      await live.request('chat', { content });
      input.value = '';
    } catch (error) {
      showError(error);
    }
  });
  return form;
}
