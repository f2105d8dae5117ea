// A lobby: a chat that is open to everybody, and who is there. `world` is the world chat.

import * as api from '../api.js';
import { deed } from '../buttons.js';
import { fill, h, heading } from '../dom.js';
import { face, profileOf } from '../faces.js';
import { conversation } from '../live/conversation.js';
import { Line } from '../live/line.js';
import { without } from '../live/lists.js';
import { state } from '../live/state.js';
import { tell } from '../notices.js';
import { rows } from '../rows.js';
import { plural } from '../words.js';
import { chatPanel } from './chat-panel.js';

export default async function view({ params, signal }) {
  const path = `/chats/lobbies/${encodeURIComponent(params.name)}/`;
  const { data: opened } = await api.put(path);
  const line = new Line(`/ws/chat/lobby/${encodeURIComponent(opened.name)}/`);
  const chat = conversation(opened.chat_id, opened.messages, signal, line);
  // What was said between the answer and the opening of the socket is read once more.
  let first = true;
  line.on('joined', () => {
    if (first) chat.reload();
    first = false;
  });
  const company = companyOf(line);
  const title = titleOf(opened.name);
  const panel = chatPanel(chat, { label: `Message to ${title}`, named: true, signal });
  line.start();
  signal.addEventListener('abort', () => line.stop());
  return { title, content: [h('div.chats.lobby', {},
    h('section.card.chat', { 'aria-label': title }, head(title, opened, path, company, signal), panel),
    h('aside', { 'aria-label': 'Who is here' }, guests(company, signal)))] };
}

/** What a lobby is called. */
export const titleOf = (name) => (name === 'world' ? 'World chat' : `Lobby ${name}`);

/** Who is there: how many, and up to a hundred of them by name. */
function companyOf(line) {
  const company = state({ total: 0, members: [] });
  const rest = (user) => without(company.value.members, (one) => one.id === user.id);
  line.on('members', ({ total, members }) => company.set({ total, members }));
  line.on('member_joined', ({ user, total }) => company.set({ total, members: [...rest(user), user] }));
  line.on('member_left', ({ user, total }) => company.set({ total, members: rest(user) }));
  line.on('member_count', ({ total }) => company.set({ ...company.value, total }));
  return company;
}

function head(title, opened, path, company, signal) {
  const said = h('p.hint', { role: 'status' });
  company.watch(({ total }) => fill(said, total ? `${plural(total, 'person', 'people')} here` : 'Coming in …'), signal);
  const back = h('a.button.quiet.back', { href: '/chats', 'aria-label': 'All conversations' }, '‹');
  return h('header.with', {}, back, h('div', {}, heading(title), said), membership(opened, path));
}

/** To keep a lobby among one's chats, or no more. */
function membership({ is_member: member, chat_id: chat }, path) {
  const place = h('span');
  const show = () => fill(place, deed(member ? 'Leave' : 'Keep', change, { name: member ? 'Leave: its messages count as unread no more' : 'Keep: its messages count as unread' }));
  const change = async () => {
    await (member ? api.post(`/chats/rooms/${chat}/leave/`) : api.post(`${path}join/`));
    member = !member;
    show();
    place.querySelector('button').focus();
    tell(member ? 'You keep this lobby: its messages count as unread.' : 'You keep this lobby no more. You can still look in.');
  };
  show();
  return place;
}

function guests(company, signal) {
  const list = h('ul.people');
  const show = rows(list, (one) => one.id, (one) => h('li', {}, h('a', { href: profileOf(one.username) }, face(one, 32), h('span', {}, one.display_name))));
  company.watch(({ members }) => show(members), signal);
  return h('div.stack', {}, h('h2', {}, 'Here now'), list);
}
