import type { ChatOpenAI } from '@langchain/openai'
import type { ModelRun, ModelSettings } from './model-settings.ts'
import type { RunModel } from './run-model.ts'

/** What of the world a model touches; tests hand in their own. */
export type ModelSurroundings = {
  readonly fetch?: typeof fetch
  readonly nowMs?: () => number
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Makes the model of each run: the language model where one is set, else rules. */
export type Models = {
  open(run: ModelRun): Promise<RunModel>
}

/** The model port. Nothing of a framework is loaded before the first run asks for it. */
export function openModels(
  settings: ModelSettings | undefined,
  surroundings: ModelSurroundings = {},
): Models {
  let service: ChatOpenAI | undefined
  return {
    async open(run) {
      if (settings === undefined) return (await import('./rules-model.ts')).openRulesModel()
      const { openLanguageModel, openService } = await import('./language-model.ts')
      service ??= openService(settings, surroundings)
      return openLanguageModel(settings, run, { ...surroundings, service })
    },
  }
}
