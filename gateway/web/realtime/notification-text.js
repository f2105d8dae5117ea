// The text of each kind of notification, and where it links to.

import { gameName } from '../games/game-texts.js';
import { conversations } from './chats-store.js';

const FORMATTERS = {
  game_invite: ({ sender, game }) => ({ text: `${sender.display_name} invited you to play ${gameName(game)}.`, href: '/invites' }),
  friend_request: ({ user }) => ({ text: `${user.display_name} sent you a friend request.`, href: '/friends' }),
  new_friend: ({ user }) => ({ text: `You and ${user.display_name} are now friends.`, href: `/people/${encodeURIComponent(user.username)}` }),
  new_message: (data) => ({ text: data.mention ? `${data.sender} mentioned you in a chat.` : `${data.sender} sent you a message.`, href: chatUrl(data) }),
  new_tournament: ({ tournament_name: name }) => ({ text: `You are invited to the tournament ${name}.` }),
  match_ready: () => ({ text: 'Your match is ready.' }),
  event: () => ({ text: 'An event has news.' }),
  group: () => ({ text: 'A group has news.' }),
  system: ({ message }) => ({ text: message }),
};

function chatUrl({ chat_id: chatId }) {
  const conversation = conversations.value.find((row) => row.chat_id === chatId);
  return conversation ? `/chats/${encodeURIComponent(conversation.username)}` : `/chats/room/${chatId}`;
}

/** The `text` of a notification, and the `href` it links to, if any. */
export function notificationText({ action, data }) {
  try {
    return FORMATTERS[action](data);
  } catch {
    // A newer server may send kinds that this page does not know.
    return { text: 'You have a new notification.' };
  }
}
