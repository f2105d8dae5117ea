// @ts-check
// Starts a chat: with a friend, or in a room.

import { api } from '../../api/client.js';
import { openDialog } from '../../elements/dialogs.js';
import { form, textField } from '../../elements/forms.js';
import { friendPicker, friendPickerReady } from '../../elements/friend-picker.js';
import { elementOf } from '../../elements/template-parts.js';
import { showError } from '../../elements/toasts.js';
import { navigate } from '../../shell/router.js';
import { html } from '../../vendor/lit.js';

/** Asks whom to chat with, or in which room, and opens that chat. */
export async function openNewChat() {
  try {
    await friendPickerReady();
    const path = await openDialog('New chat', content);
    await navigate(path);
  } catch (error) {
    showError(error);
  }
}

/** @param {(path: string) => void} done */
function content(done) {
  const picker = friendPicker((friend) => done(`/chats/${encodeURIComponent(friend.username)}`));
  return elementOf(
    html`<div class="new-chat-choices">
      ${picker}
      <h3>Join a room</h3>
      ${roomForm(done)}
    </div>`,
  );
}

/** @param {(path: string) => void} done */
function roomForm(done) {
  return form({
    label: 'Join a room',
    fields: [
      textField('name', 'Room name', {
        required: true,
        maxlength: 40,
        autocomplete: 'off',
        spellcheck: 'false',
        hint: 'Type a name to join or create a room.',
      }),
    ],
    submit: 'Join',
    onSubmit: async (values) => {
      const name = String(values['name']);
      const { data: lobby } = await api.put(`/chats/lobbies/${encodeURIComponent(name.trim())}/`);
      done(`/chats/lobby/${encodeURIComponent(lobby.name)}`);
    },
  });
}
