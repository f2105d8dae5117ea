// The layout that all chats share: the list of chats, the talk, and the people who are there.

import { h } from '../dom.js';
import { chatList } from './chat-list.js';

/**
 * A chat with its `header` and `panel`. `path` is its address, which the list marks; `people` is what
 * stands at the side, if anything.
 */
export function chatLayout({ label, path, header, panel, people = null, signal }) {
  const back = h('a.button.quiet.back', { href: '/chats', 'aria-label': 'All chats' }, '‹');
  return h(people ? 'div.chats.with-people' : 'div.chats', {},
    h('aside.chats-side', { 'aria-label': 'Chats' }, chatList(signal, path)),
    h('section.card.chat', { 'aria-label': label }, h('header.chat-header', {}, back, header), panel),
    people && h('aside.chats-people', { 'aria-label': 'Here now' }, people));
}
