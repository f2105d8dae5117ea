// @ts-check
// Chooses a friend to invite to a game.

import { openDialog } from '../../elements/dialogs.js';
import { friendPicker, friendPickerReady } from '../../elements/friend-picker.js';
import { inviteUrl } from '../../elements/person-row.js';
import { showError } from '../../elements/toasts.js';
import { navigate } from '../../shell/router.js';

/** Asks whom to invite, and goes on with the game and its options. */
export async function openInviteFriend() {
  try {
    await friendPickerReady();
    const username = await openDialog('Invite a friend', choice);
    await navigate(inviteUrl(username));
  } catch (error) {
    showError(error);
  }
}

/** @param {(username: string) => void} done */
const choice = (done) => friendPicker((friend) => done(friend.username));
