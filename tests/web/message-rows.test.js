// The rows of a chat.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { rowBuilder } from '../../gateway/web/views/chat/message-rows.js';

const message = (id, sender, minute, more = {}) => ({
  id,
  sender: { id: sender },
  date: new Date(2026, 0, 31, 12, minute).toISOString(),
  reply_to: null,
  ...more,
});

test('messages of one sender within five minutes are one group', () => {
  const messages = [message('1', 'ada', 0), message('2', 'ada', 4), message('3', 'ada', 10), message('4', 'bob', 11)];
  const rows = rowBuilder({ ownId: 'ada' })(messages);
  assert.deepEqual(
    rows.map(({ isContinued }) => isContinued),
    [false, true, false, false],
  );
  assert.deepEqual(
    rows.map(({ startsDay }) => startsDay),
    [true, false, false, false],
  );
  assert.deepEqual(
    rows.map(({ isLastOwn }) => isLastOwn),
    [false, false, true, false],
  );
});

test('the first unread message starts a group', () => {
  const messages = [message('1', 'bob', 0), message('2', 'bob', 1)];
  const rows = rowBuilder({ ownId: 'ada', firstUnread: '2' })(messages);
  assert.deepEqual(
    rows.map(({ isNew, isContinued }) => [isNew, isContinued]),
    [
      [false, false],
      [true, false],
    ],
  );
});

test('a row that shows the same stays the same object', () => {
  const messages = [message('1', 'bob', 0), message('2', 'ada', 1, { reply_to: '1' }), message('3', 'bob', 2)];
  const build = rowBuilder({ ownId: 'ada' });
  const before = build(messages);
  assert.equal(before[1].repliedTo, messages[0]);
  const edited = messages.with(0, { ...messages[0], content: 'edited' });
  const after = build(edited);
  assert.notEqual(after[0], before[0]);
  assert.notEqual(after[1], before[1], 'the quote has changed');
  assert.equal(after[2], before[2]);
  assert.equal(build(edited)[1], after[1]);
});
