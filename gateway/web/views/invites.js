// Game invites: received, sent and recent.

import { onAbort } from '../abort.js';
import { actionButton } from '../action-button.js';
import * as api from '../api.js';
import { fill, h, page, section } from '../dom.js';
import { gameName, optionTexts } from '../games/game-texts.js';
import { keyedList } from '../keyed-list.js';
import { personRow } from '../person-row.js';
import { timeAgo } from '../relative-time.js';
import { serverNow } from '../realtime/events-socket.js';
import * as invitesStore from '../realtime/invites-store.js';
import { matchUrl } from '../realtime/matches-store.js';

const COUNTDOWN_INTERVAL = 1_000;
const RECENT_COUNT = 10;

export default async function view({ signal }) {
  const [recent] = await Promise.all([
    api.get(`/invites/?limit=${RECENT_COUNT}`, { signal }),
    invitesStore.ready(),
  ]);
  const content = page('Invites',
    outcomesSection(signal),
    listSection('Invites for you', invitesStore.received, signal, receivedRow, 'No invites.'),
    h('div.actions', {}, h('a.button.primary', { href: '/play?opponent=friend' }, 'Invite someone')),
    listSection('Sent invites', invitesStore.sent, signal, sentRow, null),
    recentSection(recent.data.filter((invite) => invite.status !== 'pending')));
  startCountdown(signal);
  return content;
}

/** The outcomes of invites since the page was loaded. */
function outcomesSection(signal) {
  const container = h('ul.rows');
  const element = h('section.card', { 'aria-label': 'Updates', role: 'status' }, container);
  const showRows = keyedList(container, (outcome) => outcome.id, ({ text, matchId }) => h('li', {}, h('p', {}, text),
    matchId && h('p', {}, h('a', { href: matchUrl(matchId) }, 'Go to the match'))));
  invitesStore.outcomes.subscribe((outcomes) => {
    showRows(outcomes);
    element.hidden = !outcomes.length;
  }, signal);
  return element;
}

/** A section with a list; while the list is empty, it shows `emptyText`, or hides without one. */
function listSection(title, list, signal, renderRow, emptyText) {
  const container = h('ul.rows');
  const empty = h('p.hint', {}, emptyText);
  const element = section(title, container, empty);
  const showRows = keyedList(container, (invite) => invite.id, renderRow);
  list.subscribe((invites) => {
    showRows(invites);
    empty.hidden = invites.length > 0;
    element.hidden = !invites.length && !emptyText;
  }, signal);
  return element;
}

function receivedRow(invite) {
  const name = invite.sender.display_name;
  return personRow(invite.sender, { detail: detail(invite), actions: [
    actionButton('Accept', () => invitesStore.answer(invite, 'accept'), { variant: 'primary', name: `Accept invite to ${gameName(invite.game)} from ${name}` }),
    actionButton('Decline', () => invitesStore.answer(invite, 'decline'), { name: `Decline invite from ${name}` }),
  ] });
}

function sentRow(invite) {
  const name = `Cancel invite to ${invite.receiver.display_name}`;
  const cancel = actionButton('Cancel invite', () => invitesStore.answer(invite, 'cancel'), { name });
  return personRow(invite.receiver, { detail: detail(invite), actions: [cancel] });
}

function detail(invite) {
  const text = [gameName(invite.game), ...optionTexts(invite.game, invite.options)].join(', ');
  const countdown = h('time.countdown', { datetime: invite.expires_at, 'data-expires': invite.expires_at });
  updateCountdown(countdown);
  return [h('span', {}, text), ' · ', countdown];
}

function updateCountdown(element) {
  const seconds = invitesStore.secondsLeft(element.dataset.expires, serverNow());
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  fill(element, seconds ? `${time} left` : 'expiring');
}

function startCountdown(signal) {
  const timer = setInterval(() => document.querySelectorAll('.countdown').forEach(updateCountdown), COUNTDOWN_INTERVAL);
  onAbort(signal, () => clearInterval(timer));
}

function recentSection(invites) {
  if (!invites.length) return null;
  return section('Recent', h('ul.rows.compact-rows', {}, invites.map((invite) => h('li', {}, h('p', {},
    `${invite.sender.display_name} invited ${invite.receiver.display_name} to ${gameName(invite.game)}: ${invite.status}, `,
    timeAgo(invite.created_at), '.')))));
}
