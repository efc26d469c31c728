import type { z } from 'zod'
import { NeedsPerson, OurBug } from '../errors.ts'
import type { CallOutcome, OpenConnection } from './connector.ts'

/** What is wrong with a connection's settings, one sentence a field; empty when nothing is. */
export function settingsMistakes(
  schema: z.ZodType,
  settings: Readonly<Record<string, unknown>>,
): readonly string[] {
  const checked = schema.safeParse(settings)
  if (checked.success) return []
  return checked.error.issues.map((issue) =>
    issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`,
  )
}

/** The settings of a connection as its connector needs them; a person must mend what does not fit. */
export function settingsOf<Settings>(
  schema: z.ZodType<Settings>,
  connection: OpenConnection,
): Settings {
  const checked = schema.safeParse(connection.settings)
  if (checked.success) return checked.data
  const [mistake = ''] = settingsMistakes(schema, connection.settings)
  throw new NeedsPerson(
    `The settings of the ${connection.kind} connection do not fit: ${mistake}`,
    {
      connectionId: connection.connectionId,
    },
  )
}

/** Turns what was wrong before anything was sent (settings, the wrong document) into a refusal a person can mend. */
export async function refusingMistakes(work: () => Promise<CallOutcome>): Promise<CallOutcome> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof NeedsPerson || error instanceof OurBug)) throw error
    const isOurs = error instanceof OurBug
    return {
      outcome: 'refused',
      errorClass: isOurs ? 'UNKNOWN' : 'SCHEMA',
      code: isOurs ? 'OUR_BUG' : 'SETTINGS',
      message: error.message,
    }
  }
}
