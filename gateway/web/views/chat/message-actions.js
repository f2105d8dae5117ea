// @ts-check
// What one does with messages.

import { confirm } from '../../elements/dialogs.js';
import { profileUrl } from '../../elements/person-row.js';
import { showError, showToast } from '../../elements/toasts.js';
import { navigate } from '../../shell/router.js';
import { menuItems } from './message-tools.js';
import { reportMessage } from './report-message.js';

/** @typedef {import('../../api/types.js').Message} Message */
/** @typedef {import('./chat-panel.js').Chat} Chat */
/** @typedef {import('./chat-composer.js').Composer} Composer */
/** @typedef {ReturnType<import('./message-menu.js').messageMenu>} MessageMenu */
/** @typedef {import('./message-tools.js').MessageActions} MessageActions */

/**
 * The actions on the messages of a chat. Failures are shown.
 *
 * @param {{ chat: Chat, composer: Composer, menu: MessageMenu, ownId: string }} parts
 * @returns {MessageActions}
 */
export function messageActions({ chat, composer, menu, ownId }) {
  /** @param {(message: Message) => Promise<unknown>} run */
  const attempt = (run) => /** @param {Message} message */ (message) => void run(message).catch(showError);
  const actions = {
    reply: composer.reply,
    edit: composer.edit,
    toggleLike: attempt((message) => chat.toggleLike(message)),
    copy: attempt(copyText),
    openProfile: attempt(({ sender }) => navigate(profileUrl(sender.username))),
    remove: attempt((message) => deleteMessage(message, chat)),
    report: attempt(reportMessage),
    /** @type {MessageActions['openMenu']} */
    openMenu: (message, from) =>
      menu.open(menuItems(message, message.sender.id === ownId, actions), from, message.content),
  };
  return actions;
}

/** @param {Message} message */
async function copyText({ content }) {
  await navigator.clipboard.writeText(content);
  showToast('Text copied.');
}

/**
 * @param {Message} message
 * @param {Chat} chat
 */
async function deleteMessage(message, chat) {
  await confirm('Delete this message?', 'It is deleted for everyone in this chat.', 'Delete');
  await chat.remove(message);
}
