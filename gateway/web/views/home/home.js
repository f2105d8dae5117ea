// @ts-check
// The home page of a user.

import { html, nothing } from '../../vendor/lit.js';
import { actionButton, iconLink } from '../../elements/action-button.js';
import { api } from '../../api/client.js';
import { h, heading, section } from '../../elements/dom.js';
import { emptyState } from '../../elements/empty-state.js';
import { plural } from '../../elements/format.js';
import { gameName, optionTexts } from '../../games/game-texts.js';
import { keyedList } from '../../elements/keyed-list.js';
import { matchRow } from '../../elements/match-row.js';
import { chatUrl, inviteUrl, personRow, statusLabel } from '../../elements/person-row.js';
import { requestRow } from '../../elements/request-row.js';
import { friendsStore } from '../../live/friends-store.js';
import { invitesStore } from '../../live/invites-store.js';
import { session } from '../../api/session.js';
import { loadStyles } from '../../styles/load-styles.js';
import { courtAnimation } from './court-animation.js';
import { startPractice } from '../play/computer.js';
import { nextSteps } from './next-steps.js';
import { unreadSection } from './unread-chats.js';

/**
 * @import { Friend, HomePage, Invite } from '../../api/types.js'
 * @import { ViewContext } from '../view-context.js'
 */

/** @param {ViewContext} context */
export default async function view({ signal }) {
  const [{ data: home }] = await Promise.all([
    api.get('/home/', { signal }),
    friendsStore.ready('friends', 'incoming'),
    invitesStore.ready(),
    loadStyles('/styles/games.css'),
    loadStyles('/styles/home.css'),
  ]);
  return { title: '', content: content(home, await unreadSection(home, signal), signal) };
}

/**
 * @param {HomePage} home
 * @param {HTMLElement | null} unread
 * @param {AbortSignal} signal
 */
const content = (home, unread, signal) =>
  html`${heading(`Hello, ${session.profile?.display_name}`)}
    <div class="home-page">
      ${playCard(home)}
      <div class="stack">
        ${listSection('Invites', invitesStore.received, signal, inviteRow)}
        ${listSection('Friend requests', friendsStore.incoming, signal, requestRow)} ${unread} ${friendsSection(signal)}
      </div>
      <div class="stack">${nextSteps(home)} ${ladderSection(home)} ${recentSection(home)}</div>
    </div>`;

/** @param {HomePage} home */
function playCard({ live_matches: live }) {
  const play = actionButton('Play now', () => startPractice('pong'), {
    variant: 'ball',
    name: 'Play now against the computer',
  });
  const watch = live ? `${plural(live, 'live match', 'live matches')} to watch` : 'Watch live matches';
  return html`<section class="home-play wide" aria-labelledby="play-title">
    ${courtAnimation()}
    <h2 id="play-title">Ready for a rally?</h2>
    <div class="actions">
      ${play}
      <a class="button" href="/play?game=pong&amp;opponent=random">Find an opponent</a>
      <a class="button" href="/play?game=pong&amp;opponent=friend">Invite a friend</a>
    </div>
    <p>
      <a href="/play">More games and options</a> · <a href="/tournaments">Tournaments</a> ·
      <a href="/matches/live">${watch}</a>
    </p>
  </section>`;
}

/**
 * A section with a list, hidden while the list is empty.
 * @template {{ id: string }} Row
 * @param {string} title
 * @param {{ subscribe: (subscriber: (rows: Row[]) => void, signal: AbortSignal) => void }} list
 * @param {AbortSignal} signal
 * @param {(row: Row) => HTMLElement} renderRow
 */
function listSection(title, list, signal, renderRow) {
  const container = h('ul.rows');
  const element = section(title, container);
  const showRows = keyedList(container, (/** @type {Row} */ row) => row.id, renderRow);
  list.subscribe((rows) => {
    showRows(rows);
    element.hidden = !rows.length;
  }, signal);
  return element;
}

/** @param {Invite} invite */
function inviteRow(invite) {
  const { sender, game, options } = invite;
  return personRow(sender, {
    detail: [gameName(game), ...optionTexts(game, options)].join(', '),
    actions: [
      actionButton('Accept', () => invitesStore.answer(invite, 'accept'), {
        variant: 'primary',
        name: `Accept invite to ${gameName(game)} from ${sender.display_name}`,
      }),
      actionButton('Decline', () => invitesStore.answer(invite, 'decline'), {
        name: `Decline invite from ${sender.display_name}`,
      }),
    ],
  });
}

/**
 * The friends who are online, and what to do while there are none.
 * @param {AbortSignal} signal
 */
function friendsSection(signal) {
  const list = h('ul.rows.person-rows');
  const empty = h('div');
  const showRows = keyedList(list, (/** @type {Friend} */ friend) => friend.id, friendRow);
  friendsStore.friends.subscribe((/** @type {Friend[]} */ friends) => {
    const online = friends.filter((friend) => friend.is_online);
    showRows(online);
    empty.hidden = online.length > 0;
    empty.replaceChildren(friends.length ? nobodyOnline() : noFriends());
  }, signal);
  return section('Friends online', empty, list);
}

const nobodyOnline = () =>
  emptyState('friends', 'No friends are online right now.', [
    h('a.button', { href: '/play?game=pong&opponent=random' }, 'Find an opponent'),
  ]);

const noFriends = () =>
  emptyState('person-add', 'Friends are a rally’s best part.', [h('a.button', { href: '/people' }, 'Find people')]);

/** @param {Friend} friend */
function friendRow(friend) {
  const { username, display_name: name, status } = friend;
  return personRow(friend, {
    status,
    detail: statusLabel(status),
    actions: [
      iconLink('rally', `Play with ${name}`, inviteUrl(username)),
      iconLink('chat', `Chat with ${name}`, chatUrl(username)),
    ],
  });
}

/** @param {HomePage} home */
function ladderSection({ ratings }) {
  if (!ratings.length) return nothing;
  const entries = ratings.map(
    ({ game, rating: { rating, rank, provisional } }) =>
      html`<li>
        <a href=${`/leaderboards/${game}?show=me`}>
          <span>${gameName(game)}</span>
          <strong>${provisional ? `${rating}?` : rating}</strong>
          <span class="hint">${rank ? `Rank ${rank}` : 'Not ranked yet'}</span>
        </a>
      </li>`,
  );
  return section(
    'Your ratings',
    html`<ul class="home-ladder">
      ${entries}
    </ul>`,
  );
}

/** @param {HomePage} home */
function recentSection({ recent_matches: matches }) {
  if (!matches.length)
    return section(
      'Recent matches',
      emptyState('court', 'Your matches appear here.', [h('a.button', { href: '/play' }, 'Play your first one')]),
    );
  const rows = matches.map((match) => matchRow(match, session.profile?.id ?? ''));
  return section(
    'Recent matches',
    html`<ul class="match-rows">
        ${rows}
      </ul>
      <p><a href="/matches">All matches</a></p>`,
  );
}
