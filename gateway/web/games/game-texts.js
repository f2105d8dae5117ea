// Names of games, levels, options and results.

const GAME_NAMES = { pong: 'Pong', tictactoe: 'Tic-tac-toe' };
const LEVEL_NAMES = { adaptive: 'Match my level' };
const OPTION_LABELS = {
  game_speed: 'Speed', score_to_win: 'Points to win', time_limit: 'Time limit', cool_mode: 'Cool mode', ranked: 'Ranked',
};
const MODE_NAMES = {
  invite: 'Friendly', casual: 'Casual', ranked: 'Ranked', tournament: 'Tournament', practice: 'Computer', local: 'One keyboard',
};
const REASON_TEXTS = {
  time: 'when the time was up', sudden_death: 'in sudden death', clock: 'on time', resignation: 'by resignation', forfeit: 'by forfeit',
};
const CANCELLATION_TEXTS = {
  no_show: 'A player did not come in time.',
  declined: 'A player left before the start.',
  abort: 'A player left before the first point.',
  void: 'Both players were away for too long.',
  server: 'The server could not go on with it. Nobody loses anything.',
};
const RESULT_TEXTS = { won: 'Won', lost: 'Lost', drawn: 'Draw' };

/** The games that every server has, with their names. */
export const GAMES = Object.entries(GAME_NAMES);

export const gameName = (game) => GAME_NAMES[game] ?? humanize(game);
export const levelName = (level) => LEVEL_NAMES[level] ?? humanize(level);
export const optionLabel = (name) => OPTION_LABELS[name] ?? humanize(name);
export const modeName = (mode) => MODE_NAMES[mode] ?? humanize(mode);
export const resultText = (result) => RESULT_TEXTS[result] ?? 'No result';

/** How a match ended, to follow "won" or "lost"; empty where the score says it. */
export const reasonText = (reason) => REASON_TEXTS[reason] ?? '';

/** Why a match ended without a result. */
export const cancellationText = (reason) => CANCELLATION_TEXTS[reason] ?? 'The match ended without a result.';

/** A value of an option as text. */
export function optionValueText(name, value) {
  if (name === 'time_limit') return value === 1 ? '1 minute' : `${value} minutes`;
  return typeof value === 'string' ? humanize(value) : String(value);
}

/** The options of a match as short texts. */
export function optionTexts(game, options) {
  const ranked = options.ranked && 'ranked';
  if (game !== 'pong') return [ranked].filter(Boolean);
  return [`${options.game_speed} speed`, `first to ${options.score_to_win}`, `${options.time_limit} min`, options.cool_mode && 'cool mode', ranked].filter(Boolean);
}

/** `sudden_death` as `Sudden death`. */
function humanize(name) {
  const text = String(name).replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
