import { z } from 'zod'
import type { IsoMoment } from '../canonical/document.ts'
import type { Notice } from '../canonical/instruction.ts'
import { QuietHours, quietUntil } from './quiet-hours.ts'

type Severity = Notice['severity']

/** What a mail or webhook connection says about the notices it wants. */
export const NotifySettings = z.object({
  /** A mail connection is told of warnings and critical notices unless it says otherwise, a webhook of none. */
  severities: z.array(z.enum(['info', 'warning', 'critical'])).optional(),
  /** Notices that are not critical wait for their end. */
  quietHours: QuietHours.optional(),
  /** Who is to see to it; named in the notice. */
  owner: z.string().min(1).max(120).optional(),
  /** A notice still unresolved so long after it was told goes to `escalateTo` as well. */
  escalateAfterMinutes: z.int().min(1).max(10_080).optional(),
  /** The connection that is told next. */
  escalateTo: z.string().min(1).optional(),
})
export type NotifySettings = z.infer<typeof NotifySettings>

/** The severities a connection wants to be told of. */
export function wantedSeverities(kind: string, settings: NotifySettings): readonly Severity[] {
  return settings.severities ?? (kind === 'mail' ? ['warning', 'critical'] : [])
}

/** Whether a connection is told of a notice now, after its quiet hours, or never. */
export function telling(question: {
  readonly severity: Severity
  readonly kind: string
  readonly settings: NotifySettings
  readonly now: IsoMoment
}): 'now' | 'later' | 'never' {
  const { severity, kind, settings, now } = question
  if (!wantedSeverities(kind, settings).includes(severity)) return 'never'
  if (severity === 'critical' || settings.quietHours === undefined) return 'now'
  return quietUntil(settings.quietHours, now) === undefined ? 'now' : 'later'
}
