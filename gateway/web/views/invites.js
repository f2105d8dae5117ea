// Invitations to games: sending one, answering, taking back.

import * as api from '../api.js';
import { deed } from '../buttons.js';
import { fill, h, page, section } from '../dom.js';
import { personRow } from '../faces.js';
import * as circle from '../live/circle.js';
import * as invites from '../live/invites.js';
import { serverNow } from '../live/socket.js';
import { rows } from '../rows.js';
import { ago } from '../words.js';
import { inviteForm, optionWords } from './invite-form.js';

const TICK = 1_000;
const RECENT = 10;
const ENDS = { accepted: 'accepted', declined: 'declined', canceled: 'taken back', expired: 'run out' };

export default async function view({ query, signal }) {
  const [past] = await Promise.all([
    api.get(`/invites/?limit=${RECENT}`, { signal }),
    invites.ready(),
    circle.ready('friends'),
  ]);
  const content = page('Invites',
    outcomes(signal),
    waiting('Invites to you', invites.received, signal, received, 'Nobody is waiting for you.'),
    section('Invite somebody', inviteForm(query.get('to'))),
    waiting('Your invites', invites.sent, signal, sent, null),
    recent(past.data.filter((one) => one.status !== 'pending')));
  countDown(signal);
  return content;
}

/** What came of invites a moment ago. */
function outcomes(signal) {
  const place = h('ul.rows');
  const element = h('section.card', { 'aria-label': 'News', role: 'status' }, place);
  const show = rows(place, (one) => one.id, ({ text, match }) => h('li', {}, h('p', {}, text),
    match && h('p.hint', {}, 'The place is kept for you. The courts themselves open in a coming version of Courtside.')));
  invites.outcomes.watch((all) => {
    show(all);
    element.hidden = !all.length;
  }, signal);
  return element;
}

function waiting(title, list, signal, row, nothing) {
  const place = h('ul.rows');
  const empty = h('p.hint', {}, nothing);
  const element = section(title, place, empty);
  const show = rows(place, (one) => one.id, row);
  list.watch((all) => {
    show(all);
    empty.hidden = all.length > 0;
    element.hidden = !all.length && !nothing;
  }, signal);
  return element;
}

function received(one) {
  const name = one.sender.display_name;
  return personRow(one.sender, { line: about(one), deeds: [
    deed('Play', () => invites.answer(one, 'accept'), { kind: 'primary', name: `Play ${invites.nameOf(one.game)} with ${name}` }),
    deed('Decline', () => invites.answer(one, 'decline'), { name: `Decline the invite of ${name}` }),
  ] });
}

function sent(one) {
  const name = `Take back the invite to ${one.receiver.display_name}`;
  return personRow(one.receiver, { line: about(one), deeds: [deed('Take back', () => invites.answer(one, 'cancel'), { name })] });
}

function about(one) {
  const words = [invites.nameOf(one.game), ...optionWords(one.game, one.options)].join(', ');
  const until = h('time.until', { datetime: one.expires_at, 'data-expires': one.expires_at });
  show(until);
  return [h('span', {}, words), ' · ', until];
}

/** Shows how long each invite can still be answered. */
function tick() {
  for (const one of document.querySelectorAll('.until[data-expires]')) show(one);
}

function show(one) {
  const seconds = invites.left({ expires_at: one.dataset.expires }, serverNow());
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  fill(one, seconds ? `${clock} left` : 'running out');
}

function countDown(signal) {
  const timer = setInterval(tick, TICK);
  signal.addEventListener('abort', () => clearInterval(timer));
}

function recent(past) {
  if (!past.length) return null;
  return section('Lately', h('ul.rows.quiet-rows', {}, past.map((one) => h('li', {}, h('p', {},
    `${one.sender.display_name} invited ${one.receiver.display_name} to ${invites.nameOf(one.game)}: ${ENDS[one.status] ?? one.status}, `,
    h('time', { datetime: one.created_at }, ago(one.created_at)), '.')))));
}
