// Which messages are shown as one group.

import { formatDay } from '../format.js';

const MAX_GAP = 5 * 60_000;

/** Whether a message is the first of its day. */
export const startsDay = (message, previous) => !previous || formatDay(previous.date) !== formatDay(message.date);

/** Whether a message continues the group of the one above it: same sender, same day, within five minutes. */
export function continuesGroup(message, previous) {
  if (startsDay(message, previous) || previous.sender.id !== message.sender.id) return false;
  return Date.parse(message.date) - Date.parse(previous.date) < MAX_GAP;
}
