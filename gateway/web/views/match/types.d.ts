// Types of matches, as their pages use them.

import type { TemplateResult } from 'lit';
import type { components } from '../../api/types.js';
import type { Match as MatchKnown } from '../../games/match-state.js';

type Schemas = components['schemas'];

export type GameMatch = Schemas['GameMatch'];
export type MatchPlayer = Schemas['MatchPlayer'];
export type TimelinePoint = Schemas['TimelinePoint'];
export type LeaderboardEntry = Schemas['LeaderboardEntry'];
export type GameStatistics = Schemas['GameStatistics'];
export type HeadToHead = Schemas['HeadToHead'];
export type RatingDay = Schemas['RatingDay'];
export type StatisticsOverview = Schemas['StatisticsOverview'];
export type UserSummary = Schemas['UserSummary'];

/** What the router gives a view. */
export interface ViewContext {
  params: Record<string, string>;
  query: URLSearchParams;
  state: Record<string, unknown>;
  signal: AbortSignal;
}

export type SeatName = 'first' | 'second';
export type MatchPhase =
  'open' | 'countdown' | 'playing' | 'paused' | 'interrupted' | 'recovering' | 'finished' | 'canceled';
export type { MatchKnown };
export type { JoinedMatch, SeatedPlayer } from '../../games/match-state.js';
export type { Frame, Game as PlayedGame, LiveMatch, SoundSetting } from '../../games/types.js';

export type MatchPause = NonNullable<MatchKnown['pause']>;
export type MatchMessage = MatchKnown['messages'][number];

/** A module that shows the record of a game again. */
export interface Replayed {
  default: (bytes: Uint8Array, match: GameMatch, signal: AbortSignal) => Promise<TemplateResult | HTMLElement | null>;
}

export type { ReplayPosition } from './replay-position.js';
