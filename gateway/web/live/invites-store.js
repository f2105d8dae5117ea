// @ts-check
// Game invites that the user received and sent.

import { gameName } from '../games/game-texts.js';
import { fetchAll, removeWhere, upsert } from './collections.js';
import { environment } from './environment.js';
import { createSignal } from './signal.js';

/**
 * @import { CreateInvite, GameInviteCanceled, Invite, InviteAnswered } from '../api/types.js'
 * @import { Environment } from './environment.js'
 * @import { Loader } from './event-replay.js'
 * @import { Signal } from './signal.js'
 */
/** @typedef {{ id: string, text: string, matchId: string | null }} Outcome */
/** @typedef {{ id: string, username: string, game: string, match_id?: string | null }} AcceptedInvite */

const MAX_OUTCOMES = 5;
/** @type {Partial<Record<GameInviteCanceled['reason'], (name: string) => string>>} */
const CANCELLATION_TEXTS = {
  canceled: (name) => `Your invite with ${name} was canceled.`,
  expired: (name) => `Your invite with ${name} expired.`,
};

export class InvitesStore {
  /** @type {Signal<Invite[]>} */
  received = createSignal([]);
  /** @type {Signal<Invite[]>} */
  sent = createSignal([]);
  /** The latest outcomes of invites, newest first.
   * @type {Signal<Outcome[]>} */
  outcomes = createSignal([]);
  #api;
  /** @type {Loader[]} */
  #loaders;

  /** @param {Pick<Environment, 'api' | 'events' | 'replay'>} environment */
  constructor({ api, events, replay }) {
    this.#api = api;
    this.#loaders = [
      replay.loader(async () => this.received.set(await fetchAll(api, '/invites/inbox/'))),
      replay.loader(async () => this.sent.set(await fetchAll(api, '/invites/?role=from&status=pending'))),
    ];
    events.onReplayed('game_invite', (invite) => addTo(this.received, invite));
    events.onReplayed('game_invite_sent', (invite) => addTo(this.sent, invite));
    events.onReplayed('game_accepted', (answered) => this.#onAccepted(answered));
    events.onReplayed('game_declined', (answered) => this.#onDeclined(answered));
    events.onReplayed('game_invite_canceled', (canceled) => this.#onCanceled(canceled));
  }

  /** Loads both lists once. */
  ready() {
    return Promise.all(this.#loaders.map((loader) => loader.ready()));
  }

  /** Reloads the lists if they were loaded. */
  refresh() {
    for (const loader of this.#loaders) loader.refresh();
  }

  /** Clears the store at logout. */
  reset() {
    for (const loader of this.#loaders) loader.reset();
    this.received.set([]);
    this.sent.set([]);
    this.outcomes.set([]);
  }

  /**
   * Sends an invite; true if it crossed with an equal one, so that both are accepted.
   * @param {CreateInvite} invite
   */
  async send(invite) {
    const { data } = await this.#api.post('/invites/', invite);
    if (data.status === 'accepted') {
      this.#onAccepted({ ...data, username: data.sender.username });
      return true;
    }
    addTo(this.sent, data);
    return false;
  }

  /**
   * Answers a received invite (`accept`, `decline`), or takes a sent one back (`cancel`).
   * @param {Pick<Invite, 'id' | 'sender'>} invite
   * @param {'accept' | 'decline' | 'cancel'} action
   */
  async answer(invite, action) {
    const { data } = await this.#api.post(`/invites/${invite.id}/${action}/`);
    this.#remove(data.id);
    if (action === 'accept') this.#onAccepted({ ...data, username: invite.sender.username });
  }

  /** @param {string} id */
  #remove(id) {
    for (const list of [this.received, this.sent]) list.set(removeWhere(list.value, (invite) => invite.id === id));
  }

  /**
   * @param {string} id
   * @param {string} text
   * @param {string | null} [matchId]
   */
  #addOutcome(id, text, matchId = null) {
    const others = removeWhere(this.outcomes.value, (outcome) => outcome.id === id);
    this.outcomes.set([{ id, text, matchId }, ...others].slice(0, MAX_OUTCOMES));
  }

  /** @param {AcceptedInvite} invite */
  #onAccepted({ id, username, game, match_id: matchId }) {
    this.#remove(id);
    this.#addOutcome(id, `You and ${username} are going to play ${gameName(game)}.`, matchId);
  }

  /** @param {InviteAnswered} answered */
  #onDeclined({ id, username }) {
    const isOwn = this.sent.value.some((invite) => invite.id === id);
    this.#remove(id);
    if (isOwn) this.#addOutcome(id, `${username} declined your invite.`);
  }

  /** @param {GameInviteCanceled} canceled */
  #onCanceled({ id, username, reason }) {
    if (!id) return;
    this.#remove(id);
    const text = CANCELLATION_TEXTS[reason]?.(username);
    if (text) this.#addOutcome(id, text);
  }
}

/**
 * @param {Signal<Invite[]>} list
 * @param {Invite} invite
 */
const addTo = (list, invite) => list.set(upsert(list.value, invite, ({ id }) => id === invite.id));

/**
 * Seconds until an invite expires.
 * @param {string} expiresAt
 * @param {number} now
 */
export const secondsLeft = (expiresAt, now) => Math.max(0, Math.ceil((Date.parse(expiresAt) - now) / 1000));

export const invitesStore = new InvitesStore(environment);
