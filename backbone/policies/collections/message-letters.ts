import type { DraftLanguage } from './draft-language.ts'
import type { LadderStep } from './ladder.ts'

/** How a letter speaks: courtesy before the due date, else the tone of the ladder. */
export type LetterTone = 'courtesy' | LadderStep['tone']

/**
 * The sentences of our letters in one language. What stands in double braces is a fact of the ledger that code fills
 * in; nothing else in a letter is a number, a date, a name or an address.
 */
export type Letter = {
  readonly subject: Readonly<Record<LetterTone, string>>
  readonly greeting: { readonly named: string; readonly unnamed: string }
  readonly opening: Readonly<Record<LetterTone, string>>
  /** One row of the ledger; `key` names it. */
  readonly row: (row: { readonly key: string; readonly daysLate: number }) => string
  readonly disputed: (key: string) => string
  /** There are more than the letter names. */
  readonly more: string
  readonly total: string
  readonly unapplied: string
  readonly credits: string
  readonly promised: string
  readonly ask: Readonly<Record<LetterTone, string>>
  readonly copies: string
  readonly pay: string
  readonly dispute: string
  readonly closing: string
  readonly optOut: string
}

const lateInEnglish = (daysLate: number, key: string) => {
  if (daysLate <= 0) return ''
  return daysLate === 1 ? `, {{${key}.days-late}} day late` : `, {{${key}.days-late}} days late`
}

const english: Letter = {
  subject: {
    courtesy: 'Your account with {{our.company}}: invoices due soon',
    softest: 'Your account with {{our.company}}: a friendly reminder',
    friendly: 'Your account with {{our.company}}: a friendly reminder',
    firm: 'Your account with {{our.company}}: overdue invoices',
    final: 'Your account with {{our.company}}: final notice',
  },
  greeting: { named: 'Dear {{contact.name}},', unnamed: 'Dear customer,' },
  opening: {
    courtesy: 'This is how your account stands with us on {{as-of}}, before the due date:',
    softest: 'Perhaps it was only missed: on {{as-of}} our books show as open:',
    friendly: 'On {{as-of}} our books show as open and overdue:',
    firm: 'Despite our reminder, on {{as-of}} our books still show as overdue:',
    final: 'Despite our reminders, on {{as-of}} our books still show as overdue:',
  },
  row: ({ key, daysLate }) =>
    `- Invoice {{${key}.number}}: {{${key}.open}} open, due {{${key}.due}}${lateInEnglish(daysLate, key)}`,
  disputed: (key) => `, of which {{${key}.disputed}} is with us as a dispute`,
  more: 'There are {{count.invoices}} open invoices in all.',
  total: 'Total open: {{total.open}}.',
  unapplied: 'We have received {{total.unapplied}} that is not put to an invoice yet; thank you.',
  credits: 'Credits of {{total.credits}} are on your account.',
  promised: 'Of it {{total.promised}} is promised; thank you.',
  ask: {
    courtesy: 'Is anything missing for the payment? Please tell us.',
    softest: 'Could you please look into it, or tell us if anything is missing?',
    friendly: 'Please pay, or tell us what is missing or wrong.',
    firm: 'Please tell us on which day you will pay, or what keeps you from it.',
    final: 'Please pay now, or call us today so that we can find a way together.',
  },
  copies: 'Copies of the invoices are attached.',
  pay: 'To pay: {{our.payment-link}}',
  dispute: 'To tell us what is wrong with an invoice: {{our.dispute-link}}',
  closing: 'Kind regards,',
  optOut: 'Complaints, or no more reminders by e-mail? Simply reply, or write to {{our.email}}.',
}

const german: Letter = {
  subject: {
    courtesy: 'Ihr Konto bei {{our.company}}: bald fällige Rechnungen',
    softest: 'Ihr Konto bei {{our.company}}: freundliche Erinnerung',
    friendly: 'Ihr Konto bei {{our.company}}: freundliche Erinnerung',
    firm: 'Ihr Konto bei {{our.company}}: überfällige Rechnungen',
    final: 'Ihr Konto bei {{our.company}}: abschließende Erinnerung',
  },
  greeting: { named: 'Guten Tag {{contact.name}},', unnamed: 'Guten Tag,' },
  opening: {
    courtesy: 'so steht Ihr Konto bei uns am {{as-of}}, vor der Fälligkeit:',
    softest: 'vielleicht wurde es nur übersehen: Am {{as-of}} steht bei uns offen:',
    friendly: 'am {{as-of}} ist bei uns offen und fällig:',
    firm: 'trotz unserer Erinnerung ist am {{as-of}} noch überfällig:',
    final: 'trotz unserer Erinnerungen ist am {{as-of}} noch immer überfällig:',
  },
  row: ({ key, daysLate }) =>
    `- Rechnung {{${key}.number}}: {{${key}.open}} offen, fällig am {{${key}.due}}${
      daysLate > 0 ? `, Tage überfällig: {{${key}.days-late}}` : ''
    }`,
  disputed: (key) => `, davon {{${key}.disputed}} bei uns in Klärung`,
  more: 'Offene Rechnungen insgesamt: {{count.invoices}}.',
  total: 'Summe offen: {{total.open}}.',
  unapplied:
    'Bei uns sind {{total.unapplied}} eingegangen, die noch keiner Rechnung zugeordnet sind; danke.',
  credits: 'Auf Ihrem Konto stehen Gutschriften über {{total.credits}}.',
  promised: 'Davon sind {{total.promised}} zugesagt; danke.',
  ask: {
    courtesy: 'Fehlt Ihnen etwas für die Zahlung? Bitte sagen Sie es uns.',
    softest: 'Würden Sie bitte nachsehen oder uns sagen, was Ihnen fehlt?',
    friendly: 'Bitte zahlen Sie oder sagen Sie uns, was fehlt oder nicht stimmt.',
    firm: 'Bitte nennen Sie uns den Tag Ihrer Zahlung oder was dagegen spricht.',
    final: 'Bitte zahlen Sie jetzt oder rufen Sie uns heute an, damit wir einen Weg finden.',
  },
  copies: 'Kopien der Rechnungen liegen bei.',
  pay: 'Zur Zahlung: {{our.payment-link}}',
  dispute: 'Stimmt etwas nicht? Hier können Sie es melden: {{our.dispute-link}}',
  closing: 'Mit freundlichen Grüßen',
  optOut:
    'Beschwerden, oder keine Erinnerungen per E-Mail mehr? Antworten Sie einfach oder schreiben Sie an {{our.email}}.',
}

const french: Letter = {
  subject: {
    courtesy: 'Votre compte chez {{our.company}} : factures bientôt à échéance',
    softest: 'Votre compte chez {{our.company}} : rappel amical',
    friendly: 'Votre compte chez {{our.company}} : rappel amical',
    firm: 'Votre compte chez {{our.company}} : factures échues',
    final: 'Votre compte chez {{our.company}} : dernier rappel',
  },
  greeting: { named: 'Bonjour {{contact.name}},', unnamed: 'Bonjour,' },
  opening: {
    courtesy: 'Voici votre compte chez nous au {{as-of}}, avant l’échéance :',
    softest: 'Un simple oubli, peut-être : au {{as-of}}, nos livres montrent comme ouvert :',
    friendly: 'Au {{as-of}}, nos livres montrent comme ouvert et échu :',
    firm: 'Malgré notre rappel, restent échues au {{as-of}} :',
    final: 'Malgré nos rappels, restent toujours échues au {{as-of}} :',
  },
  row: ({ key, daysLate }) =>
    `- Facture {{${key}.number}} : {{${key}.open}} ouvert, échéance {{${key}.due}}${
      daysLate > 0 ? `, jours de retard : {{${key}.days-late}}` : ''
    }`,
  disputed: (key) => `, dont {{${key}.disputed}} en cours d’examen chez nous`,
  more: 'Factures ouvertes en tout : {{count.invoices}}.',
  total: 'Total ouvert : {{total.open}}.',
  unapplied: 'Nous avons reçu {{total.unapplied}} pas encore affectés à une facture ; merci.',
  credits: 'Votre compte porte des avoirs de {{total.credits}}.',
  promised: 'De ce total, {{total.promised}} sont promis ; merci.',
  ask: {
    courtesy: 'Vous manque-t-il quelque chose pour payer ? Dites-le-nous.',
    softest: 'Pourriez-vous vérifier, ou nous dire ce qui vous manque ?',
    friendly: 'Merci de payer, ou de nous dire ce qui manque ou ne va pas.',
    firm: 'Merci de nous donner le jour de votre paiement, ou ce qui s’y oppose.',
    final: 'Merci de payer maintenant, ou de nous appeler aujourd’hui pour trouver une solution.',
  },
  copies: 'Les copies des factures sont jointes.',
  pay: 'Pour payer : {{our.payment-link}}',
  dispute: 'Pour signaler une erreur : {{our.dispute-link}}',
  closing: 'Cordialement,',
  optOut:
    'Réclamations, ou plus de rappels par courriel ? Répondez simplement, ou écrivez à {{our.email}}.',
}

const spanish: Letter = {
  subject: {
    courtesy: 'Su cuenta con {{our.company}}: facturas próximas a vencer',
    softest: 'Su cuenta con {{our.company}}: recordatorio amistoso',
    friendly: 'Su cuenta con {{our.company}}: recordatorio amistoso',
    firm: 'Su cuenta con {{our.company}}: facturas vencidas',
    final: 'Su cuenta con {{our.company}}: recordatorio final',
  },
  greeting: { named: 'Hola, {{contact.name}}:', unnamed: 'Hola:' },
  opening: {
    courtesy: 'Así está su cuenta con nosotros al {{as-of}}, antes del vencimiento:',
    softest: 'Quizá solo se pasó por alto: al {{as-of}} figura abierto:',
    friendly: 'Al {{as-of}} figura abierto y vencido:',
    firm: 'Pese a nuestro recordatorio, al {{as-of}} sigue vencido:',
    final: 'Pese a nuestros recordatorios, al {{as-of}} todavía sigue vencido:',
  },
  row: ({ key, daysLate }) =>
    `- Factura {{${key}.number}}: {{${key}.open}} abierto, vencimiento {{${key}.due}}${
      daysLate > 0 ? `, días de retraso: {{${key}.days-late}}` : ''
    }`,
  disputed: (key) => `, de los cuales {{${key}.disputed}} en revisión`,
  more: 'Facturas abiertas en total: {{count.invoices}}.',
  total: 'Total abierto: {{total.open}}.',
  unapplied: 'Hemos recibido {{total.unapplied}} aún sin asignar a una factura; gracias.',
  credits: 'Su cuenta tiene abonos de {{total.credits}}.',
  promised: 'De ello {{total.promised}} están prometidos; gracias.',
  ask: {
    courtesy: '¿Le falta algo para el pago? Díganoslo, por favor.',
    softest: '¿Podría revisarlo o decirnos qué le falta?',
    friendly: 'Por favor, pague o díganos qué falta o qué no es correcto.',
    firm: 'Por favor, díganos qué día pagará o qué se lo impide.',
    final: 'Por favor, pague ahora o llámenos hoy para encontrar una solución.',
  },
  copies: 'Adjuntamos copias de las facturas.',
  pay: 'Para pagar: {{our.payment-link}}',
  dispute: 'Para avisar de un error: {{our.dispute-link}}',
  closing: 'Un cordial saludo,',
  optOut:
    '¿Quejas, o no más recordatorios por correo? Responda simplemente o escriba a {{our.email}}.',
}

/** Our letters by language. */
export const letters: Readonly<Record<DraftLanguage, Letter>> = {
  en: english,
  de: german,
  fr: french,
  es: spanish,
}
