// @ts-check
// The rows of a chat: which messages are shown as one group, and what each row shows beside its message.

/** @typedef {import('../../api/types.js').Message} Message */
/**
 * What a row shows: `isContinued` and `isFollowed` say whether its group goes on above and below; `isNew` starts
 * the messages that were unread when the chat was opened.
 *
 * @typedef {{
 *   message: Message,
 *   repliedTo: Message | undefined,
 *   startsDay: boolean,
 *   isContinued: boolean,
 *   isFollowed: boolean,
 *   isLastOwn: boolean,
 *   isNew: boolean,
 * }} MessageRow
 */

const MAX_GAP = 5 * 60_000;

/** The day and the time of messages, which are asked for again whenever a chat changes. */
const moments = /** @type {WeakMap<Message, { day: string, time: number }>} */ (new WeakMap());

/** @param {Message} message */
function momentOf(message) {
  const known = moments.get(message);
  if (known) return known;
  const date = new Date(message.date);
  const moment = { day: date.toDateString(), time: date.getTime() };
  moments.set(message, moment);
  return moment;
}

/**
 * Whether a message is the first of its day.
 *
 * @param {Message} message
 * @param {Message | undefined} previous
 */
const isFirstOfDay = (message, previous) => !previous || momentOf(previous).day !== momentOf(message).day;

/**
 * Whether a message continues the group of the one above it: same sender, same day, within five minutes.
 *
 * @param {Message} message
 * @param {Message | undefined} previous
 */
function continuesGroup(message, previous) {
  if (!previous || previous.sender.id !== message.sender.id) return false;
  return momentOf(message).time - momentOf(previous).time < MAX_GAP && !isFirstOfDay(message, previous);
}

/**
 * @param {MessageRow} a
 * @param {MessageRow} b
 */
function isSame(a, b) {
  return (
    a.message === b.message &&
    a.repliedTo === b.repliedTo &&
    a.startsDay === b.startsDay &&
    a.isContinued === b.isContinued &&
    a.isFollowed === b.isFollowed &&
    a.isLastOwn === b.isLastOwn &&
    a.isNew === b.isNew
  );
}

/**
 * Returns a function that builds the rows of a chat. A row that shows the same as before is the same object, so
 * that only rows that change are rendered again. `firstUnread` is the id of the message that was the first
 * unread one.
 *
 * @param {{ ownId: string, firstUnread?: string | undefined }} options
 */
export function rowBuilder({ ownId, firstUnread }) {
  /** @type {Map<string, MessageRow>} */
  let known = new Map();
  /** @param {Message[]} messages @returns {MessageRow[]} */
  return (messages) => {
    const byId = new Map(messages.map((message) => [message.id, message]));
    const lastOwn = messages.findLast((message) => message.sender.id === ownId);
    const continued = messages.map(
      (message, index) => message.id !== firstUnread && continuesGroup(message, messages[index - 1]),
    );
    const rows = messages.map((message, index) => {
      const row = {
        message,
        repliedTo: message.reply_to ? byId.get(message.reply_to) : undefined,
        startsDay: isFirstOfDay(message, messages[index - 1]),
        isContinued: continued[index] === true,
        isFollowed: continued[index + 1] === true,
        isLastOwn: message === lastOwn,
        isNew: message.id === firstUnread,
      };
      const old = known.get(message.id);
      return old && isSame(old, row) ? old : row;
    });
    known = new Map(rows.map((row) => [row.message.id, row]));
    return rows;
  };
}
