// A step of a runbook: tells the planted server of a run to begin or end a trouble, or asks whether one is on.
// switch-call.ts <file with its address> <on|off|is> [query] [ms to wait before] [ms to wait after]
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

const [urlFile = '', what = '', query = '', beforeMs = '0', afterMs = '0'] = process.argv.slice(2)
await pause(Number(beforeMs))
const response = await fetch(`${readFileSync(urlFile, 'utf8')}/switch/${what}?${query}`)
await pause(Number(afterMs))
process.exitCode = response.ok ? 0 : 1
