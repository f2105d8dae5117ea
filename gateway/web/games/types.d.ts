// What games and live matches agree on.

import type { Ack, MatchStateFrame } from '../api/types.js';
import type { Signal } from '../live/signal.js';
import type { ActionName, Actions } from '../live/socket-types.js';
import type { JoinedMatch, Match } from './match-state.js';

/** A state as the server sends it in JSON; `isFirst` marks that of `joined`. */
export type JsonFrame = MatchStateFrame & { isFirst?: boolean };
/** A frame of the socket: JSON, or the buffer of a compact one. */
export type Frame = JsonFrame | ArrayBuffer;

export interface FramesWanted {
  form: 'json' | 'binary';
  rate: '60' | '30' | '20' | 'auto';
}

export interface LiveMatchOptions extends Partial<FramesWanted> {
  onFrame?: (frame: Frame) => void;
  signal: AbortSignal;
}

export interface LiveMatch {
  /** What is known. */
  match: Signal<Match>;
  notePlaying(): void;
  send<N extends ActionName<'match'>>(action: N, data?: Actions<'match'>[N]): boolean;
  request<N extends ActionName<'match'>>(action: N, data?: Actions<'match'>[N]): Promise<Ack>;
}

export interface GameContext {
  isSpectator: boolean;
  options: Record<string, unknown>;
  signal: AbortSignal;
}

export interface SoundSetting {
  isOn: Signal<boolean>;
  toggle(): void;
}

/** A game that this client can show. */
export interface Game {
  frames: FramesWanted;
  take(frame: Frame): void;
  /** The element that shows a joined match and is played on. */
  mount(live: LiveMatch): HTMLElement;
  /** How to play it, in words. */
  hint(joined: Pick<JoinedMatch, 'seat' | 'players'>): string | null;
  /** Turns its sounds off, where it makes any. */
  sound?: SoundSetting;
}
