// Game invites that the user received and sent.

import * as api from '../api.js';
import { gameName } from '../games/game-texts.js';
import { createLoader, fetchAll, onEvent, removeWhere, upsert } from './collections.js';
import { createSignal } from './signal.js';

export const received = createSignal([]);
export const sent = createSignal([]);
/** The latest outcomes of invites, newest first: `{ id, text, matchId }`. */
export const outcomes = createSignal([]);

const MAX_OUTCOMES = 5;
const loaders = [
  createLoader(async () => received.set(await fetchAll('/invites/inbox/'))),
  createLoader(async () => sent.set(await fetchAll('/invites/?role=from&status=pending'))),
];

const CANCELLATION_TEXTS = {
  canceled: (name) => `Your invite with ${name} was canceled.`,
  expired: (name) => `Your invite with ${name} expired.`,
};

/** Loads both lists once. */
export const ready = () => Promise.all(loaders.map((loader) => loader.ready()));

/** Reloads the lists if they were loaded. */
export const refresh = () => loaders.forEach((loader) => loader.refresh());

/** Clears the store at logout. */
export function reset() {
  for (const loader of loaders) loader.reset();
  for (const list of [received, sent, outcomes]) list.set([]);
}

/** Sends an invite; true if it crossed with an equal one, so that both are accepted. */
export async function send(invite) {
  const { data } = await api.post('/invites/', invite);
  if (data.status === 'accepted') {
    onAccepted({ ...data, username: data.sender.username });
    return true;
  }
  sent.set(upsert(sent.value, data, ({ id }) => id === data.id));
  return false;
}

/** Answers a received invite (`accept`, `decline`), or takes a sent one back (`cancel`). */
export async function answer(invite, action) {
  const { data } = await api.post(`/invites/${invite.id}/${action}/`);
  remove(data.id);
  if (action === 'accept') onAccepted({ ...data, username: invite.sender.username });
}

/** Seconds until an invite expires. */
export const secondsLeft = (expiresAt, now) => Math.max(0, Math.ceil((Date.parse(expiresAt) - now) / 1000));

function remove(id) {
  for (const list of [received, sent]) list.set(removeWhere(list.value, (invite) => invite.id === id));
}

function addOutcome(id, text, matchId = null) {
  const others = removeWhere(outcomes.value, (outcome) => outcome.id === id);
  outcomes.set([{ id, text, matchId }, ...others].slice(0, MAX_OUTCOMES));
}

function onAccepted({ id, username, game, match_id: matchId }) {
  remove(id);
  addOutcome(id, `You and ${username} are going to play ${gameName(game)}.`, matchId);
}

onEvent('game_invite', (invite) => received.set(upsert(received.value, invite, ({ id }) => id === invite.id)));
onEvent('game_invite_sent', (invite) => sent.set(upsert(sent.value, invite, ({ id }) => id === invite.id)));
onEvent('game_accepted', onAccepted);
onEvent('game_declined', ({ id, username }) => {
  const isOwn = sent.value.some((invite) => invite.id === id);
  remove(id);
  if (isOwn) addOutcome(id, `${username} declined your invite.`);
});
onEvent('game_invite_canceled', ({ id, username, reason }) => {
  if (!id) return;
  remove(id);
  if (CANCELLATION_TEXTS[reason]) addOutcome(id, CANCELLATION_TEXTS[reason](username));
});
