/** Durations and sizes as people write them, in configuration files, in objects and on the command line. */

const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `250ms`, `30s`, `10m`, `72h` or `7d`; undefined for anything else. */
export function durationMs(text: string): number | undefined {
  const found = /^([0-9]{1,9})(ms|s|m|h|d)$/.exec(text);
  return found ? Number(found[1]) * DURATION_UNITS[found[2]!]! : undefined;
}

const SIZE_UNITS: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** Octets of `512B`, `300KB`, `1MB` or `2GB`, K being 1024; undefined for anything else. */
export function sizeOctets(text: string): number | undefined {
  const found = /^([0-9]{1,9})(B|KB|MB|GB)$/.exec(text);
  return found ? Number(found[1]) * SIZE_UNITS[found[2]!]! : undefined;
}

/** Edits that make one word of another: insertions, removals and replacements. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** A word so far from every known one is no misspelling. */
const MISSPELLING_EDITS_MAX = 3;
/** Nor is one as long as this. Unit: characters. */
const WORD_MAX = 64;

/** The known word that `written` is probably meant to be; undefined when none is near. */
export function nearestWord(known: readonly string[], written: string): string | undefined {
  if (written.length > WORD_MAX) return undefined;
  const nearest = known.map((name) => ({ name, edits: distance(name, written) })).sort((a, b) => a.edits - b.edits)[0];
  return nearest && nearest.edits <= Math.min(MISSPELLING_EDITS_MAX, nearest.name.length / 2) ? nearest.name : undefined;
}
