import { MultiSelect, Select, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { type Account, disputeCodesQuery, type Reply } from '../../api/collections-queries.ts'
import { moneyText } from '../../shared/money.tsx'
import { MoneyInput } from '../../shared/money-input.tsx'
import { stopWords } from './collections-words.ts'
import { RecordModal } from './record-modal.tsx'
import { useRecording } from './use-recording.ts'

type Ledger = Account['ledgers'][number]
type StopKind = Account['stops'][number]['kind']

/** What a form is about: the account, the answer it follows from, and how it is closed. */
type FormProps = {
  readonly account: Account
  readonly reply: Reply | undefined
  readonly onClose: () => void
}

const mostNote = 2_000
const mostReason = 500

function Note({
  value,
  onChange,
}: {
  readonly value: string
  readonly onChange: (note: string) => void
}) {
  return (
    <Textarea
      label="Note"
      autosize
      minRows={2}
      maxLength={mostNote}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  )
}

function DayInput({
  label,
  description,
  from,
  value,
  onChange,
  error,
}: {
  readonly label: string
  readonly description?: string
  /** The first day that can be chosen, in the calendar of the house. */
  readonly from: string
  readonly value: string
  readonly onChange: (day: string) => void
  readonly error: string | undefined
}) {
  const isPast = value !== '' && value < from
  return (
    <TextInput
      type="date"
      label={label}
      description={description}
      min={from}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      error={error ?? (isPast ? `Today or later; today is ${from}.` : undefined)}
    />
  )
}

function CurrencySelect({
  ledgers,
  value,
  onChange,
}: {
  readonly ledgers: readonly Ledger[]
  readonly value: string
  readonly onChange: (currency: string) => void
}) {
  if (ledgers.length < 2) return null
  return (
    <Select
      label="Currency"
      allowDeselect={false}
      data={ledgers.map(({ currency }) => currency)}
      value={value}
      onChange={(currency) => onChange(currency ?? value)}
    />
  )
}

/** The open invoices of a ledger, each once, with what is open over all its instalments. */
function invoicesOf(ledger: Ledger | undefined) {
  if (ledger === undefined) return []
  const open = new Map<string, number>()
  for (const { invoiceNumber, openMinor } of ledger.rows)
    open.set(invoiceNumber, (open.get(invoiceNumber) ?? 0) + openMinor)
  return [...open].map(([value, openMinor]) => ({
    value,
    label: `${value}, ${moneyText(openMinor, ledger.currency)} open`,
  }))
}

/** The amount read from an answer; it has no currency, so it says something only where there is one ledger. */
const saidMinor = ({ ledgers }: Account, reply: Reply | undefined): number | undefined =>
  ledgers.length === 1 ? reply?.reading.amountMinor : undefined

/** A promise to pay: how much, until when, for which invoices. */
export function PromiseForm({ account, reply, onClose }: FormProps) {
  const { customerNumber, asOf, ledgers } = account
  const said = reply?.reading
  const [currency, setCurrency] = useState(ledgers[0]?.currency ?? 'USD')
  const startMinor = saidMinor(account, reply)
  const [amountMinor, setAmount] = useState(startMinor)
  const [promisedOn, setDay] = useState(said?.day ?? '')
  const [invoiceNumbers, setInvoices] = useState<string[]>(said?.invoiceNumbers ?? [])
  const [note, setNote] = useState('')
  const choices = invoicesOf(ledgers.find((ledger) => ledger.currency === currency))
  const { record, isPending, faultOf, problem } = useRecording({
    record: (sum: number) =>
      api.post('/v1/collections/promises', {
        body: {
          ...{ customerNumber, currency, amountMinor: sum, promisedOn, invoiceNumbers, note },
          ...(reply === undefined ? {} : { replyId: reply.replyId }),
        },
      }),
    done: 'The promise is on record.',
    onDone: onClose,
  })
  const isComplete = amountMinor !== undefined && amountMinor > 0 && promisedOn !== ''
  return (
    <RecordModal
      title="Record a promise to pay"
      submit="Record the promise"
      isComplete={isComplete}
      isPending={isPending}
      problem={problem}
      onSubmit={() => record(amountMinor ?? 0)}
      onClose={onClose}
    >
      <CurrencySelect
        ledgers={ledgers}
        value={currency}
        onChange={(next) => {
          setCurrency(next)
          setAmount(undefined)
          setInvoices([])
        }}
      />
      <MoneyInput
        key={currency}
        label="Amount"
        currency={currency}
        startMinor={startMinor}
        onChange={setAmount}
        error={faultOf('amountMinor')}
      />
      <DayInput
        label="Promised for"
        description="Money two business days later still keeps it, unless the policy says otherwise."
        from={asOf}
        value={promisedOn}
        onChange={setDay}
        error={faultOf('promisedOn')}
      />
      <MultiSelect
        label="Invoices"
        placeholder={invoiceNumbers.length === 0 ? 'The oldest ones' : ''}
        data={choices}
        value={invoiceNumbers}
        onChange={setInvoices}
        searchable
        error={faultOf('invoiceNumbers')}
      />
      <Note value={note} onChange={setNote} />
    </RecordModal>
  )
}

/** Why an invoice is contested; the reason says which desk looks into it. */
function ReasonSelect({
  code,
  onChange,
  error,
}: {
  readonly code: string | null
  readonly onChange: (code: string | null) => void
  readonly error: string | undefined
}) {
  const { data } = useQuery(disputeCodesQuery)
  const known = data?.items ?? []
  const desk = known.find((one) => one.code === code)?.route
  return (
    <Select
      label="Reason"
      description={desk === undefined ? 'X12 element 426' : `The desk ${desk} looks into it.`}
      data={known.map((one) => ({ value: one.code, label: `${one.code} ${one.name}` }))}
      value={code}
      onChange={onChange}
      searchable
      error={error}
    />
  )
}

/** What a customer contests of an invoice, and why; the reason says which desk looks into it. */
export function DisputeForm({ account, reply, onClose }: FormProps) {
  const said = reply?.reading
  const rows = account.ledgers.flatMap((ledger) =>
    ledger.rows.map((row) => ({ ...row, currency: ledger.currency })),
  )
  const [invoiceNumber, setInvoice] = useState(said?.invoiceNumbers[0] ?? null)
  const startMinor = saidMinor(account, reply)
  const [amountMinor, setAmount] = useState(startMinor)
  const [code, setCode] = useState(said?.disputeCode ?? null)
  const [note, setNote] = useState('')
  const currencyOf = (invoice: string | null) =>
    rows.find((one) => one.invoiceNumber === invoice)?.currency ??
    account.ledgers[0]?.currency ??
    'USD'
  const currency = currencyOf(invoiceNumber)
  const { record, isPending, faultOf, problem } = useRecording({
    record: (what: { invoiceNumber: string; code: string }) =>
      api.post('/v1/collections/disputes', {
        body: {
          ...what,
          note,
          ...(amountMinor === undefined ? {} : { amountMinor }),
          ...(reply === undefined ? {} : { replyId: reply.replyId }),
        },
      }),
    done: 'The dispute is on record; what is contested is not asked for.',
    onDone: onClose,
  })
  return (
    <RecordModal
      title="Record a dispute"
      submit="Record the dispute"
      isComplete={invoiceNumber !== null && code !== null && amountMinor !== 0}
      isPending={isPending}
      problem={problem}
      onSubmit={() => {
        if (invoiceNumber !== null && code !== null) record({ invoiceNumber, code })
      }}
      onClose={onClose}
    >
      <Select
        label="Invoice"
        data={account.ledgers.flatMap(invoicesOf)}
        value={invoiceNumber}
        onChange={(next) => {
          // An amount typed in another currency is none in this one.
          if (currencyOf(next) !== currency) setAmount(undefined)
          setInvoice(next)
        }}
        searchable
        error={faultOf('invoiceNumber')}
      />
      <MoneyInput
        key={currency}
        label="Contested"
        description="Left empty: all that is open of it."
        currency={currency}
        startMinor={startMinor}
        onChange={setAmount}
        error={faultOf('amountMinor')}
      />
      <ReasonSelect code={code} onChange={setCode} error={faultOf('code')} />
      <Note value={note} onChange={setNote} />
    </RecordModal>
  )
}

/** Why nobody writes to a customer, and until when. */
export function StopForm({
  account: { customerNumber, asOf },
  kind: wanted,
  onClose,
}: Omit<FormProps, 'reply'> & { readonly kind: StopKind | undefined }) {
  const [kind, setKind] = useState<StopKind>(wanted ?? 'other')
  const [reason, setReason] = useState('')
  const [until, setUntil] = useState('')
  const { record, isPending, faultOf, problem } = useRecording({
    record: () =>
      api.post('/v1/collections/stops', {
        body: {
          ...{ customerNumber, kind, reason: reason.trim() },
          ...(until === '' ? {} : { until }),
        },
      }),
    done: 'Nobody writes to them by itself now.',
    onDone: onClose,
  })
  return (
    <RecordModal
      title="Stop writing"
      submit="Stop writing"
      isComplete={reason.trim() !== ''}
      isPending={isPending}
      problem={problem}
      onSubmit={() => record(undefined)}
      onClose={onClose}
    >
      <Select
        label="Why"
        allowDeselect={false}
        data={Object.entries(stopWords).map(([value, label]) => ({ value, label }))}
        value={kind}
        onChange={(next) => {
          if (next !== null && isStopKind(next)) setKind(next)
        }}
        error={faultOf('kind')}
      />
      <Textarea
        label="In your words"
        data-autofocus
        description="It stands on the account and in the record."
        autosize
        minRows={2}
        maxLength={mostReason}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
        error={faultOf('reason')}
      />
      <DayInput
        label="Last day"
        description="Left empty: until somebody lifts it."
        from={asOf}
        value={until}
        onChange={setUntil}
        error={faultOf('until')}
      />
    </RecordModal>
  )
}

/** Whether a text names a kind of stop. */
export function isStopKind(text: unknown): text is StopKind {
  return typeof text === 'string' && text in stopWords
}
