// The user's own avatar: choose a file, preview it, upload it.

import * as api from '../api.js';
import { avatar, fill, h, uniqueId } from '../dom.js';
import { errorMessage, formatSize } from '../format.js';
import { updateProfile } from '../session.js';
import { showError, showToast } from '../toasts.js';

const TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];
const MAX_SIZE = 5 * 1024 * 1024;

/** The avatar editor of the profile view. */
export function pictureEditor(profile) {
  const container = h('div.picture');
  showCurrent(container, profile);
  return container;
}

function showCurrent(container, profile, problem = null) {
  const id = uniqueId('picture');
  const input = h('input.file-input', { type: 'file', id, accept: TYPES.join(), onchange: () => onFileChosen(container, profile, input.files[0]) });
  // The address of an uploaded picture has a version; that of a generated one has none.
  const isUploaded = profile.avatar.includes('?');
  fill(container, avatar(profile, 96), h('div', {},
    h('div.actions', {}, input, h('label.button', { for: id }, isUploaded ? 'Choose another picture' : 'Choose a picture'),
      isUploaded && h('button', { type: 'button', onclick: () => remove(container, profile) }, 'Remove')),
    h('p.hint', {}, `PNG, JPEG, WebP or GIF, at most ${formatSize(MAX_SIZE)}.`),
    problem && h('p.alert', { role: 'alert' }, problem)));
}

function onFileChosen(container, profile, file) {
  if (!file) return;
  const problem = problemWith(file);
  if (problem) showCurrent(container, profile, problem);
  else showPreview(container, profile, file);
}

function problemWith(file) {
  if (!TYPES.includes(file.type)) return 'This file is not a supported image.';
  return file.size > MAX_SIZE ? `This file is too large (${formatSize(file.size)}).` : null;
}

function showPreview(container, profile, file) {
  const url = URL.createObjectURL(file);
  const close = (next, problem) => {
    URL.revokeObjectURL(url);
    showCurrent(container, next, problem);
    container.querySelector('input').focus();
  };
  const use = h('button.primary', { type: 'button' }, 'Use this picture');
  use.addEventListener('click', async () => {
    if (use.getAttribute('aria-disabled')) return;
    use.setAttribute('aria-disabled', 'true');
    try {
      close(await upload(profile, file));
      showToast('Profile picture updated.');
    } catch (error) {
      close(profile, errorMessage(error));
    }
  });
  fill(container, h('img.avatar', { src: url, alt: 'Preview of your new picture', width: 96, height: 96 }),
    h('div.actions', {}, use, h('button', { type: 'button', onclick: () => close(profile) }, 'Cancel')));
  use.focus();
}

async function upload(profile, file) {
  const { data } = await api.post('/users/profile/avatar/', undefined, { upload: file });
  updateProfile(data);
  return { ...profile, ...data };
}

async function remove(container, profile) {
  try {
    const { data } = await api.remove('/users/profile/avatar/');
    updateProfile(data);
    showCurrent(container, { ...profile, ...data });
    container.querySelector('input').focus();
    showToast('Profile picture removed.');
  } catch (error) {
    showError(error);
  }
}
