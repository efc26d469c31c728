import { z } from 'zod'
import type { Tool } from './tool.ts'

type JsonSchema = { readonly [name: string]: unknown }

/** The two schemas of a tool as hosts read them. */
export type ToolSchemas = { readonly input: JsonSchema; readonly output: JsonSchema }

const record = z.record(z.string(), z.unknown())

/** Every level of a schema is shared by all requests: nobody may change it. */
function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  for (const inner of Object.values(value)) frozen(inner)
  return Object.freeze(value)
}

/** Of an object that a caller may choose fields of, only those that always stay are promised. */
function withoutChoice(schema: JsonSchema, keeps: readonly string[]): JsonSchema {
  const required = z.array(z.string()).safeParse(schema['required']).data ?? []
  return { ...schema, required: required.filter((name) => keeps.includes(name)) }
}

function outputAsChosen(tool: Tool, schema: JsonSchema): JsonSchema {
  if (!('fields' in tool.input.shape)) return schema
  const properties = record.parse(schema['properties'])
  if (!('items' in properties)) return withoutChoice(schema, ['as_of', ...tool.keeps])
  const items = record.parse(properties['items'])
  const item = withoutChoice(record.parse(items['items']), tool.keeps)
  return { ...schema, properties: { ...properties, items: { ...items, items: item } } }
}

function jsonSchemaOf(schema: z.ZodObject, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...told } = record.parse(z.toJSONSchema(schema, { io }))
  return told
}

/** The frozen JSON Schemas of a tool; computed once for a catalogue. */
export function toolSchemas(tool: Tool): ToolSchemas {
  return frozen({
    input: jsonSchemaOf(tool.input, 'input'),
    output: outputAsChosen(tool, jsonSchemaOf(tool.output, 'output')),
  })
}
