import { text } from 'node:stream/consumers'
import { LoadPlan } from './load-plan.ts'
import { runLoad } from './run-load.ts'

// The load generator in a process of its own: the plan comes on standard input, the result goes to standard output.
const plan = LoadPlan.parse(JSON.parse(await text(process.stdin)))
process.stdout.write(`${JSON.stringify(await runLoad(plan))}\n`)
