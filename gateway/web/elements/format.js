// @ts-check
// Formats times, sizes, counts and errors for display.

/** Dates and times are written as the reader is used to; words are in the language of the client. */
const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' });
const DATE_TIME = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const RELATIVE_SHORT = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'narrow' });
const DATE_SHORT = new Intl.DateTimeFormat(undefined, { dateStyle: 'short' });
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
];

const ORDINALS = new Intl.PluralRules('en', { type: 'ordinal' });
/** @type {Partial<Record<Intl.LDMLPluralRule, string>>} */
const SUFFIXES = { one: 'st', two: 'nd', few: 'rd', other: 'th' };

/** @typedef {string | number | Date} Instant */

/** @param {Instant} time */
export const formatDate = (time) => DATE.format(new Date(time));
/** @param {Instant} time */
export const formatDateTime = (time) => DATE_TIME.format(new Date(time));
/** @param {Instant} time */
export const formatTime = (time) => TIME.format(new Date(time));

/**
 * The day: `Today`, `Yesterday`, or the date.
 * @param {Instant} time
 */
export function formatDay(time) {
  /** @param {Instant} instant */
  const midnight = (instant) => new Date(instant).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(Date.now()) - midnight(time)) / 86_400_000);
  return ['Today', 'Yesterday'][days] ?? formatDate(time);
}

/**
 * A relative time within the last week; the date for anything older.
 * @param {Instant} time
 */
export const relativeTime = (time) => relative(time, RELATIVE, DATE);

/**
 * The same in few characters.
 * @param {Instant} time
 */
export const shortRelativeTime = (time) => relative(time, RELATIVE_SHORT, DATE_SHORT);

/**
 * @param {Instant} time
 * @param {Intl.RelativeTimeFormat} format
 * @param {Intl.DateTimeFormat} dateFormat
 */
function relative(time, format, dateFormat) {
  const seconds = (new Date(time).getTime() - Date.now()) / 1000;
  if (Math.abs(seconds) > 7 * 86_400) return dateFormat.format(new Date(time));
  const unit = UNITS.find(([, length]) => Math.abs(seconds) >= length);
  return unit ? format.format(Math.round(seconds / unit[1]), unit[0]) : 'just now';
}

/**
 * A file size.
 * @param {number} bytes
 */
export function formatSize(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  const kibibytes = bytes / 1024;
  return kibibytes < 1024 ? `${Math.round(kibibytes)} KiB` : `${(kibibytes / 1024).toFixed(1)} MiB`;
}

/**
 * A duration in seconds, or in minutes from one minute on.
 * @param {number} seconds
 */
export function formatDuration(seconds) {
  if (seconds < 60) return plural(seconds, 'second');
  return plural(Math.ceil(seconds / 60), 'minute');
}

/**
 * A duration in seconds in few characters.
 * @param {number} seconds
 */
export function shortDuration(seconds) {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return seconds < 3600 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/**
 * The time that is left: “4:59”, “2 h 05 min”, “3 days”; “a moment” once it is over.
 * @param {number} seconds
 */
export function countdownText(seconds) {
  if (seconds <= 0) return 'a moment';
  const two = (/** @type {number} */ value) => String(value).padStart(2, '0');
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)}:${two(seconds % MINUTE)}`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h ${two(Math.floor((seconds % HOUR) / MINUTE))} min`;
  const days = Math.floor(seconds / DAY);
  return days === 1 ? '1 day' : `${days} days`;
}

/**
 * A count with its noun.
 * @param {number} count
 * @param {string} noun
 * @param {string} [many]
 */
export const plural = (count, noun, many = `${noun}s`) => `${count} ${count === 1 ? noun : many}`;

/**
 * “1st”, “22nd”.
 * @param {number} place
 */
export const ordinal = (place) => `${place}${SUFFIXES[ORDINALS.select(place)] ?? 'th'}`;

/**
 * What an error may carry: that of a call has a code, a status and a message.
 * @typedef {object} Failure
 * @property {string} [name]
 * @property {string} [message]
 * @property {string} [code]
 * @property {number} [status]
 * @property {number} [retryAfter]
 * @property {string | null} [requestId]
 * @property {Record<string, string[]>} [fields]
 */

/**
 * Whether the user has ended it: there is nothing to show.
 * @param {unknown} error
 */
export const isCanceled = (error) => ['AbortError', 'Canceled'].includes(/** @type {Failure} */ (error).name ?? '');

/**
 * The message to show for an error.
 * @param {unknown} error
 */
export function errorMessage(error) {
  const { code, status = 0, message = '', retryAfter, requestId } = /** @type {Failure} */ (error);
  if (code === 'offline') return 'The server is unreachable right now. Nothing is lost; try again in a moment.';
  if (status === 429) return retryAfter ? `${message} Try again in ${formatDuration(retryAfter)}.` : message;
  if (status >= 500) {
    const reference = requestId ? ` (Reference: ${requestId})` : '';
    return `${message} This is a problem on our side; try again in a moment.${reference}`;
  }
  if (status) return message;
  reportError(error);
  return 'Something went wrong on this page. Reloading it may help.';
}
