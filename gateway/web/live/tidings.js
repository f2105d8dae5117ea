// What notifications say, and where they lead.

import { conversations } from './chats.js';
import { nameOf } from './invites.js';

const WORDS = {
  game_invite: ({ sender, game }) => ({ text: `${sender.display_name} invites you to ${nameOf(game)}.`, href: '/invites' }),
  friend_request: ({ user }) => ({ text: `${user.display_name} wants to be your friend.`, href: '/friends' }),
  new_friend: ({ user }) => ({ text: `${user.display_name} is your friend now.`, href: `/people/${encodeURIComponent(user.username)}` }),
  new_message: (data) => ({ text: data.mention ? `${data.sender} has named you in a chat.` : `${data.sender} wrote to you.`, href: chatOf(data) }),
  new_tournament: ({ tournament_name: name }) => ({ text: `You are invited to the tournament ${name}.` }),
  match_ready: () => ({ text: 'A match can begin.' }),
  event: () => ({ text: 'There is news of an event.' }),
  group: () => ({ text: 'There is news of a group.' }),
  system: ({ message }) => ({ text: message }),
};

function chatOf({ chat_id: chat }) {
  const found = conversations.value.find((one) => one.chat_id === chat);
  return found ? `/chats/${encodeURIComponent(found.username)}` : `/chats/room/${chat}`;
}

/** What a notification says: its `text`, and `href` where it leads somewhere. */
export function sentence({ action, data }) {
  try {
    return WORDS[action](data);
  } catch {
    // A newer server may tell of what this page does not know yet.
    return { text: 'Something new happened.' };
  }
}
