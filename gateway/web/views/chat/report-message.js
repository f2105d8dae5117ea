// Reports a message to the moderators.

import { api } from '../../api/client.js';
import { openDialog } from '../../elements/dialogs.js';
import { h } from '../../elements/dom.js';
import { form, selectField, textArea } from '../../elements/forms.js';
import { showToast } from '../../elements/toasts.js';

const REASONS = [
  ['spam', 'Spam or advertising'],
  ['harassment', 'Harassment or bullying'],
  ['hate', 'Hate speech'],
  ['sexual', 'Sexual content'],
  ['violence', 'Violence or threats'],
  ['other', 'Something else'],
];

/** Asks for a reason and reports the message. */
export async function reportMessage(message) {
  showToast(
    await openDialog('Report this message', (done) => [
      h('p.hint', {}, 'Moderators will see the message as it is now. The author is not told who reported it.'),
      form({
        label: 'Report this message',
        fields: [
          selectField('reason', 'Reason', REASONS, { value: 'spam' }),
          textArea('details', 'Details', { maxlength: 1000, autocapitalize: 'sentences' }),
        ],
        submit: 'Report',
        onSubmit: async (values) => done((await api.post(`/messages/${message.id}/report/`, values)).message),
      }),
    ]),
  );
}
