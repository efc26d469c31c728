/** What a letter with copies is made of: no figure of the ledger, only whose copies they are. */
export type CopiesLetter = {
  readonly language: string
  readonly contactName: string
  readonly company: string
  readonly invoiceNumbers: readonly string[]
}

type Words = {
  subject(letter: CopiesLetter): string
  greeting(name: string): string
  text(numbers: string): string
  close(company: string): string
}

const words: Readonly<Record<string, Words>> = {
  en: {
    subject: ({ company }) => `Copies of your invoices from ${company}`,
    greeting: (name) => `Dear ${name},`,
    text: (numbers) => `As you asked, please find attached copies of: ${numbers}.`,
    close: (company) => `Kind regards\n${company}`,
  },
  de: {
    subject: ({ company }) => `Kopien Ihrer Rechnungen von ${company}`,
    greeting: (name) => `Guten Tag ${name},`,
    text: (numbers) => `wie gewünscht erhalten Sie anbei Kopien von: ${numbers}.`,
    close: (company) => `Mit freundlichen Grüßen\n${company}`,
  },
  fr: {
    subject: ({ company }) => `Copies de vos factures de ${company}`,
    greeting: (name) => `Bonjour ${name},`,
    text: (numbers) => `Comme demandé, veuillez trouver ci-joint les copies de : ${numbers}.`,
    close: (company) => `Cordialement\n${company}`,
  },
  es: {
    subject: ({ company }) => `Copias de sus facturas de ${company}`,
    greeting: (name) => `Estimado/a ${name}:`,
    text: (numbers) => `Como ha solicitado, adjuntamos copias de: ${numbers}.`,
    close: (company) => `Atentamente\n${company}`,
  },
}

/** Writes the mail that brings copies a customer has asked for, in its language; English for all others. */
export function composeCopies(letter: CopiesLetter): {
  readonly subject: string
  readonly body: string
} {
  const { language, contactName, company, invoiceNumbers } = letter
  const own = words[language.slice(0, 2).toLowerCase()] ?? words['en']
  if (own === undefined) throw new RangeError('There are no English words for copies.')
  return {
    subject: own.subject(letter).slice(0, 200),
    body: [own.greeting(contactName), own.text(invoiceNumbers.join(', ')), own.close(company)].join(
      '\n\n',
    ),
  }
}
