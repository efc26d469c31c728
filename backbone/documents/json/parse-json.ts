import { Buffer } from 'node:buffer'
import type { Finding } from '../../canonical/finding.ts'
import { type JsonFault, jsonFinding } from './json-path.ts'

/** A JSON object as it was sent. */
export type JsonObject = { [key: string]: JsonValue }

/** A value of a JSON document. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject

/** A JSON document read exactly, or the one fault that stopped the reading. */
export type JsonParsing =
  | { readonly outcome: 'parsed'; readonly value: JsonValue; readonly findings: readonly Finding[] }
  | { readonly outcome: 'refused'; readonly findings: readonly Finding[] }

/**
 * How strictly a document is read. `strict` refuses exponents, NUL and broken characters; `exact` takes
 * what a foreign system sends, keeps every number that is not a safe integer as its own text and mends
 * characters that no database keeps.
 */
export type JsonReading = {
  readonly numbers: 'strict' | 'exact'
  readonly maxBytes?: number
  readonly maxDepth?: number
  /** Told of every value in the order it stands in the text; of objects and lists twice, when they open and close. */
  readonly onPlace?: (place: JsonPlace) => void
}

/** Where a value stands in the text of a JSON document: from its first character to the one after its last. */
export type JsonPlace = {
  readonly event: 'open' | 'close' | 'value'
  /** Its key or its position in the list around it; the document as a whole has none. */
  readonly step: string | number | undefined
  readonly depth: number
  readonly start: number
  readonly end: number
}

const numberToken = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
const wordToken = /[^\s,:{}[\]"]{1,40}/y
const words = new Map<string, null | boolean>([
  ['null', null],
  ['true', true],
  ['false', false],
])
// A lone half of a surrogate pair, and NUL: PostgreSQL keeps neither in text.
const unkeepable = /\p{Surrogate}|\0/gu

class JsonRefused extends Error {
  readonly fault: JsonFault
  constructor(fault: JsonFault) {
    super(fault.message)
    this.fault = fault
  }
}

// JSON.parse is not enough here: it takes the last of two equal keys, rounds ids above 2^53 and knows no path.
class JsonText {
  readonly findings: Finding[] = []
  readonly #text: string
  readonly #isStrict: boolean
  readonly #maxDepth: number
  readonly #onPlace: JsonReading['onPlace']
  readonly #path: (string | number)[] = []
  #at = 0

  constructor(text: string, { numbers, maxDepth = 64, onPlace }: JsonReading) {
    this.#text = text
    this.#isStrict = numbers === 'strict'
    this.#maxDepth = maxDepth
    this.#onPlace = onPlace
  }

  read(): JsonValue {
    const value = this.#value()
    if (this.#next() !== '') this.#refuse('trailing', 'Text stands after the end of the document.')
    return value
  }

  #refuse(fault: string, message: string, found?: string): never {
    const code = fault === 'syntax' && this.#at >= this.#text.length ? 'truncated' : fault
    const shown = found ?? this.#text.slice(this.#at, this.#at + 20)
    throw new JsonRefused({ code, message, path: [...this.#path], offset: this.#at, found: shown })
  }

  #next(): string {
    let code = this.#text.charCodeAt(this.#at)
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) {
      this.#at += 1
      code = this.#text.charCodeAt(this.#at)
    }
    return this.#text.charAt(this.#at)
  }

  #value(): JsonValue {
    const first = this.#next()
    if (first === '{') return this.#nested(() => this.#object())
    if (first === '[') return this.#nested(() => this.#list())
    const start = this.#at
    const value = this.#plainValue(first)
    this.#tell('value', start)
    return value
  }

  #plainValue(first: string): JsonValue {
    if (first === '"') return this.#string()
    if (first === '-' || (first >= '0' && first <= '9')) return this.#number()
    return this.#word(first)
  }

  #nested(read: () => JsonValue): JsonValue {
    if (this.#path.length >= this.#maxDepth)
      this.#refuse('depth', `The document is nested deeper than ${this.#maxDepth} levels.`)
    const start = this.#at
    this.#at += 1
    this.#tell('open', start)
    const value = read()
    this.#tell('close', start)
    return value
  }

  #tell(event: JsonPlace['event'], start: number): void {
    if (this.#onPlace === undefined) return
    const depth = this.#path.length
    this.#onPlace({ event, step: this.#path.at(-1), depth, start, end: this.#at })
  }

  #object(): JsonObject {
    const object: JsonObject = {}
    if (this.#next() === '}') {
      this.#at += 1
      return object
    }
    do {
      if (this.#next() !== '"') this.#refuse('syntax', 'A key in double quotes was expected here.')
      const key = this.#string()
      this.#path.push(key)
      if (Object.hasOwn(object, key))
        this.#refuse('duplicate-key', 'The same key stands twice in one object.', key)
      if (this.#next() !== ':') this.#refuse('syntax', 'A colon was expected after the key.')
      this.#at += 1
      keep(object, key, this.#value())
      this.#path.pop()
    } while (this.#continues('}'))
    return object
  }

  #list(): JsonValue[] {
    const list: JsonValue[] = []
    if (this.#next() === ']') {
      this.#at += 1
      return list
    }
    do {
      this.#path.push(list.length)
      list.push(this.#value())
      this.#path.pop()
    } while (this.#continues(']'))
    return list
  }

  #continues(end: '}' | ']'): boolean {
    const mark = this.#next()
    if (mark !== ',' && mark !== end) this.#refuse('syntax', `A comma or ${end} was expected here.`)
    this.#at += 1
    return mark === ','
  }

  #string(): string {
    const start = this.#at
    let at = start + 1
    let hasEscape = false
    for (;;) {
      const code = this.#text.charCodeAt(at)
      if (code === 0x22) break
      if (code === 0x5c) {
        hasEscape = true
        at += 1
      } else if (Number.isNaN(code)) this.#refuse('truncated', 'A text is not closed.')
      else if (code < 0x20) {
        this.#at = at
        this.#refuse('control-character', 'A control character stands unescaped inside a text.')
      }
      at += 1
    }
    this.#at = at + 1
    return hasEscape ? this.#unescape(start) : this.#text.slice(start + 1, at)
  }

  #unescape(start: number): string {
    const token = this.#text.slice(start, this.#at)
    let text: string
    try {
      text = String(JSON.parse(token))
    } catch {
      this.#at = start
      return this.#refuse('syntax', 'A text holds an escape that JSON does not have.', token)
    }
    const kept = text.replace(unkeepable, '\uFFFD')
    if (kept === text) return text
    const message = 'A text holds NUL or half a character, which cannot be kept.'
    if (this.#isStrict) return this.#refuse('character', message)
    this.findings.push(
      jsonFinding({ severity: 'note', code: 'character', message, path: this.#path }),
    )
    return kept
  }

  #number(): number | string {
    numberToken.lastIndex = this.#at
    const [token, fraction, exponent] = numberToken.exec(this.#text) ?? []
    if (token === undefined) return this.#refuse('number', 'This is not a number that JSON has.')
    if (exponent !== undefined && this.#isStrict)
      return this.#refuse('exponent', 'Write the number out: an exponent is not accepted.', token)
    this.#at += token.length
    if (/[\w.+-]/.test(this.#text.charAt(this.#at)))
      return this.#refuse('number', 'This is not a number that JSON has.', token)
    const value = Number(token)
    const isSafe = fraction === undefined && exponent === undefined && Number.isSafeInteger(value)
    return isSafe || (this.#isStrict && fraction !== undefined) ? value : token
  }

  #word(first: string): null | boolean {
    if (first === '') return this.#refuse('truncated', 'The document ends where a value belongs.')
    wordToken.lastIndex = this.#at
    const [word] = wordToken.exec(this.#text) ?? [first]
    const value = words.get(word)
    if (value === undefined)
      return this.#refuse('syntax', 'This is not a value that JSON has.', word)
    this.#at += word.length
    return value
  }
}

function keep(object: JsonObject, key: string, value: JsonValue): void {
  if (key !== '__proto__') object[key] = value
  // A plain assignment would set the prototype instead of a field.
  else
    Object.defineProperty(object, key, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    })
}

function refused(fault: JsonFault): JsonParsing {
  return { outcome: 'refused', findings: [jsonFinding(fault)] }
}

function invalidUtf8(bytes: Uint8Array): JsonParsing {
  const upToFault = new TextDecoder().decode(bytes).split('\uFFFD', 1)[0] ?? ''
  return refused({
    code: 'encoding',
    message: 'The document is not valid UTF-8.',
    path: [],
    offset: Buffer.byteLength(upToFault),
  })
}

/** Reads raw bytes as JSON without losing a digit, naming the place of the first thing that is not JSON. */
export function parseJson(bytes: Uint8Array, reading: JsonReading): JsonParsing {
  const { maxBytes = 5 * 1024 * 1024 } = reading
  if (bytes.byteLength > maxBytes)
    return refused({
      code: 'too-large',
      message: `The document has ${bytes.byteLength} bytes; at most ${maxBytes} are read.`,
      path: [],
    })
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return invalidUtf8(bytes)
  }
  const json = new JsonText(text, reading)
  try {
    return { outcome: 'parsed', value: json.read(), findings: json.findings }
  } catch (error) {
    if (error instanceof JsonRefused) return refused(error.fault)
    throw error
  }
}
