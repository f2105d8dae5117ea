// A small client in the types that are made from the document: what it takes for granted must
// stand there, and what cannot be right must not compile.
import type { components, operations, paths } from './openapi.js';

type Schemas = components['schemas'];
type Answer<Id extends keyof operations, Status extends number> = operations[Id] extends {
  responses: Record<Status, { content: { 'application/json': infer Body } }>;
}
  ? Body
  : never;

async function call<Body>(method: string, path: keyof paths, body?: unknown): Promise<Body> {
  const response = await fetch(path, {
    method,
    headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const answer = (await response.json()) as Body | Schemas['ErrorEnvelope'];
  if (isRefusal(answer)) throw new Error(`${answer.error.code}: ${answer.message}`);
  return answer;
}

function isRefusal(answer: unknown): answer is Schemas['ErrorEnvelope'] {
  return (answer as { success: boolean }).success === false;
}

export async function register(request: Schemas['Register']): Promise<Schemas['Profile']> {
  const { data } = await call<Answer<'register', 201>>('POST', '/api/v1/users/register/', request);
  return data;
}

export async function signIn(username: string, password: string): Promise<string> {
  const request: Schemas['TokenRequest'] = { username, password };
  const pair = await call<Answer<'obtain_tokens', 200>>('POST', '/api/v1/token/', request);
  const success: true = pair.success;
  return success ? pair.access : '';
}

export async function friends(): Promise<[Schemas['Friend'][], string | null]> {
  const { data, meta } = await call<Answer<'list_friends', 200>>('GET', '/api/v1/friends/');
  return [data, meta.next];
}

// What a query and a header may hold.
export const piece: operations['room_messages']['parameters'] = {
  path: { id: '01890a5d-ac96-774b-bcce-b302099a8057' },
  query: { limit: 100, after: '01890a5d-ac96-774b-bcce-b302099a8058' },
};
export const role: NonNullable<operations['list_invites']['parameters']['query']> = { role: 'to', page: 2 };
export const key: operations['send_invite']['parameters']['header'] = { 'Idempotency-Key': 'k-1' };

// What is always sent needs no question mark.
export function lastWord(room: Schemas['RoomLine']): string {
  const last: Schemas['Message'] | null = room.last_message;
  return last === null ? '' : last.content;
}

// The word beside a field says what it holds.
export function winsAt(invite: Schemas['Invite']): number | null {
  return invite.game === 'pong' ? invite.options.score_to_win : null;
}
export function isRanked({ options }: Schemas['Invite']): boolean {
  return options.ranked;
}
export function whoIsMeant(notification: Schemas['Notification']): string {
  switch (notification.action) {
    case 'friend_request':
    case 'new_friend':
      return notification.data.user.username;
    case 'game_invite':
      return notification.data.sender.username;
    case 'new_message':
      return notification.data.sender;
    case 'system':
      return notification.data.message;
    case 'new_tournament':
    case 'match_ready':
    case 'event':
    case 'group':
      return Object.keys(notification.data).join();
  }
}
export const invites: Schemas['CreateInvite'][] = [
  { username: 'grace' },
  { username: 'grace', options: { score_to_win: 5 } },
  { username: 'grace', game: 'tictactoe', options: { ranked: true } },
];
export const again: Schemas['PlayAgain'] = { options: { game_speed: 'fast' } };

// @ts-expect-error tic-tac-toe has no points to win
export const points: Schemas['CreateInvite'] = { username: 'grace', game: 'tictactoe', options: { score_to_win: 5 } };
// @ts-expect-error no game is called so
export const chess: Schemas['CreateInvite'] = { username: 'grace', game: 'chess' };
// @ts-expect-error a role of an invite is `to` or `from`
export const nobody: operations['list_invites']['parameters']['query'] = { role: 'both' };
// @ts-expect-error a success is no refusal
export const never: Schemas['ErrorEnvelope']['success'] = true;
