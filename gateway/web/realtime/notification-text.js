// The text of each kind of notification, and where it links to.

import { gameName } from '../games/game-texts.js';
import { conversations } from './chats-store.js';
import { friends } from './friends-store.js';

const FORMATTERS = {
  game_invite: ({ sender, game }) => ({ person: sender, text: `${sender.display_name} invited you to play ${gameName(game)}.`, href: '/invites' }),
  friend_request: ({ user }) => ({ person: user, text: `${user.display_name} sent you a friend request.`, href: '/friends' }),
  new_friend: ({ user }) => ({ person: user, text: `You and ${user.display_name} are now friends.`, href: `/people/${encodeURIComponent(user.username)}` }),
  new_message: messageText,
  new_tournament: ({ tournament_name: name }) => ({ text: `You are invited to the tournament ${name}.` }),
  match_ready: () => ({ text: 'Your match is ready.' }),
  event: () => ({ text: 'An event has news.' }),
  group: () => ({ text: 'A group has news.' }),
  system: ({ message }) => ({ text: message }),
};

function messageText({ chat_id: chatId, sender: username, mention }) {
  const conversation = conversations.value.find((row) => row.chat_id === chatId);
  const person = friends.value.find((friend) => friend.username === username) ?? (mention ? null : conversation) ?? null;
  const name = person?.display_name ?? username;
  return {
    person,
    text: mention ? `${name} mentioned you in a chat.` : `${name} sent you a message.`,
    href: conversation ? `/chats/${encodeURIComponent(conversation.username)}` : `/chats/room/${chatId}`,
  };
}

/** The `text` of a notification, the `href` it links to and the `person` it is about, if any. */
export function notificationText({ action, data }) {
  try {
    return FORMATTERS[action](data);
  } catch {
    // A newer server may send kinds that this page does not know.
    return { text: 'You have a new notification.' };
  }
}
