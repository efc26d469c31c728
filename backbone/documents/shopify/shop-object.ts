import type { Unmapped } from '../../canonical/document.ts'
import type { Finding } from '../../canonical/finding.ts'
import {
  DecimalText,
  type MinorUnits,
  minorFromText,
  normalDecimal,
} from '../../canonical/money.ts'
import { type JsonPath, jsonFinding, pathText } from '../json/json-path.ts'
import type { JsonObject, JsonValue } from '../json/parse-json.ts'

const contentLength = 8000

/** Collects what was wrong and what was left over while one document is read. */
export type ShopReading = { readonly findings: Finding[]; readonly currency: string }

/** Whether a value of a document is an object with fields. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isInformation(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === '') return false
  return typeof value !== 'object' || Object.keys(value).length > 0
}

function unmapped(path: JsonPath, value: JsonValue): Unmapped[] {
  if (!isInformation(value)) return []
  return [{ position: pathText(path), content: JSON.stringify(value).slice(0, contentLength) }]
}

/**
 * An object of a shop's payload, read field by field: what nobody asked for is what is left over, so that
 * a field we do not know can never be lost by forgetting it.
 */
export class ShopObject {
  readonly path: JsonPath
  readonly #fields: JsonObject
  readonly #reading: ShopReading
  readonly #read = new Set<string>()
  readonly #children: ShopObject[] = []
  readonly #objects = new Map<string, ShopObject>()
  readonly #strays: Unmapped[] = []

  constructor(value: JsonValue | undefined, path: JsonPath, reading: ShopReading) {
    this.#fields = isObject(value) ? value : {}
    this.path = path
    this.#reading = reading
  }

  /** Takes a field as it is. */
  take(key: string): JsonValue | undefined {
    this.#read.add(key)
    return Object.hasOwn(this.#fields, key) ? this.#fields[key] : undefined
  }

  /** Leaves out fields with everything in them, read or not. */
  drop(keys: readonly string[]): void {
    this.skip(keys)
    for (const key of keys) this.#objects.get(key)?.leftOver()
  }

  /** Takes fields that say nothing about the order itself. */
  skip(keys: readonly string[]): void {
    for (const key of keys) this.#read.add(key)
  }

  /** A text or number as text, undefined when blank; a text cut to fit stays among the left-overs in full. */
  text(key: string, maxLength = 200): string | undefined {
    const value = this.take(key)
    if (typeof value !== 'string' && typeof value !== 'number') {
      if (isInformation(value)) this.#read.delete(key)
      return undefined
    }
    const text = String(value).trim()
    if (text.length <= maxLength) return text === '' ? undefined : text
    this.#read.delete(key)
    // A cut must not leave half a character.
    return text.slice(0, maxLength).replace(/\p{Surrogate}/gu, '')
  }

  /** A decimal number in its one spelling; what is there but no number is an error of the document. */
  decimal(key: string): DecimalText | undefined {
    const text = this.text(key)
    if (text === undefined) return undefined
    const decimal = DecimalText.safeParse(text)
    if (decimal.success) return normalDecimal(decimal.data)
    this.find('number', key, `Field ${key} must be a number such as 12.50.`, { found: text })
    return undefined
  }

  /** An amount in minor units of the document's currency. */
  minor(key: string): MinorUnits | undefined {
    const amount = this.decimal(key)
    if (amount === undefined) return undefined
    try {
      return minorFromText(amount, this.#reading.currency)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.find('amount', key, `The amount in ${key} is too large to keep exactly.`, {
        found: amount,
      })
      return undefined
    }
  }

  /** Puts fields back among the left-overs: the named ones, or all. */
  giveBack(...keys: readonly string[]): void {
    for (const key of keys.length === 0 ? [...this.#read] : keys) this.#read.delete(key)
  }

  /** Takes a field out of the left-overs when it says no more than what goes without saying. */
  skipUsual(usual: Readonly<Record<string, JsonValue>>): void {
    for (const [key, value] of Object.entries(usual))
      if (this.#fields[key] === value) this.#read.add(key)
  }

  /** Whether a field says true. */
  isTrue(key: string): boolean {
    return this.take(key) === true
  }

  /** A nested object; absent and null read as an object without fields. */
  object(key: string): ShopObject {
    const opened = this.#objects.get(key)
    if (opened !== undefined) return opened
    const child = this.#child(this.take(key), [...this.path, key])
    this.#objects.set(key, child)
    return child
  }

  /** A list of nested objects; absent and null read as an empty list. */
  objects(key: string): ShopObject[] {
    const value = this.take(key)
    if (Array.isArray(value))
      return value.map((entry, index) => this.#child(entry, [...this.path, key, index]))
    if (isInformation(value)) this.#read.delete(key)
    return []
  }

  #child(value: JsonValue | undefined, path: JsonPath): ShopObject {
    const child = new ShopObject(value, path, this.#reading)
    if (value !== undefined && !isObject(value)) this.#strays.push(...unmapped(path, value))
    this.#children.push(child)
    return child
  }

  /** Whether the object holds anything at all. */
  get isEmpty(): boolean {
    return !Object.values(this.#fields).some(isInformation)
  }

  /** Notes something wrong with a field of this object. */
  find(
    code: string,
    key: string,
    message: string,
    facts: { readonly severity?: Finding['severity']; readonly found?: string } = {},
  ): void {
    this.#reading.findings.push(jsonFinding({ ...facts, code, message, path: [...this.path, key] }))
  }

  /**
   * Everything of this object and the objects in it that nobody asked for: one entry for each object, or
   * one for each field where an object is long. What was handed out once is not handed out again.
   */
  leftOver(): Unmapped[] {
    const fields: [string, JsonValue][] = []
    for (const key of Object.keys(this.#fields)) {
      const value = this.#fields[key]
      if (!this.#read.has(key) && value !== undefined && isInformation(value))
        fields.push([key, value])
    }
    for (const [key] of fields) this.#read.add(key)
    const nested = this.#children.flatMap((child) => child.leftOver())
    return [...this.#entries(fields), ...this.#strays.splice(0), ...nested]
  }

  #entries(fields: readonly [string, JsonValue][]): Unmapped[] {
    if (fields.length === 0) return []
    const whole = unmapped(this.path, Object.fromEntries(fields))
    if ((whole[0]?.content.length ?? 0) < contentLength) return whole
    return fields.slice(0, 200).flatMap(([key, value]) => unmapped([...this.path, key], value))
  }
}
