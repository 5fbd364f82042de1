// Judges and reports one record in a process of its own, and prints how long it took and the most memory it had.
import { readPlan } from '../../run/record.ts'
import { judgeRecord } from '../judge-record.ts'
import type { ReplayResult } from './replay.ts'

const [dir = ''] = process.argv.slice(2)
const startedAt = performance.now()
const verdict = await judgeRecord(dir, readPlan(dir))
const seconds = (performance.now() - startedAt) / 1000
// getrusage counts in KiB; it is what /proc/self/status calls VmHWM.
const result: ReplayResult = { seconds, peakBytes: process.resourceUsage().maxRSS * 1024, result: verdict.result }
process.stdout.write(JSON.stringify(result))
