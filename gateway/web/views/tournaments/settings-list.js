// @ts-check
// How a tournament is played.

import { formatDateTime } from '../../elements/format.js';
import { gameName, optionTexts } from '../../games/game-texts.js';
import { html, nothing } from '../../vendor/lit.js';
import { whenKnown } from './known-parts.js';
import { formatName, seedingName, VISIBILITIES } from './tournament-texts.js';

/**
 * @import { KnownTournament } from '../../live/tournament-changes.js'
 * @import { PartContext, Tournament } from './types.js'
 */

/** @type {Record<Tournament['format'], string>} */
const FORMAT_TEXTS = {
  single_elimination:
    'Who loses is out. If entrants do not fill the bracket, the best seeds have a bye in the first round.',
  double_elimination:
    'Who loses goes on in the lower bracket; who loses there is out. The winner of the lower bracket has to win the grand final twice.',
  round_robin:
    'Everybody meets everybody. Who leaves before half of their matches are played is taken out of the table.',
  swiss:
    'Each round pairs entrants with similar points who have not met. Nobody is out. If the number is odd, one of the lowest has a bye, which counts as a win.',
};

/** @param {PartContext} context */
export const settingsList = (context) => html`<div class="card" ${whenKnown(context, content)}></div>`;

/** @param {KnownTournament} known */
const content = ({ tournament }) =>
  html`<p>${FORMAT_TEXTS[tournament.format]}</p>
    <dl class="facts">
      ${facts(tournament).map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    <p class="hint">
      Come within the time that is shown when your match is called, or your opponent wins. You can dispute a result for
      ten minutes; an organizer decides.
    </p>
    ${drawNote(tournament)}`;

/**
 * @param {Tournament} tournament
 * @returns {[string, unknown][]}
 */
function facts(tournament) {
  const {
    game,
    options,
    format,
    capacity,
    visibility,
    starts_at: startsAt,
    legs,
    rounds,
    play_off: playOff,
    third_place: third,
  } = tournament;
  const texts = optionTexts(game, options);
  /** @type {([string, unknown] | null)[]} */
  const all = [
    ['Game', [gameName(game), ...texts].join(', ')],
    ['Format', formatName(format)],
    ['Entrants, at most', String(capacity)],
    ['Who can take part', VISIBILITIES.find(([key]) => key === visibility)?.[1]],
    startsAt ? ['Start', html`<time datetime=${startsAt}>${formatDateTime(startsAt)}</time>`] : null,
    ['Seeding', seedingName(tournament)],
    format === 'round_robin' ? ['Each two meet', legs === 2 ? 'Twice' : 'Once'] : null,
    format === 'round_robin' ? ['Play-off if the first place is shared', playOff ? 'Yes' : 'No'] : null,
    rounds ? ['Rounds', String(rounds)] : null,
    format === 'single_elimination' ? ['Match for the third place', third ? 'Yes' : 'No'] : null,
  ];
  return all.filter((fact) => fact !== null);
}

/** @param {Tournament} tournament */
const drawNote = ({ seeding, draw_seed: seed }) =>
  seeding === 'random' && seed
    ? html`<p class="hint">The draw can be checked: it was made from <code>${seed}</code>.</p>`
    : nothing;
