// An invite to a friend, or to anyone by username.

import { actionButton } from '../../action-button.js';
import { fill, h, uniqueId } from '../../dom.js';
import { form, textField } from '../../forms.js';
import { keyedList } from '../../keyed-list.js';
import { avatarWithStatus, statusLabel } from '../../person-row.js';
import * as friendsStore from '../../realtime/friends-store.js';
import * as invitesStore from '../../realtime/invites-store.js';
import { showToast } from '../../toasts.js';
import { chosenOptions, foldedOptions, optionFields } from './game-options.js';

const STATUS_ORDER = ['online', 'in_match', 'away', 'offline'];

export async function friendPanel({ game, to, signal }) {
  await Promise.all([friendsStore.ready('friends'), invitesStore.ready()]);
  const username = textField('username', 'Username', { value: to ?? '', required: true, maxlength: 60, autocomplete: 'off', spellcheck: 'false', hint: 'A friend, or anyone who accepts invites.' });
  const invite = form({
    label: 'Send an invite',
    fields: [friendPicker(username.input, signal), username, foldedOptions(optionFields(game))],
    submit: 'Send invite',
    onSubmit: async ({ username: name, ...values }) => {
      const receiver = name.trim().replace(/^@/, '');
      const isAccepted = await invitesStore.send({ username: receiver, game: game.slug, options: chosenOptions(game, values) });
      if (!isAccepted) showToast(`Invite sent to ${receiver}.`);
    },
  });
  return [invite, sentInvites(signal)];
}

/** The user's friends, those online first; choosing one fills in the username. */
function friendPicker(input, signal) {
  const list = h('div.friend-picker', { role: 'group', 'aria-label': 'Friends' });
  const showRows = keyedList(list, (friend) => friend.id, (friend) => friendButton(friend, input));
  friendsStore.friends.subscribe((friends) => {
    const order = (friend) => STATUS_ORDER.indexOf(friend.status);
    showRows([...friends].sort((a, b) => order(a) - order(b) || a.display_name.localeCompare(b.display_name)));
    list.hidden = !friends.length;
    markChosen(list, input);
  }, signal);
  input.addEventListener('input', () => markChosen(list, input));
  return list;
}

function friendButton(friend, input) {
  const button = h('button', { type: 'button', 'data-username': friend.username }, avatarWithStatus(friend, 36, friend.status),
    h('span', {}, h('strong', { dir: 'auto' }, friend.display_name), h('span.hint', {}, statusLabel(friend.status))));
  button.addEventListener('click', () => {
    input.value = friend.username;
    input.dispatchEvent(new Event('input'));
  });
  return button;
}

function markChosen(list, input) {
  for (const button of list.children) button.setAttribute('aria-pressed', String(button.dataset.username === input.value));
}

/** The invites that wait for an answer. */
function sentInvites(signal) {
  const id = uniqueId('sent');
  const list = h('ul.rows', { 'aria-labelledby': id });
  const element = h('div.stack', { hidden: true }, h('h2', { id }, 'Waiting for an answer'), list);
  const showRows = keyedList(list, (invite) => invite.id, ({ receiver, ...invite }) => {
    const name = receiver.display_name;
    return h('li.row', {}, h('div', {}, h('strong', { dir: 'auto' }, name), h('p.hint', {}, 'The match opens as soon as they accept.')),
      h('div.row-actions', {}, actionButton('Cancel', () => invitesStore.answer(invite, 'cancel'), { name: `Cancel invite to ${name}` })));
  });
  const outcome = h('p', { role: 'status' });
  invitesStore.sent.subscribe((invites) => {
    showRows(invites);
    element.hidden = !invites.length;
  }, signal);
  invitesStore.outcomes.subscribe(([latest]) => fill(outcome, latest?.text), signal);
  return [element, outcome];
}
