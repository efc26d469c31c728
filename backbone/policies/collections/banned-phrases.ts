/** Why a phrase has no place in a message to a customer. */
export type BannedPhrase = { readonly pattern: RegExp; readonly because: string }

/** Threats, legal claims, pressure and talk about others: never in a message, whatever the policy says. Lower-case text. */
export const bannedPhrases: readonly BannedPhrase[] = [
  {
    pattern:
      /\b(legal (action|proceedings|steps|measures)|law ?suits?|su(e|ing) you|court|attorneys?|lawyers?|solicitors?|litigation|judge?ment against|liens?|garnish\w*|seiz(e|ure)|repossess\w*|bailiffs?)\b/,
    because: 'It threatens with the law.',
  },
  {
    pattern:
      /\b(collection (agency|agencies|company)|debt collectors?|collections? department|third[- ]party collect\w*|sell (your|this|the) debt)\b/,
    because: 'It threatens with a collection agency.',
  },
  {
    pattern:
      /\b(credit (bureaus?|rating|score|report(ing)?)|blacklist\w*|report you|public(ly)? (list|name)|inform your (customers|bank|suppliers|partners))\b/,
    because: 'It threatens with harm to the customer’s name.',
  },
  {
    pattern:
      /\b(final warning|last chance|or else|consequences|you will regret|we will be forced|forced to|no choice but|without further notice|immediately or|failure to (pay|comply|respond)|demand(s|ed)? (immediate )?payment|stop (all )?deliver(y|ies)|cut (you )?off)\b/,
    because: 'It puts pressure where it should ask.',
  },
  {
    pattern:
      /\b(dishonest|fraud(ulent)?|liars?|lying|deadbeat|irresponsible|shame(ful)?|excuses?|incompetent|cheat\w*|theft|steal\w*|criminal)\b/,
    because: 'It insults or accuses.',
  },
  {
    pattern: /\b(bankrupt\w*|insolven\w*|cannot afford|financial (trouble|problems))\b/,
    because: 'It speculates about the customer’s means.',
  },
  {
    pattern: /\b(other customers?|another customer|your competitors?|other companies)\b/,
    because: 'It speaks of third parties.',
  },
  {
    pattern:
      /\b(guarantee[sd]?|legally (obliged|bound|required)|you are (in breach|liable)|breach of contract|under the law|by law|statutory|pursuant to)\b/,
    because: 'It makes a legal claim.',
  },
  {
    pattern:
      /\b(ignore (all |any )?(previous|prior|above)|system prompt|as an ai|language model|ssn|social security|bank login|passwords?|gift cards?|wire to (a )?new account|our bank details (have )?changed)\b/,
    because: 'It is no business of a reminder.',
  },
]

/** Interest, fees and discounts withdrawn: only where policy and law allow them. Lower-case text. */
export const feePhrases =
  /\b(interest|late (fees?|charges?|payment fees?)|penalt(y|ies)|surcharges?|(administration|admin|processing|reminder|dunning|collection) (fees?|charges?|costs?)|finance charges?|fixed sum|compensation)\b/
