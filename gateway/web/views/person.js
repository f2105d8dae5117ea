// Somebody's public profile.

import * as api from '../api.js';
import { avatar, h, heading } from '../dom.js';
import * as circle from '../live/circle.js';
import { session } from '../session.js';
import { date } from '../words.js';
import { deedsFor } from './person-deeds.js';

const FIGURES = [
  ['matches', 'Matches'], ['wins', 'Won'], ['losses', 'Lost'], ['draws', 'Drawn'],
  ['points', 'Points'], ['tournaments', 'Tournaments'], ['tournament_wins', 'Tournaments won'],
];

export default async function view({ params, signal }) {
  const [{ data: person }] = await Promise.all([
    api.get(`/users/${encodeURIComponent(params.username)}/`, { signal }),
    circle.ready('friends', 'incoming', 'outgoing', 'blocks'),
  ]);
  const own = person.id === session.profile?.id;
  const head = h('div.person', {}, avatar(person, 96), h('div', {},
    heading(person.display_name),
    h('p.hint', {}, `@${person.username}`, person.date_joined && ` · here since ${date(person.date_joined)}`),
    own && h('div.actions', {}, h('a.button', { href: '/profile' }, 'Edit your profile'))));
  const words = person.bio && h('p.bio', {}, person.bio);
  const kept = person.restricted && h('p.hint', {}, `${person.display_name} keeps the rest to themselves.`);
  return { title: person.display_name, content: [h('div.card', {}, head, words, !own && deedsFor(person, signal), kept, figures(person.statistics))] };
}

function figures(statistics) {
  if (!statistics) return null;
  return h('dl.figures', {}, FIGURES.map(([key, name]) =>
    h('div', {}, h('dt', {}, name), h('dd', {}, statistics[key].toLocaleString('en')))));
}
