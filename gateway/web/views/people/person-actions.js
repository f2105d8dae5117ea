// @ts-check
// Actions on a profile: friendship, chat, invite.

import { actionButton } from '../../elements/action-button.js';
import { fill, h } from '../../elements/dom.js';
import { icon } from '../../elements/icon.js';
import { chatUrl, inviteUrl } from '../../elements/person-row.js';
import { friendsStore } from '../../live/friends-store.js';
import { navigate } from '../../shell/router.js';
import { sendRequest } from './add-friend.js';
import { profileMenu } from './person-menu.js';

/**
 * @import { Friend, FriendRequest, PublicProfile } from '../../api/types.js'
 * @import { Children } from '../../elements/dom.js'
 * @typedef {'friend' | 'incoming' | 'outgoing' | 'blocked' | 'none'} Relation
 * @typedef {{ relation: Relation, friend?: Friend, request?: FriendRequest }} Current
 */

const LISTS = [friendsStore.friends, friendsStore.incoming, friendsStore.outgoing, friendsStore.blocks];

/**
 * Calls back with the relation to a user, now and after each change of it.
 * @param {PublicProfile} user
 * @param {(current: Current) => void} callback
 * @param {AbortSignal} signal
 */
export function onRelation(user, callback, signal) {
  let shownKey = '';
  const update = () => {
    const current = /** @type {Current} */ (friendsStore.relationTo(user.username));
    const key = [current.relation, current.friend?.status, current.request?.id].join();
    if (key === shownKey) return;
    shownKey = key;
    callback(current);
  };
  for (const list of LISTS) list.subscribe(update, signal);
}

/**
 * The actions that the relation to a user allows, updated live.
 * @param {PublicProfile} user
 * @param {AbortSignal} signal
 */
export function personActions(user, signal) {
  const container = h('div.stack');
  /** @param {Current} current */
  const render = (current) => {
    const hadFocus = container.contains(document.activeElement);
    fill(container, contentFor(user, current));
    /** @type {HTMLElement | null} */
    const first = hadFocus ? container.querySelector('a, button') : null;
    first?.focus();
  };
  onRelation(user, render, signal);
  return container;
}

/**
 * The menu with what is done rarely, which also follows the relation.
 * @param {PublicProfile} user
 * @param {AbortSignal} signal
 */
export function personMenu(user, signal) {
  const container = h('div');
  const onBlocked = () => navigate('/friends?show=blocked');
  onRelation(
    user,
    ({ relation }) =>
      fill(container, relation !== 'blocked' && profileMenu(user, { isFriend: relation === 'friend', onBlocked })),
    signal,
  );
  return container;
}

/**
 * @param {PublicProfile} user
 * @param {Current} current
 * @returns {Children}
 */
function contentFor(user, { relation, request }) {
  const { display_name: name, username } = user;
  const invite = link('rally', 'Invite to a game', inviteUrl(username));
  switch (relation) {
    case 'friend':
      return actions(link('chat', 'Chat', chatUrl(username), 'a.button.primary'), invite);
    case 'incoming':
      return [status(`${name} sent you a friend request.`), answerButtons(request)];
    case 'outgoing':
      return [
        status('Friend request sent.'),
        actions(
          actionButton('Cancel request', () => request && friendsStore.cancelRequest(request)),
          invite,
        ),
      ];
    case 'blocked':
      return [status('You blocked this person.'), actions(unblockButton(username))];
    default:
      return actions(
        actionButton('Add friend', () => sendRequest(user), { variant: 'primary' }),
        invite,
      );
  }
}

/** @param {string} username */
const unblockButton = (username) => actionButton('Unblock', () => friendsStore.unblock(username));

/** @param {FriendRequest | undefined} request */
function answerButtons(request) {
  if (!request) return null;
  return actions(
    actionButton('Accept', () => friendsStore.acceptRequest(request), { variant: 'primary' }),
    actionButton('Decline', () => friendsStore.declineRequest(request)),
  );
}

/** @param {string} text */
const status = (text) => h('p', { role: 'status' }, text);
/** @param {HTMLElement[]} buttons */
const actions = (...buttons) => h('div.actions', {}, buttons);

/**
 * @param {import('../../elements/icon.js').IconName} symbol
 * @param {string} label
 * @param {string} href
 * @param {string} [spec]
 */
const link = (symbol, label, href, spec = 'a.button') => h(spec, { href }, icon(symbol), label);
