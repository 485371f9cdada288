/** How many files and connections the system lets this process have open. */
import { readFileSync } from 'node:fs';

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
