// The page at `/`: the home page for users, the landing page for visitors.

import * as api from '../api.js';
import { fill, h, heading } from '../dom.js';
import { session } from '../session.js';
import { courtAnimation } from './court-animation.js';

export default async function view(context) {
  if (session.signedIn) return (await import('./home.js')).default(context);
  return { title: '', content: landing(context) };
}

function landing({ signal }) {
  const intro = h('div', {},
    heading('Play, chat and watch together.'),
    h('p.lead', {}, 'Courtside is a small arcade for you and your friends. Create an account and be on the court within a minute.'),
    h('div.actions', {}, h('a.button.primary', { href: '/register' }, 'Create account')), proofOfLife(signal));
  return [h('div.hero', {}, intro, court(signal)), footer()];
}

/** How many people are here now, once it is known and there are any. */
function proofOfLife(signal) {
  const line = h('p.hint.proof-of-life', { role: 'status' });
  api.get('/online/', { signal })
    .then(({ data: { online, playing } }) => online && fill(line, h('span.online-dot', { 'aria-hidden': 'true' }), playing ? `${online} online, ${playing} playing` : `${online} online`))
    // Without it, the page is complete.
    .catch(() => {});
  return line;
}

function footer() {
  return h('footer.site-footer', {},
    h('p', {}, 'Courtside is open source: one binary to run yourself, under the MIT or Apache 2.0 licence.'),
    h('p', {}, h('a', { href: '/docs/' }, 'Try the API'), ' · ', h('a', { href: '/docs/ws/' }, 'WebSockets')));
}

/** A court to play on, once it is loaded; an animation until then, and where it cannot be played. */
function court(signal) {
  const place = h('div', {}, courtAnimation());
  import('./playable-court.js')
    .then(({ playableCourt }) => playableCourt(signal))
    // Without it, the page is complete.
    .then((playable) => playable && place.replaceChildren(playable), () => {});
  return place;
}
