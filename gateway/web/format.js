// Formats times, sizes, counts and errors for display.

/** Dates and times are written as the reader is used to; words are in the language of the client. */
const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' });
const DATE_TIME = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const RELATIVE_SHORT = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'narrow' });
const DATE_SHORT = new Intl.DateTimeFormat(undefined, { dateStyle: 'short' });
const UNITS = [['day', 86_400], ['hour', 3_600], ['minute', 60]];

export const formatDate = (time) => DATE.format(new Date(time));
export const formatDateTime = (time) => DATE_TIME.format(new Date(time));
export const formatTime = (time) => TIME.format(new Date(time));

/** The day: `Today`, `Yesterday`, or the date. */
export function formatDay(time) {
  const midnight = (instant) => new Date(instant).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(Date.now()) - midnight(time)) / 86_400_000);
  return ['Today', 'Yesterday'][days] ?? formatDate(time);
}

/** A relative time within the last week; the date for anything older. */
export const relativeTime = (time) => relative(time, RELATIVE, DATE);

/** The same in few characters. */
export const shortRelativeTime = (time) => relative(time, RELATIVE_SHORT, DATE_SHORT);

function relative(time, format, dateFormat) {
  const seconds = (new Date(time) - Date.now()) / 1000;
  if (Math.abs(seconds) > 7 * 86_400) return dateFormat.format(new Date(time));
  const unit = UNITS.find(([, length]) => Math.abs(seconds) >= length);
  return unit ? format.format(Math.round(seconds / unit[1]), unit[0]) : 'just now';
}

/** A file size. */
export function formatSize(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  const kibibytes = bytes / 1024;
  return kibibytes < 1024 ? `${Math.round(kibibytes)} KiB` : `${(kibibytes / 1024).toFixed(1)} MiB`;
}

/** A duration in seconds, or in minutes from one minute on. */
export function formatDuration(seconds) {
  if (seconds < 60) return plural(seconds, 'second');
  return plural(Math.ceil(seconds / 60), 'minute');
}

/** A count with its noun. */
export const plural = (count, noun, many = `${noun}s`) => `${count} ${count === 1 ? noun : many}`;

/** The message to show for an error. */
export function errorMessage(error) {
  if (error.code === 'offline') {
    return 'The server is unreachable right now. Nothing is lost; try again in a moment.';
  }
  if (error.status === 429) {
    const retry = error.retryAfter ? ` Try again in ${formatDuration(error.retryAfter)}.` : '';
    return `${error.message}${retry}`;
  }
  if (error.status >= 500) {
    const reference = error.requestId ? ` (Reference: ${error.requestId})` : '';
    return `${error.message} This is a problem on our side; try again in a moment.${reference}`;
  }
  if (error.status) return error.message;
  reportError(error);
  return 'Something went wrong on this page. Reloading it may help.';
}
