// Reporting a message to the moderators.

import * as api from '../api.js';
import { ask } from '../dialogs.js';
import { h } from '../dom.js';
import { choice, form, lines } from '../forms.js';
import { tell } from '../notices.js';

const REASONS = [['spam', 'Advertising, or the same again and again'], ['harassment', 'It is meant to hurt somebody'],
  ['hate', 'It is against people for who they are'], ['sexual', 'It is sexual'],
  ['violence', 'It threatens, or praises violence'], ['other', 'Something else']];

/** Asks what is wrong with a message, and reports it. */
export async function report(message) {
  tell(await ask('Report this message', (done) => [
    h('p.hint', {}, 'The moderators see what it says now. Its writer is not told who has reported it.'),
    form({
      label: 'Report this message',
      fields: [
        choice('reason', 'What is wrong with it', REASONS, { value: 'spam' }),
        lines('details', 'More about it', { maxlength: 1000, autocapitalize: 'sentences' }),
      ],
      submit: 'Report',
      run: async (values) => done((await api.post(`/messages/${message.id}/report/`, values)).message),
    }),
  ]));
}
