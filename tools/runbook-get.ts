import { z } from 'zod'
import { FailureClass, Remedy } from '../backbone/canonical/failures/failure-class.ts'
import { runbookOf } from '../backbone/services/triage/runbooks.ts'
import { readTool } from './tool.ts'
import { oneOf } from './wire/arguments.ts'
import { asOf } from './wire/page.ts'

/** What to do about a class of failure. */
export const runbookGet = readTool({
  name: 'runbook_get',
  title: 'Look at a runbook',
  about:
    'What a class of failure means, whether it is tried again by itself, and what a person does about it.',
  scope: 'ops:read',
  publish: 'internal',
  input: z.strictObject({ error_class: oneOf(FailureClass.options, 'Class of the error.') }),
  output: z.object({
    ...asOf,
    error_class: FailureClass,
    about: z.string(),
    auto_retry: z.string(),
    remedy: Remedy,
    advice: z.string(),
    steps: z.array(z.string()),
  }),
  run: async (services, _, { error_class: errorClass }) => {
    const { autoRetry, errorClass: named, ...runbook } = runbookOf(errorClass)
    return {
      as_of: services.now(),
      error_class: named,
      auto_retry: autoRetry,
      ...runbook,
      steps: [...runbook.steps],
    }
  },
})
