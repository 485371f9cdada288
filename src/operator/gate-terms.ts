/** Words that the resources of the gate's API share. */
import type { FastifyRequest } from 'fastify';
import type { GateRole } from './config.js';

/** Who asks. */
export interface Caller {
  readonly name: string;
  readonly role: GateRole;
}

/** Why something was not done, for the one who asked for it. `stale`: somebody else was faster. */
export interface Refusal {
  readonly kind: 'bad-value' | 'stale' | 'refused';
  readonly text: string;
}

/** The caller of a request; throws a Problem (403) unless he has one of the roles. */
export type Allow = (request: FastifyRequest, ...roles: readonly GateRole[]) => Caller;
