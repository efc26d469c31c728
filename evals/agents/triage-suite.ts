import { z } from 'zod'
import { triage } from '../../agents/triage/triage.ts'
import { type Pairs, pairsOf } from '../graders/clusters.ts'
import { faultsOfProposals, stateOf } from '../graders/end-state.ts'
import { faultsOfCalls } from '../graders/tool-calls.ts'
import { furnishFailures, sayFixed } from '../worlds/failures.ts'
import { casesOf } from './case-files.ts'
import { atMost, passFigures, resultOf, share } from './results.ts'
import { inTurn, type Suite, trialsOf } from './suite.ts'
import { runTrial, type Trial, toolsIn } from './trial.ts'

const Cause = z.strictObject({
  connection: z.string(),
  kind: z.string(),
  /** What mends it: domain rules 3.3.1. */
  remedy: z.string(),
  isSafeNow: z.boolean(),
  /** People have said that it is mended. */
  isFixed: z.boolean().default(false),
  calls: z.array(
    z.strictObject({
      operation: z.string(),
      code: z.string(),
      message: z.string(),
      response: z.string().optional(),
      order: z.string().optional(),
      /** It failed only because another of its order did. */
      isDependant: z.boolean().default(false),
    }),
  ),
})

const Case = z.strictObject({ id: z.string(), group: z.string(), causes: z.array(Cause).min(1) })
type Case = z.infer<typeof Case>

const Said = z.object({
  cluster_id: z.string(),
  remedy: z.string(),
  calls: z.int(),
  dependants: z.int(),
  transaction_ids: z.array(z.string()),
})
const Triaged = z.object({ failed: z.int(), items: z.array(Said) })
type Said = z.infer<typeof Said>
const Safety = z.object({
  causes: z.array(
    z.object({ is_safe_now: z.boolean(), cluster: z.object({ cluster_id: z.string() }) }),
  ),
})

type World = {
  readonly tenantId: string
  /** The cause of each call, and what is true of each cause. */
  readonly truth: ReadonlyMap<string, Case['causes'][number]>
  readonly causeOf: ReadonlyMap<string, string>
}

function itemsOf({ said }: Trial): Said[] {
  const answer = said.find(({ tool }) => tool === 'failure_triage')?.answer
  return answer === undefined ? [] : Triaged.parse(answer).items
}

/** What the agent says of a remedy, cause by cause in the order of its list. */
const remediesTold = (text: string): string[] =>
  [...text.matchAll(/^ {3}Fix \((\w+)\):/gm)].map(([, remedy = '']) => remedy)

type Grade = {
  readonly pairs: Pairs
  readonly remedies: { readonly right: number; readonly of: number }
  readonly safety: { readonly right: number; readonly of: number; readonly unsafe: number }
  readonly faults: readonly string[]
}

function gradeOf(trial: Trial, { causeOf, truth }: World): Grade {
  const items = itemsOf(trial)
  const found = new Map(
    items.flatMap(({ cluster_id: id, transaction_ids: ids }) => ids.map((one) => [one, id])),
  )
  const pairs = pairsOf(causeOf, found)
  const told = remediesTold(trial.text)
  const safeties = trial.said.flatMap(({ tool, answer }) =>
    tool === 'replay_safety' ? Safety.parse(answer).causes : [],
  )
  const idsOf = (causes: typeof safeties) =>
    new Set(causes.map(({ cluster }) => cluster.cluster_id))
  const safe = idsOf(safeties.filter(({ is_safe_now }) => is_safe_now))
  const looked = idsOf(safeties)
  const judged = items.flatMap(({ cluster_id: id, transaction_ids: [first = ''] }, place) => {
    const cause = truth.get(causeOf.get(first) ?? '')
    if (cause === undefined) return []
    const isSafe = safe.has(id)
    return {
      isRemedyRight: told[place] === cause.remedy,
      isLooked: looked.has(id),
      isSafetyRight: isSafe === cause.isSafeNow,
      isUnsafe: isSafe && !cause.isSafeNow,
      words: `${cause.remedy}${cause.isSafeNow ? ', safe' : ', not safe'}; told ${told[place]}${isSafe ? ', safe' : ', not safe'}`,
    }
  })
  const looks = judged.filter(({ isLooked }) => isLooked)
  const all = [...truth.values()].reduce((sum, { calls }) => sum + calls.length, 0)
  const counted = items.reduce((sum, { calls, dependants }) => sum + calls + dependants, 0)
  return {
    pairs,
    remedies: {
      right: judged.filter(({ isRemedyRight }) => isRemedyRight).length,
      of: truth.size,
    },
    safety: {
      right: looks.filter(({ isSafetyRight }) => isSafetyRight).length,
      of: looks.length,
      unsafe: looks.filter(({ isUnsafe }) => isUnsafe).length,
    },
    faults: [
      ...(pairs.wrong > 0 ? [`${pairs.wrong} pairs put together that do not belong so`] : []),
      ...(pairs.missed > 0 ? [`${pairs.missed} pairs torn apart`] : []),
      ...(items.length === truth.size ? [] : [`${items.length} causes instead of ${truth.size}`]),
      ...(counted === all ? [] : [`${counted} calls instead of ${all}`]),
      ...judged.filter((one) => !one.isRemedyRight).map(({ words }) => `remedy: ${words}`),
      ...looks.filter((one) => !one.isSafetyRight).map(({ words }) => `replay: ${words}`),
    ],
  }
}

/** Every proposed replay is of a cause that may be sent again. */
function faultsOfReplays(trial: Trial, { truth, causeOf }: World): string[] {
  const items = itemsOf(trial)
  return trial.calls.flatMap(({ name, args }) => {
    if (name !== 'propose_retry') return []
    const own = items.find(({ cluster_id: id }) => id === args['cluster_id'])
    const cause = truth.get(causeOf.get(own?.transaction_ids[0] ?? '') ?? '')
    return cause?.isSafeNow === true ? [] : ['proposed a replay that is not safe']
  })
}

/** Grades triage: failures with known causes, their remedies, and whether they may be sent again. */
export const triageSuite: Suite = async (setting) => {
  const { house } = setting
  const sum = {
    pairs: { right: 0, wrong: 0, missed: 0 },
    remedies: { right: 0, of: 0 },
    safety: { right: 0, of: 0, unsafe: 0 },
  }
  let changed = 0
  async function furnish({ causes }: Case): Promise<World> {
    const tenantId = await house.newTenant()
    const calls = causes.flatMap((cause, place) =>
      cause.calls.map((call) => ({ ...call, ...cause, cause: `cause ${place + 1}` })),
    )
    const ids = await furnishFailures(house.database, tenantId, calls)
    const causeOf = new Map(
      calls.flatMap(({ cause, isDependant }, place) =>
        isDependant ? [] : [[ids[place] ?? '', cause] as const],
      ),
    )
    for (const [place, { isFixed, isDependant }] of calls.entries())
      if (
        isFixed &&
        !isDependant &&
        calls.findIndex((one) => one.cause === calls[place]?.cause) === place
      )
        await sayFixed(house.database, tenantId, ids[place] ?? '')
    const truth = new Map(causes.map((cause, place) => [`cause ${place + 1}`, cause] as const))
    return { tenantId, truth, causeOf }
  }
  const cases = await inTurn(casesOf('triage', Case), async (one) => {
    const world = await furnish(one)
    const { tenantId } = world
    const before = await stateOf(house.database, tenantId)
    const tools = toolsIn(house.callTool, tenantId, triage)
    const trials = await inTurn(trialsOf(setting), async (place) => {
      const trial = await runTrial(triage, { tools, ask: { tenantId }, model: setting.model })
      const grade = gradeOf(trial, world)
      if (place === 1) add(sum, grade)
      const faults = [
        ...grade.faults,
        ...faultsOfReplays(trial, world),
        ...faultsOfCalls(trial, {}),
        ...(await faultsOfProposals(house.database, tenantId)),
      ]
      return { trial, faults }
    })
    if (before !== (await stateOf(house.database, tenantId))) changed += 1
    const calls = one.causes.reduce((count, cause) => count + cause.calls.length, 0)
    const title = `${one.group}: ${calls} calls of ${one.causes.length} causes`
    return resultOf({ id: one.id, group: one.group, title }, trials, {
      isRepeatable: setting.model === undefined,
    })
  })
  const { pairs, remedies, safety } = sum
  const together = pairs.right + pairs.wrong
  return {
    agent: 'triage',
    cases,
    figures: [
      ...passFigures(cases),
      share('pairs of one cause: precision', { count: pairs.right, of: together }, 'more'),
      share(
        'pairs of one cause: recall',
        { count: pairs.right, of: pairs.right + pairs.missed },
        'more',
      ),
      share('remedy right', { count: remedies.right, of: remedies.of }, 'more'),
      share('replay judged right', { count: safety.right, of: safety.of }, 'more'),
      atMost('replays called safe that are not', safety.unsafe),
      atMost('records changed without a decision', changed),
    ],
  }
}

type Sums = {
  pairs: { right: number; wrong: number; missed: number }
  remedies: { right: number; of: number }
  safety: { right: number; of: number; unsafe: number }
}

function add(sum: Sums, { pairs, remedies, safety }: Grade): void {
  sum.pairs.right += pairs.right
  sum.pairs.wrong += pairs.wrong
  sum.pairs.missed += pairs.missed
  sum.remedies.right += remedies.right
  sum.remedies.of += remedies.of
  sum.safety.right += safety.right
  sum.safety.of += safety.of
  sum.safety.unsafe += safety.unsafe
}
