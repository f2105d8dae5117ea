// @ts-check
// Verifies an email address with the link from the email; without a token, asks to open the link.

import { html, nothing } from '../../vendor/lit.js';
import { api } from '../../api/client.js';
import { mailboxHint } from '../../live/dev-mailbox.js';
import { h, page } from '../../elements/dom.js';
import { errorMessage } from '../../elements/format.js';
import { openCurrentView, replaceAddress } from '../../shell/router.js';
import { session } from '../../api/session.js';
import { sendAgainButton } from '../../elements/send-again-button.js';

/**
 * @import { Profile } from '../../api/types.js'
 * @import { Children } from '../../elements/dom.js'
 * @import { Failure } from '../../elements/format.js'
 * @import { ViewContext } from '../view-context.js'
 */

/** @param {ViewContext} context */
export default async function view({ signal }) {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (!token) return waitingPage(signal);
  // The token works once, so it does not belong into the history.
  replaceAddress(location.pathname);
  try {
    await api.post('/auth/email/verify/', { token });
  } catch (error) {
    if (![410, 422].includes(/** @type {Failure} */ (error).status ?? 0)) throw error;
    return invalidLinkPage(error);
  }
  if (session.signedIn) session.updateProfile(await session.reloadProfile());
  return verifiedPage();
}

/**
 * Asks to open the link, and goes on when that has happened in another tab or on another device.
 * @param {AbortSignal} signal
 */
function waitingPage(signal) {
  const profile = /** @type {Profile | null} */ (session.profile);
  if (profile?.email_verified) return verifiedPage();
  if (profile) awaitVerification(signal);
  const address = profile ? html`<strong>${profile.email}</strong>` : 'you';
  const then = profile ? ' Until then you can look around.' : '';
  return cardPage(
    'Check your email',
    html`<p>We sent a link to ${address}. Open it to verify your email address.${then}</p>
      ${mailboxHint()}
      <div class="actions">${profile ? sendAgainButton() : nothing}<a href="/">Look around</a></div>`,
  );
}

/** @param {AbortSignal} signal */
function awaitVerification(signal) {
  session.onChange(() => {
    if (session.profile?.email_verified) openCurrentView();
  }, signal);
  const check = () => {
    // A failure changes nothing: the next look asks again.
    if (document.visibilityState === 'visible') session.reloadProfile().catch(() => {});
  };
  document.addEventListener('visibilitychange', check, { signal });
}

function verifiedPage() {
  const next = session.signedIn
    ? h('a.button.primary', { href: '/' }, 'Continue')
    : h('a.button.primary', { href: '/login' }, 'Log in');
  return cardPage(
    'Email verified',
    html`<p>Thank you. You can now use all of Courtside.</p>
      <div class="actions">${next}</div>`,
  );
}

/** @param {unknown} error */
function invalidLinkPage(error) {
  const canResend = session.profile && !session.profile.email_verified;
  return cardPage(
    'This link does not work',
    html`<p role="alert">${errorMessage(error)}</p>
      <p>${canResend ? 'We can send you a new link.' : 'Log in to request a new link.'}</p>
      <div class="actions">
        ${canResend ? sendAgainButton('primary') : nothing}
        ${session.signedIn ? nothing : html`<a class="button primary" href="/login">Log in</a>`}
      </div>`,
  );
}

/**
 * @param {string} title
 * @param {Children} content
 */
const cardPage = (title, content) => page(title, h('div.card.narrow', {}, content));
