// `npm run test:chaos`: with options a campaign, without any the tests.
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { SetupError } from '../../bootstrap/errors.js'

const projectDir = resolve(import.meta.dirname, '../..')
const tests = ['random-moments', 'watchdog', 'crashes'].map((name) => `test/integration/${name}.test.ts`)

if (process.argv.length > 2) {
  try {
    await import('./main.ts')
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    console.error(`✕ ${error.message}\n  ${error.hint}`)
    process.exitCode = 2
  }
} else {
  const vitest = join(projectDir, 'node_modules/vitest/vitest.mjs')
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--project', 'integration', ...tests], {
    cwd: projectDir,
    env: { ...process.env, HOLDFAST_CRASHES: process.env.HOLDFAST_CRASHES || '100' },
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
}
