// The games part of a profile: ratings, statistics, recent matches.

import * as api from '../api.js';
import { h, section } from '../dom.js';
import { formatDuration } from '../format.js';
import { gameName } from '../games/game-texts.js';
import { matchRow } from '../match-row.js';
import { ratingChart } from '../rating-chart.js';
import { session } from '../session.js';
import { loadStyles } from '../styles.js';

const RECENT_COUNT = 5;

/** Loads what a user has played; nothing for a private profile or one without matches. */
export async function personGames(user, signal) {
  if (user.restricted) return [];
  try {
    return await loadGames(user, signal);
  } catch (error) {
    if (error.code === 'games.history_private') return [];
    throw error;
  }
}

async function loadGames(user, signal) {
  const name = encodeURIComponent(user.username);
  const isOther = user.id !== session.profile.id;
  const [statistics, recent, met] = await Promise.all([
    api.get(`/stats/?player=${name}`, { signal }),
    api.get(`/matches/?player=${name}&limit=${RECENT_COUNT}`, { signal }),
    isOther ? api.get(`/stats/head-to-head/?opponent=${name}`, { signal }) : { data: [] },
    loadStyles('/styles/games.css'),
  ]);
  return [
    ...statistics.data.games.map(gameSection),
    met.data.length ? section('You against each other', met.data.map(headToHead)) : null,
    recentSection(user, recent),
  ];
}

function headToHead({ game, wins, losses, draws }) {
  const drawn = draws ? `, ${draws} drawn` : '';
  return h('p', {}, `${gameName(game)}: you won ${wins}, lost ${losses}${drawn}.`);
}

function gameSection(game) {
  const { rating_history: days, rating } = game;
  return section(gameName(game.game),
    h('dl.statistics', {}, figures(game).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))),
    days.length > 1 ? ratingChart(days) : null,
    rating?.provisional ? h('p.hint', {}, 'The rating is provisional until a few more ranked matches are played.') : null,
    opponents(game));
}

function figures(game) {
  const { rating } = game;
  return [
    rating && ['Rating', rating.provisional ? `${rating.rating}?` : rating.rating],
    rating?.rank && ['Rank', `#${rating.rank}`],
    ['Matches', game.matches.toLocaleString()],
    ['Won', game.wins.toLocaleString()],
    ['Lost', game.losses.toLocaleString()],
    game.draws > 0 && ['Drawn', game.draws.toLocaleString()],
    game.best_streak > 1 && ['Longest streak', game.best_streak],
    game.points_for > 0 && ['Points', game.points_for.toLocaleString()],
    game.longest_rally > 0 && ['Longest rally', game.longest_rally],
    game.duration_ms > 0 && ['Time played', formatDuration(Math.round(game.duration_ms / 1000))],
  ].filter(Boolean);
}

function opponents({ best_opponent: best, worst_opponent: worst }) {
  const line = (text, { opponent, wins, losses }) => h('p', {}, `${text} `, h('strong', { dir: 'auto' }, opponent.display_name), ` (${wins} : ${losses})`);
  if (!best && !worst) return null;
  return h('div', {}, best && line('Best against', best), worst && worst.opponent.id !== best?.opponent.id && line('Hardest against', worst));
}

function recentSection(user, { data, meta }) {
  if (!data.length) return null;
  const all = meta.next && h('p', {}, h('a', { href: `/matches?player=${encodeURIComponent(user.username)}` }, 'All matches'));
  return section('Recent matches', h('ul.match-rows', {}, data.map((match) => matchRow(match, user.id))), all);
}
