import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const program = `
import { onSignals } from ${JSON.stringify(join(import.meta.dirname, 'signals.ts'))}
const timer = setInterval(() => {}, 1_000)
onSignals((signal) => { console.log(signal); clearInterval(timer) }, (message) => console.log(message))
console.log('ready')
`

test('Ctrl-Z is warned of and does not stop it; the first signal that ends a run is told', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const exited = once(child, 'exit')
  await expect.poll(() => said).toBe('ready\n')
  child.kill('SIGTSTP')
  await expect.poll(() => said).toMatch(/^ready\nCtrl-Z .* it goes on/)
  child.kill('SIGINT')
  expect(await exited).toEqual([0, null])
  expect(said).toMatch(/\nSIGINT\n$/)
}, 20_000)
