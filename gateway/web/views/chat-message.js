// A message and its actions.

import { actionButton } from '../action-button.js';
import { confirm } from '../dialogs.js';
import { avatar, fill, h, uniqueId } from '../dom.js';
import { formatDateTime, formatTime } from '../format.js';
import { splitLinks } from '../linkify.js';
import { profileUrl } from '../person-row.js';
import { dayOf } from '../relative-time.js';
import * as outbox from '../realtime/outbox.js';
import { session } from '../session.js';
import { startsDay } from './chat-groups.js';
import { reportMessage } from './report-message.js';

const MENTION = /(@[\p{L}\p{N}_.-]*[\p{L}\p{N}])/u;
/** Ids of the messages whose actions are expanded; survives a new rendering of the message. */
const expanded = new Set();
const isOwn = (message) => message.sender.id === session.profile?.id;

/**
 * A message of a chat. `previous` is the one above it, whose group it may continue; `repliedTo` the one it
 * answers, if loaded; `showAuthors` adds the author's name and picture to the first of a group.
 */
export function messageRow(message, { chat, composer, showAuthors, previous, isContinued, repliedTo, isLastOwn }) {
  const own = isOwn(message);
  const showAuthor = showAuthors && !own && !isContinued;
  const content = message.is_deleted ? h('p.content.deleted', {}, 'Message deleted') : h('p.content', { dir: 'auto' }, contentParts(message));
  const bubble = h('div.bubble', {}, author(message, showAuthor), message.reply_to && quote(repliedTo), content, footer(message, { isContinued, isLastOwn: own && isLastOwn }));
  const canAct = !message.is_deleted && composer.element;
  const [tools, menu] = canAct ? messageTools(message, { chat, composer, own }) : [];
  const body = h('div.message-body', {}, showAuthors && !own && h('span.face', {}, showAuthor && avatar(message.sender, 32)), bubble, tools);
  const element = h('li.message', {}, startsDay(message, previous) && dayOf(message.date, 'time.day'), body, menu);
  element.classList.toggle('own', own);
  element.classList.toggle('continued', isContinued);
  return element;
}

/** A message that is not confirmed yet. */
export function unsentRow(message) {
  const footer = message.status === 'failed'
    ? [h('p.problem', { role: 'alert' }, `Not sent. ${message.error}`), h('div.row-actions', {},
        actionButton('Try again', async () => outbox.retry(message), { variant: 'link' }),
        actionButton('Discard', async () => outbox.discard(message), { variant: 'link' }))]
    : [h('p.footer', {}, h('span', {}, 'Sending…'))];
  return h('li.message.own.unsent', {}, h('div.message-body', {},
    h('div.bubble', {}, h('span.visually-hidden', {}, 'You: '), h('p.content', { dir: 'auto' }, message.content), footer)));
}

/** The author's name, which screen readers get for every message. */
function author(message, visible) {
  const { sender } = message;
  const name = `${isOwn(message) ? 'You' : sender.display_name}: `;
  if (!visible) return h('span.visually-hidden', {}, name);
  return sender.is_deleted ? h('span.author', { dir: 'auto' }, name) : h('a.author', { href: profileUrl(sender.username), dir: 'auto' }, sender.display_name);
}

/** The time at the first message of a group, and what has become of the message. */
function footer(message, { isContinued, isLastOwn }) {
  const { edited_at: editedAt, is_deleted: isDeleted, is_read: isRead, like_count: likeCount } = message;
  const likes = likeCount > 0 && h('span.likes', {},
    h('span', { 'aria-hidden': 'true' }, '♥ '), String(likeCount), h('span.visually-hidden', {}, likeCount === 1 ? ' like' : ' likes'));
  const time = h(isContinued ? 'time.on-demand' : 'time', { datetime: message.date, title: formatDateTime(message.date) }, formatTime(message.date));
  const parts = [time, editedAt && !isDeleted && h('span', {}, 'edited'), isLastOwn && isRead && h('span', {}, 'read'), likes];
  return h('p.footer', {}, parts);
}

function quote(repliedTo) {
  if (!repliedTo) return h('blockquote', {}, 'Replying to an older message');
  const name = isOwn(repliedTo) ? 'you' : repliedTo.sender.display_name;
  return h('blockquote', {}, h('strong', {}, `Replying to ${name}: `), repliedTo.is_deleted ? 'a deleted message' : repliedTo.content);
}

/** The content with its links, and with mentions highlighted, those of the reader most. */
function contentParts({ content, mentions }) {
  return splitLinks(content).map(({ text, href }) => (href ? link(text, href) : highlightMentions(text, mentions)));
}

/** A link that people wrote. Other sites learn nothing of this one. */
function link(text, href) {
  const isOurs = new URL(href).origin === location.origin;
  return h('a', isOurs ? { href } : { href, target: '_blank', rel: 'noopener noreferrer nofollow ugc' }, text);
}

function highlightMentions(text, mentions) {
  const mentioned = new Map(mentions.map((user) => [user.username.toLowerCase(), user]));
  return text.split(MENTION).map((part) => {
    const user = part.startsWith('@') && mentioned.get(part.slice(1).toLowerCase());
    if (!user) return part;
    return h(user.id === session.profile?.id ? 'mark.me' : 'mark', {}, part);
  });
}

/** The like button with the button that expands the other actions, and their container. */
function messageTools(message, { chat, composer, own }) {
  const id = uniqueId('message-actions');
  const menu = h('div.row-actions', { id });
  const toggle = h('button.quiet.more', { type: 'button', 'aria-controls': id, 'data-action': 'more', 'aria-label': `More actions for: ${message.content.slice(0, 40)}` }, '⋯');
  const show = () => {
    const open = expanded.has(message.id);
    menu.hidden = !open;
    toggle.setAttribute('aria-expanded', String(open));
    const collapseThen = (action) => async () => {
      expanded.delete(message.id);
      show();
      action(message);
    };
    const actions = [['Reply', collapseThen(composer.reply)], own && ['Edit', collapseThen(composer.edit)],
      own ? ['Delete', () => deleteMessage(message, chat)] : ['Report', () => reportMessage(message)]];
    if (open) fill(menu, actions.filter(Boolean).map(([label, action]) => actionButton(label, action, { variant: 'link' })));
  };
  toggle.addEventListener('click', () => {
    if (!expanded.delete(message.id)) expanded.add(message.id);
    show();
  });
  show();
  return [h('div.message-tools', {}, !own && likeButton(message, chat), toggle), menu];
}

function likeButton(message, chat) {
  const button = actionButton(message.is_liked ? '♥' : '♡', () => chat.toggleLike(message), { variant: 'quiet', name: message.is_liked ? 'Unlike' : 'Like' });
  button.dataset.action = 'like';
  return button;
}

async function deleteMessage(message, chat) {
  await confirm('Delete this message?', 'It is deleted for everyone in this chat.', 'Delete');
  await chat.remove(message);
}
