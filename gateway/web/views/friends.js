// Friends, friend requests, suggestions, own status and blocks.

import { actionButton } from '../action-button.js';
import * as api from '../api.js';
import { fill, h, page, section } from '../dom.js';
import { plural } from '../format.js';
import { form, segmentedControl, textField } from '../forms.js';
import { keyedList } from '../keyed-list.js';
import { inviteUrl, personRow, statusLabel } from '../person-row.js';
import { timeAgo } from '../relative-time.js';
import * as friendsStore from '../realtime/friends-store.js';
import { showError, showToast } from '../toasts.js';

const STATUSES = [['online', 'Online'], ['away', 'Away'], ['invisible', 'Invisible']];
const MAX_SUGGESTIONS = 6;

export default async function view({ signal }) {
  const [suggestions] = await Promise.all([
    api.get(`/friends/suggestions/?limit=${MAX_SUGGESTIONS}`, { signal }),
    friendsStore.ready('friends', 'incoming', 'outgoing', 'blocks', 'own'),
  ]);
  return page('Friends',
    listSection('Friend requests', friendsStore.incoming, signal, incomingRow),
    friendsSection(signal),
    section('Add a friend', addFriendForm(), h('p.hint', {}, 'Or ', h('a', { href: '/people' }, 'search for people'), ' by name.')),
    listSection('Sent requests', friendsStore.outgoing, signal, outgoingRow),
    suggestionsSection(suggestions.data),
    section('Your status', statusControl(signal)),
    listSection('Blocked', friendsStore.blocks, signal, blockRow));
}

/** A section with a list; hidden while the list is empty. */
function listSection(title, list, signal, renderRow) {
  const container = h('ul.rows');
  const element = section(title, container);
  const showRows = keyedList(container, (row) => row.id ?? row.user.id, renderRow);
  list.subscribe((rows) => {
    showRows(rows);
    element.hidden = !rows.length;
  }, signal);
  return element;
}

function friendsSection(signal) {
  const container = h('ul.rows');
  const summary = h('p.hint', { role: 'status' });
  const showRows = keyedList(container, (friend) => friend.id, friendRow);
  friendsStore.friends.subscribe((friends) => {
    showRows(friends);
    const online = friends.filter((friend) => friend.is_online).length;
    fill(summary, friends.length ? `${plural(friends.length, 'friend')}, ${online} online.` : 'No friends yet. Add your first friend below to chat and play together.');
  }, signal);
  return section('Your friends', summary, container);
}

function friendRow(friend) {
  const { username, display_name: name, status } = friend;
  const chat = h('a.button', { href: `/chats/${encodeURIComponent(username)}`, 'aria-label': `Chat with ${name}` }, 'Chat');
  const invite = h('a.button', { href: inviteUrl(username), 'aria-label': `Invite ${name} to a game` }, 'Invite');
  return personRow(friend, { status, detail: statusLabel(status), actions: [chat, invite] });
}

function incomingRow(request) {
  const { display_name: name } = request.user;
  const accept = async () => {
    await friendsStore.acceptRequest(request);
    showToast(`You and ${name} are now friends.`);
  };
  return personRow(request.user, { detail: ['Sent ', timeAgo(request.created_at)], actions: [
    actionButton('Accept', accept, { variant: 'primary', name: `Accept request from ${name}` }),
    actionButton('Decline', () => friendsStore.declineRequest(request), { name: `Decline request from ${name}` }),
  ] });
}

function outgoingRow(request) {
  const name = `Cancel request to ${request.user.display_name}`;
  const cancel = actionButton('Cancel request', () => friendsStore.cancelRequest(request), { name });
  return personRow(request.user, { detail: ['Sent ', timeAgo(request.created_at)], actions: [cancel] });
}

function blockRow({ user, created_at: createdAt }) {
  const unblock = actionButton('Unblock', () => friendsStore.unblock(user.username), { name: `Unblock ${user.display_name}` });
  return personRow(user, { detail: ['Blocked ', timeAgo(createdAt)], actions: [unblock] });
}

function addFriendForm() {
  const field = textField('username', 'Username', { required: true, maxlength: 60, autocomplete: 'off', spellcheck: 'false' });
  return form({
    label: 'Add a friend',
    fields: [field],
    submit: 'Send request',
    onSubmit: async ({ username }) => {
      const name = username.trim().replace(/^@/, '');
      const areFriends = await friendsStore.sendRequest(name);
      field.input.value = '';
      showToast(areFriends ? `You and ${name} are now friends.` : `Friend request sent to ${name}.`);
    },
  });
}

function suggestionsSection(suggestions) {
  if (!suggestions.length) return null;
  const container = h('ul.rows');
  const element = section('People you may know', container);
  for (const { user, mutual_friends: mutual } of suggestions) {
    const row = personRow(user, { detail: plural(mutual, 'mutual friend'), actions: [actionButton('Add friend', async () => {
      await friendsStore.sendRequest(user.username);
      row.remove();
      element.hidden = !container.children.length;
      showToast(`Friend request sent to ${user.display_name}.`);
    }, { name: `Add ${user.display_name} as a friend` })] });
    container.append(row);
  }
  return element;
}

function statusControl(signal) {
  const container = h('div');
  const line = h('p.hint', { role: 'status' });
  let shown = null;
  const onChange = async (status) => {
    shown = status;
    try {
      await friendsStore.setStatus(status);
    } catch (error) {
      showError(error);
    }
  };
  friendsStore.ownStatus.subscribe((own) => {
    if (!own) return;
    const devices = own.connections > 1 ? ` You are connected in ${own.connections} windows or devices.` : '';
    fill(line, `Your friends see you as ${statusLabel(own.presence).toLowerCase()}.${devices}`);
    if (own.status !== shown) fill(container, segmentedControl('status', 'Status', STATUSES, own.status, onChange));
    shown = own.status;
  }, signal);
  return h('div.stack', {}, container, line);
}
