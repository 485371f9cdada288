/** MMS versions as `major.minor` text. */

/** Whether `version` is `floor` or later. A text that is no version counts as earlier than all. */
export function versionAtLeast(version: string, floor: string): boolean {
  return rank(version) >= rank(floor);
}

function rank(version: string): number {
  const parts = /^(\d{1,3})\.(\d{1,3})$/.exec(version);
  return parts ? Number(parts[1]) * 1_000 + Number(parts[2]) : -1;
}
