// What the router gives to a view.

export interface ViewContext {
  /** The named parts of the path. */
  params: Record<string, string>;
  query: URLSearchParams;
  /** The state of the history entry. */
  state: Record<string, unknown>;
  /** Fires when the view is left. */
  signal: AbortSignal;
}
