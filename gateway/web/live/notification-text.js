// @ts-check
// The text of each kind of notification, and where it links to.

import { ordinal } from '../elements/format.js';
import { gameName } from '../games/game-texts.js';
import { chatsStore } from './chats-store.js';
import { friendsStore } from './friends-store.js';
import { senders } from './message-senders.js';

/** @import { NewMessageNotification, Notification } from '../api/types.js' */
/** @typedef {{ username: string, display_name: string, avatar: string }} Person */
/** @typedef {{ text: string, href?: string, person?: Person | null }} NotificationText */

/**
 * The `text` of a notification, the `href` it links to and the `person` it is about, if any.
 * @param {Notification} notification
 * @returns {NotificationText}
 */
export function notificationText(notification) {
  switch (notification.action) {
    case 'game_invite': {
      const { sender, game } = notification.data;
      return {
        person: sender,
        text: `${sender.display_name} invited you to play ${gameName(game)}.`,
        href: '/invites',
      };
    }
    case 'friend_request': {
      const { user } = notification.data;
      return { person: user, text: `${user.display_name} sent you a friend request.`, href: '/friends' };
    }
    case 'new_friend': {
      const { user } = notification.data;
      const href = `/people/${encodeURIComponent(user.username)}`;
      return { person: user, text: `You and ${user.display_name} are now friends.`, href };
    }
    case 'new_message':
      return messageText(notification.data);
    case 'new_tournament':
      return tournamentText(notification.data);
    case 'match_ready':
      return readyText(notification.data);
    case 'event':
      return { text: 'An event has news.' };
    case 'group':
      return { text: 'A group has news.' };
    case 'system':
      return { text: notification.data.message };
    default:
      // A newer server may send kinds that this page does not know.
      return { text: 'You have a new notification.' };
  }
}

/**
 * An invitation to a tournament, or its end.
 * @param {Record<string, any>} data
 * @returns {NotificationText}
 */
function tournamentText({ tournament_id: id, tournament_name: name, sender, status, place }) {
  const href = `/tournaments/${id}`;
  if (status === 'canceled') return { text: `The tournament ${name} was canceled.`, href };
  if (status === 'finished')
    return { text: place ? `You came ${ordinal(place)} in ${name}.` : `The tournament ${name} has ended.`, href };
  if (!sender) return { text: `You are invited to the tournament ${name}.`, href };
  return { person: sender, text: `${sender.display_name} invited you to the tournament ${name}.`, href };
}

/**
 * A match of a tournament that waits for the user.
 * @param {Record<string, any>} data
 * @returns {NotificationText}
 */
function readyText({ match_id: id, tournament_name: name, opponent, opponent_alias: alias }) {
  const against = alias ? ` against ${alias}` : '';
  const where = name ? ` in ${name}` : '';
  return { person: opponent, text: `Your match${against}${where} is ready.`, href: id ? `/matches/${id}` : '/matches' };
}

/**
 * @param {NewMessageNotification['data']} message
 * @returns {NotificationText}
 */
function messageText({ chat_id: chatId, sender: username, mention }) {
  const conversation = chatsStore.conversations.value.find((row) => row.chat_id === chatId);
  const friend = friendsStore.friends.value.find((one) => one.username === username);
  const person = friend ?? (mention ? null : conversation) ?? senders.value.get(username) ?? null;
  const name = person?.display_name ?? username;
  return {
    person,
    text: mention ? `${name} mentioned you in a chat.` : `${name} sent you a message.`,
    href: conversation ? `/chats/${encodeURIComponent(conversation.username)}` : `/chats/room/${chatId}`,
  };
}
