import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { SetupError } from '../../bootstrap/errors.js'
import { signalProcess } from '../../chaos/drivers/proc.ts'
import { lookUntil } from '../../chaos/drivers/wait.ts'
import { noEngineName } from './engine.ts'

const script = resolve(import.meta.dirname, '../images/build.sh')
const pidFile = '/var/run/docker.pid'
const stopDeadlineMs = 30_000

/**
 * An engine that answers, and the images, named for every test; a name that the user has given stays. An engine that
 * was not there before is stopped at the end. Where none is there and none may be started, the tests that need one
 * are left out, and the variable `noEngineName` says why.
 */
export default async (): Promise<(() => Promise<void>) | undefined> => {
  const wasThere = answers()
  const refusal = wasThere ? null : whyNoEngine()
  if (refusal !== null) {
    process.env[noEngineName] = refusal
    console.log(`left out: real containers (${refusal})`)
    return
  }
  // On other systems than Linux the pinned images are pulled.
  if (process.platform === 'linux') nameImages()
  return wasThere ? undefined : stopEngine
}

const run = (command: string, ...args: string[]) => spawnSync(command, args, { encoding: 'utf8' })

const answers = (): boolean => run('docker', 'info').status === 0

/** @returns null where an engine may be installed and started, as `test/images/build.sh` does. */
const whyNoEngine = (): string | null => {
  if (process.platform !== 'linux') return 'no Docker engine answers, and it is started on Linux only'
  if (process.getuid?.() !== 0) return 'no Docker engine answers, and only root may start one'
  const { status, stderr } = run('unshare', '--net', '--mount', '--pid', '--fork', '--mount-proc', 'true')
  return status === 0 ? null : `the kernel or the container refuses namespaces (${stderr.trim()})`
}

const nameImages = (): void => {
  const { status, stdout } = spawnSync(script, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (status !== 0) throw new SetupError('there is no engine, or an image is missing', `${script} says why, above.`)
  for (const [, name = '', image = ''] of stdout.matchAll(/^export (\w+)=(\S+)$/gm)) process.env[name] ||= image
}

const stopEngine = async (): Promise<void> => {
  const pid = Number(readFileSync(pidFile, 'utf8'))
  signalProcess(pid, 'SIGTERM')
  const { ok } = await lookUntil(() => ({ ok: !answers(), text: '' }), { deadlineMs: stopDeadlineMs, everyMs: 200 })
  if (!ok) throw new SetupError(`dockerd (pid ${pid}) does not end`, 'It was started for these tests.')
}
