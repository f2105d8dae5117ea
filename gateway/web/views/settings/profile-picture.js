// @ts-check
// The user's own avatar: choose a file, preview it, upload it.

import { html, nothing, render } from '../../vendor/lit.js';
import { actionButton } from '../../elements/action-button.js';
import { api } from '../../api/client.js';
import { avatar, h } from '../../elements/dom.js';
import { errorMessage, formatSize } from '../../elements/format.js';
import { session } from '../../api/session.js';
import { showToast } from '../../elements/toasts.js';

/** @import { Profile } from '../../api/types.js' */

const TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];
const MAX_SIZE = 5 * 1024 * 1024;

/**
 * The avatar editor of the profile view.
 * @param {Profile} profile
 */
export function pictureEditor(profile) {
  const container = h('div.picture');
  showCurrent(container, profile);
  return container;
}

/**
 * @param {HTMLElement} container
 * @param {Profile} profile
 * @param {string} [problem]
 */
function showCurrent(container, profile, problem = '') {
  // The address of an uploaded picture has a version; that of a generated one has none.
  const isUploaded = profile.avatar.includes('?');
  /** @param {{ target: HTMLInputElement }} event */
  const onChange = ({ target }) => onFileChosen(container, profile, target.files?.[0]);
  render(
    html`${avatar(profile, 96)}
      <div>
        <div class="actions">
          <input class="file-input" type="file" id="picture-file" accept=${TYPES.join()} @change=${onChange} />
          <label class="button" for="picture-file">${isUploaded ? 'Choose another picture' : 'Choose a picture'}</label>
          ${isUploaded ? actionButton('Remove', () => remove(container, profile)) : nothing}
        </div>
        <p class="hint">PNG, JPEG, WebP or GIF, at most ${formatSize(MAX_SIZE)}.</p>
        ${problem ? html`<p class="alert" role="alert">${problem}</p>` : nothing}
      </div>`,
    container,
  );
}

/**
 * @param {HTMLElement} container
 * @param {Profile} profile
 * @param {File | undefined} file
 */
function onFileChosen(container, profile, file) {
  if (!file) return;
  const problem = problemWith(file);
  if (problem) showCurrent(container, profile, problem);
  else showPreview(container, profile, file);
}

/** @param {File} file */
function problemWith(file) {
  if (!TYPES.includes(file.type)) return 'This file is not a supported image.';
  return file.size > MAX_SIZE ? `This file is too large (${formatSize(file.size)}).` : '';
}

/**
 * @param {HTMLElement} container
 * @param {Profile} profile
 * @param {File} file
 */
function showPreview(container, profile, file) {
  const url = URL.createObjectURL(file);
  /**
   * @param {Profile} next
   * @param {string} [problem]
   */
  const close = (next, problem) => {
    URL.revokeObjectURL(url);
    showCurrent(container, next, problem);
    container.querySelector('input')?.focus();
  };
  const use = async () => {
    try {
      close(await upload(profile, file));
      showToast('Profile picture updated.');
    } catch (error) {
      close(profile, errorMessage(error));
    }
  };
  render(
    html`<img class="avatar" src=${url} alt="Preview of your new picture" width="96" height="96" />
      <div class="actions">
        ${actionButton('Use this picture', use, { variant: 'primary' })}
        <button type="button" @click=${() => close(profile)}>Cancel</button>
      </div>`,
    container,
  );
  container.querySelector('button')?.focus();
}

/**
 * @param {Profile} profile
 * @param {File} file
 */
async function upload(profile, file) {
  const { data } = await api.post('/users/profile/avatar/', undefined, { upload: file });
  session.updateProfile(data);
  return { ...profile, ...data };
}

/**
 * @param {HTMLElement} container
 * @param {Profile} profile
 */
async function remove(container, profile) {
  const { data } = await api.remove('/users/profile/avatar/');
  session.updateProfile(data);
  showCurrent(container, { ...profile, ...data });
  container.querySelector('input')?.focus();
  showToast('Profile picture removed.');
}
