import { measureErpAway, measureErpAwayLong } from './erp-away.ts'
import { measureFlow } from './flow/measure-flow.ts'
import { measureMany } from './many.ts'
import type { Measurement } from './measurement.ts'
import { measureOverload } from './overload.ts'
import { measureProfile } from './profile.ts'

/** Every measurement of a full run, in this order; a new one is added here. */
export const measurements: readonly Measurement[] = [
  measureFlow,
  measureMany,
  measureErpAway,
  measureErpAwayLong,
  measureOverload,
  measureProfile,
]
