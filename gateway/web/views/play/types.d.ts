// Types of the choice of a game and an opponent.

import type { TemplateResult } from 'lit';
import type { components } from '../../api/types.js';

type Schemas = components['schemas'];

export type AiSettings = Schemas['AiSettings'];
export type GameRating = Schemas['GameRating'];
export type Friend = Schemas['Friend'];
export type CreateInvite = Schemas['CreateInvite'];
export type Invite = Schemas['Invite'];

/** A value of an option of a game. */
export type OptionValue = string | number | boolean;

/** The schema of an option, as the catalogue gives it. */
export interface OptionSchema {
  type: 'string' | 'integer' | 'boolean';
  default: OptionValue;
  enum?: string[];
  minimum?: number;
  maximum?: number;
}

/** A game of the catalogue. */
export type Game = Omit<Schemas['GameListing'], 'options'> & {
  options: { properties?: Record<string, OptionSchema> };
};

export type { Field } from '../../elements/forms.js';
export type { Search } from '../../live/queue-store.js';

/** Options as they are sent: the documents do not know which ones each game has. */
export type ChosenOptions = NonNullable<Schemas['StartPractice']['options']>;

/** Renders how to play against a kind of opponent. */
export type OpponentPanel = (choice: {
  game: Game;
  /** The username in the address. */
  to: string | null;
  signal: AbortSignal;
}) => Promise<TemplateResult | HTMLElement>;

/** What the router gives a view. */
export interface ViewContext {
  params: Record<string, string>;
  query: URLSearchParams;
  state: Record<string, unknown>;
  signal: AbortSignal;
}
