import { z } from 'zod'
import type { BannedPhrase } from './banned-phrases.ts'

/** The languages we have letters in; everybody else is written to in English. */
export const DraftLanguage = z.enum(['en', 'de', 'fr', 'es'])
export type DraftLanguage = z.infer<typeof DraftLanguage>

/** The language a customer is written to in, by the BCP 47 tag of its file. */
export function draftLanguage(tag: string | undefined): DraftLanguage {
  return DraftLanguage.catch('en').parse(tag?.toLowerCase().split(/[-_]/)[0])
}

/** How a language writes figures and days, and which of its words stand for them. */
type LanguageRules = {
  readonly group: string
  readonly decimal: string
  /** Where a sentence or line ends. */
  readonly sentenceEnds: RegExp
  /** The spellings of a day, the one we write first. */
  readonly dates: readonly Intl.DateTimeFormat[]
  /** Words that are dates or numbers and therefore never come from us. */
  readonly calendarWords: RegExp
  readonly numberWords: RegExp
  readonly banned: readonly BannedPhrase[]
}

const utc = { timeZone: 'UTC' } as const
const long = (locale: string) => new Intl.DateTimeFormat(locale, { ...utc, dateStyle: 'long' })
const inFigures = (locale: string) =>
  new Intl.DateTimeFormat(locale, { ...utc, day: '2-digit', month: '2-digit', year: 'numeric' })

const sentenceEnds = /\n|(?<=[.!?])\s+/u

const english: LanguageRules = {
  group: ',',
  decimal: '.',
  sentenceEnds,
  dates: [
    long('en-US'),
    new Intl.DateTimeFormat('en-US', { ...utc, dateStyle: 'medium' }),
    long('en-GB'),
  ],
  calendarWords:
    /\b(january|february|march|april|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|yesterday|next (week|month)|end of (the|this) (week|month))\b/giu,
  numberWords:
    /\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|percent|dozen|half)\b/giu,
  banned: [],
}

const because = 'It threatens or claims a right.'

const german: LanguageRules = {
  group: '.',
  decimal: ',',
  // "9. November" is no end.
  sentenceEnds: /\n|(?<=[.!?])(?<!\p{N}\.)\s+/u,
  dates: [long('de-DE'), inFigures('de-DE')],
  calendarWords:
    /(?<!\p{L})(januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|übermorgen|nächste(r|n)? (woche|monats?)|(monats|wochen)ende)(?!\p{L})/giu,
  numberWords:
    /(?<!\p{L})(zwei|drei|vier|fünf|sechs|sieben|neun|zehn|elf|zwölf|\p{L}*(zehn|zig|ßig|hundert|tausend|million(en)?)|prozent|dutzend|hälfte)(?!\p{L})/giu,
  banned: [
    {
      pattern:
        /(?<!\p{L})(\p{L}*anwalt\p{L}*|\p{L}*gericht(s\p{L}*|lich\p{L}*)?|klage\p{L}*|\p{L}*inkasso\p{L}*|mahnbescheid\p{L}*|zwangsvollstreckung|schufa|betrug|betrüger\p{L}*|letztmalig|letzte mahnung|unverzüglich|verzugszins\p{L}*|mahngebühr\p{L}*|rechtliche schritte|insolven\p{L}*|liefersperre)(?!\p{L})/u,
      because,
    },
  ],
}

const french: LanguageRules = {
  group: ' ',
  decimal: ',',
  sentenceEnds,
  dates: [long('fr-FR'), inFigures('fr-FR')],
  calendarWords:
    /(?<!\p{L})(janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|demain|hier|fin (du mois|de la semaine)|(semaine|mois) prochaine?)(?!\p{L})/giu,
  numberWords:
    /(?<!\p{L})(deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|quinze|vingt|trente|quarante|cinquante|soixante|cents?|mille|millions?|pour cent|douzaine|moitié)(?!\p{L})/giu,
  banned: [
    {
      pattern:
        /(?<!\p{L})(avocats?|tribunal|tribunaux|huissiers?|contentieux|poursuites?|mise en demeure|injonction|recouvrement|fraude|malhonnête|dernier avertissement|sans délai|immédiatement|pénalités?|intérêts? de retard|saisie|justice)(?!\p{L})/u,
      because,
    },
  ],
}

const spanish: LanguageRules = {
  group: '.',
  decimal: ',',
  sentenceEnds,
  dates: [long('es-ES'), inFigures('es-ES')],
  calendarWords:
    /(?<!\p{L})(enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|lunes|martes|miércoles|jueves|viernes|sábado|domingo|ayer|fin de (mes|semana)|próxim[oa] (semana|mes))(?!\p{L})/giu,
  numberWords:
    /(?<!\p{L})(dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|quince|veinte|treinta|cuarenta|cincuenta|sesenta|cien|cientos?|\p{L}*cientos|mil|millón|millones|por ciento|docena|mitad)(?!\p{L})/giu,
  banned: [
    {
      pattern:
        /(?<!\p{L})(abogad[oa]s?|tribunal(es)?|juzgados?|demandas?|embargos?|acciones legales|vía judicial|agencia de cobros?|moros[oa]s?|fraude|último aviso|inmediatamente|sin demora|intereses de demora|penalizaci(ón|ones)|recargos?)(?!\p{L})/u,
      because,
    },
  ],
}

const rules: Readonly<Record<DraftLanguage, LanguageRules>> = {
  en: english,
  de: german,
  fr: french,
  es: spanish,
}

/** How a language is written and what is watched for in it; English rules for a language without letters of ours. */
export function languageRules(language: string): LanguageRules {
  return rules[DraftLanguage.catch('en').parse(language)]
}
