// One message, and what can be done with it.

import { deed } from '../buttons.js';
import { confirm } from '../dialogs.js';
import { fill, fresh, h } from '../dom.js';
import { profileOf } from '../faces.js';
import * as outbox from '../live/outbox.js';
import { session } from '../session.js';
import { clock, day, moment } from '../words.js';
import { report } from './report.js';

const NAME_SIGN = /(@[\p{L}\p{N}_.-]*[\p{L}\p{N}])/u;
/** The messages whose deeds are shown, also when they are drawn anew. */
const opened = new Set();
const isMine = (message) => message.sender.id === session.profile?.id;

/** A message of the chat. `before` is the one above it, `answered` the one it answers, if known. */
export function messageRow(message, { chat, writer, named, before, answered }) {
  const mine = isMine(message);
  const first = !before || day(before.date) !== day(message.date);
  const said = message.is_deleted ? h('p.said.gone', {}, 'Message deleted') : h('p.said', {}, withMentions(message));
  const who = mine ? 'You' : message.sender.display_name;
  const bubble = h('div.bubble', {},
    named && !mine && !message.sender.is_deleted ? h('a.who', { href: profileOf(message.sender.username) }, who) : h(named && !mine ? 'span.who' : 'span.unseen', {}, `${who}: `),
    message.reply_to && quote(answered), said, foot(message, mine));
  const open = !message.is_deleted && writer.element;
  const [handle, place] = open ? deeds(message, { chat, writer, mine }) : [];
  return h(mine ? 'li.message.mine' : 'li.message', {},
    first && h('p.day', {}, day(message.date)), h('div.line', {}, bubble, handle), place);
}

/** A message that is not known to be sent. */
export function unsentRow(message) {
  const failed = message.status === 'failed';
  const foot = failed
    ? [h('p.problem', { role: 'alert' }, `Not sent. ${message.problem}`), h('div.deeds', {},
        deed('Try again', async () => outbox.retry(message), { kind: 'link' }), deed('Discard', async () => outbox.discard(message), { kind: 'link' }))]
    : [h('p.foot', {}, 'Sending …')];
  return h('li.message.mine.unsent', {}, h('div.line', {}, h('div.bubble', {}, h('span.unseen', {}, 'You: '), h('p.said', {}, message.content), foot)));
}

function foot(message, mine) {
  const likes = message.like_count > 0 && h('span.likes', {},
    h('span', { 'aria-hidden': 'true' }, '♥ '), String(message.like_count), h('span.unseen', {}, message.like_count === 1 ? ' like' : ' likes'));
  return h('p.foot', {}, h('time', { datetime: message.date, title: moment(message.date) }, clock(message.date)),
    message.edited_at && !message.is_deleted && ' · edited', mine && message.is_read && ' · read', likes && ' · ', likes);
}

function quote(answered) {
  if (!answered) return h('blockquote', {}, 'In answer to an older message');
  const who = isMine(answered) ? 'you' : answered.sender.display_name;
  return h('blockquote', {}, h('strong', {}, `In answer to ${who}: `), answered.is_deleted ? 'a deleted message' : answered.content);
}

/** The text with the names of people it calls made to stand out, one's own most of all. */
function withMentions({ content, mentions }) {
  const called = new Map(mentions.map((one) => [one.username.toLowerCase(), one]));
  return content.split(NAME_SIGN).map((part) => {
    const person = part.startsWith('@') && called.get(part.slice(1).toLowerCase());
    if (!person) return part;
    return h(person.id === session.profile?.id ? 'mark.me' : 'mark', {}, part);
  });
}

/** The button that likes, the one that shows what else can be done, and the place for that. */
function deeds(message, { chat, writer, mine }) {
  const id = fresh('deeds');
  const place = h('div.deeds', { id });
  const opener = h('button.quiet.more', { type: 'button', 'aria-controls': id, 'data-deed': 'more', 'aria-label': `What to do with: ${message.content.slice(0, 40)}` }, '⋯');
  const show = () => {
    const open = opened.has(message.id);
    place.hidden = !open;
    opener.setAttribute('aria-expanded', String(open));
    const close = (work) => async () => {
      opened.delete(message.id);
      show();
      work(message);
    };
    const all = [['Reply', close(writer.reply)], mine && ['Edit', close(writer.edit)],
      mine ? ['Delete', () => erase(message, chat)] : ['Report', () => report(message)]];
    if (open) fill(place, all.filter(Boolean).map(([label, work]) => deed(label, work, { kind: 'link' })));
  };
  opener.addEventListener('click', () => {
    if (!opened.delete(message.id)) opened.add(message.id);
    show();
  });
  show();
  const like = !mine && deed(message.is_liked ? '♥' : '♡', () => chat.like(message), { kind: 'quiet', name: message.is_liked ? 'Take the like back' : 'Like' });
  if (like) like.dataset.deed = 'like';
  return [h('div.handle', {}, like, opener), place];
}

async function erase(message, chat) {
  await confirm('Delete this message?', 'It is deleted for everybody.', 'Delete');
  await chat.erase(message);
}
