// The home page of a user.

import { actionButton } from '../action-button.js';
import * as api from '../api.js';
import { h, heading, section } from '../dom.js';
import { plural } from '../format.js';
import { gameName, optionTexts } from '../games/game-texts.js';
import { keyedList } from '../keyed-list.js';
import { matchRow } from '../match-row.js';
import { inviteUrl, personRow, statusLabel } from '../person-row.js';
import * as friendsStore from '../realtime/friends-store.js';
import * as invitesStore from '../realtime/invites-store.js';
import { session } from '../session.js';
import { loadStyles } from '../styles.js';
import { showToast } from '../toasts.js';
import { courtAnimation } from './court-animation.js';
import { startPractice } from './play/computer.js';

export default async function view({ signal }) {
  const [{ data: home }] = await Promise.all([
    api.get('/home/', { signal }), friendsStore.ready('friends', 'incoming'), invitesStore.ready(), loadStyles('/styles/games.css'),
  ]);
  return { title: '', content: [
    heading(`Hello, ${session.profile.display_name}`),
    h('div.home', {},
      playCard(home),
      h('div.stack', {},
        listSection('Invites', invitesStore.received, signal, inviteRow),
        listSection('Friend requests', friendsStore.incoming, signal, requestRow),
        friendsSection(signal)),
      h('div.stack', {}, ladderSection(home), recentSection(home))),
  ] };
}

function playCard({ live_matches: live }) {
  return h('section.play-card.wide', { 'aria-labelledby': 'play-title' }, courtAnimation(),
    h('h2', { id: 'play-title' }, 'Ready for a rally?'),
    h('div.actions', {},
      actionButton('Play now', () => startPractice('pong'), { variant: 'primary', name: 'Play now against the computer' }),
      h('a.button', { href: '/play?game=pong&opponent=random' }, 'Find an opponent'),
      h('a.button', { href: '/play?game=pong&opponent=friend' }, 'Invite a friend')),
    h('p', {}, h('a', { href: '/play' }, 'More games and options'), ' · ',
      h('a', { href: '/matches/live' }, live ? `${plural(live, 'live match', 'live matches')} to watch` : 'Watch live matches')));
}

/** A section with a list, hidden while the list is empty. */
function listSection(title, list, signal, renderRow) {
  const container = h('ul.rows');
  const element = section(title, container);
  const showRows = keyedList(container, (row) => row.id, renderRow);
  list.subscribe((rows) => {
    showRows(rows);
    element.hidden = !rows.length;
  }, signal);
  return element;
}

function inviteRow(invite) {
  const { sender, game, options } = invite;
  return personRow(sender, { detail: [gameName(game), ...optionTexts(game, options)].join(', '), actions: [
    actionButton('Accept', () => invitesStore.answer(invite, 'accept'), { variant: 'primary', name: `Accept invite to ${gameName(game)} from ${sender.display_name}` }),
    actionButton('Decline', () => invitesStore.answer(invite, 'decline'), { name: `Decline invite from ${sender.display_name}` }),
  ] });
}

function requestRow(request) {
  const { display_name: name } = request.user;
  const accept = async () => {
    await friendsStore.acceptRequest(request);
    showToast(`You and ${name} are now friends.`);
  };
  return personRow(request.user, { actions: [
    actionButton('Accept', accept, { variant: 'primary', name: `Accept request from ${name}` }),
    actionButton('Decline', () => friendsStore.declineRequest(request), { name: `Decline request from ${name}` }),
  ] });
}

/** The friends who are online, and what to do while there are none. */
function friendsSection(signal) {
  const list = h('ul.rows');
  const empty = h('p.hint');
  const showRows = keyedList(list, (friend) => friend.id, friendRow);
  friendsStore.friends.subscribe((friends) => {
    const online = friends.filter((friend) => friend.is_online);
    showRows(online);
    empty.hidden = online.length > 0;
    empty.replaceChildren(friends.length ? 'No friends are online right now.' : 'Friends are a rally’s best part. ',
      friends.length ? '' : h('a', { href: '/people' }, 'Find people'));
  }, signal);
  return section('Friends online', empty, list);
}

function friendRow(friend) {
  const { username, display_name: name, status } = friend;
  const path = encodeURIComponent(username);
  return personRow(friend, { status, detail: statusLabel(status), actions: [
    h('a.button', { href: inviteUrl(username), 'aria-label': `Play with ${name}` }, 'Play'),
    h('a.button', { href: `/chats/${path}`, 'aria-label': `Chat with ${name}` }, 'Chat'),
  ] });
}

function ladderSection({ ratings }) {
  if (!ratings.length) return null;
  return section('Your ratings', h('ul.ladder', {}, ratings.map(({ game, rating: { rating, rank, provisional } }) =>
    h('li', {}, h('a', { href: `/leaderboards/${game}?show=me` },
      h('span', {}, gameName(game)), h('strong', {}, provisional ? `${rating}?` : rating), h('span.hint', {}, rank ? `Rank ${rank}` : 'Not ranked yet'))))));
}

function recentSection({ recent_matches: matches }) {
  const content = matches.length
    ? [h('ul.match-rows', {}, matches.map((match) => matchRow(match, session.profile.id))), h('p', {}, h('a', { href: '/matches' }, 'All matches'))]
    : h('p.hint', {}, 'Your matches appear here.');
  return section('Recent matches', content);
}
