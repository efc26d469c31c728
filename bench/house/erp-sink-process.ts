import { openErpSink } from './erp-sink.ts'

// The counting ERP in a process of its own: node erp-sink-process.js PORT
await openErpSink(Number(process.argv[2]))
