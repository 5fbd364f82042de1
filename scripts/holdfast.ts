import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// Every file is stripped of its types and compiled once, not at each start: `holdfast stop` must not wait for that.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/holdfast'))
await import('./main.ts')
