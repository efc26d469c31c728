import type { OrderState, Stage } from '../canonical/order-state.ts'
import type { TenantTx } from '../store/database.ts'
import type { FlowSetting } from './flow-setting.ts'
import type { Decision, OrderBatch } from './order-batch.ts'
import { type StepClock, startStepClock } from './step-clock.ts'

/**
 * One step of an order's way. `load` gathers facts for the whole batch in set-based statements, `decide`
 * is pure and for one order; what it decides is written by the batch. A step may run twice without harm.
 */
export type Step = {
  readonly name: string
  run(tx: TenantTx, batch: OrderBatch): Promise<void>
}

/** Describes a step: the stages it starts from, whether an order needs it, its facts and its decision. */
export function defineStep<Facts>(step: {
  name: string
  from: readonly Stage[]
  isNeeded: (order: OrderState, setting: FlowSetting) => boolean
  /** Turns the clock where it works on facts between two loads. */
  load: (
    tx: TenantTx,
    orders: readonly OrderState[],
    setting: FlowSetting,
    clock: StepClock,
  ) => Promise<Facts>
  /** Facts are the batch's: what one order is promised is gone for the next. Undefined: nothing to do. */
  decide: (order: OrderState, facts: Facts, setting: FlowSetting) => Decision | undefined
}): Step {
  return {
    name: step.name,
    async run(tx, batch) {
      const orders = batch
        .all()
        .filter((order) => step.from.includes(order.stage) && step.isNeeded(order, batch.setting))
      if (orders.length === 0) return
      const about = { step: step.name, orders: orders.length }
      const clock = startStepClock(about, batch.setting.onStepPart)
      const facts = await step.load(tx, orders, batch.setting, clock)
      clock.turnTo('decide')
      for (const order of orders) {
        const decision = step.decide(order, facts, batch.setting)
        if (decision !== undefined) batch.decide(decision)
      }
      clock.end()
    },
  }
}

/** A step's `load` when it needs no facts. */
export const noFacts = async (): Promise<undefined> => undefined
