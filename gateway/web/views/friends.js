// Friends, requests, suggestions, blocks, and how one is seen.

import * as api from '../api.js';
import { deed } from '../buttons.js';
import { fill, h, page, section } from '../dom.js';
import { personRow, placeOf } from '../faces.js';
import { form, segments, text } from '../forms.js';
import * as circle from '../live/circle.js';
import { tell, warn } from '../notices.js';
import { rows } from '../rows.js';
import { ago, plural } from '../words.js';

const STATUSES = [['online', 'Online'], ['away', 'Away'], ['invisible', 'Invisible']];
const SUGGESTED = 6;

export default async function view({ signal }) {
  const [suggested] = await Promise.all([
    api.get(`/friends/suggestions/?limit=${SUGGESTED}`, { signal }),
    circle.ready('friends', 'incoming', 'outgoing', 'blocks', 'own'),
  ]);
  return page('Friends',
    part('Requests to you', circle.incoming, signal, asking),
    friendList(signal),
    section('Add a friend', addForm(), h('p.hint', {}, 'Or ', h('a', { href: '/people' }, 'look somebody up'), ' by name.')),
    part('Your requests', circle.outgoing, signal, asked),
    suggestions(suggested.data),
    section('How you are seen', seen(signal)),
    part('Blocked', circle.blocks, signal, blocked));
}

/** A section with a list that is there only while it has rows. */
function part(title, list, signal, row) {
  const place = h('ul.rows');
  const element = section(title, place);
  const show = rows(place, (one) => one.id ?? one.user.id, row);
  list.watch((all) => {
    show(all);
    element.hidden = !all.length;
  }, signal);
  return element;
}

function friendList(signal) {
  const place = h('ul.rows');
  const said = h('p.hint', { role: 'status' });
  const show = rows(place, (one) => one.id, friend);
  circle.friends.watch((all) => {
    show(all);
    const online = all.filter((one) => one.is_online).length;
    fill(said, all.length ? `${plural(all.length, 'friend')}, ${online} online.` : 'Nobody yet. Add somebody below; with friends you can chat and play.');
  }, signal);
  return section('Your friends', said, place);
}

function friend(one) {
  const chat = h('a.button', { href: `/chats/${encodeURIComponent(one.username)}`, 'aria-label': `Chat with ${one.display_name}` }, 'Chat');
  const play = h('a.button', { href: `/invites?to=${encodeURIComponent(one.username)}`, 'aria-label': `Invite ${one.display_name} to a game` }, 'Invite');
  return personRow(one, { status: one.status, line: placeOf(one.status), deeds: [chat, play] });
}

function asking(one) {
  const { display_name: name } = one.user;
  const accept = async () => {
    await circle.accept(one);
    tell(`You and ${name} are friends now.`);
  };
  return personRow(one.user, { line: `asked ${ago(one.created_at)}`, deeds: [
    deed('Accept', accept, { kind: 'primary', name: `Accept the request of ${name}` }),
    deed('Decline', () => circle.decline(one), { name: `Decline the request of ${name}` }),
  ] });
}

function asked(one) {
  const name = `Take back the request to ${one.user.display_name}`;
  return personRow(one.user, { line: `asked ${ago(one.created_at)}`, deeds: [deed('Take back', () => circle.cancel(one), { name })] });
}

function blocked(one) {
  const name = `Unblock ${one.user.display_name}`;
  return personRow(one.user, { line: `since ${ago(one.created_at)}`, deeds: [deed('Unblock', () => circle.unblock(one.user.username), { name })] });
}

function addForm() {
  const username = text('username', 'Username', { required: true, maxlength: 60, autocomplete: 'off', spellcheck: 'false' });
  return form({
    label: 'Add a friend',
    fields: [username],
    submit: 'Send request',
    run: async ({ username: typed }) => {
      const name = typed.trim().replace(/^@/, '');
      const friends = await circle.request(name);
      username.input.value = '';
      tell(friends ? `You and ${name} are friends now.` : `Your request is on its way to ${name}.`);
    },
  });
}

function suggestions(all) {
  if (!all.length) return null;
  const place = h('ul.rows');
  const element = section('People you may know', place);
  for (const { user, mutual_friends: common } of all) {
    const row = personRow(user, { line: `${plural(common, 'friend')} in common`, deeds: [deed('Ask', async () => {
      await circle.request(user.username);
      row.remove();
      element.hidden = !place.children.length;
      tell(`Your request is on its way to ${user.display_name}.`);
    }, { name: `Ask ${user.display_name} to be friends` })] });
    place.append(row);
  }
  return element;
}

function seen(signal) {
  const place = h('div');
  const line = h('p.hint', { role: 'status' });
  let shown = null;
  const choose = async (status) => {
    shown = status;
    try {
      await circle.beSeen(status);
    } catch (error) {
      warn(error);
    }
  };
  circle.ownStatus.watch((own) => {
    if (!own) return;
    const tabs = own.connections > 1 ? ` You are here in ${own.connections} windows or devices.` : '';
    fill(line, `Your friends see you as: ${placeOf(own.presence).toLowerCase()}.${tabs}`);
    if (own.status !== shown) fill(place, segments('status', 'Status', STATUSES, own.status, choose));
    shown = own.status;
  }, signal);
  return h('div.stack', {}, place, line);
}
