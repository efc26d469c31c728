import type { z } from 'zod'
import type { IsoDate } from '../canonical/document.ts'
import { parsedOnce } from './parsed-once.ts'

/** Some settings of a policy, for whom and from when to when; what it leaves out stays as it is below it. */
export type PolicyLayer = {
  readonly policy: string
  /** `tenant`, `partner:ID` or `customer:NUMBER`. */
  readonly scope: string
  /** Counts up with every change for the same policy and scope. */
  readonly version: number
  readonly validFrom: IsoDate
  /** First day it no longer holds. */
  readonly validTo?: IsoDate
  readonly settings: Readonly<Record<string, unknown>>
}

/** Settings that hold, and the version that decisions made by them carry. */
export type PolicyInForce<Settings> = { readonly settings: Settings; readonly version: string }

/** Whose matter is decided. */
export type PolicySubject = { readonly customerNumber?: string; readonly partnerId?: string }

/** A rule set tenants may configure. */
export type Policy<Settings> = {
  readonly name: string
  /** What it decides, in one line. */
  readonly about: string
  /** Parses `{}` to the default. */
  readonly schema: z.ZodType<Settings>
  /**
   * The settings in force for a subject on a day: the default, over it the tenant's, the partner's and the
   * customer's. Of one scope the newest version whose dates hold counts; a setting is replaced whole.
   */
  inForce(
    layers: readonly PolicyLayer[],
    subject: PolicySubject,
    on: IsoDate,
  ): PolicyInForce<Settings>
}

function newestInForce(
  layers: readonly PolicyLayer[],
  scope: string,
  on: IsoDate,
): PolicyLayer | undefined {
  return layers
    .filter(
      (layer) =>
        layer.scope === scope &&
        layer.validFrom <= on &&
        (layer.validTo === undefined || on < layer.validTo),
    )
    .sort((a, b) => b.version - a.version)
    .at(0)
}

function layersInForce(
  policy: string,
  layers: readonly PolicyLayer[],
  { customerNumber, partnerId }: PolicySubject,
  on: IsoDate,
): PolicyLayer[] {
  if (layers.length === 0) return []
  const scopes: string[] = [
    'tenant',
    ...(partnerId === undefined ? [] : [`partner:${partnerId}`]),
    ...(customerNumber === undefined ? [] : [`customer:${customerNumber}`]),
  ]
  const own = layers.filter((layer) => layer.policy === policy)
  return scopes.flatMap((scope) => newestInForce(own, scope, on) ?? [])
}

/** Describes a rule set tenants may configure; `schema` parses `{}` to its default. */
export function definePolicy<Settings extends object>(policy: {
  readonly name: string
  readonly about: string
  readonly schema: z.ZodType<Settings>
}): Policy<Settings> {
  const { name, schema } = policy
  const parse = parsedOnce(schema)
  const byDefault = { settings: schema.parse({}), version: `${name}:default` }
  // A batch asks for the same settings line by line: they are put together once for the same layers.
  const known = new WeakMap<readonly PolicyLayer[], Map<string, PolicyInForce<Settings>>>()
  return {
    ...policy,
    inForce(layers, subject, on) {
      const inForce = layersInForce(name, layers, subject, on)
      if (inForce.length === 0) return byDefault
      const version = `${name}:${inForce.map(({ scope, version: no }) => `${scope}@${no}`).join('+')}`
      const ofLayers = known.get(layers) ?? new Map<string, PolicyInForce<Settings>>()
      known.set(layers, ofLayers)
      const before = ofLayers.get(version)
      if (before !== undefined) return before
      const settings = parse(Object.assign({}, ...inForce.map((layer) => layer.settings)))
      const found = { settings, version }
      ofLayers.set(version, found)
      return found
    },
  }
}
