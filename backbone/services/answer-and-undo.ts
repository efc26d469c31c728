import { OurBug } from '../errors.ts'
import type { Database, TenantTx } from '../store/database.ts'

/** Answers a question in a transaction that is always rolled back: whatever was written for it leaves no trace. */
export async function answerAndUndo<Answer>(
  database: Database,
  tenantId: string,
  ask: (tx: TenantTx) => Promise<Answer>,
): Promise<Answer> {
  /** Carries the answer out of the transaction. */
  class Undone extends Error {
    readonly answer: Answer

    constructor(answer: Answer) {
      super('The question is answered; nothing of it is kept.')
      this.answer = answer
    }
  }
  try {
    await database.inTenant(tenantId, async (tx) => {
      throw new Undone(await ask(tx))
    })
  } catch (error) {
    if (error instanceof Undone) return error.answer
    throw error
  }
  throw new OurBug('A question was not rolled back.', { tenantId })
}
