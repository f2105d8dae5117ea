// @ts-check
// The settings of a tournament, from the values of its form: pure.

/** @import { Tournament, TournamentFormat } from './types.js' */
/** @typedef {Record<string, string | boolean>} FormValues */

const MAX_ROUND_ROBIN = 32;

/**
 * What is sent to create a tournament: settings of other formats are left out.
 * @param {FormValues} values
 */
export function settingsFrom(values) {
  const format = /** @type {TournamentFormat} */ (values.format);
  const capacity = Number(values.capacity);
  return {
    name: String(values.name).trim(),
    description: String(values.description ?? '').trim(),
    format,
    visibility: /** @type {Tournament['visibility']} */ (values.visibility),
    capacity: format === 'round_robin' ? Math.min(capacity, MAX_ROUND_ROBIN) : capacity,
    starts_at: instantOf(values.starts_at),
    check_in_minutes: Number(values.check_in_minutes),
    start_when_full: values.start_when_full === true,
    seeding: /** @type {Tournament['seeding']} */ (values.seeding),
    third_place: format === 'single_elimination' && values.third_place === true,
    play_off: format === 'round_robin' && values.play_off === true,
    legs: format === 'round_robin' ? Number(values.legs) : 1,
    rounds: format === 'swiss' && values.rounds ? Number(values.rounds) : null,
    draft: values.draft === true,
  };
}

/**
 * The instant of a local time, as a field for one gives it; null if it is empty.
 * @param {string | boolean | undefined} text
 */
export const instantOf = (text) => (text ? new Date(String(text)).toISOString() : null);

/**
 * An instant as a field for a local time takes it.
 * @param {string | null} instant
 */
export function localTimeOf(instant) {
  if (!instant) return '';
  const date = new Date(instant);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
