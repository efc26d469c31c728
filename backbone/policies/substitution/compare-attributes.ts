import type { AttributeRole, ClassRule } from '../../canonical/availability-data.ts'
import type { Product, ProductAttribute } from '../../canonical/master-data.ts'
import { attributeText, comparableOf } from '../../canonical/measure.ts'

/** How one attribute of a substitute stands to that of the product. */
export type AttributeComparison = {
  readonly name: string
  readonly role: AttributeRole
  /** `better`: beyond what the product has, where more (or less) is allowed. */
  readonly outcome: 'same' | 'better' | 'differs'
  readonly text: string
}

type Attributes = Product['attributes']

// A name such as `constructor` is no attribute unless the product has it.
const stated = (attributes: Attributes, name: string): ProductAttribute | undefined =>
  Object.hasOwn(attributes, name) ? attributes[name] : undefined

const said = (attribute: ProductAttribute | undefined) =>
  attribute === undefined ? 'not stated' : attributeText(attribute)

type Outcome = AttributeComparison['outcome']

function compareMeasures(wanted: number, offered: number, role: AttributeRole): Outcome {
  if (wanted === offered) return 'same'
  const isBetter =
    (role === 'at-least' && offered > wanted) || (role === 'at-most' && offered < wanted)
  return isBetter ? 'better' : 'differs'
}

function compareStated(
  wanted: ProductAttribute,
  offered: ProductAttribute,
  role: AttributeRole,
): Outcome {
  const [left, right] = [comparableOf(wanted), comparableOf(offered)]
  if (left.kind === 'measure' && right.kind === 'measure')
    return left.quantity === right.quantity
      ? compareMeasures(left.size, right.size, role)
      : 'differs'
  return left.kind === 'word' && right.kind === 'word' && left.word === right.word
    ? 'same'
    : 'differs'
}

function outcomeOf(
  wanted: ProductAttribute | undefined,
  offered: ProductAttribute | undefined,
  role: AttributeRole,
): Outcome {
  if (wanted === undefined)
    // A product that states nothing requires nothing; but whether another is as safe nobody can tell.
    return offered !== undefined && role === 'safety-equal' ? 'differs' : 'same'
  return offered === undefined ? 'differs' : compareStated(wanted, offered, role)
}

/** Every attribute that counts: those the rule of the class names, and those that bear on safety in any class. */
function rolesOf(
  wanted: Attributes,
  offered: Attributes,
  { rule, safetyAttributes }: AttributeRules,
): [string, AttributeRole][] {
  const ofClass = (rule?.attributes ?? []).map(({ name, role }): [string, AttributeRole] => [
    name,
    role,
  ])
  const named = new Set(ofClass.map(([name]) => name))
  const known = new Set([...Object.keys(wanted), ...Object.keys(offered)])
  const ofSafety = safetyAttributes
    .filter((name) => known.has(name) && !named.has(name))
    .map((name): [string, AttributeRole] => [name, 'safety-equal'])
  return [...ofClass, ...ofSafety]
}

/** By which rules attributes are compared. */
export type AttributeRules = {
  readonly rule?: ClassRule
  readonly safetyAttributes: readonly string[]
}

/** Compares the attributes that count, whatever units they are written in. */
export function compareAttributes(
  wanted: Attributes,
  offered: Attributes,
  rules: AttributeRules,
): AttributeComparison[] {
  return rolesOf(wanted, offered, rules).map(([name, role]) => ({
    name,
    role,
    outcome: outcomeOf(stated(wanted, name), stated(offered, name), role),
    text: `${name} ${said(stated(offered, name))} instead of ${said(stated(wanted, name))}`,
  }))
}
