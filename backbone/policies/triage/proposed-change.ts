import type { BlastRadius } from './blast-radius.ts'
import type { FailureDecision } from './classify-failure.ts'
import type { RootCause } from './cluster-failures.ts'

/** The one change that mends a cause, as exactly as code can name it. */
export type ProposedChange = { readonly subject: string; readonly text: string }

function subjectOf(cause: RootCause, radius: BlastRadius): string {
  return cause.rootEntity ?? `connection ${radius.connections[0] ?? ''}`
}

/** Says what to change so that a cause is gone, naming the thing and the place. */
export function proposedChange(
  cause: RootCause,
  decision: Pick<FailureDecision, 'remedy' | 'advice'>,
  radius: BlastRadius,
): ProposedChange {
  const subject = subjectOf(cause, radius)
  const where = radius.connections.join(', ')
  const [first] = cause.calls
  const words = first?.message.slice(0, 160) ?? ''
  const said = first === undefined ? '' : ` It says: "${words}"${words.endsWith('.') ? '' : '.'}`
  const number = first?.naturalKey ?? ''
  switch (decision.remedy) {
    case 'retry':
      return { subject, text: `Nothing to change: ${decision.advice}` }
    case 'wait_parent':
      return {
        subject,
        text: `Get what it belongs to through first; then ${number} goes by itself.`,
      }
    case 'fix_mapping':
      return { subject, text: `Change the map or partner guide of ${where} for ${subject}.${said}` }
    case 'fix_master_data':
      return {
        subject,
        text: `Create or correct ${subject} in the system behind ${where}, or our cross-reference to it.${said}`,
      }
    case 'request_partner':
      return { subject, text: `Ask the sender of ${number} for what is missing or wrong.${said}` }
    case 'refresh_credentials':
      return { subject, text: `Put a new secret into ${where}, then press its test button.` }
    case 'change_config':
      return { subject, text: `Change the settings or our rights at ${where}.${said}` }
    case 'split_batch':
      return { subject, text: `Send ${number} in smaller parts; only what failed goes again.` }
    case 'mark_duplicate':
      return {
        subject,
        text: `Look up ${number} at ${where}: if it is the same, drop the call as done; if not, it is an exception.`,
      }
    case 'quarantine':
      return { subject, text: `Drop ${number} with the reason, and keep its payload for a person.` }
    case 'escalate':
      return { subject, text: `A person who knows ${where} decides about ${subject}.${said}` }
  }
}
