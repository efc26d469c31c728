import { z } from 'zod'
import { NeedsPerson } from './errors.ts'
import { type McpConfig, mcpConfig, mcpSettings } from './mcp-settings.ts'
import { type SignInConfig, signInConfig, signInSettings } from './sign-in-settings.ts'

const secondsMs = 1000
const mebibyte = 1024 * 1024

const flag = z
  .enum(['true', 'false', '1', '0'])
  .transform((value) => value === 'true' || value === '1')

/** Every setting of the process, by the name of its environment variable. Connections are rows, not settings. */
const settings = z.object({
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'an address such as postgres://user@host:5432/database')
    .optional()
    .describe('PostgreSQL 15 or newer to use instead of the built-in database'),
  QUITTANCE_DATA: z
    .string()
    .min(1)
    .default('./data')
    .describe(
      'folder of the built-in database, the watched inbox, the outbox of partners and the demo key',
    ),
  QUITTANCE_HOST: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('address to listen on; anything but loopback needs QUITTANCE_SECRET_KEY'),
  QUITTANCE_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(4700)
    .describe('port to listen on; 0 takes a free one'),
  QUITTANCE_SECRET_KEY: z
    .string()
    .regex(
      /^[A-Za-z0-9+/]{43}=$/,
      '32 random bytes in base64, for example from: openssl rand -base64 32',
    )
    .optional()
    .describe(
      'key that seals the secrets of connections; without it a key file is made in the data folder',
    ),
  QUITTANCE_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('what the log on standard error tells: debug, info, warn, error or silent'),
  QUITTANCE_INBOUND_MB: z.coerce
    .number()
    .min(1)
    .max(100)
    .default(10)
    .describe('largest inbound document, in mebibytes'),
  QUITTANCE_REQUESTS_PER_SECOND: z.coerce
    .number()
    .min(1)
    .max(10_000)
    .default(200)
    .describe('requests an API key may make each second, in the long run'),
  QUITTANCE_ANNOUNCE_SECONDS: z.coerce
    .number()
    .min(0)
    .max(300)
    .optional()
    .describe(
      'how long a stop by SIGTERM is announced on /readyz, every request still served, before the door closes: longer than the balancer’s health check takes to notice; 5 on PostgreSQL unless set, 0 on the built-in database',
    ),
  QUITTANCE_QUEUE_SECONDS: z.coerce
    .number()
    .min(1)
    .max(86_400)
    .default(60)
    .describe(
      'how long documents of a tenant may wait for their turn before intake refuses more of it, for a while',
    ),
  QUITTANCE_FREE_DISK_MB: z.coerce
    .number()
    .min(0)
    .max(1_000_000)
    .default(512)
    .describe(
      'room the disk of the built-in database must keep, in mebibytes, but no more than 5 % of it; with less, intake refuses',
    ),
  QUITTANCE_WAITING_DELIVERIES: z.coerce
    .number()
    .int()
    .min(2)
    .max(1_000_000)
    .default(2_000)
    .describe(
      'deliveries that may wait for their commit in this process, half of them of one connection',
    ),
  QUITTANCE_WAITING_MB: z.coerce
    .number()
    .min(1)
    .max(10_000)
    .default(64)
    .describe(
      'bodies of these deliveries together, in mebibytes, half of them of one connection; at least twice the largest document',
    ),
  QUITTANCE_DRAIN_SECONDS: z.coerce
    .number()
    .min(1)
    .max(300)
    .default(15)
    .describe('how long a stop waits for work in hand'),
  QUITTANCE_DEMO: flag
    .optional()
    .describe(
      'whether start fills the database with the demo distributor and runs its sandbox systems: true on the built-in database unless set, false on PostgreSQL unless set',
    ),
  OPENAI_API_KEY: z
    .string()
    .min(1)
    // Read in a header: anything else would break off every call.
    .regex(/^[\x21-\x7e]+$/, 'a key without blanks')
    .optional()
    .describe(
      'key of the service of models: questions to the assistant, with what its tools find, and product texts (for embeddings) are sent there only when it is set; without it rules answer and products are compared by spelling',
    ),
  OPENAI_BASE_URL: z
    .string()
    .regex(/^https?:\/\/[^@\s]+$/, 'an http address without a password, such as https://host/v1')
    .default('https://api.openai.com/v1')
    .describe('where that service is: any that speaks the same protocol'),
  QUITTANCE_EMBEDDING_MODEL: z
    .string()
    .min(1)
    .max(100)
    .default('text-embedding-3-small')
    .describe('model asked of that service'),
  QUITTANCE_MODEL: z
    .string()
    .min(1)
    .max(100)
    .default('gpt-4o-mini')
    .describe(
      'language model of that service which words what agents found; none leaves it to the rules, also with a key',
    ),
  QUITTANCE_MODEL_PRICES: z
    .string()
    .regex(
      /^[^\s,=]+=\d+(\.\d+)?\/\d+(\.\d+)?(,[^\s,=]+=\d+(\.\d+)?\/\d+(\.\d+)?)*$/,
      'models with their prices, such as gpt-4o-mini=0.15/0.60,llama3=0/0',
    )
    .default('gpt-4o-mini=0.15/0.60')
    .describe('what models cost: dollars for a million tokens in and out, model=in/out,…'),
  QUITTANCE_MODEL_CALLS_PER_RUN: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(8)
    .describe('calls of the language model that one run of an agent may make'),
  QUITTANCE_MODEL_TOKENS_PER_RUN: z.coerce
    .number()
    .int()
    .min(100)
    .max(10_000_000)
    .default(200_000)
    .describe('tokens that one run may use, in and out'),
  QUITTANCE_MODEL_DOLLARS_PER_RUN: z.coerce
    .number()
    .min(0)
    .max(1_000)
    .default(0.2)
    .describe('what one run may cost, in dollars by the prices above'),
  QUITTANCE_MODEL_DOLLARS_PER_DAY: z.coerce
    .number()
    .min(0)
    .max(100_000)
    .default(10)
    .describe(
      'what language models may cost a tenant in a day (UTC); then rules answer until the next',
    ),
  QUITTANCE_RUN_SECONDS: z.coerce
    .number()
    .min(1)
    .max(600)
    .default(60)
    .describe('how long a run of an agent, or an answer in a chat, may take'),
  QUITTANCE_RUN_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3_650)
    .default(90)
    .describe('days the log of agent runs, and of what agent hosts called, is kept'),
  QUITTANCE_CHAT_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3_650)
    .default(90)
    .describe('days a chat thread is kept after its last message'),
  ...signInSettings,
  ...mcpSettings,
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .string()
    .regex(/^https?:\/\//, 'an http address such as http://127.0.0.1:4318')
    .optional()
    .describe('where traces go (OTLP over HTTP); without it none are sent'),
})

/** The settings of this process, parsed once and frozen. */
export type Config = SignInConfig &
  McpConfig & {
    readonly databaseUrl?: string
    readonly dataFolder: string
    readonly host: string
    readonly port: number
    readonly secretKey?: string
    readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
    readonly inboundBytes: number
    readonly requestsPerSecond: number
    readonly queueSeconds: number
    readonly freeDiskBytes: number
    readonly waitingDeliveries: number
    readonly waitingBytes: number
    readonly announceMs: number
    readonly drainMs: number
    readonly isDemo: boolean
    readonly otlpEndpoint?: string
    readonly agents: {
      readonly runSeconds: number
      /** What models may cost a tenant in a day, in millionths of a dollar. */
      readonly dayMicros: number
      readonly runDays: number
      readonly chatDays: number
      /** The language model; absent without a key, or where none is wanted. */
      readonly model?: {
        readonly apiKey: string
        readonly baseUrl: string
        readonly model: string
        /** Millionths of a dollar for a million tokens. */
        readonly price: { readonly inputMicros: number; readonly outputMicros: number }
        readonly budget: {
          readonly calls: number
          readonly tokens: number
          readonly costMicros: number
          readonly seconds: number
        }
        readonly callMs: number
      }
    }
    /** The service of embeddings; absent without a key. */
    readonly embeddings?: {
      readonly apiKey: string
      readonly baseUrl: string
      readonly model: string
    }
  }

type Settings = z.infer<typeof settings>

const microsOf = (dollars: number): number => Math.round(dollars * 1_000_000)

function priceOf({ QUITTANCE_MODEL: model, QUITTANCE_MODEL_PRICES: prices }: Settings) {
  const priced = prices.split(',').find((entry) => entry.startsWith(`${model}=`))
  if (priced === undefined)
    throw new NeedsPerson(
      `QUITTANCE_MODEL is ${model}, and QUITTANCE_MODEL_PRICES does not say what it costs. Add ${model}=IN/OUT, in dollars for a million tokens (0/0 for one that costs nothing), or set QUITTANCE_MODEL=none.`,
    )
  const [input = '0', output = '0'] = priced.slice(model.length + 1).split('/')
  return { inputMicros: microsOf(Number(input)), outputMicros: microsOf(Number(output)) }
}

/** Longest wait for one answer of the language model. */
const modelCallMs = 30 * secondsMs

function agentsOf(values: Settings): Config['agents'] {
  const { OPENAI_API_KEY: apiKey, QUITTANCE_MODEL: model, QUITTANCE_RUN_SECONDS: seconds } = values
  const kept = {
    runSeconds: seconds,
    dayMicros: microsOf(values.QUITTANCE_MODEL_DOLLARS_PER_DAY),
    runDays: values.QUITTANCE_RUN_DAYS,
    chatDays: values.QUITTANCE_CHAT_DAYS,
  }
  if (apiKey === undefined || model === 'none') return kept
  return {
    ...kept,
    model: {
      ...{ apiKey, model, baseUrl: values.OPENAI_BASE_URL, price: priceOf(values) },
      budget: {
        calls: values.QUITTANCE_MODEL_CALLS_PER_RUN,
        tokens: values.QUITTANCE_MODEL_TOKENS_PER_RUN,
        costMicros: microsOf(values.QUITTANCE_MODEL_DOLLARS_PER_RUN),
        seconds,
      },
      callMs: modelCallMs,
    },
  }
}

const loopback = new Set(['127.0.0.1', '::1', 'localhost'])

/** Reads the settings; a wrong value stops the start with the name, what is wrong and what to write instead. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const known = Object.keys(settings.shape)
  const given = Object.fromEntries(
    known.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])),
  )
  const parsed = settings.safeParse(given)
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new NeedsPerson(
      `A setting is wrong. ${faults.join('; ')}. Set it right in the environment and start again.`,
    )
  }
  const misspelt = Object.keys(environment).filter(
    (name) => name.startsWith('QUITTANCE_') && !known.includes(name),
  )
  if (misspelt.length > 0)
    throw new NeedsPerson(
      `There is no setting ${misspelt.join(', ')}. Known are ${known.join(', ')}.`,
    )
  const values = parsed.data
  if (!loopback.has(values.QUITTANCE_HOST) && values.QUITTANCE_SECRET_KEY === undefined)
    throw new NeedsPerson(
      `QUITTANCE_HOST is ${values.QUITTANCE_HOST}, which others can reach, and no QUITTANCE_SECRET_KEY is set. Set one (openssl rand -base64 32), or listen on 127.0.0.1.`,
    )
  return Object.freeze({
    ...(values.DATABASE_URL === undefined ? {} : { databaseUrl: values.DATABASE_URL }),
    dataFolder: values.QUITTANCE_DATA,
    host: values.QUITTANCE_HOST,
    port: values.QUITTANCE_PORT,
    ...(values.QUITTANCE_SECRET_KEY === undefined
      ? {}
      : { secretKey: values.QUITTANCE_SECRET_KEY }),
    logLevel: values.QUITTANCE_LOG_LEVEL,
    inboundBytes: values.QUITTANCE_INBOUND_MB * mebibyte,
    requestsPerSecond: values.QUITTANCE_REQUESTS_PER_SECOND,
    queueSeconds: values.QUITTANCE_QUEUE_SECONDS,
    freeDiskBytes: values.QUITTANCE_FREE_DISK_MB * mebibyte,
    waitingDeliveries: values.QUITTANCE_WAITING_DELIVERIES,
    waitingBytes: Math.max(values.QUITTANCE_WAITING_MB, values.QUITTANCE_INBOUND_MB * 2) * mebibyte,
    announceMs:
      (values.QUITTANCE_ANNOUNCE_SECONDS ?? (values.DATABASE_URL === undefined ? 0 : 5)) *
      secondsMs,
    drainMs: values.QUITTANCE_DRAIN_SECONDS * secondsMs,
    ...signInConfig(values),
    ...mcpConfig(values),
    isDemo: values.QUITTANCE_DEMO ?? values.DATABASE_URL === undefined,
    agents: agentsOf(values),
    ...(values.OPENAI_API_KEY === undefined
      ? {}
      : {
          embeddings: {
            apiKey: values.OPENAI_API_KEY,
            baseUrl: values.OPENAI_BASE_URL,
            model: values.QUITTANCE_EMBEDDING_MODEL,
          },
        }),
    ...(values.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
      ? {}
      : { otlpEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT }),
  })
}
