// One's conversations.

import { h, page } from '../dom.js';
import * as chats from '../live/chats.js';
import { conversationList } from './conversation-list.js';

export default async function view({ signal }) {
  await chats.ready();
  return page('Chats', h('div.card', {}, conversationList(signal),
    h('div.actions', {}, h('a.button', { href: '/friends' }, 'Talk to a friend'))));
}
