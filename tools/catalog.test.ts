import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { catalog } from './catalog.ts'
import type { Tool } from './tool.ts'
import { toolSchemas } from './tool-schemas.ts'

type Json = { readonly [name: string]: unknown }
const record = z.record(z.string(), z.unknown())

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null

/** Every schema inside a schema, with where it is. */
function inside(schema: unknown, path = ''): { path: string; schema: Json }[] {
  if (Array.isArray(schema))
    return schema.flatMap((each, place) => inside(each, `${path}[${place}]`))
  if (!isRecord(schema)) return []
  return [
    { path, schema },
    ...Object.entries(schema).flatMap(([name, inner]) =>
      name === 'enum' || name === 'required' ? [] : inside(inner, `${path}/${name}`),
    ),
  ]
}

const propertiesOf = (schema: Json): Record<string, Json> =>
  z.record(z.string(), record).parse(schema['properties'] ?? {})

/** What breaks a rule, tool by tool; the message of the test says how to mend it. */
function offenders(rule: (tool: Tool, schemas: ReturnType<typeof toolSchemas>) => string[]) {
  return catalog.flatMap((tool) =>
    rule(tool, toolSchemas(tool)).map((fault) => `${tool.name}: ${fault}`),
  )
}

const published = catalog.filter(({ publish }) => publish === 'mcp')

test('agent hosts see exactly the fourteen tools of the contract, with their scopes', () => {
  expect(Object.fromEntries(published.map(({ name, scope }) => [name, scope]))).toEqual({
    order_search: 'o2c:read',
    order_get: 'o2c:read',
    order_validate: 'o2c:read',
    order_alternatives: 'o2c:read',
    failure_search: 'ops:read',
    failure_triage: 'ops:read',
    integration_health: 'ops:read',
    invoice_get: 'ar:read',
    ar_aging: 'ar:read',
    propose_order_change: 'order:propose',
    propose_retry: 'ops:propose',
    propose_collections_email: 'ar:propose',
    proposal_get: 'proposal:read',
    proposal_search: 'proposal:read',
  })
})

test('every tool has a name of its own that every host takes, and lives in the file of that name', () => {
  const names = catalog.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(
    offenders(({ name }) => [
      ...(/^[a-z][a-z0-9_]{0,40}$/.test(name) ? [] : ['rename it: ^[a-z][a-z0-9_]{0,40}$']),
      ...(existsSync(join(import.meta.dirname, `${name.replaceAll('_', '-')}.ts`))
        ? []
        : ['move it to a file of its name']),
    ]),
  ).toEqual([])
})

test('every tool says what it is in few words, and nothing in it tells a model what to do', () => {
  const orders = /\b(you|your|please|always|never|ignore|do not|don't|make sure|important)\b/i
  expect(
    offenders((tool, { input, output }) => {
      const texts = [...inside(input), ...inside(output)].flatMap(({ schema, path }) =>
        typeof schema['description'] === 'string' ? [[path, schema['description']] as const] : [],
      )
      return [
        ...(tool.title.length > 3 && tool.title.length <= 60 ? [] : ['give it a title']),
        ...(tool.about.length >= 20 && tool.about.length <= 400 ? [] : ['20 to 400 letters']),
        ...[['about', tool.about] as const, ...texts]
          .filter(([, text]) => orders.test(text))
          .map(([where, text]) => `say what it is, not what to do (${where}): ${text}`),
      ]
    }),
  ).toEqual([])
})

test('every annotation is there; what proposes is neither read-only nor destructive', () => {
  expect(
    offenders(({ effect, annotations }) =>
      JSON.stringify(annotations) ===
      JSON.stringify({
        readOnlyHint: effect === 'read',
        destructiveHint: false,
        idempotentHint: true,
        openWorldHint: false,
      })
        ? []
        : ['describe it with readTool or proposeTool'],
    ),
  ).toEqual([])
})

test('scopes say what a tool does: only propose tools need a propose scope, and they all do', () => {
  expect(
    offenders(({ effect, scope, name }) =>
      scope.endsWith(`:${effect}`) && (effect === 'propose') === name.startsWith('propose_')
        ? []
        : [`${scope} does not go with ${effect}`],
    ),
  ).toEqual([])
})

test('schemas are such that every host takes them: flat, closed, without references and types of several kinds', () => {
  const banned = [
    '$ref',
    '$defs',
    'anyOf',
    'oneOf',
    'allOf',
    'exclusiveMinimum',
    'patternProperties',
  ]
  expect(
    offenders((_, { input, output }) =>
      [...inside(input), ...inside(output)].flatMap(({ path, schema }) => [
        ...banned
          .filter((word) => word in schema && !path.endsWith('/properties'))
          .map((word) => `${path} has ${word}`),
        ...(Array.isArray(schema['type']) ? [`${path} is of several types`] : []),
        ...(schema['type'] === 'object' && schema['additionalProperties'] !== false
          ? [`${path} is open: name its fields`]
          : []),
      ]),
    ),
  ).toEqual([])
  expect(
    offenders((_, { input }) =>
      Object.entries(propertiesOf(input)).flatMap(([name, schema]) => {
        const items = record.safeParse(schema['items']).data
        const isFlat = schema['type'] !== 'object' && items?.['type'] !== 'object'
        return isFlat ? [] : [`${name} is not flat: take ids or words`]
      }),
    ),
  ).toEqual([])
  expect(
    offenders((_, { input, output }) => [
      ...(input['type'] === 'object' ? [] : ['the input is no object']),
      ...(output['type'] === 'object' ? [] : ['the output is no object']),
    ]),
  ).toEqual([])
})

test('the values an argument takes stand in its description, and every argument has one', () => {
  expect(
    offenders((_, { input }) =>
      Object.entries(propertiesOf(input)).flatMap(([name, schema]) => {
        const values = schema['enum'] ?? record.safeParse(schema['items']).data?.['enum'] ?? []
        const about = String(schema['description'] ?? '')
        const untold = z
          .array(z.string())
          .parse(values)
          .filter((value) => !about.includes(value))
        return about === '' ? [`describe ${name}`] : untold.map((value) => `${name} hides ${value}`)
      }),
    ),
  ).toEqual([])
})

test('a propose tool takes ids, never an amount, a price, a recipient or a text', () => {
  const ids = ['order_id', 'cluster_id', 'transaction_id', 'customer_number', 'candidate_id']
  expect(
    offenders(({ effect }, { input }) =>
      effect === 'propose'
        ? Object.keys(propertiesOf(input)).filter((name) => !ids.includes(name))
        : [],
    ),
  ).toEqual([])
})

test('every list is paged, and callers choose its fields', () => {
  expect(
    offenders((_, { input, output }) => {
      const args = propertiesOf(input)
      const answer = propertiesOf(output)
      if (!('items' in answer)) return []
      return [
        ...['cursor', 'limit', 'fields'].filter((name) => !(name in args)),
        ...['next_cursor', 'as_of'].filter((name) => !(name in answer)),
      ].map((name) => `it has no ${name}`)
    }),
  ).toEqual([])
})

test('the fields a caller may choose are those the answer has; its ids always stay', () => {
  expect(
    offenders(({ keeps }, { input, output }) => {
      const { fields } = propertiesOf(input)
      if (fields === undefined) return []
      const answer = propertiesOf(output)
      const { items } = answer
      const shown = items === undefined ? answer : propertiesOf(record.parse(items['items']))
      const chosen = z.array(z.string()).parse(record.parse(fields['items'])['enum'])
      return [
        ...[...chosen, ...keeps].filter((name) => !(name in shown)),
        ...(keeps.length === 0 ? ['its ids: say in keeps which stay'] : []),
      ].map((name) => `there is no field ${name}`)
    }),
  ).toEqual([])
})

test('what may be left out by choice is not promised, and no schema can be changed by whoever reads it', () => {
  const search = toolSchemas(
    catalog.find(({ name }) => name === 'order_search') ?? z.never().parse(0),
  )
  const items = record.parse(propertiesOf(search.output)['items']?.['items'])
  expect(items['required']).toEqual(['order_id', 'order_number'])
  expect(
    offenders((_, schemas) =>
      [...inside(schemas.input), ...inside(schemas.output)].every(
        ({ path }) => path !== undefined,
      ) &&
      Object.isFrozen(schemas.input) &&
      Object.isFrozen(schemas.output['properties'])
        ? []
        : ['freeze it'],
    ),
  ).toEqual([])
})

test('money and text of others have one form everywhere', () => {
  expect(
    offenders((_, { output }) =>
      inside(output).flatMap(({ path, schema }) => {
        const names = Object.keys(propertiesOf(schema['type'] === 'object' ? schema : {}))
        return [
          ...names
            .filter((name) => /minor$/i.test(name) && name !== 'amount_minor')
            .map((name) => `${path}/${name} is money: use moneyOf`),
          ...names
            .filter((name) => !/^[a-z][a-z0-9_]*$/.test(name))
            .map((name) => `${path}/${name} is not snake_case`),
          ...names
            .filter((name) => /^(note|comment|message_text|content)s?$/.test(name) && path !== '')
            .map((name) => `${path}/${name} may be from outside: untrusted_text`),
        ]
      }),
    ),
  ).toEqual([])
})
