import { writeFileSync } from 'node:fs'
import { tries } from './guard.ts'
import { cpuMsSince, peakBytes } from './usage.ts'

// Loaded into a real command line (`--import`): what it tried to do, and the memory that it took.
const report = process.env.HOLDFAST_HOSTILE_REPORT ?? ''
process.on('exit', () => writeFileSync(report, JSON.stringify({ tries, bytes: peakBytes(), cpuMs: cpuMsSince() })))
