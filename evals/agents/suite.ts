import type { ToolsHouse } from '../../testing/tools-world.ts'
import type { SuiteResult } from './results.ts'
import type { ModelOfTrial } from './trial.ts'

/** What suites run in. */
export type SuiteSetting = {
  /** A house on a database in memory, with its tools. */
  readonly house: ToolsHouse
  /** How often each case runs. */
  readonly trials: number
  /** The language model of a live run; rules without one. */
  readonly model?: ModelOfTrial | undefined
}

/** One suite of graded cases. */
export type Suite = (setting: SuiteSetting) => Promise<SuiteResult>

/** Does something for each trial of a case, one after the other. */
export async function inTurn<Item, Made>(
  items: Iterable<Item>,
  make: (item: Item) => Promise<Made>,
): Promise<Made[]> {
  const made: Made[] = []
  for (const item of items) made.push(await make(item))
  return made
}

/** The numbers of the trials. */
export const trialsOf = ({ trials }: Pick<SuiteSetting, 'trials'>): number[] =>
  Array.from({ length: trials }, (_, place) => place + 1)
