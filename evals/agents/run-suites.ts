import type { ModelSettings } from '../../agents/model/model-settings.ts'
import { openModels } from '../../agents/model/open-models.ts'
import { openToolsHouse } from '../../testing/tools-world.ts'
import { assistantSuite } from './assistant-suite.ts'
import { collectionsSuite } from './collections-suite.ts'
import { injectionSuite } from './injection-suite.ts'
import type { SuiteResult } from './results.ts'
import { substitutionSuite } from './substitution-suite.ts'
import { inTurn, type Suite } from './suite.ts'
import { triageSuite } from './triage-suite.ts'
import type { ModelOfTrial } from './trial.ts'

const suites: Readonly<Record<string, Suite>> = {
  substitution: substitutionSuite,
  triage: triageSuite,
  collections: collectionsSuite,
  assistant: assistantSuite,
  injection: injectionSuite,
}

/** A language model for every run of a live grading, each within the house's budget. */
export function liveModel(settings: ModelSettings): ModelOfTrial {
  const models = openModels(settings)
  const span = { note: () => undefined, fail: () => undefined, end: () => undefined }
  return () =>
    models.open({
      signal: AbortSignal.timeout(120_000),
      day: { isLeft: () => true, add: () => Promise.resolve() },
      span: () => span,
    })
}

/** Runs the suites that need no running product, in a house in memory. */
export async function runSuites({
  trials,
  model,
  say,
}: {
  readonly trials: number
  readonly model?: ModelOfTrial | undefined
  readonly say: (line: string) => void
}): Promise<SuiteResult[]> {
  const house = await openToolsHouse()
  try {
    const results = await inTurn(Object.entries(suites), async ([name, suite]) => {
      say(`Cases of ${name}`)
      return suite({ house, trials, model })
    })
    const [surprise] = house.surprises
    if (surprise !== undefined) throw new Error(`A tool broke: ${JSON.stringify(surprise)}`)
    return results
  } finally {
    await house.close()
  }
}
