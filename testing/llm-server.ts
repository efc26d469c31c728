import { LLMock } from '@copilotkit/aimock'
import type { ModelSettings } from '../agents/model/model-settings.ts'

/** An independent server of the OpenAI protocol, and the settings that lead to it. */
export type LlmServer = {
  readonly llm: LLMock
  readonly settings: ModelSettings
  /** How many requests have come in. */
  asked(): number
  close(): Promise<void>
}

/** Starts the server on a free port of this machine. */
export async function startLlmServer(change: Partial<ModelSettings> = {}): Promise<LlmServer> {
  const llm = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' })
  await llm.start()
  return {
    llm,
    settings: {
      apiKey: 'sk-test-0123456789',
      baseUrl: `${llm.url}/v1`,
      model: 'gpt-4o-mini',
      price: { inputMicros: 150_000, outputMicros: 600_000 },
      budget: { calls: 8, tokens: 60_000, costMicros: 100_000, seconds: 60 },
      callMs: 5_000,
      ...change,
    },
    asked: () => llm.getRequests().length,
    close: () => llm.stop(),
  }
}
