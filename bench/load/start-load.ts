import type { z } from 'zod'
import { ownScript, startProcess } from '../house/own-process.ts'
import { type LoadPlan, LoadResult } from './load-plan.ts'

/** Puts load on a target from a process of its own and gives what came of it. */
export async function measureLoad(plan: z.input<typeof LoadPlan>): Promise<LoadResult> {
  let said = ''
  const generator = startProcess({
    ...ownScript(import.meta.dirname, 'load-process'),
    input: JSON.stringify(plan),
    onOutput: (part) => {
      said += part
    },
  })
  if ((await generator.ended) !== 0)
    throw new Error(`The load generator failed: ${generator.lastWords()}`)
  return LoadResult.parse(JSON.parse(said))
}
