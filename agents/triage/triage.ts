import type { Agent, AgentAsk } from '../agent.ts'
import { analysisAgent } from '../shared/analysis-agent.ts'
import type { Finding } from '../shared/finding.ts'
import type { Investigation } from '../shared/investigation.ts'
import { safetyOfCall, safetyOfCluster, triageFailures } from './triage-failures.ts'

function investigate({ subject, timeZone }: AgentAsk): Investigation<Finding> {
  if (subject?.kind === 'cluster') return safetyOfCluster(subject.id, { timeZone })
  if (subject?.kind === 'transaction') return safetyOfCall(subject.id, { timeZone })
  return triageFailures({ timeZone })
}

/** Groups what failed by cause, says what fixes most, and proposes to send again what is safe. */
export const triage: Agent = analysisAgent({
  name: 'triage',
  about:
    'Groups failed transactions by root cause: what fixes most, whether a replay is safe, one fix and one replay plan each; proposes the replays that are safe.',
  version: '1',
  tools: ['failure_search', 'failure_triage', 'replay_safety', 'transaction_get', 'propose_retry'],
  investigate,
})
