// @ts-check
// Names of games, levels, options and results.

/** @type {Record<string, string>} */
const GAME_NAMES = { pong: 'Pong', tictactoe: 'Tic-tac-toe' };
/** @type {Record<string, string>} */
const LEVEL_NAMES = { adaptive: 'Match my level', own: 'My settings' };
/** @type {Record<string, string>} */
const LEVEL_TEXTS = {
  beginner: 'Returns easy balls, misses most others.',
  easy: 'Makes mistakes that you can use.',
  medium: 'A fair opponent.',
  hard: 'Sees most of what you are up to.',
  expert: 'Misses little.',
  master: 'Rarely misses, and makes you run.',
  grandmaster: 'Misses one ball in a long rally.',
  champion: 'As good as it gets.',
  perfect: 'Never loses.',
  adaptive: 'Stronger when you win, easier when you lose.',
};
/** @type {Record<string, string>} */
const OPTION_LABELS = {
  game_speed: 'Speed',
  score_to_win: 'Points to win',
  time_limit: 'Time limit',
  cool_mode: 'Cool mode',
  ranked: 'Ranked',
};
/** @type {Record<string, string>} */
const MODE_NAMES = {
  invite: 'Friendly',
  casual: 'Casual',
  ranked: 'Ranked',
  tournament: 'Tournament',
  practice: 'Computer',
  local: 'One keyboard',
};
/** @type {Record<string, string>} */
const REASON_TEXTS = {
  time: 'when the time was up',
  sudden_death: 'in sudden death',
  clock: 'on time',
  resignation: 'by resignation',
  forfeit: 'by forfeit',
};
/** @type {Record<string, string>} */
const CANCELLATION_TEXTS = {
  no_show: 'A player did not come in time.',
  declined: 'A player left before the start.',
  abort: 'A player left before the first point.',
  void: 'Both players were away for too long.',
  server: 'The server could not go on with it. Nobody loses anything.',
};
/** @type {Record<string, string>} */
const RESULT_TEXTS = { won: 'Won', lost: 'Lost', drawn: 'Draw' };

/** The games that every server has, with their names. */
export const GAMES = Object.entries(GAME_NAMES);

/** @param {string} game */
export const gameName = (game) => GAME_NAMES[game] ?? humanize(game);
/** @param {string} level */
export const levelName = (level) => LEVEL_NAMES[level] ?? humanize(level);
/** @param {string} name */
export const optionLabel = (name) => OPTION_LABELS[name] ?? humanize(name);
/** @param {string} mode */
export const modeName = (mode) => MODE_NAMES[mode] ?? humanize(mode);
/** @param {string | null | undefined} result */
export const resultText = (result) => RESULT_TEXTS[result ?? ''] ?? 'No result';

/**
 * What to expect of a level of the computer.
 * @param {string} level
 */
export const levelText = (level) => LEVEL_TEXTS[level] ?? '';

/**
 * How a match ended, to follow "won" or "lost"; empty where the score says it.
 * @param {string | null | undefined} reason
 */
export const reasonText = (reason) => REASON_TEXTS[reason ?? ''] ?? '';

/**
 * Why a match ended without a result.
 * @param {string | null | undefined} reason
 */
export const cancellationText = (reason) => CANCELLATION_TEXTS[reason ?? ''] ?? 'The match ended without a result.';

/**
 * A value of an option as text.
 * @param {string} name
 * @param {unknown} value
 */
export function optionValueText(name, value) {
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (name === 'time_limit') return value === 1 ? '1 minute' : `${value} minutes`;
  return typeof value === 'string' ? humanize(value) : String(value);
}

/**
 * The options of a match as short texts.
 * @param {string} game
 * @param {Record<string, unknown>} options
 */
export function optionTexts(game, options) {
  const ranked = options['ranked'] ? ['ranked'] : [];
  if (game !== 'pong') return ranked;
  return [
    `${options['game_speed']} speed`,
    `first to ${options['score_to_win']}`,
    `${options['time_limit']} min`,
    ...(options['cool_mode'] ? ['cool mode'] : []),
    ...ranked,
  ];
}

/**
 * `sudden_death` as `Sudden death`.
 * @param {string} name
 */
function humanize(name) {
  const text = name.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
