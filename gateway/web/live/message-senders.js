// @ts-check
// The names and faces of people who are no friends, but whose messages cause notifications.

import { api } from '../api/client.js';
import { createSignal } from './signal.js';

/** @typedef {{ username: string, display_name: string, avatar: string }} Sender */

/** The people that were looked up, by username. */
export const senders = createSignal(/** @type {Map<string, Sender>} */ (new Map()));

/** Usernames that were asked for. Whoever cannot be found stays a username. */
const requested = new Set();

/**
 * Looks up who is not known yet.
 *
 * @param {string[]} usernames
 */
export async function loadSenders(usernames) {
  const unknown = usernames.filter((username) => !requested.has(username));
  if (!unknown.length) return;
  for (const username of unknown) requested.add(username);
  const found = await Promise.all(unknown.map(lookUp));
  const profiles = found.filter((profile) => profile !== null);
  senders.set(
    new Map([...senders.value, ...profiles.map((profile) => /** @type {const} */ ([profile.username, profile]))]),
  );
}

/**
 * @param {string} username
 * @returns {Promise<Sender | null>}
 */
async function lookUp(username) {
  try {
    return (await api.get(`/users/${encodeURIComponent(username)}/`)).data;
  } catch {
    return null;
  }
}
