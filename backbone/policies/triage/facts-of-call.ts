import { readAnswer } from '../../canonical/failures/read-answer.ts'
import type { FailureFacts } from '../../canonical/failures/signature.ts'

// Lists whose codes only our own connectors give; a stored call does not say which.
const ownLists = ['quittance', 'network', 'smtp', 'folder', 'contract', '']

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return undefined
  }
}

/** What can still be seen of a call that failed, from what was kept of it: the answer where there was one. */
export function factsOfCall(call: {
  readonly code: string
  readonly message: string
  readonly response?: string | null | undefined
}): FailureFacts {
  const { code, message } = call
  const status = /^HTTP_(\d{3})$/.exec(code)?.[1]
  const seen = status === undefined ? {} : { status: Number(status) }
  const text = call.response ?? ''
  const answered = text === '' ? undefined : readAnswer({ text, json: parsed(text), ...seen })
  const codes = status === undefined ? ownLists.map((list) => ({ list, code })) : []
  return {
    message,
    ...answered,
    codes: answered !== undefined && answered.codes.length > 0 ? answered.codes : codes,
    ...seen,
  }
}
