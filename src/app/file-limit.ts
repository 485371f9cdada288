/** How many files and connections the system lets this process have open, and what that leaves for handsets. */
import { readFileSync } from 'node:fs';

/** Files that the program has open beside connections. Source: listeners, database, segments, the operator's connections. */
const OWN_FILES = 300;

/** Connections that are taken however low the limit is: with fewer the program is no use. */
const CONNECTIONS_MIN = 64;

/** Below this even a laboratory notices. Source: a load generator on the same machine. */
const FEW_CONNECTIONS = 256;

/** Connections that may be open at once. */
export interface ConnectionLimits {
  readonly mm1: number;
  /** Of the push that is configured. */
  readonly push: number;
}

/**
 * The configured numbers, or less where the limit of open files (undefined: none) does not leave as many: push keeps up to a quarter of it,
 * MM1 gets the rest.
 */
export function fitConnections(configured: ConnectionLimits, openFiles: number | undefined): ConnectionLimits {
  if (openFiles === undefined) return configured;
  const push = Math.max(1, Math.min(configured.push, Math.floor(openFiles / 4)));
  return { mm1: Math.min(configured.mm1, Math.max(CONNECTIONS_MIN, openFiles - push - OWN_FILES)), push };
}

/** Whether so few are left that somebody should hear of it, although nobody has asked for more than the defaults. */
export const isFew = ({ mm1 }: ConnectionLimits): boolean => mm1 < FEW_CONNECTIONS;

/** The soft limit of open files; undefined where the system does not tell (only Linux does) or sets none. */
export function openFilesMax(): number | undefined {
  try {
    const limit = /^Max open files +([0-9]+) /m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return limit === undefined ? undefined : Number(limit);
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code !== undefined) return undefined;
    throw e;
  }
}
