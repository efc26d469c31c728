import { z } from 'zod'
import type { ProfileDraft } from '../../backbone/canonical/agent-profile.ts'
import { CallerMistake } from '../../backbone/errors.ts'
import { judgedCases, type TriedCase } from '../../backbone/policies/agent-profiles/judged-cases.ts'
import { openJobQueue } from '../../backbone/queue/job-queue.ts'
import type { ExamineProfile } from '../../backbone/services/governance/agent-profiles.ts'
import {
  furnishPracticeHouse,
  type PriceOfLine,
  practiceTenant,
} from '../../backbone/services/governance/practice-house.ts'
import { type Database, openDatabase } from '../../backbone/store/database.ts'
import { migrate } from '../../backbone/store/migrate.ts'
import { pgliteDriver } from '../../backbone/store/pglite-driver.ts'
import { tenantDay } from '../../backbone/store/reading/kpi.ts'
import type { CallTool } from '../../tools/call-tool.ts'
import { toolScopes } from '../../tools/tool.ts'
import { type DryRunParts, tryProfile } from '../dry-run.ts'
import { casesFor, type ExamCase } from './exam-cases.ts'
import { gradeCase } from './grade-case.ts'

/** What of the house an exam uses: its agents and their limits, and how its services and tools are put together. */
export type ExamParts = Pick<DryRunParts, 'agents' | 'tracer' | 'runSeconds' | 'onSurprise'> & {
  /** Puts services and tools over another database. */
  readonly over: (
    database: Database,
    queue: Awaited<ReturnType<typeof openJobQueue>>,
  ) => Pick<DryRunParts, 'orders' | 'proposals' | 'callTool'>
}

type PracticeHouse = { readonly parts: DryRunParts; close(): Promise<void> }

const Priced = z.object({ lines: z.tuple([z.object({ unit_price: z.string() })]) })

/** Prices are asked of the house's own rules, through its own tool. */
function priceBy(callTool: CallTool): PriceOfLine {
  const requester = { kind: 'agent', id: 'exam', name: 'exam' } as const
  return async ({ customerNumber, sku, quantity }) => {
    const cart = { customer_number: customerNumber, lines: [`${sku}=${quantity} EA`] }
    const caller = { tenantId: practiceTenant, requester, scopes: toolScopes }
    return Priced.parse(await callTool(caller, 'order_validate', cart)).lines[0].unit_price
  }
}

/** Opens a house of practice on a database in memory that is gone afterwards. */
async function openPracticeHouse({ over, ...parts }: ExamParts): Promise<PracticeHouse> {
  const database = openDatabase(await pgliteDriver({}))
  try {
    await migrate(database.driver)
    const queue = await openJobQueue(database, { onError: () => undefined, supervise: false })
    const house = over(database, queue)
    const now = new Date().toISOString()
    await furnishPracticeHouse(database, { now, priceOf: priceBy(house.callTool) })
    const timeZoneOf = (tenantId: string) =>
      database.inTenant(tenantId, async (tx) => (await tenantDay(tx)).timeZone)
    return {
      parts: { ...parts, ...house, timeZoneOf },
      async close() {
        await queue.stop()
        await database.close()
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Plays one case: what a person says one thing after the other, or one run about a record. */
async function playCase(
  { parts }: PracticeHouse,
  profile: ProfileDraft,
  one: ExamCase,
): Promise<TriedCase | undefined> {
  const tenantId = practiceTenant
  if (one.says.length === 0) {
    const ask = one.subject === undefined ? {} : { subject: one.subject }
    return gradeCase(one, profile, await tryProfile(parts, { tenantId, profile, ask }))
  }
  const history: { from: 'person' | 'assistant'; text: string }[] = []
  for (const text of one.says.slice(0, -1)) {
    const { told } = await tryProfile(parts, { tenantId, profile, ask: { text, history } })
    const answer = told.map((event) => (event.type === 'text' ? event.text : '')).join('')
    history.push({ from: 'person', text }, { from: 'assistant', text: answer })
  }
  const text = one.says.at(-1) ?? ''
  return gradeCase(
    one,
    profile,
    await tryProfile(parts, { tenantId, profile, ask: { text, history } }),
  )
}

/**
 * Tries profiles on the shipped cases of their agent, in a house of practice of its own: no record of any tenant is
 * read or written. One at a time: such a house takes memory.
 */
export function openProfileExam(parts: ExamParts): ExamineProfile {
  let isBusy = false
  return async (profile) => {
    if (isBusy)
      throw new CallerMistake(
        409,
        'test-running',
        'Another profile is being tested; try again soon.',
      )
    isBusy = true
    try {
      const { cases, leftOut } = casesFor(profile)
      if (cases.length === 0) return judgedCases([], leftOut)
      const house = await openPracticeHouse(parts)
      try {
        const tried: TriedCase[] = []
        for (const one of cases) {
          const graded = await playCase(house, profile, one)
          if (graded !== undefined) tried.push(graded)
        }
        return judgedCases(tried, leftOut + cases.length - tried.length)
      } finally {
        await house.close()
      }
    } finally {
      isBusy = false
    }
  }
}
