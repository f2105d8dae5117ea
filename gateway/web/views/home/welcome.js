// @ts-check
// The page at `/`: the home page for users, the landing page for visitors.

import { html, nothing, render } from '../../vendor/lit.js';
import { api } from '../../api/client.js';
import { h, heading } from '../../elements/dom.js';
import { icon } from '../../elements/icon.js';
import { session } from '../../api/session.js';
import { courtAnimation } from './court-animation.js';

/**
 * @import { OnlineCounts } from '../../api/types.js'
 * @import { IconName } from '../../elements/icon.js'
 * @import { ViewContext } from '../view-context.js'
 */

/** @type {[IconName, string, string][]} */
const FEATURES = [
  ['rally', 'Real-time Pong', 'Against the computer, a friend, or whoever is your match right now.'],
  ['friends', 'Friends', 'See who is online, what they play, and join in with one tap.'],
  ['chat', 'Chat', 'With a friend, in rooms, and beside every match.'],
  ['trophy', 'Ratings', 'Ranked matches, leaderboards, and a chart of how you get better.'],
  ['eye', 'Spectate', 'Watch live matches, and replay every point of those that ended.'],
  ['keyboard', 'One keyboard', 'Two players, one screen, and a round of tic-tac-toe in between.'],
];

/** @param {ViewContext} context */
export default async function view(context) {
  if (session.signedIn) return (await import('./home.js')).default(context);
  return { title: '', content: landing(context.signal) };
}

/** @param {AbortSignal} signal */
const landing = (signal) =>
  html`<div class="hero">
      <div>
        ${heading('Play, chat and watch together.')}
        <p class="lead">
          Courtside is a small arcade for you and your friends. Create an account and be on the court within a minute.
        </p>
        <div class="actions"><a class="button primary" href="/register">Create account</a></div>
        ${proofOfLife(signal)}
      </div>
      ${court(signal)}
    </div>
    ${features()} ${openSource()} ${footer()}`;

/**
 * How many people are here now, once it is known and there are any.
 * @param {AbortSignal} signal
 */
function proofOfLife(signal) {
  const line = h('p.hint.proof-of-life', { role: 'status' });
  api
    .get('/online/', { signal })
    .then(({ data }) => render(onlineText(data), line))
    // Without it, the page is complete.
    .catch(() => {});
  return line;
}

/** @param {OnlineCounts} counts */
function onlineText({ online, playing }) {
  if (!online) return nothing;
  return html`<span class="status-dot" data-status="online" aria-hidden="true"></span>${online}
    online${playing ? `, ${playing} playing` : ''}`;
}

const features = () =>
  html`<ul class="features">
    ${FEATURES.map(
      ([symbol, title, text]) =>
        html`<li>
          ${icon(symbol)}
          <h2>${title}</h2>
          <p>${text}</p>
        </li>`,
    )}
  </ul>`;

const openSource = () =>
  html`<section class="open-source" aria-labelledby="open-source">
    <div>
      <h2 id="open-source">Open source, and yours to run</h2>
      <p>
        One binary with everything in it: no database to set up, no build step. Made in Rust, under the MIT or Apache
        2.0 licence.
      </p>
    </div>
    <pre tabindex="0" aria-label="How to run it"><code>cargo build --release
target/release/courtside</code></pre>
  </section>`;

const footer = () =>
  html`<footer class="site-footer">
    <p>Courtside</p>
    <nav aria-label="More">
      <a href="/docs/">Try the API</a>
      <a href="/docs/ws/">WebSockets</a>
      <a href="/login">Log in</a>
    </nav>
  </footer>`;

/**
 * A court to play on, once it is loaded; an animation until then, and where it cannot be played.
 * @param {AbortSignal} signal
 */
function court(signal) {
  const place = h('div', {}, courtAnimation());
  import('./playable-court.js')
    .then(({ playableCourt }) => playableCourt(signal))
    .then((playable) => playable && place.replaceChildren(playable))
    // Without it, the page is complete.
    .catch(() => {});
  return place;
}
