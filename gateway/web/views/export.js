// Downloading all one's data.

import * as api from '../api.js';
import { fill, h, page } from '../dom.js';
import { tell, warn } from '../notices.js';
import { saveFile } from '../save-file.js';
import { guarded } from '../step-up.js';
import { date, moment, size } from '../words.js';

const FIRST_LOOK = 1_000;
const SLOWEST_LOOK = 10_000;

export default async function view({ signal }) {
  const place = h('div.card');
  const { data: exports } = await api.get('/users/profile/export/?limit=1', { signal });
  show(place, exports[0], signal);
  return page('Your data', place);
}

function show(place, latest, signal) {
  const preparing = latest?.state === 'preparing';
  const ask = h(latest?.state === 'ready' ? 'button' : 'button.primary', { type: 'button' }, 'Gather my data');
  ask.addEventListener('click', () => request(place, signal));
  fill(place,
    h('p', {}, 'You can have everything that is stored about you in one file. Gathering it may take a moment; we will also mail you when it is ready.'),
    h('div', { role: 'status' }, latest && stateOf(latest)),
    h('div.actions', {}, latest?.state === 'ready' && downloadButton(latest), !preparing && ask));
  if (preparing) follow(place, latest, signal);
}

function stateOf(latest) {
  const asked = `Asked for on ${moment(latest.created_at)}.`;
  const words = {
    preparing: ['Your data is being gathered …', asked],
    ready: [`Your data is ready: ${size(latest.size ?? 0)}.`, latest.expires_at && `You can download it until ${date(latest.expires_at)}.`],
    failed: ['Gathering your data did not work. Please ask again.', asked],
    expired: ['The last download is over. You can ask again.', asked],
  };
  const [said, more] = words[latest.state];
  return [h('p', {}, h('strong', {}, said)), more && h('p.hint', {}, more)];
}

async function request(place, signal) {
  try {
    const { data } = await guarded(() => api.post('/users/profile/export/'));
    show(place, data, signal);
  } catch (error) {
    warn(error);
  }
}

/** Looks again and again, more and more slowly, until it is ready or somebody leaves the page. */
async function follow(place, latest, signal) {
  for (let wait = FIRST_LOOK; ; wait = Math.min(wait * 1.5, SLOWEST_LOOK)) {
    await new Promise((resume) => setTimeout(resume, wait));
    if (signal.aborted) return;
    try {
      const { data } = await api.get(`/users/profile/export/${latest.id}/`, { signal });
      if (data.state === 'preparing') continue;
      show(place, data, signal);
      return;
    } catch (error) {
      // A lost connection comes back; the next look tells.
      if (error.code !== 'offline' && !signal.aborted) return void warn(error);
    }
  }
}

function downloadButton(latest) {
  const button = h('button.primary', { type: 'button' }, 'Download');
  button.addEventListener('click', async () => {
    try {
      saveFile(await guarded(() => api.file(latest.download)), `courtside-data-${latest.ready_at.slice(0, 10)}.json`);
      tell('Your data is on its way to this device.');
    } catch (error) {
      warn(error);
    }
  });
  return button;
}
