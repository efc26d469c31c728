import type { PromptMessage } from '@modelcontextprotocol/server'
import type { ServerFace } from '../host-server.ts'
import type { HostedPrompt, HostedTemplate, HostedTool, Surface } from '../surface.ts'
import { inputPrompt, inputTools } from './input-fixtures.ts'
import { fixtureTool, pushTools, text } from './push-fixtures.ts'

// One red pixel, and a WAV file of no samples.
const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='
const wav = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA='
const image = { type: 'image', data: png, mimeType: 'image/png' } as const

// JSON Schema 2020-12 words that must reach the host as they are (SEP-1613).
const wordySchema: HostedTool['listed']['inputSchema'] = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema, and nothing awaits it
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
}

const contentTools: readonly HostedTool[] = [
  fixtureTool('test_simple_text', async () => text('This is a simple text response for testing.')),
  fixtureTool('test_image_content', async () => ({ content: [image] })),
  fixtureTool('test_audio_content', async () => ({
    content: [{ type: 'audio', data: wav, mimeType: 'audio/wav' }],
  })),
  fixtureTool('test_embedded_resource', async () => ({
    content: [
      {
        type: 'resource',
        resource: { uri: 'test://embedded-resource', mimeType: 'text/plain', text: 'Embedded.' },
      },
    ],
  })),
  fixtureTool('test_multiple_content_types', async () => ({
    content: [
      { type: 'text', text: 'Multiple content types test:' },
      image,
      {
        type: 'resource',
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: '{"test":"data","value":123}',
        },
      },
    ],
  })),
  fixtureTool('test_error_handling', async () => ({
    ...text('This tool intentionally returns an error for testing'),
    isError: true,
  })),
  fixtureTool('json_schema_2020_12_tool', async () => text('Taken.'), wordySchema),
]

const textMessage = (words: string): PromptMessage => ({
  role: 'user',
  content: { type: 'text', text: words },
})

function fixturePrompt(
  name: string,
  needs: readonly string[],
  messages: (args: Readonly<Record<string, string>>) => PromptMessage[],
): HostedPrompt {
  return {
    listed: {
      ...{ name, title: name, description: `The prompt ${name} of the conformance suite.` },
      arguments: needs.map((each) => ({ name: each, description: 'Any text.', required: true })),
    },
    get: async (args) => ({ messages: messages(args) }),
    complete: async (_, begun) => ({ values: [`${begun}ing`] }),
  }
}

const prompts: readonly HostedPrompt[] = [
  fixturePrompt('test_simple_prompt', [], () => [
    textMessage('This is a simple prompt for testing.'),
  ]),
  fixturePrompt('test_prompt_with_arguments', ['arg1', 'arg2'], ({ arg1, arg2 }) => [
    textMessage(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`),
  ]),
  fixturePrompt('test_prompt_with_embedded_resource', ['resourceUri'], ({ resourceUri = '' }) => [
    {
      role: 'user',
      content: {
        type: 'resource',
        resource: {
          uri: resourceUri,
          mimeType: 'text/plain',
          text: 'Embedded resource content for testing.',
        },
      },
    },
    textMessage('Please process the embedded resource above.'),
  ]),
  fixturePrompt('test_prompt_with_image', [], () => [
    { role: 'user', content: image },
    textMessage('Please analyze the image above.'),
  ]),
  inputPrompt,
]

function fixtureTemplate(
  uriTemplate: string,
  read: (uri: string, id: string) => { mimeType: string } & ({ text: string } | { blob: string }),
): HostedTemplate {
  return {
    listed: { name: uriTemplate, title: uriTemplate, uriTemplate },
    read: async (uri, { id = '' }) => ({ contents: [{ uri, ...read(uri, id) }] }),
  }
}

const templates: readonly HostedTemplate[] = [
  fixtureTemplate('test://template/{id}/data', (_, id) => ({
    mimeType: 'application/json',
    text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
  })),
  fixtureTemplate('test://static-text', () => ({
    mimeType: 'text/plain',
    text: 'This is the content of the static text resource.',
  })),
  fixtureTemplate('test://static-binary', () => ({ mimeType: 'image/png', blob: png })),
]

/** A surface with all that the conformance suite calls by name, beside what it shows anyway. */
export function withFixtures(surface: Surface): Surface {
  return {
    ...surface,
    tools: [...surface.tools, ...contentTools, ...pushTools, ...inputTools],
    resources: [
      ...surface.resources,
      { uri: 'test://static-text', name: 'static-text', mimeType: 'text/plain' },
      { uri: 'test://static-binary', name: 'static-binary', mimeType: 'image/png' },
    ],
    templates: [...surface.templates, ...templates],
    prompts: [...surface.prompts, ...prompts],
  }
}

/** A face that promises, beside its own, what the 2025 protocol had and the product does not build. */
export function faceWithFixtures(face: ServerFace): ServerFace {
  return {
    ...face,
    capabilities: { logging: {}, resources: { subscribe: true } },
    answerMore: (server) => {
      server.setRequestHandler('resources/subscribe', () => ({}))
      server.setRequestHandler('resources/unsubscribe', () => ({}))
    },
  }
}
