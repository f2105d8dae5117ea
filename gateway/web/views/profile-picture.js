// One's picture: choosing a file, looking at it, and only then sending it.

import * as api from '../api.js';
import { avatar, fill, fresh, h } from '../dom.js';
import { tell, warn } from '../notices.js';
import { changed } from '../session.js';
import { explain, size } from '../words.js';

const KINDS = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];
const LARGEST = 5 * 1024 * 1024;

/** The part of the profile with the picture. */
export function picture(profile) {
  const place = h('div.picture');
  showCurrent(place, profile);
  return place;
}

function showCurrent(place, profile, refusal = null) {
  const id = fresh('picture');
  const input = h('input.covered', { type: 'file', id, accept: KINDS.join(), onchange: () => chosen(place, profile, input.files[0]) });
  // Without a picture of one's own, the server draws one and names no version of it.
  const own = profile.avatar.includes('?');
  fill(place, avatar(profile, 96), h('div', {},
    h('div.actions', {}, input, h('label.button', { for: id }, own ? 'Choose another picture' : 'Choose a picture'),
      own && h('button', { type: 'button', onclick: () => drop(place, profile) }, 'Remove')),
    h('p.hint', {}, `PNG, JPEG, WebP or GIF, at most ${size(LARGEST)}.`),
    refusal && h('p.alert', { role: 'alert' }, refusal)));
}

function chosen(place, profile, file) {
  if (!file) return;
  const refusal = KINDS.includes(file.type) ? null : 'This file is no such picture.';
  const tooLarge = file.size > LARGEST ? `This file is too large: it has ${size(file.size)}.` : null;
  if (refusal ?? tooLarge) {
    showCurrent(place, profile, refusal ?? tooLarge);
    return;
  }
  showPreview(place, profile, file);
}

function showPreview(place, profile, file) {
  const url = URL.createObjectURL(file);
  const back = (next, refusal) => {
    URL.revokeObjectURL(url);
    showCurrent(place, next, refusal);
    place.querySelector('input').focus();
  };
  const use = h('button.primary', { type: 'button' }, 'Use this picture');
  use.addEventListener('click', async () => {
    if (use.getAttribute('aria-disabled')) return;
    use.setAttribute('aria-disabled', 'true');
    try {
      back(await send(profile, file));
      tell('Your picture is changed.');
    } catch (error) {
      back(profile, explain(error));
    }
  });
  fill(place, h('img.avatar', { src: url, alt: 'The picture you chose', width: 96, height: 96 }),
    h('div.actions', {}, use, h('button', { type: 'button', onclick: () => back(profile) }, 'Cancel')));
  use.focus();
}

async function send(profile, file) {
  const { data } = await api.post('/users/profile/avatar/', undefined, { upload: file });
  changed(data);
  return { ...profile, ...data };
}

async function drop(place, profile) {
  try {
    const { data } = await api.remove('/users/profile/avatar/');
    changed(data);
    showCurrent(place, { ...profile, ...data });
    place.querySelector('input').focus();
    tell('Your picture is removed.');
  } catch (error) {
    warn(error);
  }
}
