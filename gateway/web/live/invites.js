// Invitations to games: those that wait for one's answer, and those one has sent.

import * as api from '../api.js';
import { all, hear, put, reader, without } from './lists.js';
import { state } from './state.js';

export const received = state([]);
export const sent = state([]);
/** What came of invites lately, newest first: `{ id, text, match }`. */
export const outcomes = state([]);

const MOST_OUTCOMES = 5;
const lists = [
  reader(async () => received.set(await all('/invites/inbox/'))),
  reader(async () => sent.set(await all('/invites/?role=from&status=pending'))),
];

/** The games of the house and their options. */
export const GAMES = [['pong', 'Pong'], ['tictactoe', 'Tic-tac-toe']];
const REASONS = {
  canceled: (name) => `The invite with ${name} was taken back.`,
  expired: (name) => `The invite with ${name} has run out.`,
};

export const nameOf = (game) => GAMES.find(([key]) => key === game)?.[1] ?? game;

export const ready = () => Promise.all(lists.map((list) => list.ready()));

/** Reads again what was read before. */
export const again = () => lists.forEach((list) => list.again());

/** Forgets everything, for whoever signs in next. */
export function forget() {
  for (const list of lists) list.forget();
  for (const one of [received, sent, outcomes]) one.set([]);
}

/**
 * Invites somebody; refused where the options are not right, or they do not want it. True where they
 * had invited me to the same, so that theirs is accepted.
 */
export async function invite(wanted) {
  const { data } = await api.post('/invites/', wanted);
  if (data.status === 'accepted') {
    accepted({ ...data, username: data.sender.username });
    return true;
  }
  sent.set(put(sent.value, data, (one) => one.id === data.id));
  return false;
}

/** Answers or takes back: `accept`, `decline`, `cancel`. */
export async function answer(one, deed) {
  const { data } = await api.post(`/invites/${one.id}/${deed}/`);
  drop(data.id);
  const other = deed === 'cancel' ? one.receiver.username : one.sender.username;
  if (deed === 'accept') accepted({ ...data, username: other });
}

/** Whether it can still be answered, by the server's clock. */
export const left = (one, now) => Math.max(0, Math.ceil((Date.parse(one.expires_at) - now) / 1000));

function drop(id) {
  for (const list of [received, sent]) list.set(without(list.value, (one) => one.id === id));
}

function come(id, text, match = null) {
  const others = without(outcomes.value, (one) => one.id === id);
  outcomes.set([{ id, text, match }, ...others].slice(0, MOST_OUTCOMES));
}

function accepted({ id, username, game, match_id: match }) {
  drop(id);
  come(id, `You and ${username} want to play ${nameOf(game)}.`, match);
}

hear('game_invite', (one) => received.set(put(received.value, one, (old) => old.id === one.id)));
hear('game_invite_sent', (one) => sent.set(put(sent.value, one, (old) => old.id === one.id)));
hear('game_accepted', accepted);
hear('game_declined', ({ id, username }) => {
  const mine = sent.value.some((one) => one.id === id);
  drop(id);
  if (mine) come(id, `${username} does not want to play now.`);
});
hear('game_invite_canceled', ({ id, username, reason }) => {
  if (!id) return;
  drop(id);
  if (REASONS[reason]) come(id, REASONS[reason](username));
});
