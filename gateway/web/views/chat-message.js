// A message and its actions.

import { actionButton } from '../action-button.js';
import { confirm } from '../dialogs.js';
import { fill, h, uniqueId } from '../dom.js';
import { formatDateTime, formatDay, formatTime } from '../format.js';
import { profileUrl } from '../person-row.js';
import * as outbox from '../realtime/outbox.js';
import { session } from '../session.js';
import { reportMessage } from './report-message.js';

const MENTION = /(@[\p{L}\p{N}_.-]*[\p{L}\p{N}])/u;
/** Ids of the messages whose actions are expanded; survives a new rendering of the message. */
const expanded = new Set();
const isOwn = (message) => message.sender.id === session.profile?.id;

/**
 * A message of a chat. `previous` is the one above it, `repliedTo` the one it answers, if loaded;
 * `showAuthor` adds the author's name.
 */
export function messageRow(message, { chat, composer, showAuthor, previous, repliedTo }) {
  const own = isOwn(message);
  const startsDay = !previous || formatDay(previous.date) !== formatDay(message.date);
  const content = message.is_deleted ? h('p.content.deleted', {}, 'Message deleted') : h('p.content', {}, highlightMentions(message));
  const bubble = h('div.bubble', {},
    author(message, showAuthor && !own), message.reply_to && quote(repliedTo), content, footer(message, own));
  const canAct = !message.is_deleted && composer.element;
  const [tools, menu] = canAct ? messageTools(message, { chat, composer, own }) : [];
  return h(own ? 'li.message.own' : 'li.message', {},
    startsDay && h('p.day', {}, formatDay(message.date)), h('div.message-body', {}, bubble, tools), menu);
}

/** A message that is not confirmed yet. */
export function unsentRow(message) {
  const footer = message.status === 'failed'
    ? [h('p.problem', { role: 'alert' }, `Not sent. ${message.error}`), h('div.row-actions', {},
        actionButton('Try again', async () => outbox.retry(message), { variant: 'link' }),
        actionButton('Discard', async () => outbox.discard(message), { variant: 'link' }))]
    : [h('p.footer', {}, 'Sending…')];
  return h('li.message.own.unsent', {}, h('div.message-body', {},
    h('div.bubble', {}, h('span.visually-hidden', {}, 'You: '), h('p.content', {}, message.content), footer)));
}

/** The author's name, which screen readers get for every message. */
function author(message, visible) {
  const { sender } = message;
  const name = `${isOwn(message) ? 'You' : sender.display_name}: `;
  if (!visible) return h('span.visually-hidden', {}, name);
  return sender.is_deleted ? h('span.author', {}, name) : h('a.author', { href: profileUrl(sender.username) }, sender.display_name);
}

function footer(message, own) {
  const likes = message.like_count > 0 && h('span.likes', {},
    h('span', { 'aria-hidden': 'true' }, '♥ '), String(message.like_count), h('span.visually-hidden', {}, message.like_count === 1 ? ' like' : ' likes'));
  return h('p.footer', {}, h('time', { datetime: message.date, title: formatDateTime(message.date) }, formatTime(message.date)),
    message.edited_at && !message.is_deleted && ' · edited', own && message.is_read && ' · read', likes && ' · ', likes);
}

function quote(repliedTo) {
  if (!repliedTo) return h('blockquote', {}, 'Replying to an older message');
  const name = isOwn(repliedTo) ? 'you' : repliedTo.sender.display_name;
  return h('blockquote', {}, h('strong', {}, `Replying to ${name}: `), repliedTo.is_deleted ? 'a deleted message' : repliedTo.content);
}

/** The content with mentions highlighted, those of the reader most. */
function highlightMentions({ content, mentions }) {
  const mentioned = new Map(mentions.map((user) => [user.username.toLowerCase(), user]));
  return content.split(MENTION).map((part) => {
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
