/** Who may do what by the operator API of the mmsc. */
import type { FastifyRequest } from 'fastify';
import { bearerOf, Problem, sameSecret } from './http-api.js';

/**
 * viewer: sees everything but subscribers, numbers masked. operator: sees subscribers and numbers; pauses, drains, resumes, tests, and deals
 * with what waits. administrator: changes objects as well.
 */
export const OPERATOR_ROLES = ['viewer', 'operator', 'administrator'] as const;
export type OperatorRole = (typeof OPERATOR_ROLES)[number];

/** Somebody who may use the API over TCP. */
export interface OperatorUser {
  /** Stands in the history of what he changes. */
  readonly name: string;
  readonly role: OperatorRole;
  readonly token: string;
}

/** Who asks. */
export interface OperatorCaller {
  readonly name: string;
  readonly role: OperatorRole;
}

/** By this header a caller on the unix socket says who he is; it is believed, as the socket's permissions say who may be there. */
export const OPERATOR_HEADER = 'x-angarium-operator';
const NAME = /^[-\w.@]{1,64}$/;

/** Whoever uses the socket could read the data folder and stop the program: he is an administrator. */
export function localCaller(request: FastifyRequest): OperatorCaller {
  const name = request.headers[OPERATOR_HEADER];
  return { name: typeof name === 'string' && NAME.test(name) ? name : 'local', role: 'administrator' };
}

/** The user of a token; every token is compared, so that time tells nothing. */
export function userOf(users: readonly OperatorUser[], token: string | undefined): OperatorUser | undefined {
  if (token === undefined) return undefined;
  return users.filter((user) => sameSecret(user.token, token))[0];
}

export const remoteCaller = (users: readonly OperatorUser[], request: FastifyRequest): OperatorCaller => {
  const user = userOf(users, bearerOf(request));
  if (user === undefined) throw new Problem(401, 'Unauthorized', 'a bearer token is needed here');
  return user;
};

/** Throws a Problem (403) unless the caller's role is at least the one that is needed. */
export function assertRole({ role }: OperatorCaller, needed: OperatorRole): void {
  if (OPERATOR_ROLES.indexOf(role) < OPERATOR_ROLES.indexOf(needed))
    throw new Problem(403, 'Forbidden', `this needs the role ${needed}, a ${role} may not do it`);
}
