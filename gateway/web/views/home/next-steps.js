// @ts-check
// What comes next: a match that goes on, and what is missing in a new account.

import { html, nothing } from '../../vendor/lit.js';
import { section } from '../../elements/dom.js';
import { icon } from '../../elements/icon.js';
import { gameName } from '../../games/game-texts.js';
import { friendsStore } from '../../live/friends-store.js';

/**
 * @import { HomePage } from '../../api/types.js'
 * @import { IconName } from '../../elements/icon.js'
 * @typedef {{ href: string, symbol: IconName, title: string, hint: string }} Step
 */

/** @param {HomePage} home */
export function nextSteps(home) {
  const steps = [engagementStep(home), ...accountSteps(home)].filter((step) => step !== null);
  if (!steps.length) return nothing;
  return section(
    'What’s next',
    html`<ul class="next-steps">
      ${steps.map(stepRow)}
    </ul>`,
  );
}

/**
 * The match or the search that goes on.
 * @param {HomePage} home
 * @returns {Step | null}
 */
function engagementStep({ engagement }) {
  if (!engagement) return null;
  const game = gameName(engagement.game);
  if (engagement.match_id)
    return {
      href: `/matches/${engagement.match_id}`,
      symbol: 'rally',
      title: `Your ${game} match is on`,
      hint: engagement.opponent ? `Against ${engagement.opponent.display_name}` : 'Go back to it',
    };
  return {
    href: `/play?game=${engagement.game}&opponent=random`,
    symbol: 'clock',
    title: `Searching for an opponent`,
    hint: game,
  };
}

/**
 * @param {HomePage} home
 * @returns {(Step | null)[]}
 */
function accountSteps({ profile, recent_matches: matches }) {
  // The address of an uploaded picture has a version; that of a generated one has none.
  const hasPicture = profile.avatar.includes('?');
  const isNew = !matches.length;
  return [
    profile.email_verified
      ? null
      : {
          href: '/account/verify-email',
          symbol: 'invite',
          title: 'Verify your email',
          hint: 'Then you can message and invite others.',
        },
    friendsStore.friends.value.length
      ? null
      : {
          href: '/friends',
          symbol: 'person-add',
          title: 'Add your first friend',
          hint: 'By name, or from suggestions.',
        },
    isNew ? { href: '/play', symbol: 'play', title: 'Play your first match', hint: 'The computer is ready.' } : null,
    hasPicture
      ? null
      : { href: '/settings/profile', symbol: 'smile', title: 'Add a picture', hint: 'Let friends recognize you.' },
  ];
}

/** @param {Step} step */
const stepRow = ({ href, symbol, title, hint }) =>
  html`<li>
    <a href=${href}>
      ${icon(symbol)}
      <span><strong>${title}</strong><span class="hint">${hint}</span></span>
      ${icon('chevron-right')}
    </a>
  </li>`;
