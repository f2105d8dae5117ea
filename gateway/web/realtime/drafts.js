// Drafts: what the user has begun to write, by chat.

import { session } from '../session.js';
import { keepWritten, readWritten } from './written-store.js';

const KIND = 'drafts';
/** The least recently written drafts beyond this number are dropped. */
const MAX_DRAFTS = 50;

/** The draft in a chat, or an empty text. */
export const draftOf = (chatId) => readWritten(KIND, session.profile.id, {})[chatId] ?? '';

/** Keeps the draft in a chat; an empty text removes it. */
export function keepDraft(chatId, text) {
  if (!session.profile) return;
  const { [chatId]: _, ...others } = readWritten(KIND, session.profile.id, {});
  const entries = Object.entries(text ? { ...others, [chatId]: text } : others).slice(-MAX_DRAFTS);
  keepWritten(KIND, session.profile.id, entries.length ? Object.fromEntries(entries) : null);
}
