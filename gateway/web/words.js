// Saying times, sizes and failures to people.

const DATE = new Intl.DateTimeFormat('en', { dateStyle: 'long' });
const MOMENT = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
const CLOCK = new Intl.DateTimeFormat('en', { timeStyle: 'short' });
const AGO = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const STEPS = [['day', 86_400], ['hour', 3_600], ['minute', 60]];

export const date = (time) => DATE.format(new Date(time));
export const moment = (time) => MOMENT.format(new Date(time));

export const clock = (time) => CLOCK.format(new Date(time));

/** The day: by its name where it is near. */
export function day(time) {
  const midnight = (moment) => new Date(moment).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(Date.now()) - midnight(time)) / 86_400_000);
  return ['Today', 'Yesterday'][days] ?? date(time);
}

/** How long ago, for the last days; the date for what is older. */
export function ago(time) {
  const seconds = (new Date(time) - Date.now()) / 1000;
  if (Math.abs(seconds) > 7 * 86_400) return date(time);
  const step = STEPS.find(([, length]) => Math.abs(seconds) >= length);
  return step ? AGO.format(Math.round(seconds / step[1]), step[0]) : 'just now';
}

/** A number of bytes. */
export function size(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  const kilo = bytes / 1024;
  return kilo < 1024 ? `${Math.round(kilo)} KiB` : `${(kilo / 1024).toFixed(1)} MiB`;
}

/** A waiting time. */
export function wait(seconds) {
  if (seconds < 60) return plural(seconds, 'second');
  return plural(Math.ceil(seconds / 60), 'minute');
}

/** A number with its noun. */
export const plural = (count, noun, many = `${noun}s`) => `${count} ${count === 1 ? noun : many}`;

/** What went wrong, as a sentence or two for people. */
export function explain(error) {
  if (error.code === 'offline') {
    return 'The server cannot be reached right now. Nothing is lost; try again in a moment.';
  }
  if (error.status === 429) {
    const after = error.retryAfter ? ` Try again in ${wait(error.retryAfter)}.` : '';
    return `${error.message}${after}`;
  }
  if (error.status >= 500) {
    const mention = error.requestId ? ` (Reference: ${error.requestId})` : '';
    return `${error.message} This is not your fault; try again in a moment.${mention}`;
  }
  if (error.status) return error.message;
  reportError(error);
  return 'Something went wrong on this page. Loading it again may help.';
}
