// What can be done with somebody: to be friends or not, to chat, to play, to block.

import { deed } from '../buttons.js';
import { confirm } from '../dialogs.js';
import { fill, h } from '../dom.js';
import { placeOf } from '../faces.js';
import * as circle from '../live/circle.js';
import { tell } from '../notices.js';
import { go } from '../router.js';

/** The deeds for this person, kept true. */
export function deedsFor(person, signal) {
  const place = h('div.stack');
  let drawn = null;
  const draw = () => {
    const now = circle.standing(person.username);
    const key = [now.is, now.friend?.status, now.request?.id].join();
    if (key === drawn) return;
    drawn = key;
    const focused = place.contains(document.activeElement);
    fill(place, ...shown(person, now));
    if (focused) place.querySelector('a, button').focus();
  };
  for (const list of [circle.friends, circle.incoming, circle.outgoing, circle.blocks]) list.watch(draw, signal);
  return place;
}

function shown(person, { is, friend, request }) {
  const ways = {
    friend: () => [h('p', { role: 'status' }, `Your friend. ${placeOf(friend.status)}.`), h('div.actions', {}, chat(person), play(person), remove(person), block(person))],
    asking: () => [h('p', { role: 'status' }, `${person.display_name} wants to be your friend.`), h('div.actions', {},
      deed('Accept', () => circle.accept(request), { kind: 'primary' }), deed('Decline', () => circle.decline(request)), block(person))],
    asked: () => [h('p', { role: 'status' }, 'Your request waits for an answer.'), h('div.actions', {},
      deed('Take the request back', () => circle.cancel(request)), play(person), block(person))],
    blocked: () => [h('p', { role: 'status' }, 'You have blocked them.'), h('div.actions', {},
      deed('Unblock', () => circle.unblock(person.username)))],
    stranger: () => [h('div.actions', {}, deed('Ask to be friends', () => ask(person), { kind: 'primary' }), play(person), block(person))],
  };
  return ways[is]();
}

async function ask(person) {
  const friends = await circle.request(person.username);
  tell(friends ? `You and ${person.display_name} are friends now.` : `Your request is on its way to ${person.display_name}.`);
}

const chat = ({ username }) => h('a.button.primary', { href: `/chats/${encodeURIComponent(username)}` }, 'Chat');
const play = ({ username }) => h('a.button', { href: `/invites?to=${encodeURIComponent(username)}` }, 'Invite to a game');

function remove(person) {
  return deed('Remove friend', async () => {
    await confirm(`Remove ${person.display_name}?`, 'You will no longer be friends. They get no message about it.', 'Remove');
    await circle.unfriend(person.username);
  });
}

function block(person) {
  return deed('Block', async () => {
    await confirm(`Block ${person.display_name}?`, 'You will not see each other any more: in search, chats, invites and games. They are not told.', 'Block');
    await circle.block(person.username);
    await go('/friends');
    tell(`${person.display_name} is blocked.`);
  }, { kind: 'danger' });
}
