#!/usr/bin/env node
// Runs before the dependencies exist, on whatever Node the machine has: plain JavaScript for Node >= 20.
// `--no-tools` leaves the Go tools out (for commands that only read records).
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installDependencies, isNodeLinked, linkNode, whatIsWrongWithDependencies } from './bootstrap/dependencies.js'
import { SetupError } from './bootstrap/errors.js'
import { withLock } from './bootstrap/lock.js'
import { checkGo, checkNode } from './bootstrap/requirements.js'
import { buildTools, staleTools } from './bootstrap/tools.js'

const projectDir = dirname(fileURLToPath(import.meta.url))
const withTools = !process.argv.includes('--no-tools')

const bootstrap = async () => {
  checkNode()
  const goVersion = withTools ? checkGo(projectDir) : null
  const isReady = () =>
    whatIsWrongWithDependencies(projectDir) === null &&
    isNodeLinked(projectDir) &&
    (goVersion === null || staleTools(projectDir, goVersion).length === 0)
  if (isReady()) return
  await withLock(projectDir, async () => {
    await installDependencies(projectDir)
    linkNode(projectDir)
    if (goVersion !== null) await buildTools(projectDir, goVersion)
  })
}

try {
  await bootstrap()
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  process.stderr.write(`✕ ${error.message}\n${error.hint === '' ? '' : `  ${error.hint}\n`}`)
  process.exitCode = error.exitCode
}
