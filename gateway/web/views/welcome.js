// The page at `/`: the home page for users, the landing page for visitors.

import { h, heading } from '../dom.js';
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
    h('div.actions', {},
      h('a.button.primary', { href: '/register' }, 'Create account'),
      h('a.button', { href: '/login' }, 'Log in')));
  const developers = h('p.hint.developers', {}, 'Building on Courtside? ', h('a', { href: '/docs/' }, 'Try the API'), '.');
  return [h('div.hero', {}, intro, court(signal)), developers];
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
