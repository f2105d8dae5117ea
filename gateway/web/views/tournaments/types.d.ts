// Types of tournaments, as their pages use them.

import type { OpenTournament } from '../../live/open-tournament.js';

export type {
  BracketEntrant,
  BracketPart,
  PlayedTournament,
  SlotDecision,
  SlotHow,
  Tournament,
  TournamentAuditEntry,
  TournamentBracket,
  TournamentEntrant,
  TournamentFormat,
  TournamentRecapMatch,
  TournamentSlot,
  TournamentStatus,
  TournamentTableRow,
} from '../../api/types.js';
export type { Game } from '../play/types.js';
export type { ViewContext } from '../view-context.js';
export type { OpenTournament };

/** What a part of the page of a tournament gets. */
export interface PartContext {
  open: OpenTournament;
  signal: AbortSignal;
}
