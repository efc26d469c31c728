import { createSecretKey, randomBytes } from 'node:crypto'
import { allAgents } from '../agents/all-agents.ts'
import { createMetrics } from '../backbone/telemetry/metrics.ts'
import { createTracer } from '../backbone/telemetry/trace.ts'
import { openProfileExam } from '../cli/exam/profile-exam.ts'
import { openServices } from '../cli/services.ts'
import { openTools } from '../cli/tools.ts'

/** The exam of profiles with the house's own agents, services and tools; whatever broke in it fails the test. */
export function openExamForTest() {
  const surprise = (error: unknown) => {
    throw error
  }
  return openProfileExam({
    ...{ agents: allAgents, runSeconds: 60, tracer: createTracer({ exporter: undefined }) },
    onSurprise: (_agent, _runId, error) => surprise(error),
    over(database, queue) {
      const secretKey = createSecretKey(randomBytes(32))
      const metrics = createMetrics()
      const connections = { forget: () => undefined, find: async () => undefined }
      const services = openServices(
        { queue, metrics, secretKey, connectors: [], connections },
        database,
      )
      const log = { debug: () => undefined, error: surprise }
      const { callTool } = openTools(
        { database, log, signingKey: randomBytes(32), consoleUrl: 'https://quittance.example' },
        services,
      )
      return { orders: services.orders, proposals: services.proposals, callTool }
    },
  })
}
