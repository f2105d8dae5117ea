// The types of calls, found by method and path.

import type { Routes } from './types.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

type Route = keyof Routes & string;

/** `/users/{username}/` as a pattern for addresses. */
type Pattern<R extends string> = R extends `${infer Start}{${string}}${infer End}`
  ? `${Start}${string}${Pattern<End>}`
  : R;
type Patterns = { [R in Route]: Pattern<R> };
type WithoutQuery<Path extends string> = Path extends `${infer Start}?${string}` ? Start : Path;
type IsSame<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** The route of a call: `never` for a path that is only known at run time. */
export type RouteOf<M extends Method, Path extends string> = Path extends string
  ? { [R in Route]: IsSame<Patterns[R], `${M} ${WithoutQuery<Path>}`> extends true ? R : never }[Route]
  : never;

/** The response of a call, with its envelope. */
export type ResponseOf<M extends Method, Path extends string> = [RouteOf<M, Path>] extends [never]
  ? unknown
  : Routes[RouteOf<M, Path>]['response'];

/** The body of a call. */
export type BodyOf<M extends Method, Path extends string> = [RouteOf<M, Path>] extends [never]
  ? unknown
  : Routes[RouteOf<M, Path>] extends { body: infer Body }
    ? Body
    : Record<string, never> | undefined;

/** A row of a list. */
export type RowOf<Path extends string> = ResponseOf<'GET', Path> extends { data: (infer Row)[] } ? Row : unknown;
