/** Whether settings and numbers go together: flow vstp stops own subscribers whose records look like those of ported ones. */
import type { NumberCount } from './numbers.js';
import { classOf, screenedSet } from './plan.js';
import { portabilityTypeText } from './portability-type.js';
import { SCREENED_TYPES, type ScreeningSettings } from './settings.js';

/** `refusal`: screening must not start, or not go on with these numbers. `warning`: people should know. */
export interface EnforcementFinding {
  readonly kind: 'refusal' | 'warning';
  readonly text: string;
}

/** Whether any message may be stopped: enforce or sample, in the settings, at a selector or at a home SMSC. */
export function mayReject(settings: ScreeningSettings): boolean {
  if (!settings.portabilityCheck) return false;
  return [
    settings.mode,
    ...settings.selectors.map(({ mode }) => mode),
    ...settings.homeSmscs.entries.map(({ mode }) => mode),
  ].some((mode) => mode?.kind === 'enforce' || mode?.kind === 'sample');
}

/**
 * Own-network records (SP) of a screened type: their owners would be rejected at their own service centre. With flow vstp, unless the
 * screened types are written out, that is a refusal where something may be rejected; else a warning. For start, import and new settings.
 */
export function enforcementFindings(settings: ScreeningSettings, counts: readonly NumberCount[]): readonly EnforcementFinding[] {
  const { flow = 'vstp', screenedTypes } = settings;
  const screened = screenedSet(screenedTypes ?? SCREENED_TYPES[flow]);
  const own = counts.filter(({ portabilityType, entity, numbers, ranges }) => {
    const record = { portabilityType, entity: { kind: 'sp' as const } };
    return entity === 'sp' && numbers + ranges > 0 && classOf(screened, record) === 'screened';
  });
  if (!settings.portabilityCheck || own.length === 0) return [];
  const kind = flow === 'vstp' && screenedTypes === undefined && mayReject(settings) ? 'refusal' : 'warning';
  const what = own.map(
    ({ portabilityType, numbers, ranges }) =>
      `${numbers} numbers and ${ranges} ranges of type ${portabilityTypeText(portabilityType)}`,
  );
  const remedy =
    kind === 'refusal'
      ? 'choose flow ported-out, correct the records, or write out screened-types'
      : 'senders with these records are screened at their own service centre';
  return [{ kind, text: `own-network (SP) records of a screened type: ${what.join(', ')}; ${remedy}` }];
}
